/* session.c - one connection after the other: open, greet, catch up, serve, end, wait, again.
 *
 * Happy path: connecting -> greeting (greet.c) -> the spool is read out -> the index of series is
 *             read, and, once in the life of the daemon, the state -> ready.
 * Failures:   whatever ends the connection comes to on_end(): the lanes go to the spool, the
 *             backoff runs (100 ms doubling to 5 s, spread by a hash of the attempt), and it
 *             starts anew. An answer that is late by command_timeout ends the connection too. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "internal.h"
#include "loop/log.h"
#include "reply.h"
#include "series_index.h"

#define QUICK_MS          5
#define QUICK_ATTEMPTS    40
#define BACKOFF_MS        100
#define PING_US           INT64_C(5000000)
#define SNAPSHOT_DELAY_MS 300
#define EARLY_READY_MS    1000
#define REREAD_US         INT64_C(60000000)

bool store_connected(const struct store *s)
{
    return s->conn != NULL && (s->session == SESSION_CATCHING_UP || s->session == SESSION_READY);
}

static int64_t backoff_ms(const struct store *s)
{
    int64_t ms = BACKOFF_MS;

    if (s->embedded != NULL) /* it is starting, or loading, on this machine */
        return s->attempts <= QUICK_ATTEMPTS ? QUICK_MS : BACKOFF_MS;
    for (int i = 1; i < s->attempts && ms < BACKOFF_LONG_MS; i++)
        ms *= 2;
    if (ms < s->backoff_floor_ms)
        ms = s->backoff_floor_ms;
    if (ms > BACKOFF_LONG_MS)
        ms = BACKOFF_LONG_MS;
    uint64_t h = hash64_text(s->writer, (uint64_t)s->attempts);
    return ms - ms / 4 + (int64_t)(h % (uint64_t)(ms / 4 + 1));
}

void session_fail(struct store *s, const char *why, int64_t backoff_floor_ms)
{
    if (s->conn == NULL)
        return;
    s->backoff_floor_ms = backoff_floor_ms;
    redis_close(s->conn, why);
}

void session_reload(struct store *s)
{
    s->reloading = true;
    session_fail(s, "the function is gone from redis", 0);
}

/* --- the end --- */

/* A start without Redis: no use in waiting the whole five seconds for what nobody will cure in
 * them. (A server of our own that is starting, or one that is loading, may well answer in time.) */
static void ready_early(struct store *s, enum session was)
{
    int64_t left_ms = EARLY_READY_MS - (loop_mono_us() - s->opened_us) / 1000;
    bool needs_hands = s->backoff_floor_ms > 0;

    if (s->told || s->url.embedded || (was != SESSION_CONNECTING && !needs_hands))
        return;
    timer_start(&s->deadline, needs_hands || left_ms < 0 ? 0 : left_ms);
}

static void on_end(void *arg, const char *why)
{
    struct store *s = arg;
    bool quiet = s->reloading && s->attempts == 0 && s->session == SESSION_READY;
    enum session was = s->session;

    s->conn = NULL;
    s->session = SESSION_DOWN;
    s->attempts++;
    s->samples_lane.held = true;
    s->commits.held = false;
    lane_break(&s->commits);
    lane_break(&s->samples_lane);
    series_stop_reading(s);
    if (s->closing) {
        store_advance_close(s);
        return;
    }
    if (!quiet) {
        s->facts.errors++;
        store_set_state(s, STORE_AWAY, why);
        ready_early(s, was);
    }
    if (was == SESSION_READY)
        timer_start(&s->snapshot, SNAPSHOT_DELAY_MS);
    timer_start(&s->reconnect, quiet ? 0 : backoff_ms(s));
}

/* --- the beginning --- */

static void on_open(void *arg)
{
    struct store *s = arg;

    s->session = SESSION_GREETING;
    greet_start(s);
}

static void connect_now(struct store *s)
{
    static const struct redis_events ev = {on_open, on_end};
    struct stream_tls tls = {.server_name = s->url.host,
                             .ca_file = s->ca_file,
                             .cert_file = s->cert_file,
                             .key_file = s->key_file};
    struct stream_target t = {.connect_timeout_ms = s->connect_timeout_ms};

    if (s->embedded != NULL) {
        t.unix_path = embedded_socket(s->embedded);
    } else if (s->url.unix_path[0] != '\0') {
        t.unix_path = s->url.unix_path;
    } else {
        t.host = s->url.host;
        t.port = s->url.port;
        t.tls = s->url.tls ? &tls : NULL;
    }
    if (s->embedded != NULL && !embedded_running(s->embedded)) {
        timer_start(&s->reconnect, QUICK_MS);
        return;
    }
    s->session = SESSION_CONNECTING;
    s->conn = redis_open(s->loop, s->resolver, &t, &ev, s);
    redis_count(s->conn, &s->facts.roundtrips);
}

