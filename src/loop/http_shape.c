/* http_shape.c - a run's options on its easy handle.
 *
 * Three layers, by how often they change: once for the life of a handle, once for each
 * target it is lent to (skipped when it served the same one last), once for each hop.
 * Setting everything for every probe would cost a tenth of it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/text.h"
#include "http_internal.h"

/* --- headers -------------------------------------------------------------------------- */

/* "Name: value"; "Name;" is libcurl's word for an empty value. No line break gets through. */
static struct curl_slist *header_add(struct curl_slist *l, const char *name, const char *value)
{
    char *line = value[0] != '\0' ? mem_printf("%s: %s", name, value) : mem_printf("%s;", name);
    for (char *p = line; *p != '\0'; p++)
        if (*p == '\r' || *p == '\n')
            *p = ' ';
    struct curl_slist *longer = curl_slist_append(l, line);
    explicit_bzero(line, strlen(line));
    mem_free(line);
    return longer;
}

static bool header_has(const struct curl_slist *l, const char *name)
{
    size_t n = strlen(name);
    for (; l != NULL; l = l->next)
        if (strncasecmp(l->data, name, n) == 0 && strchr(":;", l->data[n]) != NULL)
            return true;
    return false;
}

/* libcurl sends neither its guess of a type nor "Expect" with a body. */
static struct curl_slist *headers_for_body(struct curl_slist *l)
{
    if (!header_has(l, "Content-Type"))
        l = curl_slist_append(l, "Content-Type:");
    return curl_slist_append(l, "Expect:");
}

static const char *accepted_encoding(const struct http_spec *s)
{
    for (size_t i = 0; i < s->n_headers; i++)
        if (strcasecmp(s->headers[i].name, "accept-encoding") == 0)
            return s->headers[i].value.bytes;
    return NULL;
}

/* What a stranger a redirect leads to may see. */
static bool is_harmless(const char *name)
{
    static const char *const names[] = {"accept", "accept-language", "cache-control", "pragma"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static struct curl_slist *headers_some(const struct http_spec *s, bool foreign)
{
    struct curl_slist *l = NULL;
    for (size_t i = 0; i < s->n_headers; i++)
        if (strcasecmp(s->headers[i].name, "accept-encoding") != 0 &&
            (!foreign || is_harmless(s->headers[i].name)))
            l = header_add(l, s->headers[i].name,
                           s->headers[i].value.bytes != NULL ? s->headers[i].value.bytes : "");
    if (s->bearer.bytes != NULL && !foreign) {
        char *value = mem_printf("Bearer %s", s->bearer.bytes);
        l = header_add(l, "Authorization", value);
        explicit_bzero(value, strlen(value));
        mem_free(value);
    }
    return l;
}

struct curl_slist *headers_of(const struct http_spec *s)
{
    struct curl_slist *l = headers_some(s, false);
    return s->body.bytes != NULL ? headers_for_body(l) : l;
}

void headers_free(struct curl_slist *l)
{
    for (struct curl_slist *at = l; at != NULL; at = at->next)
        explicit_bzero(at->data, strlen(at->data));
    curl_slist_free_all(l);
}

/* --- once ----------------------------------------------------------------------------- */

/* For close-on-exec, and to tell our own lack of descriptors from a dead peer. */
static curl_socket_t on_open_socket(void *run, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct run *r = run;
    (void)purpose;
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->protocol);
    if (fd < 0)
        r->local_errno = errno;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

void shape_once(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never wait for a thread of libcurl's */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever http_proxy says */
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL); /* http_tls.c brings the store */
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, tls_on_context);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, reply_on_header);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, reply_on_body);
}

/* What the callbacks are handed. Once for a run's own handle, for a kept one with every run. */
void shape_pointers(CURL *easy, struct run *r)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, r);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, r);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
}

/* --- for a target --------------------------------------------------------------------- */

static void shape_body(CURL *easy, const char *p, size_t n)
{
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, p);
}

/* `body` NULL: none. A POST, PUT or PATCH without one says Content-Length: 0. */
static void shape_method(CURL *easy, const char *method, const char *body, size_t body_len)
{
    const char *natural = "GET";
    bool sends = text_eq(method, "POST") || text_eq(method, "PUT") || text_eq(method, "PATCH");
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (text_eq(method, "HEAD")) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        natural = "HEAD";
    } else if (body != NULL || sends) {
        shape_body(easy, body != NULL ? body : "", body_len);
        natural = "POST";
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, text_eq(method, natural) ? NULL : method);
}

