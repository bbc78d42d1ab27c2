/* store.h - what midwatch wants kept, in midwatch's words. Behind it: Redis, reached over our own
 * pipelined connection, or run by us (`embedded`), and a spool on disk for when it is away.
 *
 * All key names and value formats: include/store/keys.h and docs/redis.md. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/octaves.h"
#include "loop/loop.h"
#include "loop/resolver.h"
#include "model/commit.h"
#include "model/config.h"
#include "model/tally.h"
#include "store/keys.h"

struct store;

enum store_state { STORE_CONNECTING, STORE_UP, STORE_AWAY };

/* We are here: noted under our region every few seconds while the store is up. Who was seen last
 * when, ours included, comes by on_regions after each beat. */
struct region_seen {
    char region[NAME_SIZE];
    int64_t seen_ms;
};

struct store_events {
    /* Exactly once, at most ~5 s after store_open(): the state as last committed, from Redis, or
     * from the spool when Redis is away (`away`). With neither it is empty. Borrowed for the call.
     */
    void (*on_ready)(void *arg, const struct stored *s, bool away);
    /* Redis answered for the first time after an `away` start: what it holds. */
    void (*on_found)(void *arg, const struct stored *s);
    /* Every change between up and away, the first one right after on_ready; `why` in clear words.
     * While up it also says what of the server's settings could lose data. */
    void (*on_state)(void *arg, enum store_state s, const char *why);
    /* Redis just went away: fill `c` with everything open. It becomes the first record of the
     * spool, so that a restart during the outage knows it. Borrowed until the next event. */
    void (*on_snapshot)(void *arg, struct commit *c);
    /* May be NULL. Borrowed for the call. */
    void (*on_regions)(void *arg, const struct region_seen *regions, size_t n);
};

/* Copies what it needs of `c`. -1 at once for what can never work (directory unwritable, another
 * daemon on the same embedded directory, redis-server missing). */
int store_open(struct loop *l, struct resolver *r, const struct config *c,
               const struct store_events *ev, void *arg, struct store **ret,
               struct err *e) MW_MUST_CHECK;

/* One event's changes, in one atomic function. `done` exactly once, in order of the calls: true
 * when Redis has it, or when it is in the spool and synced; false when neither could take it (the
 * disk is full too): act anyway, promise 2. Copies `c` before it returns. */
typedef void store_done_fn(void *arg, bool kept);
void store_commit(struct store *s, const struct commit *c, store_done_fn *done, void *arg);

/* A first or new configuration: which monitors there are, what they were called before, how long
 * things are kept. */
void store_configure(struct store *s, const struct config *c);

/* One sample; batched, idempotent (a slot a result), also days late. Never blocks, never calls
 * back. */
void store_sample(struct store *s, const char *monitor, int64_t interval_ms,
                  const struct result *r);

/* Questions of the API. `json` is a list of records as wire/state.h reads them, newest first;
 * borrowed for the call, and nothing while the store is `away`. */
typedef void store_json_fn(void *arg, const char *json, size_t n, bool away);
void store_read_deliveries(struct store *s, const char *incident /* or NULL */, size_t limit,
                           store_json_fn *done, void *arg);
void store_read_resolved(struct store *s, size_t limit, store_json_fn *done, void *arg);
/* One delivery, ended or not: a list of one, or empty. */
void store_read_delivery(struct store *s, const char *id, store_json_fn *done, void *arg);
/* Attempts of one delivery, or of all (NULL), begun in [from_ms, to_ms). Of this and the next at
 * most 1000 records, out of the newest 100,000 entries of that time. */
void store_read_attempts(struct store *s, const char *delivery, int64_t from_ms, int64_t to_ms,
                         size_t limit, store_json_fn *done, void *arg);
/* Transitions of one name (a monitor, an incident, …), or of all (NULL), in [from_ms, to_ms). */
void store_read_transitions(struct store *s, const char *name, int64_t from_ms, int64_t to_ms,
                            size_t limit, store_json_fn *done, void *arg);
/* A monitor's raw results in [from_ms, to_ms), oldest first, as kept: a list of
 * [due_ms, "verdict", "reason", latency_us]; due_ms is where its slot begins, the latency null when
 * there was none. At most a week and 2 MiB at a time: who wants more asks on from the last due_ms
 * plus one. Of our own region; whatever interval the monitor had. */
void store_read_results(struct store *s, const char *monitor, int64_t from_ms, int64_t to_ms,
                        store_json_fn *done, void *arg);

/* Tallies over time, from the cheapest tiers that can tell. Windows are moved outwards to units of
 * the tier that is still kept there; the answer says what it covers. */
