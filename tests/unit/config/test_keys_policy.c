/* test_keys_policy.c - people, policies and users, and how they refer to each other. */
#include "loading.h"

#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static void people_and_policies__references_are_resolved(void **state)
{
    (void)state;
    struct config *c = must_load(
        "policies:\n  default:\n    steps:\n"
        "      - { notify: [\"schedule:s\", \"person:bo\"] }\n"
        "      - { after: 5m, notify: \"channel:hook\" }\n"
        "    repeat: { times: 2, every: 20m }\n    ack_timeout: 30m\n    fallback: "
        "[\"channel:hook\"]\n"
        "schedules: { s: { time_zone: UTC, layers: [ { anchor: 2026-01-05, members: [ana] } ] } }\n"
        "people:\n  ana: { name: Ana Ruiz, time_zone: Europe/Madrid,"
        " notify: [ { via: hook }, { via: hook, after: 5m } ] }\n"
        "  bo: { notify: [ { via: hook } ] }\n" CHANNEL
        "web: { users: [ { person: ana, role: admin, token_sha256: "
        "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF } ] }\n");
    const struct person *ana = config_person(c, "ana"), *bo = config_person(c, "bo");
    assert_string_equal(ana->full_name, "Ana Ruiz");
    assert_string_equal(bo->full_name, "bo");
    assert_string_equal(zone_name(ana->zone), "Europe/Madrid");
    assert_null(bo->zone);
    assert_int_equal(ana->n_rules, 2);
    assert_int_equal(ana->rules[1].after_ms, 300000);
    assert_ptr_equal(ana->rules[0].via, config_channel(c, "hook"));
    const struct policy *p = config_policy(c, "default");
    assert_int_equal(p->n_steps, 2);
    assert_ptr_equal(p->steps[0].notify[0].schedule, config_schedule(c, "s"));
    assert_ptr_equal(p->steps[0].notify[1].person, bo);
    assert_int_equal(p->steps[1].after_ms, 300000);
    assert_int_equal(p->repeat_times, 2);
    assert_int_equal(p->repeat_every_ms, 1200000);
    assert_int_equal(p->ack_timeout_ms, 1800000);
    assert_ptr_equal(p->fallback[0].channel, config_channel(c, "hook"));
    assert_ptr_equal(c->web.users[0].person, ana);
    assert_int_equal(c->web.users[0].role, ROLE_ADMIN);
    assert_int_equal(c->web.users[0].token_sha256[1], 0x11);
    assert_int_equal(c->web.users[0].token_sha256[31], 0xff);
    config_free(c);
}

static void assert_shipped(const struct policy *p)
{
    assert_int_equal(p->remind_ms, 0);
    assert_int_equal(p->reopen_window_ms, 600000);
    assert_int_equal(p->flap.changes, 4);
    assert_int_equal(p->flap.within_ms, 1800000);
    assert_int_equal(p->flap.stable_ms, 600000);
    assert_int_equal(p->n_group_by, 0);
    assert_int_equal(p->group_wait_ms, 0);
    assert_int_equal(p->urgency.inside, CHOOSE_HIGH);
    assert_int_equal(p->urgency.n_hours, 0);
}

/* The one that is made counts, too. */
static void policy_that_says_little__has_the_shipped_quiet(void **state)
{
    (void)state;
    struct config *c = must_load(CHANNEL);
    assert_shipped(config_policy(c, "default"));
    config_free(c);
    c = must_load(CHANNEL "policies: { mine: { steps: [ { notify: \"channel:hook\" } ] } }\n");
    assert_shipped(config_policy(c, "mine"));
    assert_shipped(config_policy(c, "default"));
    config_free(c);
}

#define POLICY CHANNEL "policies:\n  default:\n    steps: [ { notify: \"channel:hook\" } ]\n"

static void quiet_keys__arrive(void **state)
{
    (void)state;
    struct config *c =
        must_load(POLICY "    remind: 30m\n    reopen_window: 0\n"
                         "    flap: { changes: 0, within: 1h, stable: 20m }\n"
                         "    group_by: [group, team]\n    group_wait: 30s\n"
                         "monitors: [ { name: a, http: http://h/, labels: { team: x } } ]\n");
    const struct policy *p = config_policy(c, "default");
    assert_int_equal(p->remind_ms, 1800000);
    assert_int_equal(p->reopen_window_ms, 0);
    assert_int_equal(p->flap.changes, 0);
    assert_int_equal(p->flap.within_ms, 3600000);
    assert_int_equal(p->flap.stable_ms, 1200000);
    assert_int_equal(p->n_group_by, 2);
    assert_string_equal(p->group_by[1], "team");
    assert_int_equal(p->group_wait_ms, 30000);
    config_free(c);
}

static void flap__what_is_not_said_is_as_shipped(void **state)
{
    (void)state;
    struct config *c = must_load(POLICY "    flap: { changes: 3 }\n");
    assert_int_equal(c->policies[0].flap.changes, 3);
    assert_int_equal(c->policies[0].flap.stable_ms, 600000);
    config_free(c);
}

static void urgency__a_word_or_hours(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum urgency_choice inside, outside;
        size_t n_hours;
    } cases[] = {
        {"high", CHOOSE_HIGH, CHOOSE_LOW, 0},
        {"low", CHOOSE_LOW, CHOOSE_LOW, 0},
        {"severity", CHOOSE_BY_SEVERITY, CHOOSE_LOW, 0},
        {"{ hours: [ { days: [mon-fri], start: \"09:00\", end: \"18:00\" } ], time_zone: UTC }",
         CHOOSE_HIGH, CHOOSE_LOW, 1},
        {"{ hours: [ { days: [mon] }, { from: \"fri 18:00\", to: \"mon 08:00\" } ], time_zone: UTC,"
         " inside: severity, outside: severity }",
         CHOOSE_BY_SEVERITY, CHOOSE_BY_SEVERITY, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *yaml = mem_printf(POLICY "    urgency: %s\n", cases[i].text);
        struct config *c = must_load(yaml);
        const struct urgency_rule *u = &c->policies[0].urgency;
        assert_int_equal(u->inside, cases[i].inside);
        assert_int_equal(u->outside, cases[i].outside);
        assert_int_equal(u->n_hours, cases[i].n_hours);
        assert_int_equal(u->zone != NULL, u->n_hours > 0);
        if (u->n_hours == 1)
            assert_int_equal(u->hours[0].start_s, 9 * 3600);
        if (u->n_hours == 2)
            assert_int_equal(u->hours[1].kind, RESTRICT_WEEKLY);
        config_free(c);
        mem_free(yaml);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_and_policies__references_are_resolved),
        cmocka_unit_test(policy_that_says_little__has_the_shipped_quiet),
        cmocka_unit_test(quiet_keys__arrive),
        cmocka_unit_test(flap__what_is_not_said_is_as_shipped),
        cmocka_unit_test(urgency__a_word_or_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
