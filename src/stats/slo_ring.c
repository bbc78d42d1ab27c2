/* slo_ring.c - the cells of one SLO: minutes of the last hours, quarters of an hour of its window.
 *
 * A slot belongs to a number of the clock, so what is old is overwritten by what is new, and
 * nothing need be moved when time passes. */
#include "stats/slo.h"

#include <string.h>

static int64_t number_of(int64_t at_ms, int64_t length_ms)
{
    return at_ms / length_ms - (at_ms % length_ms < 0);
}

static void add_class(struct slo_cell *c, enum slo_class k, uint32_t n)
{
    uint32_t *const fields[] = {&c->good, &c->bad, &c->excluded, &c->unknown};

    if (k < SLO_NOTHING)
        *fields[k] += n;
}

static void add_planned(struct slo_cell *c, uint64_t n)
{
    c->planned = n < UINT32_MAX - c->planned ? c->planned + (uint32_t)n : UINT32_MAX;
}

void slo_cell_merge(struct slo_cell *into, const struct slo_cell *from)
{
    into->good += from->good;
    into->bad += from->bad;
    into->excluded += from->excluded;
    into->unknown += from->unknown;
    add_planned(into, from->planned);
}

static bool is_empty(const struct slo_cell *c)
{
    return !c->good && !c->bad && !c->excluded && !c->unknown && !c->planned;
}

/* --- the slots ----------------------------------------------------------------------------- */

void slo_ring_init(struct slo_ring *r, size_t n_units)
{
    *r = (struct slo_ring){.n_units = n_units};
    r->units = mem_calloc(n_units, sizeof *r->units);
}

void slo_ring_done(struct slo_ring *r)
{
    mem_free(r->units);
    *r = (struct slo_ring){0};
}

static bool holds_unit(const struct slo_ring *r, int64_t number)
{
    return r->newest && number <= r->newest && number > r->newest - (int64_t)r->n_units;
}

static struct slo_cell *slot_of(const struct slo_ring *r, int64_t number)
{
    return &r->units[(uint64_t)number % r->n_units];
}

/* The cell of that number, made when it is new; NULL: too old. */
static struct slo_cell *unit_at(struct slo_ring *r, int64_t number)
{
    int64_t fresh = r->newest + 1;

    if (number > r->newest) {
        if (fresh <= number - (int64_t)r->n_units)
            fresh = number - (int64_t)r->n_units + 1;
        for (; fresh <= number; fresh++)
            *slot_of(r, fresh) = (struct slo_cell){0};
        r->newest = number;
    }
    return holds_unit(r, number) ? slot_of(r, number) : NULL;
}

static struct slo_cell *minute_at(struct slo_ring *r, int64_t number)
{
    size_t i = (uint64_t)number % SLO_MINUTES;

    if (r->minutes[i].number > number)
        return NULL;
    if (r->minutes[i].number < number) {
        r->minutes[i].number = number;
        r->minutes[i].cell = (struct slo_cell){0};
    }
    return &r->minutes[i].cell;
}

static void note_since(struct slo_ring *r, int64_t unit)
{
    if (!r->since_ms || unit * SLO_UNIT_MS < r->since_ms)
        r->since_ms = unit * SLO_UNIT_MS;
}

void slo_ring_resize(struct slo_ring *r, size_t n_units)
{
    struct slo_ring old = *r;

    if (n_units == r->n_units)
        return;
    r->n_units = n_units;
    r->units = mem_calloc(n_units, sizeof *r->units);
    for (int64_t u = old.newest - (int64_t)n_units + 1; u <= old.newest; u++)
        if (holds_unit(&old, u))
            *slot_of(r, u) = *slot_of(&old, u);
    mem_free(old.units);
}

/* --- counting ------------------------------------------------------------------------------ */

void slo_ring_add(struct slo_ring *r, int64_t at_ms, enum slo_class k, uint32_t n)
{
    int64_t unit = number_of(at_ms, SLO_UNIT_MS);
    struct slo_cell *m, *u;

    if (k >= SLO_NOTHING || !n)
        return;
    m = minute_at(r, number_of(at_ms, SLO_MINUTE_MS));
    u = m ? unit_at(r, unit) : NULL;
    if (!u)
        return;
    add_class(m, k, n);
    add_class(u, k, n);
    note_since(r, unit);
}

