/* reply.c - answers with the headers that all of them carry. */
#include <stdarg.h>
#include <stdio.h>

#include "format/api.h"
#include "web_private.h"

#define HEADERS_MAX 8

static void send_answer(struct web *w, struct request *q, const struct answer *a)
{
    if (w != NULL)
        w->answers[a->status / 100]++;
    server_answer(q, a);
}

static size_t common_headers(struct header *h, const char *policy, const char *cache)
{
    size_t n = 0;

    h[n++] = (struct header){"X-Content-Type-Options", "nosniff"};
    h[n++] = (struct header){"Content-Security-Policy", policy};
    h[n++] = (struct header){"Referrer-Policy", "no-referrer"};
    h[n++] = (struct header){"Cross-Origin-Resource-Policy", "same-origin"};
    h[n++] = (struct header){"Cache-Control", cache};
    return n;
}

/* `body` is taken. */
struct content {
    int status;
    const char *type;
    struct buf *body;
};

static void reply(struct web *w, struct request *q, struct content c, const struct header *extra)
{
    struct header headers[HEADERS_MAX];
    size_t n = common_headers(headers, "default-src 'none'; frame-ancestors 'none'", "no-store");

    if (extra != NULL)
        headers[n++] = *extra;
    struct answer a = {.status = c.status,
                       .content_type = c.type,
                       .take = c.body,
                       .headers = headers,
                       .n_headers = n};

    send_answer(w, q, &a);
}

void reply_text(struct web *w, struct request *q, int status, const char *type, struct buf *body)
{
    reply(w, q, (struct content){status, type, body}, NULL);
}

void reply_html(struct web *w, struct request *q, const char *policy, struct buf *body)
{
    struct header headers[HEADERS_MAX];
    char whole[300];
    size_t n;

    snprintf(whole, sizeof whole, "%s; frame-ancestors 'none'", policy);
    n = common_headers(headers, whole, "no-store");
    send_answer(w, q,
                &(struct answer){.status = 200,
                                 .content_type = "text/html; charset=utf-8",
                                 .take = body,
                                 .headers = headers,
                                 .n_headers = n});
}

void reply_json(struct web *w, struct request *q, int status, struct buf *body)
{
    if (body->over) {
        buf_done(body);
        reply_problem(w, q, 500, "the answer does not fit into %u MB", WEB_MAX_ANSWER >> 20);
        return;
    }
    reply_text(w, q, status, "application/json", body);
}

void reply_list(struct web *w, struct request *q, struct buf *body, bool store_away)
{
    static const struct header partial = {"Midwatch-Store", "away"};

    if (!store_away || body->over) {
        reply_json(w, q, 200, body);
        return;
    }
    reply(w, q, (struct content){200, "application/json", body}, &partial);
}

void reply_page(struct web *w, struct request *q)
{
    struct header headers[HEADERS_MAX];
    size_t n = common_headers(headers, w->page_policy, "public, max-age=5");

    struct answer a = {.status = 200,
                       .content_type = "text/html; charset=utf-8",
                       .body = buf_text(&w->page),
                       .body_len = w->page.len,
                       .headers = headers,
                       .n_headers = n};

    send_answer(w, q, &a);
}

void reply_problem_with(struct web *w, struct request *q, int status, const struct header *extra,
                        const char *detail)
{
    struct buf body;

    buf_init(&body, 8192);
    api_write_problem(&body, status, detail);
    reply(w, q, (struct content){status, "application/problem+json", &body}, extra);
}

void reply_problem(struct web *w, struct request *q, int status, const char *fmt, ...)
{
    char detail[700];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    reply_problem_with(w, q, status, NULL, detail);
}