static void shape_secrets(CURL *easy, const struct http_target *t, bool foreign)
{
    const struct http_spec *s = t->spec;
    const char *user = s->user != NULL ? s->user : t->url_user;
    const char *password = s->user != NULL ? s->password.bytes : t->url_password;
    curl_easy_setopt(easy, CURLOPT_USERNAME, foreign ? NULL : user);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, foreign ? NULL : password);
    curl_easy_setopt(easy, CURLOPT_SSLCERT, foreign ? NULL : s->cert_file);
    curl_easy_setopt(easy, CURLOPT_SSLKEY, foreign ? NULL : s->key_file);
}

static long version_of(const struct http_spec *s, bool tls)
{
    switch (s->version) {
    case HTTP_1_1:
        return CURL_HTTP_VERSION_1_1;
    case HTTP_2:
        return tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    case HTTP_AUTO:
        break;
    }
    return CURL_HTTP_VERSION_2TLS;
}

static void shape_target(CURL *easy, const struct http_target *t)
{
    const struct http_spec *s = t->spec;
    shape_method(easy, s->method, s->body.bytes, s->body.len);
    shape_secrets(easy, t, false);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, t->user_agent);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, accepted_encoding(s));
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version_of(s, t->place.tls));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, s->insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, s->insecure ? 0L : 2L);
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, s->unix_path);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, s->reuse ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, s->reuse ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, s->reuse ? 1L : 0L);
}

static struct curl_slist *headers_with_extra(const struct http_spec *s, const struct http_extra *x)
{
    struct curl_slist *l = headers_some(s, false);
    for (size_t i = 0; i < x->n_headers; i++)
        l = header_add(l, x->headers[i].name, x->headers[i].value);
    return x->body != NULL || s->body.bytes != NULL ? headers_for_body(l) : l;
}

static void shape_extra(struct run *r, const struct http_extra *x)
{
    const struct http_spec *s = r->target->spec;
    r->headers = headers_with_extra(s, x);
    curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, r->headers);
    if (x->body != NULL) {
        buf_init(&r->extra_body, x->body_len);
        buf_put(&r->extra_body, x->body, x->body_len);
        shape_method(r->easy, s->method, buf_text(&r->extra_body), x->body_len);
    }
}

void shape_for_run(struct run *r, const struct http_extra *x)
{
    struct http_target *t = r->target;
    if (t->kept != NULL)
        shape_pointers(r->easy, r);
    if (r->shaped_for != t->id)
        shape_target(r->easy, t);
    r->shaped_for = t->kept == NULL ? t->id : 0;
    r->with_body = t->spec->body.bytes != NULL || (x != NULL && x->body != NULL);
    if (x == NULL)
        return;
    shape_extra(r, x);
    r->shaped_for = 0;
}

/* --- for a hop ------------------------------------------------------------------------ */

/* A redirect may have taken the method, the body and our secrets away. */
static void shape_redirected(struct run *r)
{
    const struct http_spec *s = r->target->spec;
    r->shaped_for = 0;
    if (r->get) {
        r->with_body = false;
        shape_method(r->easy, "GET", NULL, 0);
    }
    curl_easy_setopt(r->easy, CURLOPT_HTTP_VERSION, version_of(s, r->at->tls));
    if (!r->foreign)
        return;
    struct curl_slist *l = headers_some(s, true);
    if (r->with_body)
        l = headers_for_body(l);
    curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, l);
    headers_free(r->headers);
    r->headers = l;
    shape_secrets(r->easy, r->target, true);
}

static void shape_address(struct run *r)
{
    if (r->at->literal) {
        text_copy(r->o.ip, sizeof r->o.ip, r->at->host);
        curl_easy_setopt(r->easy, CURLOPT_CONNECT_TO, NULL);
        return;
    }
    const struct sockaddr_storage *a = &r->tries[r->try];
    address_text(a, r->o.ip, sizeof r->o.ip);
    snprintf(r->connect_to, sizeof r->connect_to,
             a->ss_family == AF_INET6 ? "::[%s]:" : "::%s:", r->o.ip);
    r->connect_list = (struct curl_slist){.data = r->connect_to};
    curl_easy_setopt(r->easy, CURLOPT_CONNECT_TO, &r->connect_list);
}

void shape_for_hop(struct run *r, int64_t left_ms)
{
    if (r->o.redirects > 0)
        shape_redirected(r);
    shape_address(r);
    bool more = !r->at->literal && r->try + 1 < r->n_tries; /* then leave time for the next */
    curl_easy_setopt(r->easy, CURLOPT_URL, r->at->url);
    curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(r->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(more ? left_ms / 2 : left_ms) + 1);
}
