/* url.c - is this a URL a probe or a channel can be sent to?
 *
 * Not a parser of everything RFC 3986 allows: scheme, `://`, an authority, and then
 * nothing but printable ASCII. What passes here means the same to libcurl. */
#include "url.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define URL_MAX 4000

struct span {
    const char *p;
    size_t n;
};

/* What stands between `://` and the first / ? or #. */
static struct span authority_of(const char *text)
{
    const char *colon = strstr(text, "://");
    const char *p = colon ? colon + 3 : text + strlen(text);
    return (struct span){p, strcspn(p, "/?#")};
}

static struct span after_user(struct span authority)
{
    const char *at = memrchr(authority.p, '@', authority.n);
    if (!at)
        return authority;
    return (struct span){at + 1, authority.n - (size_t)(at + 1 - authority.p)};
}

static int check_letters(const char *text, struct err *e)
{
    if (strlen(text) > URL_MAX)
        return err_set(e, "longer than %d bytes", URL_MAX);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == ' ')
            return err_set(e, "a space in a URL is written %%20");
        if (*p < ' ' || *p >= 0x7f)
            return err_set(e, "only printable ASCII may stand in a URL; write the rest as %%XX, "
                              "a host name as xn--…");
    }
    return 0;
}

/* "http:// or https://" */
static const char *scheme_list(const char *const *schemes, char *dst, size_t size)
{
    struct buf b;
    buf_init(&b, size - 1);
    for (const char *const *s = schemes; *s; s++)
        buf_printf(&b, "%s%s://", s == schemes ? "" : " or ", *s);
    text_copy(dst, size, buf_text(&b));
    buf_done(&b);
    return dst;
}

static int check_scheme(const char *text, const char *const *schemes, struct err *e)
{
    size_t n = strcspn(text, ":");
    char list[60];
    for (const char *const *s = schemes; *s; s++)
        if (strlen(*s) == n && strncmp(*s, text, n) == 0 && strncmp(text + n, "://", 3) == 0)
            return 0;
    return err_set(e, "must begin with %s", scheme_list(schemes, list, sizeof list));
}

static int check_host(struct span host, struct err *e)
{
    bool v6 = host.n > 0 && *host.p == '[';
    const char *letters = v6 ? "0123456789abcdefABCDEF:.[]"
                             : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (host.n == 0)
        return err_set(e, "the host is missing");
    if (host.n > 253)
        return err_set(e, "the host is longer than 253 bytes");
    for (size_t i = 0; i < host.n; i++)
        if (!strchr(letters, host.p[i]))
            return err_set(e, "`%c` cannot be part of a host", host.p[i]);
    if (v6 && (host.n < 4 || host.p[host.n - 1] != ']'))
        return err_set(e, "an IPv6 address stands in [ ]");
    return 0;
}

static int check_port(struct span port, struct err *e)
{
    char digits[8];
    int64_t value;
    if (port.n > 0 && port.n < sizeof digits) {
        memcpy(digits, port.p, port.n);
        digits[port.n] = '\0';
        if (digits[0] != '-' && text_int(digits, 0, 65535, &value, NULL) == 0)
            return 0;
    }
    return err_set(e, "the port must be a number from 0 to 65535");
}

int url_check_authority(const char *text, size_t n, bool need_port, struct err *e)
{
    struct span host = {text, n}, port = {NULL, 0};
    const char *bracket = memrchr(text, ']', n), *colon = memrchr(text, ':', n);
    if (colon && (!bracket || colon > bracket)) {
        host.n = (size_t)(colon - text);
        port = (struct span){colon + 1, n - host.n - 1};
    }
    if (!port.p && need_port)
        return err_set(e, "the port is missing");
    if (check_host(host, e) != 0)
        return -1;
    return port.p ? check_port(port, e) : 0;
}

int url_check(const char *text, const char *const *schemes, struct err *e)
{
    if (check_letters(text, e) != 0 || check_scheme(text, schemes, e) != 0)
        return -1;
    struct span place = after_user(authority_of(text));
    return url_check_authority(place.p, place.n, false, e);
}

const char *url_without_user(struct arena *a, const char *text)
{
    struct span all = authority_of(text), place = after_user(all);
    if (place.p == all.p)
        return arena_strdup(a, text);
    return arena_printf(a, "%.*s***@%s", (int)(all.p - text), text, place.p);
}

const char *url_origin(struct arena *a, const char *text)
{
    struct span place = after_user(authority_of(text));
    if (place.n == 0)
        return "***";
    return arena_printf(a, "%.*s://%.*s", (int)strcspn(text, ":"), text, (int)place.n, place.p);
}
