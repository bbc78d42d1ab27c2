/* http_reply.c - what comes back: headers and body, with limits.
 *
 * Headers of the last response are kept, names in lower case; of the body the first
 * max_body bytes, while the rest is counted up to a bound. Where we stop reading
 * ourselves, `stopped` says why: "" is no failure (a body longer than anybody reads, or the
 * one beside a redirect), else it is the fact. */
#include <string.h>

#include "http_internal.h"

static size_t stop(struct run *r, const char *why)
{
    r->stopped = why;
    return 0; /* not what was handed over: libcurl ends the transfer */
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void start_response(struct run *r)
{
    buf_clear(&r->head);
    r->head_complete = false;
}

static size_t trim(const char **p, size_t n)
{
    while (n > 0 && ((*p)[0] == ' ' || (*p)[0] == '\t'))
        (*p)++, n--;
    while (n > 0 && strchr(" \t\r\n", (*p)[n - 1]) != NULL)
        n--;
    return n;
}

static void put_line(struct buf *b, const char *p, size_t name_len, size_t n)
{
    for (size_t i = 0; i < name_len; i++)
        buf_char(b, p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] - 'A' + 'a') : p[i]);
    buf_char(b, '\0');
    const char *value = p + name_len + 1;
    size_t value_len = trim(&value, n - name_len - 1);
    buf_put(b, value, value_len);
    buf_char(b, '\0');
}

static void end_of_head(struct run *r)
{
    long status = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    r->head_complete = status >= 200;
    r->redirecting = r->target->spec->max_redirects > 0 && is_redirect((int)status) &&
                     reply_header(r, "location") != NULL;
}

size_t reply_on_header(char *p, size_t size, size_t n, void *run)
{
    struct run *r = run;
    n *= size;
    r->head_bytes += n;
    if (++r->head_lines > HEADERS_MAX)
        return stop(r, "more than 200 header lines");
    if (r->head_bytes > HEADERS_MAX_BYTES)
        return stop(r, "more than 64 kB of headers");
    const char *colon = memchr(p, ':', n);
    if (n >= 5 && memcmp(p, "HTTP/", 5) == 0 && !r->head_complete)
        start_response(r);
    else if (n <= 2 && (p[0] == '\r' || p[0] == '\n'))
        end_of_head(r);
    else if (colon != NULL && memchr(p, '\0', n) == NULL)
        put_line(&r->head, p, (size_t)(colon - p), n);
    return n;
}

size_t reply_on_body(char *p, size_t size, size_t n, void *run)
{
    struct run *r = run;
    n *= size;
    r->o.size += (int64_t)n;
    if (r->redirecting)
        return r->o.size <= REDIRECT_READ_MAX ? n : stop(r, "");
    buf_put(&r->body, p, n);
    r->o.body_capped = r->body.over;
    int64_t most = r->body.max > BODY_READ_MAX ? (int64_t)r->body.max : BODY_READ_MAX;
    return r->o.size <= most ? n : stop(r, "");
}

const char *reply_header(const struct run *r, const char *name)
{
    const char *p = r->head.p, *end = p == NULL ? NULL : p + r->head.len;
    while (p != end) {
        const char *value = p + strlen(p) + 1;
        if (strcmp(p, name) == 0)
            return value;
        p = value + strlen(value) + 1;
    }
    return NULL;
}

/* Before each hop. */
void reply_clear(struct run *r)
{
    r->error[0] = '\0';
    buf_clear(&r->head);
    buf_clear(&r->body);
    r->head_lines = r->head_bytes = 0;
    r->head_complete = r->redirecting = false;
    r->stopped = NULL;
    r->local_errno = r->verify_error = r->verify_depth = 0;
    r->tcp_us = 0;
    r->o.size = 0;
    r->o.body_capped = false;
    r->o.status = 0;
}
