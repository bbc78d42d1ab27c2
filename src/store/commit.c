/* commit.c - one event's changes as the arguments of one function call; of several, when they are
 * very many.
 *
 * The bytes are complete but for their head (FCALL or EVALSHA, which depends on the server), so the
 * same bytes go to Redis or to the spool. The arguments are described in script.c. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "format/state.h"
#include "internal.h"
#include "resp.h"
#include "view.h"

#define COMMIT_MAX_BYTES ((size_t)32 << 20)
#define WHOLE_MAX        1000 /* values in one record; more go in pieces of so many: */
#define PIECE            250  /* no call keeps Redis busy for long */

struct pack {
    struct store *store;
    struct buf out;
    struct buf *scratch;
    uint32_t args;
};

static void arg_text(struct pack *k, const char *text)
{
    resp_text(&k->out, text);
    k->args++;
}

static void arg_int(struct pack *k, int64_t i)
{
    resp_int(&k->out, i);
    k->args++;
}

/* What the scratch buffer holds; it is empty again afterwards. */
static void arg_scratch(struct pack *k)
{
    resp_bulk(&k->out, buf_text(k->scratch), k->scratch->len);
    buf_clear(k->scratch);
    k->args++;
}

static void pack_monitor(struct pack *k, const struct monitor_put *m)
{
    arg_text(k, "m");
    arg_text(k, m->name);
    if (m->status != NULL)
        state_write_monitor(k->scratch, m->status);
    arg_scratch(k);
}

static void pack_incident(struct pack *k, const struct incident *i)
{
    bool resolved = i->state == INCIDENT_RESOLVED;

    arg_text(k, "i");
    arg_text(k, i->id);
    arg_text(k, resolved ? "1" : "0");
    arg_int(k, i->resolved_ms);
    state_write_incident(k->scratch, i);
    arg_scratch(k);
}

static void pack_delivery(struct pack *k, const struct delivery *d)
{
    arg_text(k, "d");
    arg_text(k, d->id);
    arg_text(k, d->notice.incident);
    arg_text(k, delivery_ended(d) ? "1" : "0");
    arg_int(k, d->created_ms);
    state_write_delivery(k->scratch, d);
    arg_scratch(k);
}

/* Ids grow and are part of the record: whenever it is done again, its entries are found by them. */
static void pack_entry(struct pack *k, const char *kind, int64_t at_ms)
{
    struct store *s = k->store;
    char id[48];

    if (at_ms > s->entry_ms) {
        s->entry_ms = at_ms;
        s->entry_part = 0;
    }
    snprintf(id, sizeof id, "%lld-%lld", (long long)s->entry_ms, (long long)++s->entry_part);
    arg_text(k, kind);
    arg_text(k, id);
    arg_scratch(k);
}

static void pack_attempt(struct pack *k, const struct attempt *a)
{
    state_write_attempt(k->scratch, a);
    pack_entry(k, "a", a->at_ms);
}

static void pack_transition(struct pack *k, const struct transition *t)
{
    state_write_transition(k->scratch, t);
    pack_entry(k, "t", t->at_ms);
}

static void pack_quiet(struct pack *k, const struct quiet *q)
{
    arg_text(k, "q");
    arg_text(k, q->id);
    state_write_quiet(k->scratch, q);
    arg_scratch(k);
}

static void pack_override(struct pack *k, const struct kept_override *o)
{
    arg_text(k, "o");
    arg_text(k, o->id);
    state_write_override(k->scratch, o);
    arg_scratch(k);
}

static void pack_changes(struct pack *k, const struct commit *c)
{
    for (size_t i = 0; i < c->monitors.n; i++)
        pack_monitor(k, &c->monitors.items[i]);
    for (size_t i = 0; i < c->incidents.n; i++)
        pack_incident(k, c->incidents.items[i]);
    for (size_t i = 0; i < c->deliveries.n; i++)
        pack_delivery(k, c->deliveries.items[i]);
    for (size_t i = 0; i < c->attempts.n; i++)
        pack_attempt(k, &c->attempts.items[i]);
    for (size_t i = 0; i < c->transitions.n; i++)
        pack_transition(k, &c->transitions.items[i]);
    for (size_t i = 0; i < c->quiets.n; i++)
        pack_quiet(k, c->quiets.items[i]);
    for (size_t i = 0; i < c->overrides.n; i++)
        pack_override(k, c->overrides.items[i]);
}

