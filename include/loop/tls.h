/* tls.h - TLS over memory: bytes go in, bytes come out, the sockets are somebody else's.
 *
 * TLS 1.2 and later, both sides. A client verifies chain and name, always. The use:
 *     bytes from the network -> tls_feed(); then tls_shake() until it is open, then
 *     tls_read() until it gives nothing; after each of these and after tls_write():
 *     tls_drain() until it gives nothing, to the network (also after a failure: the peer
 *     is told why). (libcrypto, libssl) */
#ifndef LOOP_TLS_H
#define LOOP_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct tls_context; /* trust and certificates, for any number of sessions */
struct tls_session; /* one connection */

struct tls_files {
    const char *ca_file;              /* client: NULL: the system's store */
    const char *cert_file, *key_file; /* a chain and its key, PEM; a client may have none */
};

int tls_context_client(const struct tls_files *f, struct tls_context **ret,
                       struct err *e) MW_MUST_CHECK;
int tls_context_server(const struct tls_files *f, struct tls_context **ret,
                       struct err *e) MW_MUST_CHECK;
void tls_context_free(struct tls_context *c); /* NULL accepted; sessions may outlive it */

/* server_name: a name (also sent as SNI) or an address; the certificate must be for it. */
struct tls_session *tls_session_client(struct tls_context *c, const char *server_name);
struct tls_session *tls_session_server(struct tls_context *c);
void tls_session_free(struct tls_session *s); /* NULL accepted */

void tls_feed(struct tls_session *s, const void *p, size_t n); /* copies */
int tls_shake(struct tls_session *s, struct err *e); /* 1: open, 0: more bytes wanted, -1: failed */
/* At most `size` bytes of plain text; *ret_n is 0 when there is nothing now. */
int tls_read(struct tls_session *s, void *p, size_t size, size_t *ret_n,
             struct err *e) MW_MUST_CHECK;
int tls_write(struct tls_session *s, const void *p, size_t n,
              struct err *e) MW_MUST_CHECK;                    /* once open */
size_t tls_drain(struct tls_session *s, void *p, size_t size); /* for the network; 0: nothing */
void tls_end(struct tls_session *s);                           /* says good-bye: drain once more */
bool tls_ended(const struct tls_session *s);                   /* the peer said good-bye */

const char *tls_library_text(void); /* "OpenSSL 3.0.22 …", for `midwatch version` */

#endif
