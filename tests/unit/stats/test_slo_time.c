/* test_slo_time.c - downtime is what was confirmed, seen from afterwards. */
#include "base/vec.h"
#include "eval/state.h"
#include "random.h"
#include "stats/slo.h"
#include "unit.h"

#define T0     INT64_C(1795435200000)
#define SECOND INT64_C(1000)

struct stage {
    struct monitor m[3];
    const struct monitor *list[3];
    struct monitor_status status[3];
    struct slo s;
    struct slo_ring r;
    struct slo_clock c;
};

static void stage_init(struct stage *g, size_t n)
{
    *g = (struct stage){0};
    for (size_t i = 0; i < n; i++) {
        g->m[i] = (struct monitor){.enabled = true,
                                   .interval_ms = 10 * SECOND,
                                   .timeout_ms = SECOND,
                                   .fail_after = 2,
                                   .recover_after = 2};
        g->list[i] = &g->m[i];
    }
    g->s = (struct slo){.monitors = g->list,
                        .n_monitors = n,
                        .objective_ppm = 999000,
                        .days = 30,
                        .by = SLO_BY_TIME};
    slo_ring_init(&g->r, slo_units(&g->s));
    slo_clock_init(&g->c, n);
}

static void stage_done(struct stage *g)
{
    slo_clock_done(&g->c);
    slo_ring_done(&g->r);
}

static void see(struct stage *g, size_t lane, const struct result *r)
{
    enum monitor_state from;

    state_step(&g->status[lane], 2, 2, r, &from);
    slo_clock_see(&g->c, lane, &g->s, &g->m[lane], &g->status[lane]);
    slo_clock_settle(&g->c, &g->r, r->at_ms);
}

/* One letter every ten seconds: u up, d down, ? unknown, m down in maintenance, - no result. */
static void play(struct stage *g, size_t lane, const char *results)
{
    for (int64_t i = 0; results[i]; i++) {
        struct result r = {.at_ms = T0 + i * 10 * SECOND, .maintenance = results[i] == 'm'};

        r.verdict = results[i] == 'u'   ? VERDICT_UP
                    : results[i] == '?' ? VERDICT_UNKNOWN
                                        : VERDICT_DOWN;
        if (results[i] != '-')
            see(g, lane, &r);
        else
            slo_clock_settle(&g->c, &g->r, r.at_ms);
    }
}

static void settle__one_monitor__from_the_first_bad_to_the_first_good(void **state)
{
    static const struct {
        const char *results;
        uint64_t good, bad, excluded, unknown; /* seconds, up to the last result */
    } rows[] = {
        {"uuuuu", 40, 0, 0, 0},
        {"uuddduuu", 40, 30, 0, 0}, /* down 20..50, confirmed at 30, well from 50 */
        {"uuduuu", 50, 0, 0, 0},    /* never confirmed */
        {"uudd", 20, 10, 0, 0},
        {"uud", 20, 0, 0, 0},       /* what it will be is not known yet */
        {"uudduddd", 20, 50, 0, 0}, /* one good one is no recovery */
        {"uuddu", 20, 20, 0, 0},    /* perhaps it is */
        {"ddd", 0, 20, 0, 0},
        {"uu???uu", 30, 0, 0, 30},
        {"uummmuu", 30, 0, 30, 0},
        {"uu-----uu", 10 + 21 + 10, 0, 0, 0}, /* trusted for two intervals and the time-out */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage g;
        struct slo_sum s;

        stage_init(&g, 1);
        play(&g, 0, rows[i].results);
        s = slo_ring_sum(&g.r, T0 - SECOND, T0 + 600 * SECOND);
        assert_int_equal(s.good, rows[i].good * 1000);
        assert_int_equal(s.bad, rows[i].bad * 1000);
        assert_int_equal(s.excluded, rows[i].excluded * 1000);
        assert_int_equal(s.unknown, rows[i].unknown * 1000);
        stage_done(&g);
    }
}

static void settle__choices__count_as_they_say(void **state)
{
    struct stage g;

    (void)state;
    stage_init(&g, 1);
    g.s.unknown_is_bad = g.s.count_maintenance = true;
    play(&g, 0, "uu??uummmuu"); /* the unknown 20 s, the down 30 s */
    assert_int_equal(slo_ring_sum(&g.r, T0, T0 + 600 * SECOND).bad, 50 * SECOND);
    stage_done(&g);
}

