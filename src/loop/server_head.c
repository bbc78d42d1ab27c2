/* server_head.c - what the head of a request says, and what in it is not taken.
 *
 * Happy path: head_check_request_line() as soon as that line is there, head_check() when
 * llhttp has read the whole: one Host, one way to tell the length, a path.
 * Failures: parse_refuse() with the status the client gets. */
#include <string.h>

#include "server_parse_impl.h"

/* --- characters -------------------------------------------------------------------- */

static bool is_token_char(unsigned char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        return true;
    return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

bool head_is_token(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_token_char((unsigned char)s[i]))
            return false;
    return n > 0;
}

int head_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool equals_ignoring_case(const char *s, const char *word)
{
    while (*s != 0 && lower(*s) == *word) {
        s++;
        word++;
    }
    return *s == 0 && *word == 0;
}

/* --- the request line -------------------------------------------------------------- */

static bool is_known_method(const char *s, size_t n)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == n && memcmp(known[i], s, n) == 0)
            return true;
    return false;
}

static int check_version(struct server_parse *p, const char *s, size_t n)
{
    if (n != 8 || memcmp(s, "HTTP/", 5) != 0 || s[6] != '.' || s[5] < '0' || s[5] > '9' ||
        s[7] < '0' || s[7] > '9')
        return parse_refuse(p, 400, "the request line does not end in an HTTP version");
    if (s[5] != '1' || s[7] > '1')
        return parse_refuse(p, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return 0;
}

int head_check_request_line(struct server_parse *p, const char *line, size_t n)
{
    const char *end = line + n;
    const char *target = memchr(line, ' ', n);

    if (target == NULL || !head_is_token(line, (size_t)(target - line)))
        return parse_refuse(p, 400, "the request line does not begin with a method");
    size_t method_len = (size_t)(target++ - line);
    const char *version = memchr(target, ' ', (size_t)(end - target));

    if (version == NULL || version == target)
        return parse_refuse(p, 400, "the request line has no target or no version");
    for (const char *c = target; c < version; c++)
        if (*c <= 0x20 || *c >= 0x7f)
            return parse_refuse(p, 400,
                                "the request target holds a byte that must be percent-encoded");
    if ((size_t)(version - target) > p->limits.url)
        return parse_refuse(p, 414, "the request target is too long");
    version++;
    if (check_version(p, version, (size_t)(end - version)) < 0)
        return -1;
    if (!is_known_method(line, method_len))
        return parse_refuse(p, 501, "this method is not known here");
    return 0;
}

/* --- what the head says ------------------------------------------------------------ */

/* Names in lower case, values without the blanks around them, both with a NUL behind. The bytes
 * overwritten (colon, blank, CR) have been read by llhttp already. */
static void end_texts(struct server_parse *p)
{
    for (size_t i = 0; i < p->n_headers; i++) {
        char *name = p->head.p + (p->headers[i].name - p->head.p);
        char *value = p->head.p + (p->headers[i].value - p->head.p);
        size_t n = p->value_len[i];

        while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
            n--;
        for (; *name != ':'; name++)
            *name = lower(*name);
        *name = 0;
        if (n == 0)
            p->headers[i].value = "";
        else
            value[n] = 0;
    }
}

/* The value of the one header of this name; NULL when there is none, and *ret_n how many there are.
 */
static const char *only(const struct server_parse *p, const char *name, size_t *ret_n)
{
    const char *value = NULL;

    *ret_n = 0;
    for (size_t i = 0; i < p->n_headers; i++) {
        if (strcmp(p->headers[i].name, name) != 0)
            continue;
        value = p->headers[i].value;
        ++*ret_n;
    }
    return value;
}

static bool is_authority(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!plain && (c == 0 || strchr(".-_:[]", c) == NULL))
            return false;
    }
    return n < 262;
}

