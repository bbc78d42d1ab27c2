/* tiers.c - the coarsest unit around an instant that fits, and how far that goes on. */
#include "stats/tiers.h"

static const int64_t units[TIER_COUNT] = {1, 60000, 3600000, 86400000};

int64_t tier_unit_ms(enum tier t)
{
    return units[t];
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t floor_to(int64_t at_ms, int64_t unit_ms)
{
    return at_ms - at_ms % unit_ms;
}

static int64_t ceil_to(int64_t at_ms, int64_t unit_ms)
{
    return floor_to(at_ms + unit_ms - 1, unit_ms);
}

size_t tiers_cells(const struct tiers_window *w)
{
    if (w->from_ms >= w->to_ms)
        return 0;
    if (w->step_ms == 0)
        return 1;
    return (size_t)((w->to_ms - w->from_ms - 1) / w->step_ms) + 1;
}

size_t tiers_cell_of(const struct tiers_window *w, int64_t at_ms)
{
    return w->step_ms == 0 ? 0 : (size_t)((at_ms - w->from_ms) / w->step_ms);
}

static int64_t cell_end_ms(const struct tiers_window *w, int64_t at_ms)
{
    if (w->step_ms == 0)
        return w->to_ms;
    return least(w->to_ms, at_ms + w->step_ms - (at_ms - w->from_ms) % w->step_ms);
}

static bool is_there(const struct tiers_kept *k, enum tier t, int64_t at_ms)
{
    return at_ms >= k->rolled_ms ? t == TIER_RAW : at_ms >= k->from_ms[t];
}

static enum tier finest(const struct tiers_kept *k, int64_t at_ms)
{
    for (int t = TIER_RAW; t < TIER_DAY; t++)
        if (is_there(k, (enum tier)t, at_ms))
            return (enum tier)t;
    return TIER_DAY;
}

/* Where the cells run across a tier's units, it is worth its reading only if whole units are left
 * in every cell. */
static bool is_worth(const struct tiers_window *w, enum tier t)
{
    return w->step_ms == 0 || w->step_ms >= 2 * units[t] ||
           (w->step_ms % units[t] == 0 && w->from_ms % units[t] == 0);
}

/* Where what is kept changes next. */
static int64_t change_after(const struct tiers_kept *k, int64_t at_ms)
{
    int64_t change_ms = k->rolled_ms > at_ms ? k->rolled_ms : INT64_MAX;

    for (int t = TIER_RAW; t < TIER_COUNT; t++)
        if (k->from_ms[t] > at_ms)
            change_ms = least(change_ms, k->from_ms[t]);
    return change_ms;
}

void tiers_widen(struct tiers_window *w, const struct tiers_kept *k)
{
    int64_t first_ms = w->from_ms > k->begins_ms ? w->from_ms : k->begins_ms;

    if (first_ms >= w->to_ms || k->ends_ms <= w->from_ms)
        return;
    int64_t unit_ms = units[finest(k, first_ms)];

    if (w->step_ms > 0)
        w->step_ms = ceil_to(w->step_ms, unit_ms);
    if (w->step_ms > 0 || first_ms == w->from_ms)
        w->from_ms = floor_to(w->from_ms, unit_ms);
    if (w->to_ms < k->ends_ms)
        w->to_ms = ceil_to(w->to_ms, units[finest(k, w->to_ms - 1)]);
}

/* The coarsest tier for `at_ms`, which begins one of its units or lies in none that fits.
 * `*end_ms`, until where nothing changes and no cell ends, is shortened to the next unit of a
 * coarser one. */
static enum tier choose(const struct tiers_window *w, const struct tiers_kept *k, int64_t at_ms,
                        int64_t *end_ms)
{
    for (int t = TIER_DAY; t > TIER_RAW; t--) {
        int64_t begins_ms = ceil_to(at_ms, units[t]);

        if (!is_there(k, (enum tier)t, at_ms) || !is_worth(w, (enum tier)t) ||
            begins_ms + units[t] > *end_ms)
            continue;
        if (begins_ms == at_ms)
            return (enum tier)t;
        *end_ms = begins_ms;
    }
    return finest(k, at_ms);
}

/* Whether all cells lie on the tier's units and nothing coarser is worth it: then it goes on beyond
 * the cell. */
static bool goes_on(const struct tiers_window *w, const struct tiers_kept *k,
                    const struct tiers_piece *p)
{
    if (w->step_ms % units[p->tier] != 0 || w->from_ms % units[p->tier] != 0)
        return false;
    for (int t = p->tier + 1; t < TIER_COUNT; t++)
        if (is_there(k, (enum tier)t, p->from_ms) && is_worth(w, (enum tier)t))
            return false;
    return true;
}

bool tiers_next(const struct tiers_window *w, const struct tiers_kept *k, int64_t at_ms,
                struct tiers_piece *ret)
{
    if (at_ms >= w->to_ms)
        return false;
    int64_t change_ms = least(change_after(k, at_ms), w->to_ms);
    struct tiers_piece p = {.from_ms = at_ms, .to_ms = least(change_ms, cell_end_ms(w, at_ms))};

    p.tier = choose(w, k, at_ms, &p.to_ms);
    if (goes_on(w, k, &p))
        p.to_ms = change_ms;
    int64_t whole_ms = floor_to(p.to_ms - at_ms, units[p.tier]);

    if (whole_ms > 0)
        p.to_ms = at_ms + whole_ms;
    *ret = p;
    return true;
}
