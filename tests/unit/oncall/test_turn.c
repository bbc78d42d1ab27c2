/* test_turn.c - the turn computed at once against the definition, counted out.
 *
 * The oracle is S2 read literally: handoffs are made one by one from the anchor, each
 * resolved on its own, and those not after the instant are counted. */
#include "reading.h"

#include "oncall/turn.h"
#include "random.h"

#define DAY_S ((int64_t)86400)

static const char *const odd_zones[] = {
    "America/New_York", "Australia/Lord_Howe", "Europe/Dublin",  "Africa/Casablanca",
    "Africa/Cairo",     "America/Nuuk",        "Asia/Gaza",      "Antarctica/Troll",
    "Pacific/Apia",     "America/Havana",      "Asia/Kathmandu", "Pacific/Chatham",
};
#define N_ZONES (sizeof odd_zones / sizeof *odd_zones)

/* --- the oracle ---------------------------------------------------------------------------- */

static const int64_t unit_seconds[] = {1, 60, 3600, DAY_S, 7 * DAY_S};

static int64_t month_local(const struct layer *l, int64_t months)
{
    struct civil c = civil_of(l->anchor_local_s);
    int64_t all = (int64_t)c.year * 12 + (c.month - 1) + months;
    int year = (int)(all / 12), month = (int)(all % 12) + 1, day = c.day;
    int last = civil_days_in_month(year, month);
    if (l->month_day == MONTH_LAST)
        day = last;
    if (l->month_day == MONTH_CLAMP && day > last)
        day = last;
    if (l->month_day == MONTH_OVERFLOW && day > last) {
        day -= last;
        month++;
    }
    struct civil rolled = {year, month, day, c.hour, c.minute, c.second};
    return civil_seconds(&rolled);
}

static bool day_counts(const struct layer *l, int64_t local_s)
{
    for (size_t i = 0; i < l->n_restrict; i++)
        if (l->restrict_to[i].days >> civil_weekday(local_s) & 1)
            return true;
    return l->n_restrict == 0;
}

/* The k-th day that counts, from the anchor on, going day by day. */
static int64_t active_local(const struct layer *l, int64_t k)
{
    int64_t at = l->anchor_local_s;
    while (!day_counts(l, at))
        at += DAY_S;
    for (int64_t left = k * l->every; left != 0;) {
        at += left > 0 ? DAY_S : -DAY_S;
        if (day_counts(l, at))
            left -= left > 0 ? 1 : -1;
    }
    return at;
}

static int64_t handoff(const struct layer *l, int64_t k)
{
    if (l->unit == UNIT_MONTH)
        return zone_resolve(l->zone, month_local(l, k * l->every), l->gap);
    if (l->unit == UNIT_DAY && l->advance == ADVANCE_ACTIVE)
        return zone_resolve(l->zone, active_local(l, k), l->gap);
    int64_t turns_s = k * l->every * unit_seconds[l->unit];
    if (l->clock == CLOCK_ELAPSED)
        return zone_resolve(l->zone, l->anchor_local_s, l->gap) + turns_s;
    return zone_resolve(l->zone, l->anchor_local_s + turns_s, l->gap);
}

#define FROM     (-300)
#define TO       1200
#define MARGIN_S (3 * 3600) /* holes of these years move a handoff by two hours at most */

/* Handoffs number FROM to TO, made once for each layer. */
static int64_t turn_by_counting(const struct layer *l, const int64_t *handoffs, int64_t utc_s)
{
    int64_t k = l->backwards ? FROM - 1 : -1;
    for (int64_t i = l->backwards ? FROM : 0; i <= TO; i++)
        k += handoffs[i - FROM] <= utc_s;
    return k < 0 && !l->backwards ? TURN_NOBODY : k;
}

/* --- random layers -------------------------------------------------------------------------- */

static struct layer random_layer(struct dice *d, const struct zone *z, struct restriction *hours)
{
    struct layer l = {.zone = z, .n_members = 3, .from_ms = INT64_MIN, .until_ms = INT64_MAX};
    int64_t jump = zone_next_transition(z, 1767225600 + dice_in(d, 0, 400) * DAY_S);
    int64_t near_s = jump < 4000000000 ? zone_local(z, jump) : 1790000000;
    l.unit = (enum turn_unit)dice_in(d, UNIT_MINUTE, UNIT_MONTH);
    l.every = (int)dice_in(d, 1, l.unit == UNIT_MINUTE ? 90 : l.unit == UNIT_HOUR ? 30 : 4);
    l.clock = dice_in(d, 0, 1) ? CLOCK_WALL : CLOCK_ELAPSED;
    l.month_day = (enum month_day)dice_in(d, MONTH_CLAMP, MONTH_OVERFLOW);
    l.gap = (enum zone_gap)dice_in(d, ZONE_GAP_NEXT, ZONE_GAP_BEFORE);
    l.backwards = dice_in(d, 0, 1);
    l.advance = dice_in(d, 0, 1) ? ADVANCE_ACTIVE : ADVANCE_CALENDAR;
    int64_t unit_s = l.unit == UNIT_MONTH ? 30 * DAY_S : unit_seconds[l.unit];
    l.anchor_local_s = near_s - dice_in(d, 0, 30) * l.every * unit_s +
                       (dice_in(d, 0, 1) ? dice_in(d, -240, 240) * 60 : dice_in(d, -8, 8) * 1800);
    if (dice_in(d, 0, 1)) {
        *hours = (struct restriction){.kind = RESTRICT_DAILY, .days = (unsigned)dice_in(d, 1, 127)};
        l.restrict_to = hours;
        l.n_restrict = 1;
    }
    return l;
}

