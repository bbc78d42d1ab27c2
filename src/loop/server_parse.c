/* server_parse.c - what a stranger sends, judged byte by byte.
 *
 * Happy path: take_head() copies the head while guarding it -> read_head() lets llhttp read
 * it in one go -> head_check() decides on framing -> take_body() -> SERVER_WHOLE.
 * Failures: parse_parse_refuse() with a status; the parser is then of no further use.
 *
 * The guard does not trust llhttp with what its version 8.1 lets pass, and llhttp is a
 * second opinion on what the guard does not read: when the two disagree about where a
 * head ends, the request is refused. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "server_parse_impl.h"

int parse_refuse(struct server_parse *p, int status, const char *why)
{
    if (p->stage != STAGE_REFUSED) {
        p->stage = STAGE_REFUSED;
        p->refused_status = status;
        p->refused_why = why;
    }
    return -1;
}

/* --- the guard over the head ------------------------------------------------------- */

static int end_line(struct server_parse *p)
{
    size_t n = p->head.len - p->line_start - 2; /* without CR LF */

    if (n == 0 && p->lines == 0) {
        if (p->blank)
            return parse_refuse(p, 400, "empty lines before the request line");
        p->blank = true;
        buf_clear(&p->head);
        return 0;
    }
    if (n == 0) {
        p->head_whole = true;
        return 0;
    }
    if (p->lines == 0 && head_check_request_line(p, p->head.p + p->line_start, n) < 0)
        return -1;
    if (p->lines++ > SERVER_MAX_HEADERS)
        return parse_refuse(p, 431, "too many header lines");
    p->line_start = p->head.len;
    return 0;
}

