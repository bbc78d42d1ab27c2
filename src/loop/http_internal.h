/* http_internal.h - what the http*.c files share. Nobody else includes it.
 *
 *   http.c        client, targets, and the pool of runs
 *   http_run.c    one run: resolve, transfer, redirect or next address, end
 *   http_shape.c  a run's options on its easy handle
 *   http_reply.c  what comes back: headers and body, with limits
 *   http_fail.c   a failed transfer in words
 *   http_url.c    where a request goes, and where a redirect leads
 *   http_tls.c    trusted authorities, and the certificate that was shown
 *   http_shard.c  curl multis on the loop
 */
#ifndef LOOP_HTTP_INTERNAL_H
#define LOOP_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "base/buf.h"
#include "base/vec.h"
#include "loop/http.h"

#define TRIES_MAX         4   /* addresses of one name that are tried */
#define HEADERS_MAX       200 /* lines, of all responses of one hop together */
#define HEADERS_MAX_BYTES 65536
#define BODY_READ_MAX     (64 << 20) /* bytes read of a body, decoded; max_body when that is more */
#define REDIRECT_READ_MAX 65536      /* bytes read of the body beside a redirect */

/* --- http_url.c ----------------------------------------------------------------------- */

struct place {
    char *url;  /* without user info and fragment */
    char *host; /* lower case, punycode, an IPv6 address without brackets */
    int port;
    bool tls;
    bool literal; /* the host is an address */
};

/* User and password of the URL, decoded, or NULL; the caller frees them. */
int place_parse(const char *url, struct place *ret, char **ret_user, char **ret_password,
                struct err *e) MW_MUST_CHECK;
/* Where a Location leads, seen from `from`. User info in it is dropped. */
int place_follow(const struct place *from, const char *location, struct place *ret,
                 struct err *e) MW_MUST_CHECK;
bool place_same_origin(const struct place *a, const struct place *b);
void place_done(struct place *p);

/* --- http_shard.c --------------------------------------------------------------------- */

/* Work per transfer grows with the hosts one curl multi has met, hence several. */
struct shard {
    struct http_client *client;
    CURLM *multi;
    struct timer timer;
    uint32_t index;
};

int shards_open(struct http_client *c, size_t expected_hosts, struct err *e) MW_MUST_CHECK;
int shards_fit(struct http_client *c, size_t hosts, struct err *e) MW_MUST_CHECK;
void shards_close(struct http_client *c); /* closes the loop handles */
void shards_done(struct http_client *c);  /* after they are closed */
struct shard *shard_of(struct http_client *c, const char *host);

/* --- http_tls.c ----------------------------------------------------------------------- */

struct authorities; /* one CA file, read once for all targets that trust it */

/* NULL: the system's. Every get has its put. */
struct authorities *authorities_get(struct http_client *c, const char *ca_file, struct err *e);
void authorities_put(struct http_client *c, struct authorities *a);

struct run;
CURLcode tls_on_context(CURL *easy, void *ssl_ctx, void *run);
/* Certificate trouble seen by the handshake in words; false when there was none. */
bool tls_describe(const struct run *r, char *dst, size_t size);

/* --- the nouns ------------------------------------------------------------------------ */

struct http_client {
    struct loop *loop;
    struct resolver *resolver;
    struct owner owner;
    int epoll_fd; /* all sockets of all shards; one uv_poll watches it */
    uv_poll_t poll;
    bool polling;
    VEC(struct shard *) shards;
    struct authorities *authorities;
    struct run *idle; /* lent to targets while they run */
    size_t n_idle, running;
    size_t targets;
    uint64_t targets_made;
    struct run *ending_first, **ending_last; /* ended inside http_target_run() … */
    size_t n_ending;
    struct timer ending; /* … and told in the next turn */
};

