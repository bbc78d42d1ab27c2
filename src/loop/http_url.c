/* http_url.c - where a request goes, and where a redirect leads.
 *
 * libcurl's own URL parser, so that we and the transfer can never read one URL two ways.
 * Failures: not a URL, not http or https, no host, a user name with a control byte. */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http_internal.h"

#define URL_MAX_BYTES 8192

static char *part_of(CURLU *u, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
        return NULL;
    char *copy = mem_strdup(text);
    curl_free(text);
    return copy;
}

static bool is_address(const char *host)
{
    struct in_addr v4;
    return strchr(host, ':') != NULL || inet_pton(AF_INET, host, &v4) == 1;
}

/* "[::1]" -> "::1", in place. */
static void drop_brackets(char *host)
{
    size_t n = strlen(host);
    if (n < 2 || host[0] != '[' || host[n - 1] != ']')
        return;
    memmove(host, host + 1, n - 2);
    host[n - 2] = '\0';
}

static void lower(char *s)
{
    for (; *s != '\0'; s++)
        if (*s >= 'A' && *s <= 'Z')
            *s = (char)(*s - 'A' + 'a');
}

static bool is_ascii(const char *s)
{
    while (*s != '\0' && (unsigned char)*s < 0x80)
        s++;
    return *s == '\0';
}

/* libcurl 7.88 leaks the name when it turns one into punycode. That is borne for what
 * somebody wrote into a file, not for a Location, where such a name is not allowed anyway. */
static char *host_of(CURLU *u, bool idn)
{
    char *host = part_of(u, CURLUPART_HOST, 0);
    if (host == NULL || is_ascii(host))
        return host;
    mem_free(host);
    return idn ? part_of(u, CURLUPART_HOST, CURLU_PUNYCODE) : NULL;
}

static int place_fill(CURLU *u, bool idn, struct place *p, struct err *e)
{
    char *scheme = part_of(u, CURLUPART_SCHEME, 0);
    bool tls = text_eq(scheme, "https"), plain = text_eq(scheme, "http");
    mem_free(scheme);
    if (!tls && !plain)
        return err_set(e, "not an http or https address");
    char *port = part_of(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    int64_t number = 0;
    int rc = port == NULL ? -1 : text_int(port, 1, 65535, &number, NULL);
    mem_free(port);
    if (rc < 0)
        return err_set(e, "port out of range");
    p->host = host_of(u, idn);
    if (p->host == NULL || p->host[0] == '\0')
        return err_set(e, "no valid host");
    p->literal = p->host[0] == '[';
    drop_brackets(p->host);
    p->literal = p->literal || is_address(p->host);
    lower(p->host);
    p->port = (int)number;
    p->tls = tls;
    p->url = part_of(u, CURLUPART_URL, 0);
    if (p->url == NULL || strlen(p->url) > URL_MAX_BYTES)
        return err_set(e, "longer than %d bytes", URL_MAX_BYTES);
    return 0;
}

static void drop_secrets_and_fragment(CURLU *u)
{
    curl_url_set(u, CURLUPART_USER, NULL, 0);
    curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
    curl_url_set(u, CURLUPART_OPTIONS, NULL, 0);
    curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
}

static int place_take(CURLU *u, bool idn, struct place *ret, struct err *e)
{
    struct place p = {0};
    drop_secrets_and_fragment(u);
    if (place_fill(u, idn, &p, e) < 0) {
        place_done(&p);
        return -1;
    }
    *ret = p;
    return 0;
}

int place_parse(const char *url, struct place *ret, char **ret_user, char **ret_password,
                struct err *e)
{
    CURLU *u = curl_url();
    CURLUcode rc = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (rc != CURLUE_OK) {
        curl_url_cleanup(u);
        return err_set(e, "%s", curl_url_strerror(rc));
    }
    char *user = part_of(u, CURLUPART_USER, CURLU_URLDECODE);
    char *password = part_of(u, CURLUPART_PASSWORD, CURLU_URLDECODE);
    int done = place_take(u, true, ret, e);
    curl_url_cleanup(u);
    if (done < 0) {
        mem_free(user);
        mem_free(password);
        return -1;
    }
    *ret_user = user;
    *ret_password = password;
    return 0;
}

int place_follow(const struct place *from, const char *location, struct place *ret, struct err *e)
{
    CURLU *u = curl_url();
    CURLUcode rc = curl_url_set(u, CURLUPART_URL, from->url, 0);
    if (rc == CURLUE_OK)
        rc = curl_url_set(u, CURLUPART_URL, location,
                          CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_NON_SUPPORT_SCHEME);
    int done =
        rc == CURLUE_OK ? place_take(u, false, ret, e) : err_set(e, "%s", curl_url_strerror(rc));
    curl_url_cleanup(u);
    return done;
}

bool place_same_origin(const struct place *a, const struct place *b)
{
    return a->tls == b->tls && a->port == b->port && strcmp(a->host, b->host) == 0;
}

void place_done(struct place *p)
{
    mem_free(p->url);
    mem_free(p->host);
    *p = (struct place){0};
}
