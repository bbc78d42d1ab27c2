/* lane.c - units in order to Redis or to the spool, and their ends.
 *
 * Happy path: put -> sent -> answered -> done(true).
 * Failures:   the connection breaks, or too much is unanswered -> everything unanswered is copied
 *             to the spool and counts as kept once it is synced; the spool refuses -> done(false),
 *             samples are counted as dropped; Redis is full -> samples wait, commits go on; Redis
 *             says a unit can never be right -> one error line, done(false). */
#include "lane.h"

#include <assert.h>
#include <string.h>

#include "aside.h"
#include "base/mem.h"
#include "base/text.h"
#include "internal.h"
#include "loop/log.h"
#include "reply.h"
#include "resp.h"
#include "script.h"

#define WINDOW       64
#define WINDOW_BYTES ((size_t)1 << 20)
#define PAUSE_US     INT64_C(5000000)

struct batch {
    struct batch *next;
    struct lane *lane;
    struct unit unit;
    unsigned left; /* answers still to come */
    bool from_spool, spooled;
    bool later, refused;
};

struct waiter {
    struct waiter *next;
    store_done_fn *done;
    void *arg;
    bool kept;
};

void lane_init(struct lane *l, struct store *s, bool synced)
{
    *l = (struct lane){.store = s, .synced = synced, .held = !synced};
    l->last = &l->first;
    l->parked_last = &l->parked;
    recent_init(&l->recent);
    l->waiting_last = &l->waiting;
}

void lane_done(struct lane *l)
{
    assert(lane_quiet(l) && l->parked == NULL);
    recent_done(&l->recent);
    spool_close(l->spool);
}

size_t lane_bytes(const struct lane *l)
{
    return l->unanswered_bytes + l->parked_bytes;
}

bool lane_quiet(const struct lane *l)
{
    return l->first == NULL && l->waiting == NULL && !l->sync_running && !l->sync_due;
}

/* --- the spool, and the sync behind it --- */

static void sync_work(void *arg)
{
    struct lane *l = arg;

    l->sync_rc = spool_sync_now(&l->sync);
}

static void on_sync_due(void *arg);

static void plan_sync(struct lane *l)
{
    if (l->sync_due || l->sync_running)
        return;
    l->sync_due = true;
    loop_later(l->store->loop, on_sync_due, l);
}

static void end_waiters(struct waiter *w, bool synced)
{
    while (w != NULL) {
        struct waiter *next = w->next;
        if (w->done != NULL)
            w->done(w->arg, w->kept && synced);
        mem_free(w);
        w = next;
    }
}

static void on_synced(void *arg)
{
    struct lane *l = arg;
    struct waiter *list = l->syncing;

    l->syncing = NULL;
    l->sync_running = false;
    if (l->sync_rc != 0) {
        log_error("store", "the spool can't be synced to disk");
        l->store->facts.errors++;
    }
    end_waiters(list, l->sync_rc == 0);
    if (l->waiting != NULL)
        plan_sync(l);
    if (l->store->closing)
        store_advance_close(l->store);
    else
        lane_pump(l);
}

static void on_sync_due(void *arg)
{
    struct lane *l = arg;

    l->sync_due = false;
    l->sync_running = true;
    l->syncing = l->waiting;
    l->waiting = NULL;
    l->waiting_last = &l->waiting;
    spool_take_unsynced(l->spool, &l->sync);
    work_run(l->store->loop, sync_work, on_synced, l);
}

static void await_sync(struct lane *l, const struct unit *u, bool kept)
{
    struct waiter *w = mem_new(struct waiter);

    *w = (struct waiter){.done = u->done, .arg = u->arg, .kept = kept};
    *l->waiting_last = w;
    l->waiting_last = &w->next;
    plan_sync(l);
}

static void lose(struct lane *l, const struct unit *u, const struct err *e)
{
    struct store *s = l->store;

    s->facts.dropped_samples += u->samples;
    if (u->kind == RECORD_COMMIT)
        s->owes_snapshot = true;
    if (s->spool_refuses[l->synced])
        return;
    s->spool_refuses[l->synced] = true;
    log_error("store", "%s: %s are dropped", e->text,
              l->synced ? "decisions go on in memory, their records" : "samples");
}

static void spool_unit(struct lane *l, const struct unit *u)
{
    struct spool_record r = {u->kind, u->count, u->p, u->n};
    struct err e;
    bool kept = spool_append(l->spool, &r, store_limit(l->store, l), &e) == 0;

    if (!kept)
        lose(l, u, &e);
    else
        l->store->spool_refuses[l->synced] = false;
    if (l->synced)
        await_sync(l, u, kept);
}

/* --- to Redis --- */

static void on_answer(void *arg, const redisReply *r);