struct series_query {
    const char *const *monitors; /* names; copied */
    size_t n_monitors;
    const char *region;     /* NULL: all of them together */
    int64_t from_ms, to_ms; /* [from, to) */
    int64_t step_ms;        /* 0: one point for all; at least the interval of the tier */
    bool apart;             /* a row for each monitor, in order; else one row for all together */
};
#define SERIES_CELLS_MAX 12000 /* rows x points; more is refused: see series_points() */
size_t series_points(const struct series_query *q); /* of a row, as asked */
struct series_cell {
    struct tally tally;
    uint64_t expected; /* slots that there were to be: coverage = results / expected */
};
struct series_answer {
    int64_t from_ms, to_ms, step_ms; /* as answered */
    size_t rows, points;
    const struct series_cell
        *cells;                 /* [row * points + point]; borrowed for the call, or, when it */
    struct series_cell **take;  /* is longer needed: take *take, put NULL there, mem_free() it */
    enum tier finest, coarsest; /* tiers that were read */
    bool read[TIER_COUNT];      /* the same, one by one */
    bool exact;                 /* the window asked for is the one answered */
    unsigned damaged;           /* blocks that could not be read: told, the rest is served */
};
typedef void store_series_fn(void *arg,
                             const struct series_answer *a /* NULL: the store is away */);
/* `done` exactly once, never before the call returns. A row may get one point more than asked for,
 * when its window is moved. */
void store_query(struct store *s, const struct series_query *q, store_series_fn *done, void *arg);
/* Whether anything is kept under this name: also of a monitor that is gone, until retention. */
bool store_has_series(const struct store *s, const char *monitor);

/* What an SLO counted: the running quarter of an hour and the running minute, absolute, so that
 * writing again is harmless. */
struct slo_put {
    const char *slo;
    int64_t unit_ms, minute_ms; /* where each begins */
    struct slo_cell unit, minute;
};
void store_slo_put(struct store *s, const struct slo_put *p);
/* Quarters of an hour in [from_ms, to_ms), oldest first, all regions together; and the minutes of
 * our own region that are still there (at most 256), in no order. Borrowed for the call. */
struct slo_unit {
    int64_t at_ms;
    struct slo_cell cell;
};
struct slo_history {
    const struct slo_unit *units, *minutes;
    size_t n_units, n_minutes;
};
typedef void store_slo_fn(void *arg, const struct slo_history *h /* NULL: away */);
void store_slo_read(struct store *s, const char *slo, int64_t from_ms, int64_t to_ms,
                    store_slo_fn *done, void *arg);

/* For reports: what was the matter in [from, to). At most `limit` records; a null at the end of the
 * list says that there were more. A record may come twice. */
struct period_query {
    int64_t from_ms, to_ms;
    size_t limit;
};
/* Incidents that are resolved by now, not before `from`, and began before `to`. */
void store_read_resolved_between(struct store *s, const struct period_query *p, store_json_fn *done,
                                 void *arg);
/* Silences and maintenance that somebody asked for, in no order. */
void store_read_quiets_between(struct store *s, const struct period_query *p, store_json_fn *done,
                               void *arg);

/* Reports as issued, under "KIND:PERIOD:REVISION", each with a head: a short object for lists. What
 * is kept is never written over: who wants to know whether it is his reads it back. */
struct report_bytes {
    const char *p; /* copied */
    size_t n;
};
void store_put_report(struct store *s, const char *id, const struct report_bytes *report,
                      const struct report_bytes *head, store_done_fn *done, void *arg);
void store_read_report(struct store *s, const char *id, store_json_fn *done,
                       void *arg);                                        /* n 0: there is none */
void store_list_reports(struct store *s, store_json_fn *done, void *arg); /* heads, in no order */

struct store_facts {
    enum store_state state;
    const char *server; /* "redis 7.0.15 (embedded)" or "" */
    size_t queued_bytes, spool_bytes, spool_records;
    uint64_t commits, samples, dropped_samples, errors, reconnects;
    int64_t last_roundtrip_us;
    struct octaves roundtrips;  /* since the start */
    size_t series;              /* in the index, of all regions */
    uint64_t late_samples;      /* came when their day was over, or rolled up */
    uint64_t blocks_rolled;     /* days of series */
    uint64_t damaged_blocks;    /* met; each key once */
    int64_t oldest_unrolled_ms; /* the oldest day that is over and not rolled up; 0: none */
    int64_t redis_used_bytes;   /* by all that is in that Redis; -1: not known */
    int64_t redis_max_bytes;    /* its own limit (maxmemory); 0: none */
};
void store_read_facts(const struct store *s, struct store_facts *ret);

/* Flushes (up to 3 s), stops an embedded server, closes. `done` once; then the store is gone. */
void store_close(struct store *s, void (*done)(void *arg), void *arg);

#endif
