/* result.h - what one probe saw.
 *
 * Two nouns. An `observation` is everything a probe found out (borrowed by whoever
 * evaluates it, gone after the callback). A `result` is what midwatch keeps of it:
 * small, flat, copied by value. */
#ifndef MODEL_RESULT_H
#define MODEL_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum verdict { VERDICT_UP, VERDICT_DEGRADED, VERDICT_DOWN, VERDICT_UNKNOWN, VERDICT_COUNT };

/* Why. One word each, the same in log, API, metrics and webhooks. */
enum reason {
    REASON_OK,
    REASON_RESOLVE,
    REASON_CONNECT,
    REASON_TIMEOUT,
    REASON_TLS,
    REASON_PROTOCOL,
    REASON_TRUNCATED,
    REASON_REDIRECT,
    REASON_STATUS,
    REASON_EXPECT,
    REASON_EXIT,
    REASON_MISSED,
    REASON_FAIL,
    REASON_LOCAL, /* our own trouble: counts neither for nor against */
    REASON_COUNT
};

/* Phases of a transfer in microseconds; -1: not reached. Over redirects, phases add up. */
struct phases {
    int64_t resolve_us, connect_us, tls_us, wait_us, transfer_us, total_us;
};
#define PHASES_NONE ((struct phases){-1, -1, -1, -1, -1, -1})

struct header {
    const char *name, *value;
};

struct certificate {
    bool present;
    int64_t not_before_ms, not_after_ms;
    char subject[256], issuer[256];
    char san[1024];       /* names, comma-separated */
    char tls_version[16]; /* "TLSv1.3" */
};

struct observation {
    int64_t at_ms; /* when it began, wall clock */
    struct phases phases;
    enum reason reason; /* REASON_OK when the transfer itself went through */
    char message[256];  /* the fact, when it did not */
    int status;         /* 0: no answer */
    int redirects;
    char http_version[8];         /* "1.1", "2" */
    char ip[64];                  /* address talked to last */
    const char *effective_url;    /* after redirects; NULL when the same */
    const struct header *headers; /* of the last response */
    size_t n_headers;
    const char *body; /* decoded; at most the body cap */
    size_t body_len;
    int64_t size; /* bytes of the body as received in full, also beyond the cap */
    bool body_capped;
    struct certificate cert;
};

/* One expectation and how it fared. */
struct held {
    char text[160];  /* as written: latency < 800ms */
    char actual[96]; /* 1.24s */
    bool held;
    bool warn; /* from `warn`: not held means degraded */
};
#define HELD_MAX 32 /* expectations of one monitor; config refuses more */

struct result {
    int64_t due_ms;      /* the slot it was planned for */
    int64_t at_ms;       /* when it began */
    int64_t lateness_us; /* monotonic, at - due; never negative */
    enum verdict verdict;
    enum reason reason;
    bool maintenance; /* during maintenance that was announced before it began */
    int status;
    struct phases phases;
    char message[256]; /* "latency < 800ms: was 1.24s"; empty when all is well */
};

#endif
