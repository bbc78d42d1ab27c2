/* url.c - store.url in its four forms. User and password are percent-decoded.
 *
 *     redis://[user[:password]@]host[:port][/db]      rediss:// the same, with TLS
 *     unix://[user[:password]@]/path[?db=N]           embedded */
#include "url.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define PORT   6379
#define DB_MAX 65535

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/* Percent-decodes [p, end) into dst. */
static int decode(const char *p, const char *end, char *dst, size_t size)
{
    size_t n = 0;

    for (; p < end; p++) {
        int c = (unsigned char)*p;
        if (c == '%') {
            int high = end - p > 2 ? hex_digit(p[1]) : -1, low = end - p > 2 ? hex_digit(p[2]) : -1;
            if (high < 0 || low < 0)
                return -1;
            c = high * 16 + low;
            p += 2;
        }
        if (c == 0 || n + 1 >= size)
            return -1;
        dst[n++] = (char)c;
    }
    dst[n] = '\0';
    return 0;
}

/* [user[:password]@] in [p, end); *p moves behind it. */
static int take_user(const char **p, const char *end, struct store_url *u, struct err *e)
{
    const char *at = NULL;

    for (const char *c = *p; c < end; c++) {
        if (*c == '@')
            at = c;
    }
    if (at == NULL)
        return 0;
    const char *colon = memchr(*p, ':', (size_t)(at - *p));
    if (decode(*p, colon != NULL ? colon : at, u->user, sizeof u->user) != 0)
        return err_set(e, "the user is too long or badly percent-encoded");
    if (colon != NULL && decode(colon + 1, at, u->password, sizeof u->password) != 0)
        return err_set(e, "the password is too long or badly percent-encoded");
    *p = at + 1;
    return 0;
}

static int take_number(const char *p, const char *end, int64_t max, int *ret)
{
    char digits[16];
    int64_t value = 0;

    if (end - p >= (ptrdiff_t)sizeof digits)
        return -1;
    memcpy(digits, p, (size_t)(end - p));
    digits[end - p] = '\0';
    if (text_int(digits, 0, max, &value, NULL) != 0)
        return -1;
    *ret = (int)value;
    return 0;
}

static int take_host(const char *p, const char *end, struct store_url *u, struct err *e)
{
    const char *colon = NULL;
    bool bracket = p < end && *p == '[';
    const char *host_end = bracket ? memchr(p, ']', (size_t)(end - p)) : NULL;

    if (bracket && host_end == NULL)
        return err_set(e, "']' is missing");
    colon = memchr(bracket ? host_end : p, ':', (size_t)(end - (bracket ? host_end : p)));
    if (!bracket)
        host_end = colon != NULL ? colon : end;
    else
        p++;
    if (host_end == p || decode(p, host_end, u->host, sizeof u->host) != 0)
        return err_set(e, "the host is missing or too long");
    u->port = PORT;
    if (colon != NULL && (take_number(colon + 1, end, 65535, &u->port) != 0 || u->port == 0))
        return err_set(e, "the port is not a number from 1 to 65535");
    return 0;
}

static int parse_tcp(const char *p, struct store_url *u, struct err *e)
{
    const char *end = p + strlen(p);
    const char *at = strrchr(p, '@');
    const char *slash = strchr(at != NULL ? at : p, '/');

    if (take_user(&p, slash != NULL ? slash : end, u, e) != 0 ||
        take_host(p, slash != NULL ? slash : end, u, e) != 0)
        return -1;
    if (slash != NULL && slash[1] != '\0' && take_number(slash + 1, end, DB_MAX, &u->db) != 0)
        return err_set(e, "the database after '/' is not a number");
    return 0;
}

static int parse_unix(const char *p, struct store_url *u, struct err *e)
{
    const char *query = strchr(p, '?');
    const char *end = query != NULL ? query : p + strlen(p);
    const char *at = NULL;

    for (const char *c = p; c < end; c++) {
        if (*c == '@' && c[1] == '/')
            at = c;
    }
    if (*p != '/' && (at == NULL || take_user(&p, at + 1, u, e) != 0))
        return err_set(e, "unix:// needs an absolute path: unix:///run/redis/redis.sock");
    if (decode(p, end, u->unix_path, sizeof u->unix_path) != 0)
        return err_set(e, "the path of the socket is longer than %zu bytes",
                       sizeof u->unix_path - 1);
    if (query == NULL)
        return 0;
    if (!text_starts(query, "?db=") ||
        take_number(query + 4, query + strlen(query), DB_MAX, &u->db) != 0)
        return err_set(e, "only ?db=NUMBER may follow the path");
    return 0;
}

int store_url_parse(const char *text, struct store_url *ret, struct err *e)
{
    struct store_url u = {0};
    int rc = -1;

    if (text_eq(text, "embedded"))
        u.embedded = true, rc = 0;
    else if (text_starts(text, "unix://"))
        rc = parse_unix(text + strlen("unix://"), &u, e);
    else if (text_starts(text, "redis://"))
        rc = parse_tcp(text + strlen("redis://"), &u, e);
    else if (text_starts(text, "rediss://"))
        u.tls = true, rc = parse_tcp(text + strlen("rediss://"), &u, e);
    else
        err_set(e, "must be embedded, redis://, rediss:// or unix://");
    if (rc == 0)
        *ret = u;
    return rc;
}
