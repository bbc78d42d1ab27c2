/* cells.c - blocks, as they come, added to the cells of an answer.
 *
 * A block holds more than is wanted of it, and the same time may be read from two tiers: what
 * counts is what stats/tiers.h says of an instant, so that nothing is counted twice.
 *
 * Expected are the slots of a series from its first one on: until now, or, when nobody writes to it
 * any more, until the last result that was seen. Of two intervals of one monitor the one begun
 * later is in force. */
#include "base/mem.h"
#include "question.h"
#include "roll.h"
#include "stats/block.h"
#include "stats/sample.h"
#include "stats/tally.h"

void cells_init(struct cells *c, const struct tiers_window *w, size_t rows, int64_t now_ms)
{
    *c = (struct cells){.window = *w, .now_ms = now_ms, .rows = rows, .points = tiers_cells(w)};
    c->items = mem_calloc(rows * c->points + 1, sizeof *c->items);
    for (size_t i = 0; i < rows * c->points; i++)
        tally_init(&c->items[i].tally);
}

void cells_done(struct cells *c)
{
    mem_free(c->items);
    c->items = NULL;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t cells_from_ms(const struct cells *c, const struct source *src)
{
    return most(c->window.from_ms, src->kept.begins_ms);
}

int64_t cells_to_ms(const struct cells *c, const struct source *src)
{
    return least(c->window.to_ms, src->kept.ends_ms);
}

/* --- adding --- */

/* Walks over the pieces of the window while the units of a block go by. */
struct walk {
    struct cells *cells;
    struct source *source;
    struct tiers_piece piece;
    enum tier tier;
    int64_t base_ms, unit_ms; /* of the block */
};

static void begin_walk(struct walk *w, const struct block_read *b)
{
    int64_t from_ms = most(b->at_ms, cells_from_ms(w->cells, w->source));

    w->tier = b->tier;
    w->piece = (struct tiers_piece){.from_ms = from_ms, .to_ms = from_ms, .tier = TIER_COUNT};
}

/* Whether what begins at `at_ms` is answered from this block's tier. */
static bool is_ours(struct walk *w, int64_t at_ms)
{
    if (at_ms < w->piece.from_ms)
        return false;
    while (at_ms >= w->piece.to_ms)
        if (!tiers_next(&w->cells->window, &w->source->kept, w->piece.to_ms, &w->piece))
            return false;
    return w->piece.tier == w->tier;
}

static struct tally *cell_of(const struct walk *w, int64_t at_ms)
{
    const struct cells *c = w->cells;

    return &c->items[w->source->row * c->points + tiers_cell_of(&c->window, at_ms)].tally;
}

static void on_unit(void *arg, size_t unit, const struct tally *t)
{
    struct walk *w = arg;
    int64_t at_ms = w->base_ms + (int64_t)unit * w->unit_ms;

    if (!is_ours(w, at_ms))
        return;
    tally_merge(cell_of(w, at_ms), t);
    w->source->seen_ms = most(w->source->seen_ms, at_ms + w->unit_ms);
}

static void add_slots(struct walk *w, const unsigned char *slots, size_t n)
{
    struct result r = {0};

    for (size_t i = 0; i < n; i++) {
        int64_t at_ms = w->base_ms + (int64_t)i * w->unit_ms;
        if (!sample_decode(slots + i * SAMPLE_BYTES, &r) || !is_ours(w, at_ms))
            continue;
        tally_add(cell_of(w, at_ms), &r);
        w->source->seen_ms = most(w->source->seen_ms, at_ms + w->unit_ms);
    }
}

static int add_sealed(struct walk *w, const struct block_span *span, const char *p, size_t n,
                      struct err *e)
{
    unsigned char *slots = mem_calloc(span->units, SAMPLE_BYTES);
    int rc = block_unseal(p, n, slots, span->units, e);

    if (rc == 0)
        add_slots(w, slots, span->units);
    mem_free(slots);
    return rc;
}

static int add_raw(struct walk *w, const struct block_span *span, const char *p, size_t n,
                   struct err *e)
{
    size_t there = (size_t)((span->to_ms - w->base_ms + w->unit_ms - 1) / w->unit_ms);

    if (w->base_ms == span->from_ms && block_form(p, n) == BLOCK_IS_SEALED)
        return add_sealed(w, span, p, n, e);
    if (w->base_ms == span->from_ms && !roll_is_open(p, n))
        return err_set(e, "holds something else");
    add_slots(w, (const unsigned char *)p, n / SAMPLE_BYTES < there ? n / SAMPLE_BYTES : there);
    return 0;
}

int cells_add(struct cells *c, struct source *src, const struct block_read *b, const char *p,
              size_t n, struct err *e)
{
    struct block_span span = block_span(b->tier, src->interval_ms, b->in_block_ms);
    struct walk w = {.cells = c, .source = src, .base_ms = b->at_ms, .unit_ms = span.unit_ms};

    begin_walk(&w, b);
    if (n == 0)
        return 0;
    if (b->tier == TIER_RAW)
        return add_raw(&w, &span, p, n, e);
    if (block_form(p, n) != BLOCK_IS_TALLIES)
        return err_set(e, "holds something else");
    return block_get_tallies(p, n, on_unit, &w, e);
}

/* --- what was to be expected --- */

static int64_t slots_between(const struct source *src, int64_t from_ms, int64_t to_ms)
{
    from_ms = most(from_ms, src->from_ms);
    to_ms = least(to_ms, src->to_ms);
    if (from_ms >= to_ms)
        return 0;
    return slots_before(to_ms, src->interval_ms) - slots_before(from_ms, src->interval_ms);
}

/* A monitor has one interval at a time: an epoch ends where the next one begins. */
static uint64_t expected(const struct source *all, size_t i, int64_t from_ms, int64_t to_ms)
{
    const struct source *src = &all[i], *first = src - src->n_before;

    for (size_t k = 0; k < src->siblings; k++) {
        const struct source *other = &first[k];
        bool later =
            other->from_ms > src->from_ms || (other->from_ms == src->from_ms && k > src->n_before);
        if (later)
            to_ms = least(to_ms, other->from_ms);
    }
    return from_ms < to_ms ? (uint64_t)slots_between(src, from_ms, to_ms) : 0;
}

void cells_expect(struct cells *c, const struct source *all, size_t i)
{
    struct source src = all[i];
    int64_t from_ms = most(c->window.from_ms, src.from_ms);

    if (src.ended)
        src.to_ms = least(src.to_ms, src.seen_ms);
    int64_t to_ms = least(c->window.to_ms, src.to_ms);

    while (from_ms < to_ms) {
        size_t cell = tiers_cell_of(&c->window, from_ms);
        int64_t end_ms = c->window.step_ms == 0
                             ? to_ms
                             : c->window.from_ms + (int64_t)(cell + 1) * c->window.step_ms;
        end_ms = least(end_ms, to_ms);
        c->items[src.row * c->points + cell].expected += expected(all, i, from_ms, end_ms);
        from_ms = end_ms;
    }
}

void cells_settle(struct cells *c)
{
    for (size_t i = 0; i < c->rows * c->points; i++) {
        uint64_t results = tally_results(&c->items[i].tally);
        if (c->items[i].expected < results)
            c->items[i].expected = results;
    }
}
