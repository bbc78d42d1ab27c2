/* internal.h - the store from inside. */
#ifndef SRC_STORE_INTERNAL_H
#define SRC_STORE_INTERNAL_H

#include "base/map.h"
#include "embedded.h"
#include "lane.h"
#include "roller.h"
#include "samples.h"
#include "series.h"
#include "slo.h"
#include "store/keys.h"
#include "store/store.h"
#include "url.h"

/*   DOWN -- backoff over --> CONNECTING -- open --> GREETING -- greeted --> CATCHING_UP -- spool
 *    ^                                                                      read out, state read
 *    --> READY +---------------------- the connection ended, at any of them
 *    ---------------------------------+ */
enum session {
    SESSION_DOWN,
    SESSION_CONNECTING,
    SESSION_GREETING,
    SESSION_CATCHING_UP,
    SESSION_READY
};

struct store {
    struct loop *loop;
    struct resolver *resolver;
    struct store_events ev;
    void *arg;
    struct owner owner;

    /* settings, copied */
    char *space, *region, *dir, *ca_file, *cert_file, *key_file;
    int lock_fd;
    struct store_url url;
    int64_t connect_timeout_ms, command_timeout_ms, queue_max, spool_max;
    int64_t raw_ms, minute_ms, hour_ms, day_ms, incidents_ms;

    /* the session (session.c, greet.c) */
    struct redis *conn;
    enum session session;
    int attempts; /* since the last good session */
    int64_t backoff_floor_ms;
    int64_t opened_us;
    bool was_ready;     /* at least once */
    int types_seen;     /* of our keys, while greeting */
    bool reloading;     /* reconnecting only to load the function again: not told to anybody */
    char why[512];      /* what is to be said of it while up */
    char away_why[256]; /* the last reason, until somebody can be told */
    char server[64];
    int version;         /* 70015; Valkey counts as the Redis it took over from */
    char script_sha[48]; /* "": functions */
    struct timer reconnect, tick, snapshot, deadline, trim, beat, measure;
    int64_t asked_us; /* who wrote here last: it is also the sign of life of an idle connection */

    /* retention of what has no index (trim.c) */
    struct scan {
        struct store *store;
        enum key key;
        char cursor[24];
    } scans[2];

    /* the state as read back (restore.c) */
    bool told;                /* on_ready has been called */
    bool away_start;          /* and it was with `away` */
    bool restored;            /* Redis' state has been read */
    struct stored from_spool; /* what the spool held when we opened */

    /* commits (commit.c) */
    char writer[20];
    int64_t seq;                  /* given last */
    int64_t seq_kept;             /* last that Redis answered */
    int64_t seq_covered;          /* when the connection broke: Redis must have all up to here */
    bool spool_refuses[2];        /* by lane->synced; said once */
    int64_t entry_ms, entry_part; /* id of the last entry for a stream */
    bool owes_snapshot;           /* Redis lacks something that we know */
    bool other_writer;            /* said once */
    char keys[KEY_COUNT][KEY_SIZE];
    struct buf scratch;
    struct lane commits, samples_lane;
    struct samples *samples;
    struct series_index *series;
    struct roller *roller;
    struct slos *slos;
    unsigned working;               /* jobs beside the loop */
    struct map said_of;             /* keys of damaged blocks (aside.c) */
    int64_t samples_pause_until_us; /* Redis is full */

    struct embedded *embedded;
    char damaged_said[KEY_SIZE]; /* a question came by it; said once (question.c) */
    struct store_facts facts;

    /* closing (store.c) */
    bool closing, flushed, stopping_embedded, handles_closed;
    int64_t close_by_us;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

#define BACKOFF_LONG_MS 5000

/* store.c */
void store_set_state(struct store *s, enum store_state state, const char *why);
void store_lane_is_empty(struct store *s, struct lane *l);
void store_advance_close(struct store *s);
size_t store_limit(const struct store *s, const struct lane *l);
bool store_connected(const struct store *s); /* greeted: commands may be sent */

/* session.c */
void session_start(struct store *s);
void session_fail(struct store *s, const char *why, int64_t backoff_floor_ms);
void session_reload(struct store *s);
void session_end(struct store *s);
void session_tick(struct store *s);
/* Who wrote here before, as Redis says: nobody means that it was emptied under us. */
void session_check_writer(struct store *s, const struct redisReply *writer);

/* greet.c: the first questions and their answers; ends with session_greeted() or session_fail(). */
void greet_start(struct store *s);
void session_greeted(struct store *s, bool lost_something);
void session_indexed(struct store *s); /* the index of series has been read */

/* commit.c */
int commit_pack(struct store *s, const struct commit *c, struct unit *ret);
void commit_put_head(const struct store *s, struct buf *out, uint32_t n_args, const char *function);
int64_t commit_seq(const struct store *s, const char *p, size_t n); /* 0: of another daemon */
void commit_put(struct store *s, const struct commit *c, store_done_fn *done, void *arg);
void commit_snapshot(struct store *s);

/* restore.c */
void restore_read(struct store *s); /* ends in session_restored() */
void session_restored(struct store *s, const struct stored *found);
void restore_from_spool(struct store *s); /* fills from_spool */

/* trim.c */
void trim_init(struct store *s);
void on_trim(void *arg);

/* measure.c: once a minute while up, how much memory Redis says it uses. */
void on_measure(void *arg);

/* regions.c: every few seconds while up. */
void on_beat(void *arg);

#endif