static int check_host(struct server_parse *p)
{
    size_t n;
    const char *host = only(p, "host", &n);

    if (n > 1)
        return parse_refuse(p, 400, "more than one Host");
    if (n == 0 && !server_parse_is_http10(p))
        return parse_refuse(p, 400, "no Host");
    p->host = n == 0 ? "" : host;
    if (!is_authority(p->host, strlen(p->host)))
        return parse_refuse(p, 400, "the Host is not a name or an address");
    return 0;
}

static int check_length(struct server_parse *p)
{
    size_t lengths, codings;
    const char *length = only(p, "content-length", &lengths);
    const char *coding = only(p, "transfer-encoding", &codings);

    if (lengths + codings > 1)
        return parse_refuse(p, 400, "more than one Content-Length or Transfer-Encoding");
    if (codings == 1 && server_parse_is_http10(p))
        return parse_refuse(p, 400, "Transfer-Encoding in HTTP/1.0");
    if (codings == 1 && !equals_ignoring_case(coding, "chunked"))
        return parse_refuse(p, 501, "this transfer coding is not known here");
    if (lengths == 1 && (*length == 0 || length[strspn(length, "0123456789")] != 0))
        return parse_refuse(p, 400, "the Content-Length is not a number");
    if (lengths == 1 && p->http.content_length > p->limits.body)
        return parse_refuse(p, 413, "the body is too large");
    return 0;
}

static int check_expect(struct server_parse *p)
{
    size_t n;
    const char *expect = only(p, "expect", &n);

    if (n == 0 || server_parse_is_http10(p))
        return 0;
    if (n > 1 || !equals_ignoring_case(expect, "100-continue"))
        return parse_refuse(p, 417, "only Expect: 100-continue is understood");
    p->waits = true;
    return 0;
}

/* From "http://host:1/path" to the host and "/path": the target's host is the one that counts. */
static int split_authority(struct server_parse *p, char **url)
{
    static const char scheme[] = "http://";
    size_t n = sizeof scheme - 1;

    for (size_t i = 0; i < n; i++)
        if (lower((*url)[i]) != scheme[i])
            return parse_refuse(p, 400, "the request target is not a path");
    char *host = *url + n;
    size_t host_len = strcspn(host, "/?");

    if (host_len == 0 || !is_authority(host, host_len))
        return parse_refuse(p, 400, "the request target's host is not a name or an address");
    /* Moved to the front, so that there is a byte for its end. */
    memmove(*url, host, host_len);
    (*url)[host_len] = 0;
    p->host = *url;
    *url = host + host_len;
    return 0;
}

static int decode_path(struct server_parse *p, char *s)
{
    char *to = s;

    p->path = s;
    while (*s != 0) {
        char c = *s++;

        if (c == '%') {
            int high = head_hex_value(*s), low = high < 0 ? -1 : head_hex_value(s[1]);

            if (low < 0 || high * 16 + low == 0)
                return parse_refuse(p, 400, "a bad percent-encoding in the path");
            c = (char)(high * 16 + low);
            s += 2;
        }
        *to++ = c;
    }
    *to = 0;
    return 0;
}

static int check_target(struct server_parse *p)
{
    char *url = p->url;

    if (url == NULL || p->url_len == 0)
        return parse_refuse(p, 400, "the request target is empty");
    url[p->url_len] = 0;
    if (strcmp(url, "*") == 0 && p->http.method == HTTP_OPTIONS) {
        p->path = "*";
        p->query = "";
        return 0;
    }
    if (*url != '/' && split_authority(p, &url) < 0)
        return -1;
    char *fragment = strchr(url, '#'), *query = strchr(url, '?');

    if (fragment != NULL)
        return parse_refuse(p, 400, "a fragment in the request target");
    p->query = "";
    if (query != NULL) {
        *query = 0;
        p->query = query + 1;
    }
    if (*url == 0) {
        p->path = "/";
        return 0;
    }
    return decode_path(p, url);
}

int head_check(struct server_parse *p)
{
    end_texts(p);
    if (check_host(p) < 0 || check_length(p) < 0 || check_expect(p) < 0 || check_target(p) < 0)
        return -1;
    return 0;
}
