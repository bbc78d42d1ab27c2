/* test_on_self.c - our own trouble: one incident each, by the default policy. */
#include "world.h"

static void tell(struct sim *s, enum self_trouble t, bool bad, const char *text)
{
    EVENT(s, engine_self(s->engine, t, NULL, bad, text, s->now_ms, &s->fx));
}

static void trouble__each_kind__is_one_incident_by_the_default_policy(void **state)
{
    static const struct {
        enum self_trouble t;
        const char *key, *title;
        enum severity severity;
    } rows[] = {
        {SELF_STORE, "self:store", "midwatch cannot reach its store: refused", SEVERITY_WARNING},
        {SELF_BLIND, "self:blind", "midwatch is blind: refused", SEVERITY_CRITICAL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct incident *in;
        struct sim s;

        world_begin(&s, WORLD_ONE);
        tell(&s, rows[i].t, true, "refused");
        assert_string_equal(world_sends(&s), "f triggered");
        assert_int_equal(s.fx.commit.transitions.items[0].cause, CAUSE_SELF);
        in = world_incident(&s, 0);
        assert_string_equal(in->dedup_key, rows[i].key);
        assert_string_equal(in->title, rows[i].title);
        assert_int_equal(in->severity, rows[i].severity);
        assert_string_equal(in->monitor, "");
        assert_string_equal(in->policy, "default");
        assert_int_equal(in->reason, REASON_LOCAL);
        assert_int_equal(in->started_ms, s.now_ms);
        assert_int_equal(in->count, 1);
        tell(&s, rows[i].t, true, "something else");
        assert_int_equal(s.fx.commit.incidents.n, 1);
        assert_string_equal(world_sends(&s), "");
        assert_true(text_ends(world_incident(&s, 0)->title, ": something else"));
        tell(&s, rows[i].t, true, "something else");
        assert_true(commit_empty(&s.fx.commit));
        world_end(&s, "f", OUTCOME_OK);
        tell(&s, rows[i].t, false, "");
        assert_string_equal(world_sends(&s), "f resolved");
        assert_string_equal(world_moves(&s), "incident: triggered -> resolved: over");
        tell(&s, rows[i].t, false, "");
        assert_true(commit_empty(&s.fx.commit));
        sim_done(&s);
    }
}

static void trouble__two_kinds__do_not_touch_each_other(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    tell(&s, SELF_STORE, true, "refused");
    tell(&s, SELF_BLIND, true, "dark");
    assert_int_equal(world_open(&s), 2);
    tell(&s, SELF_STORE, false, "");
    assert_int_equal(world_open(&s), 1);
    assert_string_equal(world_incident(&s, 0)->dedup_key, "self:blind");
    sim_done(&s);
}

static void trouble__open_at_a_kill__is_over_when_it_is_said_to_be(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    tell(&s, SELF_BLIND, true, "dark");
    world_end(&s, "f", OUTCOME_OK);
    world_restart(&s);
    assert_int_equal(world_open(&s), 1);
    tell(&s, SELF_BLIND, true, "dark");
    assert_int_equal(world_open(&s), 1);
    tell(&s, SELF_BLIND, false, "");
    assert_string_equal(world_sends(&s), "f resolved");
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

static void title__too_long__is_cut_between_code_points(void **state)
{
    char text[500];
    struct sim s;

    (void)state;
    for (size_t shift = 0; shift < 2; shift++) {
        memset(text, 'x', sizeof text);
        for (size_t i = shift; i + 2 < sizeof text; i += 2)
            memcpy(text + i, "\xc3\xa9", 2);
        text[498 + shift % 2] = '\0';
        world_begin(&s, WORLD_ONE);
        tell(&s, SELF_STORE, true, text);
        assert_true(utf8_valid(world_incident(&s, 0)->title, strlen(world_incident(&s, 0)->title)));
        assert_in_range(strlen(world_incident(&s, 0)->title), 318, 319);
        sim_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trouble__each_kind__is_one_incident_by_the_default_policy),
        cmocka_unit_test(trouble__two_kinds__do_not_touch_each_other),
        cmocka_unit_test(trouble__open_at_a_kill__is_over_when_it_is_said_to_be),
        cmocka_unit_test(title__too_long__is_cut_between_code_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