static void on_reconnect(void *arg)
{
    connect_now(arg);
}

void session_start(struct store *s)
{
    timer_init(&s->reconnect, s->loop, &s->owner, on_reconnect, s);
    connect_now(s);
}

void session_end(struct store *s)
{
    timer_close(&s->reconnect);
}

/* Redis took our empty commit: it can be written to. */
void session_greeted(struct store *s, bool lost_something)
{
    s->session = SESSION_CATCHING_UP;
    s->asked_us = loop_mono_us();
    s->owes_snapshot |= lost_something;
    if (lost_something)
        s->seq_kept = 0;
    samples_forget_sizes(s->samples);
    lane_pump(&s->commits);
}

static void become_ready(struct store *s)
{
    s->session = SESSION_READY;
    s->commits.held = false;
    lane_go_direct(&s->commits);
    s->facts.reconnects += s->was_ready ? 1 : 0;
    s->was_ready = true;
    s->attempts = 0;
    s->backoff_floor_ms = 0;
    s->reloading = false;
    timer_stop(&s->snapshot);
    s->samples_lane.held = false;
    store_set_state(s, STORE_UP, s->why);
    if (s->owes_snapshot)
        commit_snapshot(s);
    lane_pump(&s->samples_lane);
    timer_start(&s->beat, 0);
    timer_start(&s->measure, 0);
    roller_start(s->roller);
}

/* New commits are held back (in the spool) until the reader has seen what was there before them. */
void session_restored(struct store *s, const struct stored *found)
{
    s->restored = true;
    if (!s->told) {
        s->told = true;
        timer_stop(&s->deadline);
        s->ev.on_ready(s->arg, found, false);
    } else if (s->away_start) {
        s->ev.on_found(s->arg, found);
    }
    s->commits.held = false;
    lane_pump(&s->commits);
}

/* Whose results are where: before anything of them is written. */
void session_indexed(struct store *s)
{
    s->commits.held = false;
    lane_pump(&s->commits);
}

void store_lane_is_empty(struct store *s, struct lane *l)
{
    if (l == &s->samples_lane) {
        lane_go_direct(l);
    } else if (!series_known(s)) {
        l->held = true;
        series_read(s);
    } else if (!s->restored) {
        l->held = true;
        restore_read(s);
    } else if (s->session == SESSION_CATCHING_UP) {
        become_ready(s);
    } else {
        lane_go_direct(l);
    }
}

/* --- the watch --- */

/* Somebody emptied Redis under us: what it lost must be there again before we are killed. */
static void restore_forgotten(struct store *s)
{
    log_warning("store", "redis has lost what it had; writing the open state again");
    s->facts.errors++;
    s->seq_kept = 0;
    series_touch_all(s);
    if (s->session == SESSION_READY)
        commit_snapshot(s);
    else
        s->owes_snapshot = true;
}

void session_check_writer(struct store *s, const redisReply *writer)
{
    if (s->seq_kept == 0 || (writer->type == REDIS_REPLY_STRING && text_eq(writer->str, s->writer)))
        return;
    if (writer->type != REDIS_REPLY_STRING || writer->len == 0)
        restore_forgotten(s);
    else if (!s->other_writer)
        log_error("store",
                  "another midwatch writes to this redis under the name `%s`: both will page. "
                  "Stop one, or give it another `name`",
                  s->space);
    s->other_writer |= writer->type == REDIS_REPLY_STRING && writer->len > 0;
}

static void on_writer(void *arg, const redisReply *r)
{
    struct store *s = arg;
    char words[256];

    if (r == NULL)
        return;
    if (reply_class(r) == REPLY_OK) {
        session_check_writer(s, r);
        return;
    }
    reply_words(r, words, sizeof words);
    session_fail(s, words, 0);
}

void session_tick(struct store *s)
{
    const char *writer[] = {"HGET", s->keys[KEY_META], "writer", NULL};
    int64_t now = loop_mono_us(), oldest = 0;
    char why[96];

    if (s->conn == NULL)
        return;
    oldest = redis_oldest_us(s->conn);
    if (oldest != 0 && now - oldest > s->command_timeout_ms * 1000) {
        snprintf(why, sizeof why, "redis has not answered for %lld ms",
                 (long long)((now - oldest) / 1000));
        session_fail(s, why, 0);
        return;
    }
    if (!store_connected(s))
        return;
    recent_expire(&s->commits.recent, now);
    lane_pump(&s->commits); /* what the disk would not give back may come now */
    if (now - s->asked_us > PING_US) {
        s->asked_us = now;
        redis_command(s->conn, writer, on_writer, s);
    }
    lane_pump(&s->samples_lane);
    series_write(s);
    if (s->session == SESSION_READY && !s->closing &&
        (now - s->series->read_us > REREAD_US || series_is_behind(s)))
        series_read(s);
}