static int guard_byte(struct server_parse *p, char c)
{
    bool line_begins = p->head.len == p->line_start;

    if (c == '\n' && p->prev != '\r')
        return parse_refuse(p, 400, "a line ends in LF without CR");
    if (p->prev == '\r' && c != '\n')
        return parse_refuse(p, 400, "a CR that ends no line");
    if (line_begins && p->lines > 0 && (c == ' ' || c == '\t'))
        return parse_refuse(p, 400, "a header line is folded");
    if ((c >= 0 && c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
        return parse_refuse(p, 400, "a control byte in the head");
    if (p->lines == 0 && p->head.len >= p->limits.url + 32)
        return parse_refuse(p, 414, "the request line is too long");
    if (p->head.len >= p->limits.head)
        return parse_refuse(p, 431, "the head is too large");
    return 0;
}

/* How many bytes belong to the head; all of them unless it ended or was refused. */
static size_t take_head(struct server_parse *p, const char *bytes, size_t n)
{
    size_t i = 0;

    while (i < n && !p->head_whole) {
        char c = bytes[i];

        if (guard_byte(p, c) < 0)
            break;
        buf_char(&p->head, c);
        p->prev = c;
        i++;
        if (c == '\n' && end_line(p) < 0)
            break;
    }
    return i;
}

/* --- llhttp's callbacks ------------------------------------------------------------ */

static int on_url(llhttp_t *http, const char *at, size_t n)
{
    struct server_parse *p = http->data;

    p->url = p->head.p + (at - p->head.p);
    p->url_len = n;
    return 0;
}

static int on_header_field(llhttp_t *http, const char *at, size_t n)
{
    struct server_parse *p = http->data;

    if (p->head_read)
        return parse_refuse(p, 400, "trailers are not taken");
    if (p->n_headers == SERVER_MAX_HEADERS)
        return parse_refuse(p, 431, "too many header lines");
    if (!head_is_token(at, n) || at[n] != ':')
        return parse_refuse(p, 400, "a header name is not a token followed by a colon");
    p->value_len[p->n_headers] = 0;
    p->headers[p->n_headers++] = (struct header){at, at + n + 1};
    return 0;
}

static int on_header_value(llhttp_t *http, const char *at, size_t n)
{
    struct server_parse *p = http->data;

    p->headers[p->n_headers - 1].value = at;
    p->value_len[p->n_headers - 1] = n;
    return 0;
}

static int on_headers_complete(llhttp_t *http)
{
    struct server_parse *p = http->data;

    http->upgrade = 0; /* no other protocol is spoken here: Upgrade is ignored, as HTTP allows */
    p->head_read = true;
    return head_check(p);
}

static int check_frame_byte(struct server_parse *p, char c)
{
    bool control = (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f;

    if (p->frame == FRAME_LF && c != '\n')
        return parse_refuse(p, 400, "a CR that ends no line in the chunk framing");
    if (p->frame == FRAME_LF) {
        p->frame = FRAME_SIZE;
        p->digits = 0;
    } else if (c == '\r') {
        p->frame = FRAME_LF;
    } else if (control) {
        return parse_refuse(p, 400, "a control byte in the chunk framing");
    } else if (p->frame == FRAME_EXTENSION || c == ';') {
        p->frame = FRAME_EXTENSION;
        if (++p->extension_bytes > p->limits.extensions)
            return parse_refuse(p, 400, "too many bytes of chunk extensions");
    } else if (head_hex_value(c) < 0 || ++p->digits > 16) {
        return parse_refuse(p, 400, "a chunk size is not a hexadecimal number");
    }
    return 0;
}

/* The bytes between the body's: chunk sizes, extensions, line ends. */
static int check_frames(struct server_parse *p, const char *from, const char *to)
{
    for (const char *c = from; c < to; c++)
        if (check_frame_byte(p, *c) < 0)
            return -1;
    p->framed = p->framed || from < to;
    return 0;
}

static int on_body(llhttp_t *http, const char *at, size_t n)
{
    struct server_parse *p = http->data;

    if (check_frames(p, p->seen, at) < 0)
        return -1;
    p->seen = at + n;
    if (n > p->limits.body - p->body.len)
        return parse_refuse(p, 413, "the body is too large");
    buf_put(&p->body, at, n);
    return 0;
}

static int on_message_complete(llhttp_t *http)
{
    struct server_parse *p = http->data;

    p->message_whole = true;
    p->keep_alive = llhttp_should_keep_alive(http) != 0;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* --- feeding ------------------------------------------------------------------------- */

static int read_head(struct server_parse *p)
{
    llhttp_init(&p->http, HTTP_REQUEST, &settings);
    p->http.data = p;
    llhttp_errno_t rc = llhttp_execute(&p->http, p->head.p, p->head.len);

    if (p->stage == STAGE_REFUSED)
        return -1;
    if (rc != HPE_OK && rc != HPE_PAUSED)
        return parse_refuse(p, 400, "the head is not HTTP");
    if (!p->head_read ||
        (rc == HPE_PAUSED && llhttp_get_error_pos(&p->http) != p->head.p + p->head.len))
        return parse_refuse(p, 400, "the head does not end where it seems to");
    p->stage = p->message_whole ? STAGE_WHOLE : STAGE_BODY;
    return 0;
}

static size_t take_body(struct server_parse *p, const char *bytes, size_t n)
{
    const char *end = bytes + n;

    p->seen = bytes;
    llhttp_errno_t rc = llhttp_execute(&p->http, bytes, n);

    if (p->stage == STAGE_REFUSED)
        return n;
    if (rc == HPE_PAUSED && p->message_whole)
        end = llhttp_get_error_pos(&p->http);
    else if (rc != HPE_OK)
        parse_refuse(p, 400, "the body's framing is not HTTP");
    if (p->stage == STAGE_REFUSED || check_frames(p, p->seen, end) < 0)
        return n;
    if (p->message_whole)
        p->stage = STAGE_WHOLE;
    return (size_t)(end - bytes);
}

/* --- the outside ------------------------------------------------------------------- */

struct server_parse *server_parse_new(const struct server_limits *l)
{
    struct server_parse *p = mem_new(struct server_parse);

    p->limits = *l;
    buf_init(&p->head, l->head + 1);
    buf_init(&p->body, l->body);
    return p;
}

void server_parse_free(struct server_parse *p)
{
    if (p == NULL)
        return;
    buf_done(&p->head);
    buf_done(&p->body);
    mem_free(p);
}

static enum server_step step_of(struct server_parse *p)
{
    if (p->stage == STAGE_REFUSED)
        return SERVER_REFUSED;
    if (p->stage == STAGE_WHOLE)
        return SERVER_WHOLE;
    if (p->stage == STAGE_BODY && p->waits && p->body.len == 0 && !p->framed) {
        p->waits = false;
        return SERVER_WAITS;
    }
    return SERVER_MORE;
}

enum server_step server_parse_feed(struct server_parse *p, const char *bytes, size_t n,
                                   size_t *ret_used)
{
    size_t used = 0;

    if (p->stage == STAGE_HEAD) {
        used = take_head(p, bytes, n);
        if (p->head_whole && p->stage != STAGE_REFUSED)
            (void)read_head(p);
    }
    if (p->stage == STAGE_BODY && used < n)
        used += take_body(p, bytes + used, n - used);
    *ret_used = p->stage == STAGE_REFUSED ? n : used;
    return step_of(p);
}

/* Memory of an unusually large request is given back. */
static void empty(struct buf *b)
{
    if (b->cap > 16384) {
        size_t max = b->max;

        buf_done(b);
        buf_init(b, max);
    }
    buf_clear(b);
}

void server_parse_next(struct server_parse *p)
{
    assert(p->stage == STAGE_WHOLE);
    empty(&p->head);
    empty(&p->body);
    p->stage = STAGE_HEAD;
    p->line_start = p->lines = p->n_headers = p->digits = p->extension_bytes = 0;
    p->blank = p->head_whole = p->head_read = p->message_whole = false;
    p->keep_alive = p->waits = p->framed = false;
    p->prev = 0;
    p->frame = FRAME_SIZE;
    p->url = NULL;
    p->url_len = 0;
}

bool server_parse_begun(const struct server_parse *p)
{
    return p->stage != STAGE_HEAD || p->head.len > 0;
}

bool server_parse_in_body(const struct server_parse *p)
{
    return p->stage == STAGE_BODY;
}

void server_parse_view(struct server_parse *p, struct request_view *ret)
{
    assert(p->stage == STAGE_WHOLE);
    *ret = (struct request_view){
        .method = llhttp_method_name((llhttp_method_t)p->http.method),
        .path = p->path,
        .query = p->query,
        .host = p->host,
        .headers = p->headers,
        .n_headers = p->n_headers,
        .body = buf_text(&p->body),
        .body_len = p->body.len,
    };
}

bool server_parse_keep_alive(const struct server_parse *p)
{
    return p->keep_alive;
}

bool server_parse_is_http10(const struct server_parse *p)
{
    return p->http.http_major == 1 && p->http.http_minor == 0;
}

int server_parse_refusal(const struct server_parse *p, const char **ret_why)
{
    assert(p->stage == STAGE_REFUSED);
    *ret_why = p->refused_why;
    return p->refused_status;
}
