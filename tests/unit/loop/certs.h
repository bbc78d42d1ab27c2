/* certs.h - certificates for tests, made on the spot by libcrypto, in a directory of their own. */
#ifndef TESTS_UNIT_LOOP_CERTS_H
#define TESTS_UNIT_LOOP_CERTS_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* Files under `dir`: ca.pem; good, expired, other, self and client .pem with their .key */
struct certs {
    char dir[64];
    char path[64 + 32];
};

static inline const char *certs_path(struct certs *c, const char *name)
{
    snprintf(c->path, sizeof c->path, "%s/%s", c->dir, name);
    return c->path;
}

static inline void certs_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert(ext != NULL);
    X509_add_ext(x, ext, -1);
    X509_EXTENSION_free(ext);
}

struct cert_wish {
    const char *name;      /* of the files, and the common name */
    const char *alt_names; /* NULL: an authority */
    long not_after_s;      /* from now */
};

/* Signed by (ca, ca_key), or by itself when ca is NULL. */
static inline X509 *certs_make(struct certs *c, const struct cert_wish *w, X509 *ca,
                               EVP_PKEY *ca_key, EVP_PKEY **ret_key)
{
    static long serial = 1000;
    char file[64];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x), -86400 * 30);
    X509_gmtime_adj(X509_getm_notAfter(x), w->not_after_s);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               (const unsigned char *)w->name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(ca != NULL ? ca : x));
    X509_set_pubkey(x, key);
    certs_extension(x, ca != NULL ? ca : x, NID_basic_constraints,
                    w->alt_names == NULL ? "critical,CA:TRUE" : "CA:FALSE");
    if (w->alt_names != NULL)
        certs_extension(x, ca != NULL ? ca : x, NID_subject_alt_name, w->alt_names);
    X509_sign(x, ca != NULL ? ca_key : key, EVP_sha256());
    snprintf(file, sizeof file, "%s.pem", w->name);
    FILE *f = fopen(certs_path(c, file), "w");
    PEM_write_X509(f, x);
    fclose(f);
    snprintf(file, sizeof file, "%s.key", w->name);
    f = fopen(certs_path(c, file), "w");
    PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
    fclose(f);
    *ret_key = key;
    return x;
}

static inline void certs_init(struct certs *c)
{
    static const struct cert_wish wishes[] = {
        {"good", "DNS:redis.localhost,IP:127.0.0.1", 86400},
        {"expired", "DNS:redis.localhost,IP:127.0.0.1", -3600},
        {"other", "DNS:elsewhere.example", 86400},
        {"client", "DNS:client.example", 86400},
    };
    EVP_PKEY *ca_key, *key;
    X509 *x;
    snprintf(c->dir, sizeof c->dir, "/tmp/midwatch-test-certs-XXXXXX");
    if (mkdtemp(c->dir) == NULL)
        abort();
    X509 *ca = certs_make(c, &(struct cert_wish){"ca", NULL, 86400}, NULL, NULL, &ca_key);
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        x = certs_make(c, &wishes[i], ca, ca_key, &key);
        X509_free(x);
        EVP_PKEY_free(key);
    }
    x = certs_make(c, &(struct cert_wish){"self", "DNS:redis.localhost", 86400}, NULL, NULL, &key);
    X509_free(x);
    EVP_PKEY_free(key);
    X509_free(ca);
    EVP_PKEY_free(ca_key);
}

static inline void certs_done(struct certs *c)
{
    static const char *const names[] = {"ca", "good", "expired", "other", "client", "self"};
    char file[64];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(file, sizeof file, "%s.pem", names[i]);
        unlink(certs_path(c, file));
        snprintf(file, sizeof file, "%s.key", names[i]);
        unlink(certs_path(c, file));
    }
    rmdir(c->dir);
}

#endif