static void settle__streak_that_never_ends__waits_an_hour_at_most(void **state)
{
    struct stage g;
    struct result bad = {.at_ms = T0 + 10 * SECOND, .verdict = VERDICT_DOWN};

    (void)state;
    stage_init(&g, 1);
    play(&g, 0, "u");
    see(&g, 0, &bad);
    for (int64_t i = 2; i < 400; i++) {
        struct result r = {.at_ms = T0 + i * 10 * SECOND, .verdict = VERDICT_UNKNOWN};

        see(&g, 0, &r);
    }
    assert_int_equal(g.c.settled_ms, T0 + 3990 * SECOND - 3600 * SECOND);
    stage_done(&g);
}

/* --- against hindsight --------------------------------------------------------------------- */

#define SECONDS 3000

/* Seconds in which that monitor was confirmed down, as they are known in the end. */
struct past {
    bool down[SECONDS], known[SECONDS];
    struct monitor_status status;
    int64_t next_s;
};

static void mark(struct past *p, int64_t from_s, int64_t to_s, bool down)
{
    for (int64_t s = from_s; s < to_s; s++) {
        p->down[s] = down;
        p->known[s] = true;
    }
}

/* Each result says how it was since the last one; a move dates back. */
static void note(struct past *p, int64_t at_s, int64_t last_s, bool bad)
{
    struct result r = {.at_ms = T0 + at_s * SECOND, .verdict = bad ? VERDICT_DOWN : VERDICT_UP};
    enum monitor_state from;
    bool was_down = p->status.state == MONITOR_DOWN, pending = p->status.state == MONITOR_PENDING;

    if (last_s >= 0 && !pending)
        mark(p, last_s, at_s, was_down);
    if (state_step(&p->status, 2, 2, &r, &from))
        mark(p, (p->status.since_ms - T0) / SECOND, at_s, p->status.state == MONITOR_DOWN);
}

static void settle__random_nights_of_three__equal_hindsight(void **state)
{
    struct dice d = {99};

    (void)state;
    for (int round = 0; round < 60; round++) {
        static struct past past[3];
        int64_t last[3] = {-1, -1, -1}, settled;
        uint64_t good = 0, bad = 0;
        struct stage g;
        struct slo_sum s;

        for (size_t i = 0; i < 3; i++)
            past[i] = (struct past){.next_s = dice_in(&d, 0, 9)};
        stage_init(&g, 3);
        for (int64_t at = 0; at < SECONDS; at++) {
            for (size_t i = 0; i < 3; i++) {
                bool is_bad = !dice_in(&d, 0, at / 300 % 2 ? 2 : 8);
                struct result r = {.at_ms = T0 + at * SECOND,
                                   .verdict = is_bad ? VERDICT_DOWN : VERDICT_UP};

                if (past[i].next_s != at)
                    continue;
                note(&past[i], at, last[i], is_bad);
                last[i] = at;
                past[i].next_s = at + dice_in(&d, 1, 20); /* within what is trusted */
                see(&g, i, &r);
            }
        }
        for (size_t i = 0; i < 3; i++)
            if (past[i].status.state != MONITOR_PENDING)
                mark(&past[i], last[i], SECONDS, past[i].status.state == MONITOR_DOWN);
        settled = (g.c.settled_ms - T0) / SECOND;
        for (int64_t at = 0; at < settled; at++) {
            bool down = false, known = false;

            for (size_t i = 0; i < 3; i++) {
                down = down || past[i].down[at];
                known = known || past[i].known[at];
            }
            bad += down;
            good += known && !down;
        }
        s = slo_ring_sum(&g.r, T0, T0 + SECONDS * SECOND);
        assert_int_equal(s.bad, bad * 1000);
        assert_int_equal(s.good + s.bad, (good + bad) * 1000);
        assert_true(bad > 100);
        stage_done(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settle__one_monitor__from_the_first_bad_to_the_first_good),
        cmocka_unit_test(settle__choices__count_as_they_say),
        cmocka_unit_test(settle__streak_that_never_ends__waits_an_hour_at_most),
        cmocka_unit_test(settle__random_nights_of_three__equal_hindsight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
