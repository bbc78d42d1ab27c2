/* auth.c - tokens, hosts, origins.
 *
 * Tokens have no pattern to learn: every user's digest is compared, each in constant time.
 * Failures: 401 no or a wrong token, 403 a role too small or another site, 421 a foreign
 * name in Host, 429 too many wrong tokens from one peer. */
#include "auth.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "loop/crypto.h"

#define TOKEN_MAX 512

static const struct auth allowed = {0};

static struct auth refused(int status, const char *why)
{
    return (struct auth){.status = status, .why = why};
}

/* --- where it came from --------------------------------------------------------------- */

static bool is_local(const struct request_view *v)
{
    static const char *const forwarded[] = {"forwarded", "x-forwarded-for", "x-forwarded-host",
                                            "x-real-ip", "via"};

    for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++)
        if (request_header(v, forwarded[i]) != NULL)
            return false;
    return v->loopback;
}

/* "name:80", "[::1]:80" -> "name", "::1". Empty when it does not fit. */
static void host_of(const char *authority, char *dst, size_t size)
{
    size_t n = strcspn(authority, ":/?#");

    if (*authority == '[') {
        authority++;
        n = strcspn(authority, "]");
    }
    if (n >= size)
        n = 0;
    memcpy(dst, authority, n);
    dst[n] = 0;
}

static const char *after_scheme(const char *url)
{
    const char *at = strstr(url, "://");

    return at != NULL ? at + 3 : url;
}

/* Could a stranger's name server have sent a browser here under this name? */
static bool is_own_name(const struct config *c, const char *host)
{
    char name[256], own[256];
    unsigned char address[16];

    host_of(host, name, sizeof name);
    if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1 ||
        strcasecmp(name, "localhost") == 0)
        return true;
    if (c->web.public_url == NULL || *name == 0)
        return false;
    host_of(after_scheme(c->web.public_url), own, sizeof own);
    return strcasecmp(name, own) == 0;
}

static bool is_other_site(const struct config *c, const struct request_view *v)
{
    const char *fetch = request_header(v, "sec-fetch-site");
    const char *origin = request_header(v, "origin");

    if (fetch != NULL && strcmp(fetch, "same-origin") != 0 && strcmp(fetch, "none") != 0)
        return true;
    if (origin == NULL)
        return false;
    if (!text_starts(origin, "http://") && !text_starts(origin, "https://"))
        return true;
    if (strcasecmp(after_scheme(origin), v->host) == 0)
        return false;
    return c->web.public_url == NULL || !text_starts(c->web.public_url, origin) ||
           strchr("/", c->web.public_url[strlen(origin)]) == NULL;
}

/* --- tokens --------------------------------------------------------------------------- */

/* NULL: the header is not there, or not Bearer. */
static const char *bearer(const struct request_view *v)
{
    static const char scheme[] = "Bearer ";
    const char *value = request_header(v, "authorization");

    if (value == NULL || strncasecmp(value, scheme, sizeof scheme - 1) != 0)
        return NULL;
    return value + sizeof scheme - 1 + strspn(value + sizeof scheme - 1, " ");
}

static const struct web_user *user_of(const struct config *c, const char *token)
{
    const struct web_user *found = NULL;
    unsigned char digest[32];

    if (*token == 0 || strlen(token) > TOKEN_MAX)
        return NULL;
    crypto_sha256(token, strlen(token), digest);
    for (size_t i = 0; i < c->web.n_users; i++)
        if (crypto_equal(digest, c->web.users[i].token_sha256, sizeof digest))
            found = &c->web.users[i];
    return found;
}

static struct auth by_token(struct limiter *l, const struct config *c, const struct request_view *v,
                            const char *token, int64_t now_ms)
{
    bool limited = !is_local(v);

    if (token == NULL)
        return refused(401, "send Authorization: Bearer TOKEN");
    if (limited && !limiter_allows(l, v->peer, now_ms))
        return refused(429, "too many wrong tokens from this address");
    const struct web_user *user = user_of(c, token);

    if (user == NULL && limited)
        limiter_failed(l, v->peer, now_ms);
    if (user == NULL)
        return refused(401, "this token is not known");
    return (struct auth){.user = user};
}

/* What reads calendars sends an address and nothing else. */
static struct auth by_address(struct limiter *l, const struct config *c,
                              const struct request_view *v, int64_t now_ms)
{
    char token[TOKEN_MAX + 1];
    bool there = request_query(v, "token", token, sizeof token);
    struct auth a = by_token(l, c, v, there ? token : bearer(v), now_ms);

    explicit_bzero(token, sizeof token);
    if (a.status == 401 && !there && bearer(v) == NULL)
        a.why = "put ?token=TOKEN behind the address, or send Authorization: Bearer TOKEN";
    return a;
}

/* --- the answer ----------------------------------------------------------------------- */

static struct auth check_without_users(const struct config *c, const struct request_view *v,
                                       enum access access)
{
    if (access == ACCESS_METRICS)
        return allowed;
    if (strcmp(v->peer, "unix") != 0 && !is_own_name(c, v->host))
        return refused(421, "the Host is neither an address, localhost nor that of web.public_url");
    if (access == ACCESS_ACT && !is_local(v))
        return refused(403, "without web.users only this machine may do that");
    return allowed;
}

struct auth auth_check(struct limiter *l, const struct config *c, const struct request_view *v,
                       enum access access, int64_t now_ms)
{
    if (access == ACCESS_OPEN)
        return allowed;
    if (access == ACCESS_ACT && is_other_site(c, v))
        return refused(403, "a browser may not do that from another site");
    if (c->web.n_users == 0)
        return check_without_users(c, v, access);
    if (access == ACCESS_METRICS && is_local(v))
        return allowed;
    if (access == ACCESS_CALENDAR)
        return by_address(l, c, v, now_ms);
    struct auth a = by_token(l, c, v, bearer(v), now_ms);

    if (a.status == 0 && access == ACCESS_ACT && a.user->role < ROLE_RESPONDER)
        return refused(403, "a viewer may only read");
    return a;
}