void slo_ring_add_planned(struct slo_ring *r, int64_t at_ms, uint64_t n)
{
    int64_t unit = number_of(at_ms, SLO_UNIT_MS);
    struct slo_cell *m, *u;

    if (!n)
        return;
    m = minute_at(r, number_of(at_ms, SLO_MINUTE_MS));
    u = unit_at(r, unit);
    if (m)
        add_planned(m, n);
    if (!u)
        return;
    add_planned(u, n);
    note_since(r, unit);
}

void slo_ring_spread(struct slo_ring *r, int64_t from_ms, int64_t to_ms, enum slo_class k)
{
    while (from_ms < to_ms) {
        int64_t end = (number_of(from_ms, SLO_MINUTE_MS) + 1) * SLO_MINUTE_MS;

        if (end > to_ms)
            end = to_ms;
        slo_ring_add(r, from_ms, k, (uint32_t)(end - from_ms));
        from_ms = end;
    }
}

void slo_ring_take_unit(struct slo_ring *r, int64_t at_ms, const struct slo_cell *c)
{
    int64_t unit = number_of(at_ms, SLO_UNIT_MS);
    struct slo_cell *u = is_empty(c) ? NULL : unit_at(r, unit);

    if (!u)
        return;
    slo_cell_merge(u, c);
    note_since(r, unit);
}

void slo_ring_take_minute(struct slo_ring *r, int64_t at_ms, const struct slo_cell *c)
{
    struct slo_cell *m = is_empty(c) ? NULL : minute_at(r, number_of(at_ms, SLO_MINUTE_MS));

    if (m)
        slo_cell_merge(m, c);
}

/* --- reading ------------------------------------------------------------------------------- */

static const struct slo_cell *minute_of(const struct slo_ring *r, int64_t number)
{
    size_t i = (uint64_t)number % SLO_MINUTES;

    return r->minutes[i].number == number ? &r->minutes[i].cell : NULL;
}

static const struct slo_cell *unit_of(const struct slo_ring *r, int64_t number)
{
    return holds_unit(r, number) ? slot_of(r, number) : NULL;
}

struct slo_cell slo_ring_minute(const struct slo_ring *r, int64_t at_ms)
{
    const struct slo_cell *c = minute_of(r, number_of(at_ms, SLO_MINUTE_MS));

    return c ? *c : (struct slo_cell){0};
}

struct slo_cell slo_ring_own_unit(const struct slo_ring *r, int64_t at_ms)
{
    const int64_t in_unit = SLO_UNIT_MS / SLO_MINUTE_MS;
    int64_t first = number_of(at_ms, SLO_UNIT_MS) * in_unit;
    struct slo_cell sum = {0};

    for (int64_t n = first; n < first + in_unit; n++)
        if (minute_of(r, n))
            slo_cell_merge(&sum, minute_of(r, n));
    return sum;
}

int64_t slo_ring_missing(const struct slo_ring *r, int64_t from_ms, int64_t to_ms)
{
    int64_t missing_ms = 0, at_ms = from_ms > r->since_ms ? from_ms : r->since_ms;

    if (!r->since_ms)
        return 0;
    for (at_ms = number_of(at_ms, SLO_UNIT_MS) * SLO_UNIT_MS; at_ms < to_ms; at_ms += SLO_UNIT_MS) {
        const struct slo_cell *c = unit_of(r, at_ms / SLO_UNIT_MS);

        if (!c || is_empty(c))
            missing_ms += to_ms - at_ms < SLO_UNIT_MS ? to_ms - at_ms : SLO_UNIT_MS;
    }
    return missing_ms;
}

struct slo_sum slo_ring_sum(const struct slo_ring *r, int64_t from_ms, int64_t to_ms)
{
    bool fine = to_ms - from_ms <= SLO_FINE_MS;
    int64_t length_ms = fine ? SLO_MINUTE_MS : SLO_UNIT_MS;
    int64_t last = number_of(to_ms, length_ms);
    struct slo_sum sum = {0};
    uint32_t bad_before = 0;

    for (int64_t n = number_of(from_ms, length_ms); n <= last; n++) {
        const struct slo_cell *c = fine ? minute_of(r, n) : unit_of(r, n);

        if (!c || is_empty(c))
            continue;
        sum.good += c->good;
        sum.bad += c->bad;
        sum.excluded += c->excluded;
        sum.unknown += c->unknown;
        sum.planned += c->planned;
        if (c->good || c->bad) {
            sum.paired = sum.paired || c->bad >= 2 || (c->bad && bad_before);
            bad_before = c->bad;
        }
    }
    return sum;
}
