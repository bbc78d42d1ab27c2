/* test_verdict.c - an observation and its expectations into a result. */
#include "fixture.h"

#include "eval/verdict.h"

#define LINES 36

struct rig {
    struct monitor m;
    struct expectation *expect[LINES], *warn[LINES];
    struct result r;
    struct held helds[HELD_MAX];
    size_t n;
};

static void rig_judge(struct rig *g, const char *const *expect, const char *const *warn,
                      const struct observation *o)
{
    *g = (struct rig){.m = {.name = "api", .kind = "http", .expect = g->expect, .warn = g->warn}};
    for (; expect && expect[g->m.n_expect]; g->m.n_expect++)
        g->expect[g->m.n_expect] = fixture_compile(expect[g->m.n_expect]);
    for (; warn && warn[g->m.n_warn]; g->m.n_warn++)
        g->warn[g->m.n_warn] = fixture_compile(warn[g->m.n_warn]);
    memset(&g->r, 0x5a, sizeof g->r);
    g->r.due_ms = 7;
    g->r.lateness_us = 8;
    verdict_of(&g->m, o, FIXTURE_NOW, &g->r, g->helds, &g->n);
    assert_int_equal(g->r.due_ms, 7);
    assert_int_equal(g->r.lateness_us, 8);
    for (size_t i = 0; i < LINES; i++) {
        expect_free(g->expect[i]);
        expect_free(g->warn[i]);
    }
}

static void all_holds__up_and_no_message(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const char *const expect[] = {"status == 200", "latency < 2s", NULL};
    static const char *const warn[] = {"latency < 1500ms", NULL};
    struct rig g;
    rig_judge(&g, expect, warn, &o);
    assert_int_equal(g.r.verdict, VERDICT_UP);
    assert_int_equal(g.r.reason, REASON_OK);
    assert_string_equal(g.r.message, "");
    assert_int_equal(g.r.at_ms, o.at_ms);
    assert_int_equal(g.r.status, 200);
    assert_memory_equal(&g.r.phases, &o.phases, sizeof o.phases);
    assert_int_equal(g.n, 3);
    assert_string_equal(g.helds[0].text, "status == 200");
    assert_false(g.helds[1].warn);
    assert_true(g.helds[2].warn);
    assert_true(g.helds[2].held);
}

struct judged {
    const char *expect[4], *warn[4];
    enum verdict verdict;
    enum reason reason;
    const char *message;
};

static void first_failure__decides_verdict_reason_and_message(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    static const struct judged cases[] = {
        {{"latency < 800ms"}, {0}, VERDICT_DOWN, REASON_EXPECT, "latency < 800ms: was 1.24s"},
        {{"status == 204"}, {0}, VERDICT_DOWN, REASON_STATUS, "status == 204: was 200"},
        {{"latency < 800ms", "status == 204"},
         {0},
         VERDICT_DOWN,
         REASON_EXPECT,
         "latency < 800ms: was 1.24s"},
        {{"status == 204", "latency < 800ms"},
         {0},
         VERDICT_DOWN,
         REASON_STATUS,
         "status == 204: was 200"},
        {{0}, {"latency < 300ms"}, VERDICT_DEGRADED, REASON_EXPECT, "latency < 300ms: was 1.24s"},
        {{"latency < 2s"},
         {"wait < 1s", "tls < 1ms", "latency < 300ms"},
         VERDICT_DEGRADED,
         REASON_EXPECT,
         "tls < 1ms: was 30ms"},
        {{"latency < 800ms"},
         {"latency < 300ms"},
         VERDICT_DOWN,
         REASON_EXPECT,
         "latency < 800ms: was 1.24s"},
        {{0}, {"status == 204"}, VERDICT_DEGRADED, REASON_EXPECT, "status == 204: was 200"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig g;
        rig_judge(&g, cases[i].expect, cases[i].warn, &o);
        assert_int_equal(g.r.verdict, cases[i].verdict);
        assert_int_equal(g.r.reason, cases[i].reason);
        assert_string_equal(g.r.message, cases[i].message);
    }
}

static void status__not_mentioned__is_expected_to_be_2xx(void **state)
{
    (void)state;
    static const char *const other[] = {"latency < 5s", NULL};
    static const char *const own[] = {"latency < 5s", "status in 300..599", NULL};
    static const char *const warn[] = {"status in 100..999", NULL};
    for (int status = 100; status < 600; status++) {
        struct observation o = fixture_observation();
        struct rig g;
        o.status = status;
        rig_judge(&g, other, warn, &o);
        bool good = status >= 200 && status <= 299;
        assert_int_equal(g.r.verdict, good ? VERDICT_UP : VERDICT_DOWN);
        assert_int_equal(g.r.reason, good ? REASON_OK : REASON_STATUS);
        assert_int_equal(g.n, 3);
        assert_string_equal(g.helds[0].text, "status in 200..299");
        rig_judge(&g, own, NULL, &o);
        assert_int_equal(g.r.verdict, status >= 300 ? VERDICT_UP : VERDICT_DOWN);
        assert_int_equal(g.n, 2);
    }
}

static void transfer__failed__is_down_with_its_own_words(void **state)
{
    (void)state;
    static const char *const expect[] = {"status == 200", "latency < 5s", NULL};
    for (int reason = REASON_RESOLVE; reason < REASON_COUNT; reason++) {
        struct observation o = {.at_ms = 5,
                                .phases = PHASES_NONE,
                                .reason = (enum reason)reason,
                                .message = "connection refused"};
        struct rig g;
        rig_judge(&g, expect, NULL, &o);
        bool local = reason == REASON_LOCAL;
        assert_int_equal(g.r.verdict, local ? VERDICT_UNKNOWN : VERDICT_DOWN);
        assert_int_equal(g.r.reason, reason);
        assert_string_equal(g.r.message, "connection refused");
        assert_int_equal(g.n, 2);
        assert_false(g.helds[0].held);
        assert_string_equal(g.helds[0].actual, "no answer");
    }
}

static void other_kind__without_expectations__expects_no_status(void **state)
{
    (void)state;
    const struct observation o = {.phases = PHASES_NONE};
    struct monitor m = {.name = "x", .kind = "tcp"};
    struct held helds[HELD_MAX];
    struct result r = {0};
    size_t n = 99;
    verdict_of(&m, &o, 0, &r, helds, &n);
    assert_int_equal(n, 0);
    assert_int_equal(r.verdict, VERDICT_UP);
}

/* One more than there is room for, with the default: the last still counts. */
static void expectations__more_than_shown__all_count(void **state)
{
    (void)state;
    const struct observation o = fixture_observation();
    const char *expect[LINES] = {0};
    for (size_t i = 0; i < HELD_MAX; i++)
        expect[i] = i == HELD_MAX - 1 ? "latency < 1ms" : "latency < 5s";
    struct rig g;
    rig_judge(&g, expect, NULL, &o);
    assert_int_equal(g.n, HELD_MAX);
    assert_int_equal(g.r.verdict, VERDICT_DOWN);
    assert_string_equal(g.r.message, "latency < 1ms: was 1.24s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_holds__up_and_no_message),
        cmocka_unit_test(first_failure__decides_verdict_reason_and_message),
        cmocka_unit_test(status__not_mentioned__is_expected_to_be_2xx),
        cmocka_unit_test(transfer__failed__is_down_with_its_own_words),
        cmocka_unit_test(other_kind__without_expectations__expects_no_status),
        cmocka_unit_test(expectations__more_than_shown__all_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