/* Mostly where it is hard: near handoffs and near jumps of the clock. */
static int64_t any_instant(struct dice *d, const struct layer *l, const int64_t *handoffs)
{
    int64_t from = handoffs[(l->backwards ? -20 : -1) - FROM], to = handoffs[60 - FROM];
    int64_t at = dice_in(d, from, to);
    int64_t jump = zone_next_transition(l->zone, at);
    switch (dice_in(d, 0, 2)) {
    case 0:
        return at;
    case 1:
        return handoffs[dice_in(d, l->backwards ? -20 : 0, 60) - FROM] + dice_in(d, -1, 1);
    default:
        return (jump < to ? jump : at) + dice_in(d, -5 * 3600, 5 * 3600);
    }
}

/* Where the counted handoffs tell. */
static int64_t random_instant(struct dice *d, const struct layer *l, const int64_t *handoffs)
{
    int64_t at, from = l->backwards ? handoffs[0] + MARGIN_S : INT64_MIN;
    do
        at = any_instant(d, l, handoffs);
    while (at < from || at > handoffs[TO - FROM] - MARGIN_S);
    return at;
}

static void check_layer(struct dice *d, const struct layer *l)
{
    static int64_t handoffs[TO - FROM + 1];
    for (int64_t k = FROM; k <= TO; k++)
        handoffs[k - FROM] = handoff(l, k);
    for (int i = 0; i < 40; i++) {
        int64_t at = random_instant(d, l, handoffs);
        int64_t want = turn_by_counting(l, handoffs, at), have = turn_at(l, at);
        if (want != have)
            fail_msg("%s, %d of unit %d, clock %d, gap %d, month %d, advance %d, backwards %d, "
                     "anchor %lld, at %lld: turn %lld, counted %lld",
                     zone_name(l->zone), l->every, l->unit, l->clock, l->gap, l->month_day,
                     l->advance, l->backwards, (long long)l->anchor_local_s, (long long)at,
                     (long long)have, (long long)want);
        int64_t edge = turn_next_edge(l, at);
        assert_true(edge > at);
        for (int64_t k = l->backwards ? FROM : 0; k <= TO; k++)
            if (handoffs[k - FROM] > at && edge > handoffs[k - FROM])
                fail_msg("%s, unit %d, gap %d at %lld: edge %lld, handoff %lld", zone_name(l->zone),
                         l->unit, l->gap, (long long)at, (long long)edge,
                         (long long)handoffs[k - FROM]);
    }
}

static void turn__random_layers_near_jumps_of_the_clock__is_the_count_of_handoffs(void **state)
{
    (void)state;
    struct dice d = {20260322};
    struct restriction hours;
    for (size_t i = 0; i < N_ZONES; i++) {
        struct zone *z = zoneinfo_load(odd_zones[i]);
        assert_non_null(z);
        for (int n = 0; n < 60; n++) {
            struct layer l = random_layer(&d, z, &hours);
            check_layer(&d, &l);
        }
        zone_free(z);
    }
}

/* The day that never was, the doubled day of old, and hours lost at midnight. */
static void turn__whole_day_skipped__the_handoff_is_the_next_midnight(void **state)
{
    (void)state;
    struct zone *z = zoneinfo_load("Pacific/Apia");
    assert_non_null(z);
    struct civil anchor = {2011, 12, 28, 9, 0, 0}, skipped = {2011, 12, 30, 10, 0, 0};
    struct layer l = {.zone = z, .every = 1, .unit = UNIT_DAY, .n_members = 9};
    l.anchor_local_s = civil_seconds(&anchor);
    int64_t midnight = civil_seconds(&skipped);
    assert_int_equal(turn_at(&l, midnight - 1), 1);
    assert_int_equal(turn_at(&l, midnight), 2);
    assert_int_equal(turn_at(&l, midnight + 9 * 3600 - 1), 2);
    assert_int_equal(turn_at(&l, midnight + 9 * 3600), 3);
    zone_free(z);
}

static void turn__century_later__costs_no_walk(void **state)
{
    (void)state;
    struct zone *z = zoneinfo_load("America/New_York");
    assert_non_null(z);
    struct layer l = {.zone = z,
                      .every = 1,
                      .unit = UNIT_MINUTE,
                      .n_members = 2,
                      .clock = CLOCK_WALL,
                      .anchor_local_s = 1767225600};
    int64_t sum = 0;
    for (int64_t i = 0; i < 100000; i++)
        sum += turn_at(&l, 13569465600 + i) > 0; /* the year 2400 */
    assert_int_equal(sum, 100000);
    zone_free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turn__random_layers_near_jumps_of_the_clock__is_the_count_of_handoffs),
        cmocka_unit_test(turn__whole_day_skipped__the_handoff_is_the_next_midnight),
        cmocka_unit_test(turn__century_later__costs_no_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
