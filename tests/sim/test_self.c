/* test_self.c - our own trouble: one incident each, told like any other, over when it is over. */
#include "sim.h"

#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */

static const char yaml[] =
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', interval: 10s } ]\n"
    "channels: { ops: { type: webhook, url: 'http://127.0.0.1:3/' } }\n";

static void begin(struct sim *s)
{
    sim_init(s, yaml, 1, START_MS);
    sim_run(s, START_MS + 60000);
    assert_int_equal(s->got.n, 0);
}

static void trouble(struct sim *s, enum self_trouble t, bool bad)
{
    effects_clear(&s->fx);
    engine_self(s->engine, t, NULL, bad, "connection refused", s->now_ms, &s->fx);
    sim_handle(s);
    sim_run(s, s->now_ms + 5000);
}

static void store_lost__told_once__and_its_return_to_the_same(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    trouble(&s, SELF_STORE, true);
    trouble(&s, SELF_STORE, true);
    assert_int_equal(s.got.n, 1);
    assert_string_equal(s.got.items[0].notice.dedup_key, "self:store");
    assert_string_equal(s.got.items[0].notice.title,
                        "midwatch cannot reach its store: connection refused");
    assert_int_equal(s.got.items[0].notice.reason, REASON_LOCAL);
    trouble(&s, SELF_STORE, false);
    trouble(&s, SELF_STORE, false);
    assert_int_equal(s.got.n, 2);
    assert_int_equal(s.got.items[1].notice.type, NOTICE_RESOLVED);
    assert_string_equal(s.got.items[1].notice.incident, s.got.items[0].notice.incident);
    sim_done(&s);
}

static void store_and_sight_lost__two_incidents(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    trouble(&s, SELF_STORE, true);
    trouble(&s, SELF_BLIND, true);
    assert_int_equal(s.got.n, 2);
    assert_string_equal(s.got.items[1].notice.dedup_key, "self:blind");
    assert_int_equal(s.got.items[1].notice.severity, SEVERITY_CRITICAL);
    trouble(&s, SELF_BLIND, false);
    assert_int_equal(s.got.n, 3);
    assert_string_equal(s.got.items[2].notice.dedup_key, "self:blind");
    sim_done(&s);
}

static void well_all_along__nothing_is_said(void **state)
{
    struct sim s;

    (void)state;
    begin(&s);
    trouble(&s, SELF_STORE, false);
    trouble(&s, SELF_BLIND, false);
    assert_int_equal(s.got.n, 0);
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_lost__told_once__and_its_return_to_the_same),
        cmocka_unit_test(store_and_sight_lost__two_incidents),
        cmocka_unit_test(well_all_along__nothing_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