struct http_target {
    struct http_client *client;
    const struct http_spec *spec;
    const char *user_agent;
    int64_t timeout_ms;
    uint64_t id; /* never given twice: tells what an easy handle is shaped for */
    struct place place;
    char *url_user, *url_password;
    struct curl_slist *headers;
    struct authorities *authorities; /* NULL until https is spoken */
    struct kept *kept;               /* `reuse`: what stays between runs; else NULL */
    struct run *run;                 /* NULL: idle */
};

/* TLS sessions live in the easy handle, so a target that may resume keeps its own. */
struct kept {
    CURL *easy;
    char ip[64];             /* asked first, that the connection may be found again */
    struct certificate cert; /* of the last full handshake */
};

/* NEXT: waits for its turn to be told, the observation is complete. */
enum run_state { RUN_IDLE, RUN_RESOLVING, RUN_TRANSFER, RUN_NEXT };

struct run {
    struct http_client *client;
    struct run *next; /* in the pool, or among the ending */
    struct http_target *target;
    http_done_fn *done;
    void *arg;
    enum run_state state;
    CURL *own, *easy;    /* easy: own, or the one its target keeps */
    uint64_t shaped_for; /* id of the target whose options `own` holds; 0: nobody's */
    struct shard *shard;
    struct resolve *question;
    int64_t start_us, deadline_us, hop_us;
    int64_t tcp_us; /* from hop_us until TLS could begin; 0: not yet. libcurl 7.88 tells it late */

    const struct place *at; /* the target's place, or `moved` */
    struct place moved;
    bool foreign; /* `at` is not where the target's secrets belong */
    bool get;     /* a redirect turned the method into GET */
    bool with_body;
    struct sockaddr_storage tries[TRIES_MAX];
    size_t n_tries, try;
    struct {
        enum reason reason; /* REASON_OK: none */
        char message[256], ip[64];
    } earlier; /* how the peer failed at another address */
    char connect_to[80];
    struct curl_slist connect_list;
    struct curl_slist *headers; /* made for this run only */
    struct buf extra_body;

    /* the answer */
    char error[CURL_ERROR_SIZE];
    struct buf head; /* name NUL value NUL …, of the last response */
    size_t head_lines, head_bytes;
    bool head_complete;
    const char *stopped; /* why we stopped reading, when it was we; "" when that is no failure */
    bool redirecting;
    struct buf body;
    VEC(struct header) lines;
    int local_errno;                /* of a call that failed on our side */
    int verify_error, verify_depth; /* X509_V_ERR_… */
    char verify_subject[128];
    int64_t verify_at_ms; /* the date that was passed or not reached */
    struct observation o;
};

/* --- http.c, http_run.c, http_shape.c, http_reply.c, http_fail.c ------------------------ */

struct run *run_lend(struct http_client *c);
void run_give_back(struct run *r);
void run_begin(struct run *r, const struct http_extra *x);
void run_cancel(struct run *r); /* ends without a word */
void run_tell(struct run *r);   /* the one end */
void run_unlist(struct run *r); /* no longer among the ending */
void run_on_transfer(struct run *r, CURLcode rc);

struct curl_slist *headers_of(const struct http_spec *s);
void headers_free(struct curl_slist *l);
void shape_once(CURL *easy); /* what never changes */
void shape_pointers(CURL *easy, struct run *r);
void shape_for_run(struct run *r, const struct http_extra *x);
void shape_for_hop(struct run *r, int64_t left_ms);

size_t reply_on_header(char *p, size_t size, size_t n, void *run);
size_t reply_on_body(char *p, size_t size, size_t n, void *run);
void reply_clear(struct run *r);
/* From the hop's begin until the connection stood; 0: not yet, or it stood before. */
int64_t run_connected_us(const struct run *r);
const char *reply_header(const struct run *r, const char *name); /* lower case; NULL when absent */

void run_fail(struct run *r, enum reason reason, const char *fmt, ...) MW_PRINTF(3, 4);
void fail_describe(struct run *r, CURLcode rc);

#endif
