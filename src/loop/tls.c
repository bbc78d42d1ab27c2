/* tls.c - OpenSSL between two memory BIOs.
 *
 * Failures carry what a person needs: for a certificate the verifier's own words, for the
 * rest the library's reason. The error queue of OpenSSL belongs to the thread, so it is
 * emptied before each call that may fill it. */
#include "loop/tls.h"

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/mem.h"

/* Both are OpenSSL's own objects; our names keep its headers in here. */
static SSL_CTX *ctx_of(struct tls_context *c)
{
    return (SSL_CTX *)(void *)c;
}

static SSL *ssl_of(const struct tls_session *s)
{
    return (SSL *)(uintptr_t)s;
}

/* The first entry is the cause, when it is the system's; else the last says the most. */
static const char *reason(void)
{
    unsigned long first = ERR_peek_error();
    if (ERR_GET_LIB(first) == ERR_LIB_SYS)
        return strerror(ERR_GET_REASON(first));
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    return text != NULL ? text : "unknown error";
}

/* --- contexts ------------------------------------------------------------------------ */

static int use_certificate(SSL_CTX *ctx, const struct tls_files *f, struct err *e)
{
    if (SSL_CTX_use_certificate_chain_file(ctx, f->cert_file) != 1)
        return err_set(e, "certificate %s: %s", f->cert_file, reason());
    if (SSL_CTX_use_PrivateKey_file(ctx, f->key_file, SSL_FILETYPE_PEM) != 1)
        return err_set(e, "key %s: %s", f->key_file, reason());
    if (SSL_CTX_check_private_key(ctx) != 1)
        return err_set(e, "key %s does not belong to certificate %s", f->key_file, f->cert_file);
    return 0;
}

static int use_trust(SSL_CTX *ctx, const char *ca_file, struct err *e)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    if (ca_file == NULL && SSL_CTX_set_default_verify_paths(ctx) != 1)
        return err_set(e, "system certificates: %s", reason());
    if (ca_file != NULL && SSL_CTX_load_verify_file(ctx, ca_file) != 1)
        return err_set(e, "CA file %s: %s", ca_file, reason());
    return 0;
}

static SSL_CTX *context_new(const SSL_METHOD *method)
{
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(method);
    assert(ctx != NULL);
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    return ctx;
}

static int context_give(SSL_CTX *ctx, int rc, struct tls_context **ret)
{
    if (rc != 0) {
        SSL_CTX_free(ctx);
        return -1;
    }
    *ret = (struct tls_context *)(void *)ctx;
    return 0;
}

int tls_context_client(const struct tls_files *f, struct tls_context **ret, struct err *e)
{
    SSL_CTX *ctx = context_new(TLS_client_method());
    int rc = use_trust(ctx, f->ca_file, e);
    if (rc == 0 && f->cert_file != NULL)
        rc = use_certificate(ctx, f, e);
    return context_give(ctx, rc, ret);
}

int tls_context_server(const struct tls_files *f, struct tls_context **ret, struct err *e)
{
    SSL_CTX *ctx = context_new(TLS_server_method());
    return context_give(ctx, use_certificate(ctx, f, e), ret);
}

void tls_context_free(struct tls_context *c)
{
    SSL_CTX_free(ctx_of(c));
}

/* --- sessions ------------------------------------------------------------------------ */

static SSL *session_new(struct tls_context *c)
{
    SSL *ssl = SSL_new(ctx_of(c));
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    assert(ssl != NULL && in != NULL && out != NULL);
    BIO_set_mem_eof_return(in, -1); /* empty means "later", not "over" */
    SSL_set_bio(ssl, in, out);
    return ssl;
}

static bool is_address(const char *name)
{
    unsigned char ip[16];
    return inet_pton(AF_INET, name, ip) == 1 || inet_pton(AF_INET6, name, ip) == 1;
}

struct tls_session *tls_session_client(struct tls_context *c, const char *server_name)
{
    assert(server_name[0] != '\0'); /* OpenSSL would then verify no name */
    SSL *ssl = session_new(c);
    SSL_set_connect_state(ssl);
    bool named;
    if (is_address(server_name)) {
        named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name) == 1;
    } else {
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set_tlsext_host_name(ssl, server_name);
        named = SSL_set1_host(ssl, server_name) == 1;
    }
    assert(named);
    (void)named;
    return (struct tls_session *)(void *)ssl;
}

struct tls_session *tls_session_server(struct tls_context *c)
{
    SSL *ssl = session_new(c);
    SSL_set_accept_state(ssl);
    return (struct tls_session *)(void *)ssl;
}

void tls_session_free(struct tls_session *s)
{
    SSL_free(ssl_of(s));
}

/* --- bytes --------------------------------------------------------------------------- */

void tls_feed(struct tls_session *s, const void *p, size_t n)
{
    while (n > 0) {
        int part = n > INT_MAX ? INT_MAX : (int)n;
        int took = BIO_write(SSL_get_rbio(ssl_of(s)), p, part);
        assert(took > 0);
        p = (const char *)p + took;
        n -= (size_t)took;
    }
}

/* 0 when the library only waits for the network. */
static int check(SSL *ssl, int rc, struct err *e)
{
    int kind = SSL_get_error(ssl, rc);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE ||
        kind == SSL_ERROR_ZERO_RETURN)
        return 0;
    long verdict = SSL_get_verify_result(ssl);
    if (verdict != X509_V_OK && !SSL_is_init_finished(ssl))
        return err_set(e, "TLS: %s", X509_verify_cert_error_string(verdict));
    return err_set(e, "TLS: %s", reason());
}

int tls_shake(struct tls_session *s, struct err *e)
{
    SSL *ssl = ssl_of(s);
    ERR_clear_error();
    int rc = SSL_do_handshake(ssl);
    if (rc == 1)
        return 1;
    if (tls_ended(s))
        return err_set(e, "TLS: the peer closed during the handshake");
    return check(ssl, rc, e);
}

int tls_read(struct tls_session *s, void *p, size_t size, size_t *ret_n, struct err *e)
{
    SSL *ssl = ssl_of(s);
    size_t n = 0;
    ERR_clear_error();
    int rc = SSL_read_ex(ssl, p, size, &n);
    if (rc != 1 && check(ssl, rc, e) != 0)
        return -1;
    *ret_n = n;
    return 0;
}

int tls_write(struct tls_session *s, const void *p, size_t n, struct err *e)
{
    SSL *ssl = ssl_of(s);
    size_t written;
    ERR_clear_error();
    if (n == 0 || SSL_write_ex(ssl, p, n, &written) == 1)
        return 0; /* a memory BIO takes all of it */
    return err_set(e, "TLS: %s", reason());
}

size_t tls_drain(struct tls_session *s, void *p, size_t size)
{
    BIO *out = SSL_get_wbio(ssl_of(s));
    int n = BIO_read(out, p, size > INT_MAX ? INT_MAX : (int)size);
    return n > 0 ? (size_t)n : 0;
}

void tls_end(struct tls_session *s)
{
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_of(s)))
        SSL_shutdown(ssl_of(s));
    ERR_clear_error();
}

bool tls_ended(const struct tls_session *s)
{
    return (SSL_get_shutdown(ssl_of(s)) & SSL_RECEIVED_SHUTDOWN) != 0;
}

const char *tls_library_text(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
