/* store.c - the store's life: open, take what is to be kept, close.
 *
 * Happy path: open -> on_ready with the state -> commits and samples, each down its lane -> close.
 * Failures:   see the files that meet them: session.c (Redis away), lane.c (spool), embedded.c. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "base/mem.h"
#include "base/text.h"
#include "dir.h"
#include "internal.h"
#include "loop/crypto.h"
#include "loop/log.h"
#include "series_index.h"

#define ROUNDTRIP_FIRST  (-14) /* 61 us */
#define ROUNDTRIP_BOUNDS 16    /* to 2 s */
#define READY_MS         5000
#define TICK_MS          250
#define FIRST_TRIM_MS    20000
#define FLUSH_MS         2500 /* of closing: for answers */
#define STOP_MS          2000 /* and then for redis-server to end */
#define SCRATCH_BYTES    65536

/* --- what is kept --- */

void store_commit(struct store *s, const struct commit *c, store_done_fn *done, void *arg)
{
    s->facts.commits++;
    commit_put(s, c, done, arg);
}

void store_sample(struct store *s, const char *monitor, int64_t interval_ms, const struct result *r)
{
    if (!s->closing)
        samples_add(s->samples, monitor, interval_ms, r);
}

/* Samples may have three quarters of the disk's share; commits whatever samples leave. */
size_t store_limit(const struct store *s, const struct lane *l)
{
    size_t all = (size_t)s->spool_max;
    size_t other = spool_bytes(l == &s->commits ? s->samples_lane.spool : s->commits.spool);
    size_t left = other < all ? all - other : 0;

    if (l == &s->samples_lane && left > all / 4 * 3)
        left = all / 4 * 3;
    return left;
}

void store_set_state(struct store *s, enum store_state state, const char *why)
{
    if (!s->told || s->closing) {
        text_copy(s->away_why, sizeof s->away_why, why);
        return;
    }
    if (s->facts.state == state)
        return;
    s->facts.state = state;
    s->ev.on_state(s->arg, state, why);
}

void store_read_facts(const struct store *s, struct store_facts *ret)
{
    *ret = s->facts;
    ret->server = s->session == SESSION_READY ? s->server : "";
    ret->queued_bytes = lane_bytes(&s->commits) + lane_bytes(&s->samples_lane);
    ret->spool_bytes = spool_bytes(s->commits.spool) + spool_bytes(s->samples_lane.spool);
    ret->spool_records = spool_records(s->commits.spool) - s->commits.answered +
                         spool_records(s->samples_lane.spool);
    ret->series = s->series->all.n;
    ret->oldest_unrolled_ms = roller_oldest_ms(s);
    ret->last_roundtrip_us = s->conn != NULL ? redis_roundtrip_us(s->conn) : 0;
}

/* --- timers --- */

static void on_tick(void *arg)
{
    struct store *s = arg;

    timer_start(&s->tick, TICK_MS);
    session_tick(s);
    if (s->closing)
        store_advance_close(s);
}

static void on_deadline(void *arg)
{
    struct store *s = arg;

    if (s->told)
        return;
    s->told = s->away_start = true;
    s->ev.on_ready(s->arg, &s->from_spool, true);
    store_set_state(s, STORE_AWAY, s->away_why[0] != '\0' ? s->away_why : "redis does not answer");
}

static void on_snapshot_due(void *arg)
{
    struct store *s = arg;

    if (s->session != SESSION_READY && !s->closing)
        commit_snapshot(s);
}

static void init_timers(struct store *s)
{
    timer_init(&s->tick, s->loop, &s->owner, on_tick, s);
    timer_init(&s->deadline, s->loop, &s->owner, on_deadline, s);
    timer_init(&s->snapshot, s->loop, &s->owner, on_snapshot_due, s);
    timer_init(&s->trim, s->loop, &s->owner, on_trim, s);
    timer_init(&s->beat, s->loop, &s->owner, on_beat, s);
    timer_init(&s->measure, s->loop, &s->owner, on_measure, s);
    timer_start(&s->tick, TICK_MS);
    timer_start(&s->deadline, READY_MS);
    timer_start(&s->trim, FIRST_TRIM_MS);
}