static void send_batch(struct batch *b, const char *p, size_t n)
{
    struct lane *l = b->lane;
    struct store *s = l->store;
    struct buf head;

    b->left = b->unit.count;
    if (b->unit.kind == RECORD_COMMIT) {
        buf_init(&head, 256);
        commit_put_head(s, &head, b->unit.count, SCRIPT_COMMIT);
        redis_write(s->conn, head.p, head.len);
        buf_done(&head);
        b->left = 1;
    }
    redis_write(s->conn, p, n);
    redis_expect(s->conn, b->left, on_answer, b);
    b->unit.n = n;
    *l->last = b;
    l->last = &b->next;
    l->unanswered++;
    l->unanswered_bytes += n;
}

static void park(struct lane *l, struct batch *b)
{
    *l->parked_last = b;
    l->parked_last = &b->next;
    l->parked_bytes += b->unit.n;
}

static struct batch *take_parked(struct lane *l)
{
    struct batch *b = l->parked;

    l->parked = b->next;
    if (l->parked == NULL)
        l->parked_last = &l->parked;
    l->parked_bytes -= b->unit.n;
    b->next = NULL;
    return b;
}

static struct batch *take_first(struct lane *l)
{
    struct batch *b = l->first;

    l->first = b->next;
    if (l->first == NULL)
        l->last = &l->first;
    l->unanswered--;
    l->unanswered_bytes -= b->unit.n;
    return b;
}

/* Redis confirmed these, but a server that was killed may not have written them. They are older
 * than anything in the spool: for what came from there is read again from there. */
static void spill_recent(struct lane *l)
{
    struct store *s = l->store;

    recent_expire(&l->recent, loop_mono_us());
    if (l->recent.first != NULL && l->recent.first->seq > 0)
        s->seq_covered = l->recent.first->seq - 1;
    else
        s->seq_covered = s->seq_kept;
    for (const struct recent_commit *c = l->recent.first; c != NULL; c = c->next) {
        struct unit u = {
            .kind = RECORD_COMMIT, .count = c->count, .p = c->p, .n = c->n, .seq = c->seq};
        spool_unit(l, &u);
    }
    recent_done(&l->recent);
}

static void spill_parked(struct lane *l)
{
    l->settling = false;
    while (l->parked != NULL) {
        struct batch *b = take_parked(l);
        spool_unit(l, &b->unit);
        mem_free(b->unit.p);
        mem_free(b);
    }
}

void lane_spill(struct lane *l)
{
    if (l->direct && l->synced)
        spill_recent(l);
    l->direct = false;
    l->spills++;
    for (struct batch *b = l->first; b != NULL; b = b->next) {
        if (b->from_spool || b->spooled)
            continue;
        b->spooled = true;
        spool_unit(l, &b->unit);
    }
    spill_parked(l);
}

void lane_break(struct lane *l)
{
    if (l->store->closing && l->unanswered == 0)
        recent_done(&l->recent); /* a clean end: nothing to be done again by the next start */
    lane_spill(l);
    recent_done(&l->recent);
    l->answered = 0;
    while (l->first != NULL) {
        struct batch *b = take_first(l);
        mem_free(b->unit.p);
        mem_free(b);
    }
    l->stuck = false;
    spool_rewind(l->spool);
}

/* What Redis is too full for is read again later, and all that follows it: the order stays. */
static void come_back_later(struct lane *l)
{
    l->store->samples_pause_until_us = loop_mono_us() + PAUSE_US;
    lane_spill(l);
    l->stuck = true;
}

static void remember(struct lane *l, struct unit *u)
{
    struct recent_commit c = {
        .count = u->count, .p = u->p, .n = u->n, .seq = u->seq, .answered_us = loop_mono_us()};

    u->p = NULL;
    recent_put(&l->recent, &c);
}

static void end_batch(struct batch *b)
{
    struct lane *l = b->lane;

    if (b->later)
        come_back_later(l);
    assert(b == l->first);
    take_first(l);
    if (b->from_spool && l->synced)
        l->answered++; /* it stays until all are: see lane_go_direct() */
    else if (b->from_spool && !l->stuck)
        spool_ack(l->spool);
    if (l->stuck && l->first == NULL) {
        l->stuck = false;
        spool_rewind(l->spool);
    }
    if (b->unit.seq > 0 && !b->refused)
        l->store->seq_kept = b->unit.seq;
    if (l->synced && !b->refused)
        remember(l, &b->unit);
    if (b->unit.done != NULL && !b->spooled)
        b->unit.done(b->unit.arg, !b->refused);
    mem_free(b->unit.p);
    mem_free(b);
    if (l->store->closing)
        store_advance_close(l->store);
    else
        lane_pump(l);
}