int commit_pack(struct store *s, const struct commit *c, struct unit *ret)
{
    struct pack k = {.store = s, .scratch = &s->scratch};

    buf_init(&k.out, COMMIT_MAX_BYTES);
    buf_clear(&s->scratch);
    s->seq++;
    arg_int(&k, KEY_COUNT);
    for (int i = 0; i < KEY_COUNT; i++)
        arg_text(&k, s->keys[i]);
    arg_text(&k, s->writer);
    arg_int(&k, s->seq);
    arg_int(&k, c->at_ms);
    pack_changes(&k, c);
    if (k.out.over) {
        buf_done(&k.out);
        return -1;
    }
    *ret = (struct unit){.kind = RECORD_COMMIT, .count = k.args, .seq = s->seq};
    ret->p = buf_take(&k.out, &ret->n);
    return 0;
}

/* Behind the count of keys, the keys and the writer. A record with fewer keys, of before, is not of
 * this writer. */
int64_t commit_seq(const struct store *s, const char *p, size_t n)
{
    const char *end = p + n, *arg = NULL;
    size_t len = 0;
    char digits[24];
    int64_t seq = 0;

    for (int i = 0; i < KEY_COUNT + 2; i++) {
        if (resp_next(&p, end, &arg, &len) != 1)
            return 0;
    }
    if (len != strlen(s->writer) || memcmp(arg, s->writer, len) != 0)
        return 0;
    if (resp_next(&p, end, &arg, &len) != 1 || len >= sizeof digits)
        return 0;
    memcpy(digits, arg, len);
    digits[len] = '\0';
    return text_int(digits, 0, INT64_MAX, &seq, NULL) == 0 ? seq : 0;
}

void commit_put_head(const struct store *s, struct buf *out, uint32_t n_args, const char *function)
{
    bool script = s->script_sha[0] != '\0';

    resp_open(out, n_args + 2);
    resp_text(out, script ? "EVALSHA" : "FCALL");
    resp_text(out, script ? s->script_sha : function);
}

/* --- in pieces --- */

/* The last piece is held back: its end is the end of them all. */
struct pieces {
    struct store *store;
    struct unit last;
    bool any;
};

static void put_piece(struct pieces *p, const struct commit *piece)
{
    struct unit u;

    if (commit_pack(p->store, piece, &u) != 0)
        return;
    if (p->any)
        lane_put(&p->store->commits, &p->last);
    p->last = u;
    p->any = true;
}

static size_t piece_of(size_t n, size_t from)
{
    return n - from < PIECE ? n - from : PIECE;
}

#define PUT_PIECES(member)                                                                         \
    for (size_t i = 0; i < all->member.n; i += PIECE) {                                            \
        struct commit piece = {.at_ms = all->at_ms};                                               \
        piece.member.items = all->member.items + i;                                                \
        piece.member.n = piece_of(all->member.n, i);                                               \
        put_piece(p, &piece);                                                                      \
    }

/* Of whole values, so pieces do no harm; and whoever dies between two of them decides the rest
 * again, to the same ids. Deliveries come first: an incident never says that a page was decided
 * which the store does not have. */
static void put_pieces(struct pieces *p, const struct commit *all)
{
    PUT_PIECES(deliveries)
    PUT_PIECES(incidents)
    PUT_PIECES(monitors)
    PUT_PIECES(attempts)
    PUT_PIECES(transitions)
    PUT_PIECES(quiets)
    PUT_PIECES(overrides)
}

static size_t values_in(const struct commit *c)
{
    return c->deliveries.n + c->incidents.n + c->monitors.n + c->attempts.n + c->transitions.n +
           c->quiets.n + c->overrides.n;
}

void commit_put(struct store *s, const struct commit *c, store_done_fn *done, void *arg)
{
    struct pieces p = {.store = s};

    if (values_in(c) > WHOLE_MAX)
        put_pieces(&p, c);
    else
        put_piece(&p, c);
    assert(p.any); /* a thousand values fit into a record */
    p.last.done = done;
    p.last.arg = arg;
    lane_put(&s->commits, &p.last);
}

void commit_snapshot(struct store *s)
{
    struct commit all = {.at_ms = loop_now_ms()};
    struct pieces p = {.store = s};

    s->owes_snapshot = false;
    s->ev.on_snapshot(s->arg, &all);
    put_pieces(&p, &all);
    if (p.any)
        lane_put(&s->commits, &p.last);
    commit_done(&all);
}