/* --- opening --- */

static void on_spool_says(void *arg, const char *text)
{
    (void)arg;
    log_warning("store", "%s", text);
}

static int open_dir(struct store *s, struct err *e)
{
    char spool[4096];

    snprintf(spool, sizeof spool, "%s/spool", s->dir);
    if (dir_make(s->dir, e) != 0 || dir_lock(s->dir, &s->lock_fd, e) != 0 ||
        dir_make(spool, e) != 0)
        return -1;
    if (spool_open(spool, "commit", on_spool_says, s, &s->commits.spool, e) != 0)
        return -1;
    return spool_open(spool, "sample", on_spool_says, s, &s->samples_lane.spool, e);
}

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value > 0 ? value : otherwise;
}

static void copy_retention(struct store *s, const struct config *c)
{
    s->raw_ms = or_default(c->store.retention.raw_ms, 2 * DAY_MS);
    s->minute_ms = or_default(c->store.retention.minute_ms, 30 * DAY_MS);
    s->hour_ms = or_default(c->store.retention.hour_ms, 400 * DAY_MS);
    s->day_ms = or_default(c->store.retention.day_ms, 1825 * DAY_MS);
    s->incidents_ms = or_default(c->store.retention.incidents_ms, 400 * DAY_MS);
}

void store_configure(struct store *s, const struct config *c)
{
    copy_retention(s, c);
    samples_configure(s->samples);
    series_configure(s, c);
}

static void copy_settings(struct store *s, const struct config *c)
{
    s->space = mem_strdup(c->name != NULL ? c->name : "midwatch");
    s->region = mem_strdup(c->region != NULL ? c->region : "local");
    s->dir = mem_strdup(c->store.dir != NULL ? c->store.dir : "./midwatch-data");
    s->ca_file = mem_strdup(c->store.ca_file);
    s->cert_file = mem_strdup(c->store.cert_file);
    s->key_file = mem_strdup(c->store.key_file);
    s->connect_timeout_ms = or_default(c->store.connect_timeout_ms, 5000);
    s->command_timeout_ms = or_default(c->store.command_timeout_ms, 2000);
    s->queue_max = or_default(c->store.queue_max, 8 << 20);
    s->spool_max = or_default(c->store.spool_max, 64 << 20);
    copy_retention(s, c);
    for (int i = 0; i < KEY_COUNT; i++)
        key_of(s->keys[i], s->space, (enum key)i);
}

static void free_store(struct store *s)
{
    lane_done(&s->commits);
    lane_done(&s->samples_lane);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    samples_free(s->samples);
    series_free(s->series);
    roller_free(s->roller);
    slos_free(s->slos);
    aside_free(s);
    stored_done(&s->from_spool);
    buf_done(&s->scratch);
    explicit_bzero(&s->url, sizeof s->url);
    mem_free(s->space);
    mem_free(s->region);
    mem_free(s->dir);
    mem_free(s->ca_file);
    mem_free(s->cert_file);
    mem_free(s->key_file);
    mem_free(s);
}

static void on_owner_closed(void *arg)
{
    struct store *s = arg;
    void (*done)(void *) = s->on_closed;
    void *to = s->closed_arg;

    free_store(s);
    if (done != NULL)
        done(to);
}

