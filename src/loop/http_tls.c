/* http_tls.c - trusted authorities, and the certificate that was shown.
 *
 * A CA file is read once and its store handed to every handshake (libcurl would read the
 * system's 140 certificates again for each connection, 40 ms). The store is read anew when
 * a target is made after the file changed. The certificate is taken where OpenSSL verifies
 * it, so that its facts are there also when it was not accepted.
 *
 * Failures: a CA file that cannot be read; a certificate that is not trusted, in words. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/civil.h"
#include "base/text.h"
#include "http_internal.h"

struct authorities {
    struct authorities *next;
    char *path;
    struct timespec changed;
    size_t users;
    X509_STORE *store;
};

/* --- authorities ---------------------------------------------------------------------- */

static const char *system_file(void)
{
    static const char *const usual[] = {
        "/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine, Arch */
        "/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora */
        "/etc/ssl/ca-bundle.pem",             /* openSUSE */
        "/etc/ssl/cert.pem",
    };
    struct stat st;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (stat(usual[i], &st) == 0)
            return usual[i];
    return usual[0];
}

static X509_STORE *store_read(const char *path, struct err *e)
{
    X509_STORE *store = X509_STORE_new();
    if (store == NULL || X509_STORE_load_file(store, path) != 1) {
        X509_STORE_free(store);
        ERR_clear_error();
        err_set(e, "CA file %s holds no readable certificate", path);
        return NULL;
    }
    X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
    return store;
}

struct authorities *authorities_get(struct http_client *c, const char *ca_file, struct err *e)
{
    const char *path = ca_file != NULL ? ca_file : system_file();
    struct stat st;
    if (stat(path, &st) < 0) {
        err_set(e, "CA file %s: %s", path, strerror(errno));
        return NULL;
    }
    for (struct authorities *a = c->authorities; a != NULL; a = a->next)
        if (strcmp(a->path, path) == 0 && a->changed.tv_sec == st.st_mtim.tv_sec &&
            a->changed.tv_nsec == st.st_mtim.tv_nsec) {
            a->users++;
            return a;
        }
    X509_STORE *store = store_read(path, e);
    if (store == NULL)
        return NULL;
    struct authorities *a = mem_new(struct authorities);
    *a = (struct authorities){.next = c->authorities,
                              .path = mem_strdup(path),
                              .changed = st.st_mtim,
                              .users = 1,
                              .store = store};
    c->authorities = a;
    return a;
}

void authorities_put(struct http_client *c, struct authorities *a)
{
    if (a == NULL || --a->users > 0)
        return;
    struct authorities **at = &c->authorities;
    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    X509_STORE_free(a->store);
    mem_free(a->path);
    mem_free(a);
}

/* --- facts of a certificate ----------------------------------------------------------- */

static int64_t instant_of(const ASN1_TIME *t)
{
    struct tm tm;
    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
        return 0;
    struct civil c = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                      tm.tm_hour,        tm.tm_min,     tm.tm_sec};
    return civil_seconds(&c) * 1000;
}

static void name_text(const X509_NAME *name, char *dst, size_t size)
{
    dst[0] = '\0';
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL || name == NULL) {
        BIO_free(bio);
        return;
    }
    char text[1024];
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    int n = BIO_read(bio, text, sizeof text - 1);
    BIO_free(bio);
    text[n > 0 ? n : 0] = '\0';
    text_copy(dst, size, text);
}

static void alternative_text(const GENERAL_NAME *name, char *dst, size_t size)
{
    const ASN1_STRING *s = name->type == GEN_DNS     ? name->d.dNSName
                           : name->type == GEN_IPADD ? name->d.iPAddress
                                                     : NULL;
    dst[0] = '\0';
    if (s == NULL)
        return;
    const unsigned char *p = ASN1_STRING_get0_data(s);
    int n = ASN1_STRING_length(s);
    if (name->type == GEN_DNS) {
        snprintf(dst, size, "%.*s", n, (const char *)p);
        return;
    }
    struct sockaddr_storage a = {.ss_family = n == 16 ? AF_INET6 : AF_INET};
    if (n == 16)
        memcpy(&((struct sockaddr_in6 *)&a)->sin6_addr, p, 16);
    else if (n == 4)
        memcpy(&((struct sockaddr_in *)&a)->sin_addr, p, 4);
    else
        return;
    address_text(&a, dst, size);
}

