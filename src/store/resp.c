/* resp.c - arguments out, and back from the spool. */
#include "resp.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 10

static void put_head(struct buf *out, char kind, unsigned long long n)
{
    char head[32];
    char *p = head + sizeof head;

    *--p = '\n';
    *--p = '\r';
    do
        *--p = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    *--p = kind;
    buf_put(out, p, (size_t)(head + sizeof head - p));
}

void resp_open(struct buf *out, size_t n_args)
{
    put_head(out, '*', n_args);
}

void resp_bulk(struct buf *out, const void *p, size_t n)
{
    put_head(out, '$', n);
    buf_put(out, p, n);
    buf_put(out, "\r\n", 2);
}

void resp_text(struct buf *out, const char *s)
{
    resp_bulk(out, s, strlen(s));
}

void resp_int(struct buf *out, long long i)
{
    char text[24];

    resp_bulk(out, text, (size_t)snprintf(text, sizeof text, "%lld", i));
}

int resp_next(const char **p, const char *end, const char **ret, size_t *ret_n)
{
    const char *at = *p;
    size_t n = 0;
    int digits = 0;

    if (at == end)
        return 0;
    if (*at++ != '$')
        return -1;
    for (; at < end && *at >= '0' && *at <= '9' && digits < DIGITS_MAX; at++, digits++)
        n = n * 10 + (size_t)(*at - '0');
    if (digits == 0 || end - at < 4 || at[0] != '\r' || at[1] != '\n')
        return -1;
    at += 2;
    if (n > (size_t)(end - at) - 2 || at[n] != '\r' || at[n + 1] != '\n')
        return -1;
    *ret = at;
    *ret_n = n;
    *p = at + n + 2;
    return 1;
}

int resp_skip(const char **p, const char *end, const char **ret, size_t *ret_n)
{
    const char *at = *p, *arg;
    size_t n_args = 0, n;

    *ret_n = 0;
    if (at == end)
        return 0;
    if (*at++ != '*')
        return -1;
    for (int digits = 0; at < end && *at >= '0' && *at <= '9' && digits < DIGITS_MAX; digits++)
        n_args = n_args * 10 + (size_t)(*at++ - '0');
    if (end - at < 2 || at[0] != '\r' || at[1] != '\n')
        return -1;
    at += 2;
    for (size_t i = 0; i < n_args; i++) {
        if (resp_next(&at, end, &arg, &n) != 1)
            return -1;
        if (i == 1)
            *ret = arg, *ret_n = n;
    }
    *p = at;
    return 1;
}