int store_open(struct loop *l, struct resolver *r, const struct config *c,
               const struct store_events *ev, void *arg, struct store **ret, struct err *e)
{
    struct store *s = mem_new(struct store);
    unsigned char random[8];

    octaves_init(&s->facts.roundtrips, ROUNDTRIP_FIRST, ROUNDTRIP_BOUNDS);
    s->loop = l;
    s->resolver = r;
    s->ev = *ev;
    s->arg = arg;
    s->lock_fd = -1;
    s->facts.redis_used_bytes = -1;
    lane_init(&s->commits, s, true);
    lane_init(&s->samples_lane, s, false);
    buf_init(&s->scratch, SCRATCH_BYTES);
    copy_settings(s, c);
    crypto_random(random, sizeof random);
    hex_encode(random, sizeof random, s->writer);
    if (store_url_parse(c->store.url != NULL ? c->store.url : "embedded", &s->url, e) != 0) {
        err_wrap(e, "store.url");
        goto fail;
    }
    if (open_dir(s, e) != 0)
        goto fail;
    if (s->url.embedded && embedded_start(l, s->dir, &s->embedded, e) != 0)
        goto fail;
    restore_from_spool(s);
    owner_init(&s->owner, on_owner_closed, s);
    s->opened_us = loop_mono_us();
    s->series = series_new(s);
    s->slos = slos_new(s);
    s->roller = roller_new(s);
    map_init(&s->said_of, 19);
    s->samples = samples_new(s);
    store_configure(s, c);
    trim_init(s);
    init_timers(s);
    session_start(s);
    *ret = s;
    return 0;
fail:
    free_store(s);
    return -1;
}

/* --- closing --- */

static void on_embedded_stopped(void *arg)
{
    struct store *s = arg;

    s->embedded = NULL;
    s->stopping_embedded = false;
    store_advance_close(s);
}

static void close_handles(struct store *s)
{
    s->handles_closed = true;
    timer_close(&s->tick);
    timer_close(&s->deadline);
    timer_close(&s->snapshot);
    timer_close(&s->trim);
    timer_close(&s->beat);
    timer_close(&s->measure);
    samples_close(s->samples);
    roller_close(s->roller);
    session_end(s);
    owner_close(&s->owner);
}

/* Answers, then the samples still gathered and their answers, then the end of the connection (what
 * is unanswered goes to the spool), then the sync, then our redis-server, then the handles. Called
 * after everything that may have moved it on. */
void store_advance_close(struct store *s)
{
    bool answered = s->commits.unanswered == 0 && s->samples_lane.unanswered == 0;

    if (!s->closing || s->handles_closed || s->stopping_embedded)
        return;
    if (!s->flushed) {
        if (s->conn != NULL && redis_oldest_us(s->conn) != 0 && loop_mono_us() < s->close_by_us)
            return;
        s->flushed = true;
        samples_flush(s->samples);
        answered = s->commits.unanswered == 0 && s->samples_lane.unanswered == 0;
    }
    if (s->conn != NULL) {
        if (answered || loop_mono_us() >= s->close_by_us || s->session != SESSION_READY)
            redis_close(s->conn, "midwatch is stopping");
        return;
    }
    if (!lane_quiet(&s->commits) || !lane_quiet(&s->samples_lane) || s->working > 0)
        return;
    if (s->embedded != NULL) {
        s->stopping_embedded = true;
        embedded_stop(s->embedded, STOP_MS, on_embedded_stopped, s);
        return;
    }
    close_handles(s);
}

static void on_close_begun(void *arg)
{
    store_advance_close(arg);
}

void store_close(struct store *s, void (*done)(void *arg), void *arg)
{
    bool unsaved = s->session != SESSION_READY && s->was_ready && s->facts.state == STORE_AWAY;

    if (unsaved)
        commit_snapshot(s);
    s->closing = true;
    s->on_closed = done;
    s->closed_arg = arg;
    s->close_by_us = loop_mono_us() + FLUSH_MS * 1000;
    timer_stop(&s->reconnect);
    timer_stop(&s->deadline);
    timer_stop(&s->snapshot);
    timer_stop(&s->trim);
    timer_stop(&s->beat);
    timer_stop(&s->measure);
    loop_later(s->loop, on_close_begun, s);
}