static void alternatives_text(X509 *x, char *dst, size_t size)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    struct buf out;
    buf_init(&out, size - 1);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        char one[256];
        alternative_text(sk_GENERAL_NAME_value(names, i), one, sizeof one);
        if (one[0] != '\0')
            buf_printf(&out, "%s%s", out.len > 0 ? ", " : "", one);
    }
    text_copy(dst, size, buf_text(&out));
    buf_done(&out);
    GENERAL_NAMES_free(names);
}

static void certificate_read(X509 *x, struct certificate *ret)
{
    ret->present = true;
    ret->not_before_ms = instant_of(X509_get0_notBefore(x));
    ret->not_after_ms = instant_of(X509_get0_notAfter(x));
    name_text(X509_get_subject_name(x), ret->subject, sizeof ret->subject);
    name_text(X509_get_issuer_name(x), ret->issuer, sizeof ret->issuer);
    alternatives_text(x, ret->san, sizeof ret->san);
}

/* --- the handshake -------------------------------------------------------------------- */

static void note_refusal(struct run *r, X509_STORE_CTX *x)
{
    r->verify_error = X509_STORE_CTX_get_error(x);
    r->verify_depth = X509_STORE_CTX_get_error_depth(x);
    X509 *at = X509_STORE_CTX_get_current_cert(x);
    if (at == NULL)
        return;
    name_text(X509_get_subject_name(at), r->verify_subject, sizeof r->verify_subject);
    bool early = r->verify_error == X509_V_ERR_CERT_NOT_YET_VALID;
    r->verify_at_ms = instant_of(early ? X509_get0_notBefore(at) : X509_get0_notAfter(at));
}

/* Replaces OpenSSL's verification by the same one, looked at. Once a full handshake. */
static int on_verify(X509_STORE_CTX *x, void *run)
{
    struct run *r = run;
    bool insecure = r->target->spec->insecure;
    int held = insecure ? 1 : X509_verify_cert(x);
    if (held <= 0)
        note_refusal(r, x);
    else if (insecure)
        X509_STORE_CTX_set_error(x, X509_V_OK);
    X509 *leaf = X509_STORE_CTX_get0_cert(x);
    const SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct certificate *cert = &r->o.cert;
    *cert = (struct certificate){0};
    if (leaf != NULL)
        certificate_read(leaf, cert);
    if (ssl != NULL)
        text_copy(cert->tls_version, sizeof cert->tls_version, SSL_get_version(ssl));
    return held;
}

CURLcode tls_on_context(CURL *easy, void *ssl_ctx, void *run)
{
    struct run *r = run;
    (void)easy;
    r->tcp_us = loop_mono_us() - r->hop_us;
    if (r->target->authorities != NULL)
        SSL_CTX_set1_cert_store(ssl_ctx, r->target->authorities->store);
    SSL_CTX_set_cert_verify_callback(ssl_ctx, on_verify, r);
    return CURLE_OK;
}

/* --- in words ------------------------------------------------------------------------- */

static const char *span_text(int64_t ms, char *dst, size_t size)
{
    static const struct {
        int64_t ms;
        const char *word;
    } units[] = {{86400000, "day"}, {3600000, "hour"}, {60000, "minute"}, {1000, "second"}};
    size_t u = 0;
    while (u < 3 && ms < units[u].ms)
        u++;
    long long n = (long long)(ms / units[u].ms);
    snprintf(dst, size, "%lld %s%s", n, units[u].word, n == 1 ? "" : "s");
    return dst;
}

static void describe_dates(const struct run *r, const char *whose, char *dst, size_t size)
{
    char span[40];
    int64_t now_ms = loop_now_ms();
    if (r->verify_error == X509_V_ERR_CERT_HAS_EXPIRED)
        snprintf(dst, size, "%s expired %s ago", whose,
                 span_text(now_ms - r->verify_at_ms, span, sizeof span));
    else
        snprintf(dst, size, "%s is valid only in %s", whose,
                 span_text(r->verify_at_ms - now_ms, span, sizeof span));
}

bool tls_describe(const struct run *r, char *dst, size_t size)
{
    if (r->verify_error == X509_V_OK)
        return false;
    char whose[192] = "certificate";
    if (r->verify_depth > 0)
        snprintf(whose, sizeof whose, "the chain's certificate %s", r->verify_subject);
    switch (r->verify_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        describe_dates(r, whose, dst, size);
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        snprintf(dst, size, "certificate is self-signed");
        break;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        snprintf(dst, size, "certificate is signed by an authority that is not trusted (%s)",
                 r->o.cert.issuer);
        break;
    default:
        snprintf(dst, size, "%s: %s", whose, X509_verify_cert_error_string(r->verify_error));
    }
    return true;
}
