/* test_audit.c - the engine looks at itself: a lost step is found, a sound night is not blamed. */
#include "engine/desk.h"
#include "world.h"

#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"

static struct incident_case *case_of(struct sim *s, const char *name)
{
    return map_get(&s->engine->cases, world_of(s, name)->id);
}

static const char *fault(struct sim *s, int64_t slack_ms)
{
    static struct err err;

    return engine_audit(s->engine, s->now_ms, slack_ms, &err) < 0 ? err.text : "";
}

static void audit__sound__finds_nothing(void **state)
{
    static const struct {
        const char *policy;
        const char *beats;
    } table[] = {
        {"{ steps: [ { notify: ['channel:a'] } ] }", "b"},
        {"{ steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } ] }", "b"},
        {"{ urgency: low, steps: [ { notify: ['channel:a'] }, { after: 5m, notify: ['channel:b'] } "
         "] }",
         "b"},
        {"{ group_by: [group], group_wait: 5m, steps: [ { notify: ['channel:a'] } ] }", "b"},
        {"{ flap: { changes: 2 }, steps: [ { notify: ['channel:a'] }, "
         "{ after: 1m, notify: ['channel:b'] } ] }",
         "bgbgb"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf yaml;
        struct sim s;

        buf_init(&yaml, 1 << 14);
        buf_printf(&yaml, WORLD_HEAD "  q: %s\nmonitors:\n" NODE("api", ", policy: q"),
                   table[i].policy);
        world_begin(&s, buf_text(&yaml));
        for (const char *b = table[i].beats; *b; b++) {
            world_beats(&s, 2, *b == 'b' ? "api=b" : "api=g");
            assert_string_equal(fault(&s, 0), "");
        }
        world_run(&s, 7200000); /* audits after each event */
        world_ack(&s, "api");
        assert_string_equal(fault(&s, 0), "");
        sim_done(&s);
        buf_done(&yaml);
    }
}

static void audit__each_fault__is_found_and_named(void **state)
{
    enum { NO_STEP, NO_END, NO_WAKE, NO_LEAD, NO_MEMBERS, FAULTS };
    static const char *const said[FAULTS] = {
        [NO_STEP] = "is open and has no step ahead",
        [NO_END] = "is snoozed without an end",
        [NO_WAKE] = "waits for nothing",
        [NO_LEAD] = "is told together with others by none",
        [NO_MEMBERS] = "gathers nothing and is open",
    };

    (void)state;
    for (int f = 0; f < FAULTS; f++) {
        struct incident_case *c, *lead;
        struct sim s;

        world_begin(&s,
                    WORLD_HEAD "  g: { group_by: [group], steps: [ { notify: ['channel:a'] } ] }\n"
                               "monitors:\n" NODE("api", ", policy: p") NODE("db", ", policy: g"));
        world_beats(&s, 2, "api=b db=b");
        c = case_of(&s, f == NO_LEAD ? "db" : "api");
        lead = case_of(&s, "group:g:");
        assert_string_equal(fault(&s, 0), "");
        if (f == NO_STEP) {
            heap_del(&s.engine->wakes, &c->wake);
            c->incident.step_due_ms = 0;
        } else if (f == NO_END) {
            heap_del(&s.engine->wakes, &c->wake);
            c->incident.state = INCIDENT_SNOOZED;
        } else if (f == NO_WAKE) {
            heap_del(&s.engine->wakes, &c->wake);
        } else if (f == NO_LEAD) {
            c->lead = NULL;
        } else {
            lead->members = 0;
        }
        if (!strstr(fault(&s, 0), said[f]))
            fail_msg("%s: %s", said[f], fault(&s, 0));
        if (f == NO_MEMBERS)
            lead->members = 1;
        if (f == NO_LEAD)
            c->lead = lead;
        sim_done(&s);
    }
}

static void audit__overdue__is_found_beyond_the_slack(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_TWO);
    world_beats(&s, 2, "api=b");
    s.now_ms += 300000;
    assert_string_equal(fault(&s, 0), "");
    s.now_ms += 5000;
    assert_string_equal(fault(&s, 5000), "");
    assert_string_equal(fault(&s, 4000), "a step is overdue by 5 s");
    world_run(&s, 0);
    world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 60000);
    s.now_ms += 61001;
    assert_string_equal(fault(&s, 1000), "a silence, an override or a shift is overdue");
    sim_done(&s);
}

/* Set, the clock is waited for until the next tick. */
static void audit__clock_just_set__waits_for_the_tick(void **state)
{
    static const int64_t by_ms[] = {-3600000, 3600000};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim s;

        world_begin(&s, WORLD_TWO);
        world_beats(&s, 2, "api=b");
        world_quiet(&s, QUIET_SILENCE, "monitor=db\n", 0, 7200000);
        EVENT(&s, engine_clock_step(s.engine, by_ms[i], &s.fx));
        s.now_ms += by_ms[i];
        assert_string_equal(fault(&s, 0), "");
        world_tick(&s, 0);
        assert_string_equal(fault(&s, 0), "");
        sim_done(&s);
    }
}

static void count__open_ones__by_state_and_hold(void **state)
{
    struct engine_counts n;
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, WORLD_HEAD
                "  g: { group_by: [group], steps: [ { notify: ['channel:a'] } ] }\n"
                "  w: { flap: { changes: 2 }, steps: [ { notify: ['channel:a'] } ] }\n"
                "monitors:\n" NODE("root", "") NODE("child", ", depends_on: [root]")
                    NODE("hush", "") NODE("work", "") NODE("m1", ", policy: g")
                        NODE("m2", ", policy: g") NODE("nap", "") NODE("shaky", ", policy: w"));
    engine_count(s.engine, &n);
    assert_int_equal(n.open, 0);
    world_quiet(&s, QUIET_SILENCE, "monitor=hush\n", 0, 7200000);
    world_quiet(&s, QUIET_MAINTENANCE, "monitor=work\n", 0, 7200000);
    world_beats(&s, 2, "root=b child=b hush=b work=b m1=b m2=b nap=b shaky=b");
    world_beats(&s, 2, "shaky=g");
    world_beats(&s, 2, "shaky=b");
    world_ack(&s, "root");
    EVENT(&s, rc = deed_snooze(s.engine, "nap", "zoe", s.now_ms + 60000, s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    engine_count(s.engine, &n);
    assert_int_equal(n.open, 9);
    assert_int_equal(n.acknowledged, 1);
    assert_int_equal(n.snoozed, 1);
    assert_int_equal(n.flapping, 1);
    assert_int_equal(n.held[HOLD_NONE], 4);
    assert_int_equal(n.held[HOLD_SILENCE], 1);
    assert_int_equal(n.held[HOLD_MAINTENANCE], 1);
    assert_int_equal(n.held[HOLD_DEPENDENCY], 1);
    assert_int_equal(n.held[HOLD_GROUP], 2);
    assert_int_equal(n.held[HOLD_STORM], 0);
    sim_done(&s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit__sound__finds_nothing),
        cmocka_unit_test(audit__each_fault__is_found_and_named),
        cmocka_unit_test(audit__overdue__is_found_beyond_the_slack),
        cmocka_unit_test(audit__clock_just_set__waits_for_the_tick),
        cmocka_unit_test(count__open_ones__by_state_and_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