static void refuse(struct batch *b, const redisReply *r)
{
    if (!b->refused)
        log_error("store", "redis refuses %s: %.200s",
                  b->lane->synced ? "a record of a decision" : "samples", r->str);
    b->refused = true;
    b->lane->store->facts.errors++;
}

static void on_again(void *arg, const redisReply *r)
{
    (void)arg, (void)r;
}

/* Something that is no block stands where one is to be: out of the way with it, and this command
 * once more. */
static bool make_way(struct batch *b)
{
    struct store *s = b->lane->store;
    const char *p = b->unit.p, *end = p + b->unit.n, *command = p, *key;
    char name[KEY_SIZE];
    size_t n = 0;

    for (unsigned i = 0; i <= b->unit.count - b->left; i++) {
        command = p;
        if (resp_skip(&p, end, &key, &n) != 1)
            return false;
    }
    if (n == 0 || n >= sizeof name)
        return false;
    memcpy(name, key, n);
    name[n] = '\0';
    aside_put(s, name, "is no string, so it is no block of ours");
    redis_write(s->conn, command, (size_t)(p - command));
    redis_expect(s->conn, 1, on_again, NULL);
    samples_forget_sizes(s->samples);
    return true;
}

static bool is_in_the_way(const struct batch *b, const redisReply *r)
{
    return r->type == REDIS_REPLY_ERROR && text_starts(r->str, "WRONGTYPE") &&
           b->unit.kind == RECORD_COMMANDS;
}

static void on_answer(void *arg, const redisReply *r)
{
    struct batch *b = arg;
    char words[256];

    if (r == NULL)
        return; /* lane_break() looks after it */
    enum reply_class class = reply_class(r);
    if (is_in_the_way(b, r) && make_way(b))
        class = REPLY_OK;
    reply_words(r, words, sizeof words);
    if (class == REPLY_FULL && b->unit.kind == RECORD_COMMANDS)
        b->later = true;
    else if (class == REPLY_LATER || class == REPLY_FULL)
        session_fail(b->lane->store, words, 0);
    else if (class == REPLY_SETTINGS)
        session_fail(b->lane->store, words, BACKOFF_LONG_MS);
    else if (class == REPLY_RELOAD)
        session_reload(b->lane->store);
    else if (class == REPLY_REFUSED)
        refuse(b, r);
    if (class != REPLY_OK && class != REPLY_REFUSED && !b->later)
        return;
    if (class == REPLY_OK && b->unit.seq > 0 && r->type == REDIS_REPLY_ARRAY && r->elements == 3)
        session_check_writer(b->lane->store, r->element[1]);
    if (--b->left == 0)
        end_batch(b);
}

void lane_put(struct lane *l, const struct unit *u)
{
    if (l->direct && l->unanswered_bytes + u->n > (size_t)l->store->queue_max)
        lane_spill(l);
    if (l->settling && l->parked_bytes + u->n > (size_t)l->store->queue_max)
        spill_parked(l);
    if (l->direct || l->settling) {
        struct batch *b = mem_new(struct batch);
        *b = (struct batch){.lane = l, .unit = *u};
        if (l->direct)
            send_batch(b, u->p, u->n);
        else
            park(l, b);
        return;
    }
    spool_unit(l, u);
    mem_free(u->p);
    lane_pump(l);
}

static void send_from_spool(struct lane *l, const struct spool_record *r)
{
    struct batch *b = mem_new(struct batch);

    *b = (struct batch){.lane = l, .from_spool = true};
    b->unit.kind = r->kind;
    b->unit.count = r->count;
    b->unit.p = mem_alloc(r->n);
    memcpy(b->unit.p, r->p, r->n);
    if (l->synced)
        b->unit.seq = commit_seq(l->store, r->p, r->n);
    send_batch(b, r->p, r->n);
}

static size_t window_bytes(const struct store *s)
{
    return (size_t)s->queue_max < WINDOW_BYTES ? (size_t)s->queue_max : WINDOW_BYTES;
}

void lane_pump(struct lane *l)
{
    struct store *s = l->store;
    struct spool_record r;

    if (!store_connected(s) || l->direct || l->held || l->stuck || s->closing)
        return;
    if (!l->synced && loop_mono_us() < s->samples_pause_until_us)
        return;
    while (l->unanswered < WINDOW && l->unanswered_bytes < window_bytes(s) &&
           spool_next(l->spool, &r))
        send_from_spool(l, &r);
    if (spool_unread(l->spool) > 0)
        return;
    l->settling = true;
    if (lane_quiet(l))
        store_lane_is_empty(s, l);
}

void lane_go_direct(struct lane *l)
{
    for (; l->answered > 0; l->answered--)
        spool_ack(l->spool);
    l->settling = false;
    l->direct = true;
    while (l->parked != NULL) {
        struct batch *b = take_parked(l);
        send_batch(b, b->unit.p, b->unit.n);
    }
}
