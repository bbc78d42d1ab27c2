/* test_link.c - what needs the whole file: the policy `default`, routes, load, who can be paged. */
#include "loading.h"

#define MONITOR "monitors:\n  - name: a\n    http: http://h/\n"
#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static void no_policies__default_tells_every_channel_at_once(void **state)
{
    (void)state;
    struct config *c = must_load(MONITOR "channels:\n  x: { type: webhook, url: http://h/ }\n"
                                         "  y: { type: webhook, url: http://h/ }\n");
    const struct policy *p = config_policy(c, "default");
    assert_non_null(p);
    assert_ptr_equal(c->monitors[0].policy, p);
    assert_int_equal(p->n_steps, 1);
    assert_int_equal(p->steps[0].n_notify, 2);
    assert_int_equal(p->steps[0].notify[1].kind, CONTACT_CHANNEL);
    assert_ptr_equal(p->steps[0].notify[1].channel, config_channel(c, "y"));
    config_free(c);
}

static void no_policies__default_may_be_named(void **state)
{
    (void)state;
    struct config *c = must_load(MONITOR "    policy: default\n" CHANNEL);
    assert_string_equal(c->monitors[0].policy->name, "default");
    config_free(c);
}

static void policies_without_default__nobody_needs_it__one_is_there(void **state)
{
    (void)state;
    struct config *c =
        must_load(MONITOR "    policy: mine\n" CHANNEL
                          "policies: { mine: { steps: [ { notify: [\"channel:hook\"] } ] } }\n");
    assert_string_equal(c->monitors[0].policy->name, "mine");
    assert_non_null(config_policy(c, "default"));
    assert_int_equal(c->n_policies, 2);
    config_free(c);
}

static void no_monitors__a_receiver_only(void **state)
{
    (void)state;
    const char *const files[] = {"monitors: []\n" CHANNEL, "monitors:\n" CHANNEL, CHANNEL};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct config *c = must_load(files[i]);
        assert_int_equal(c->n_monitors, 0);
        config_free(c);
    }
}

static void routes__first_match_else_own_policy_else_default(void **state)
{
    (void)state;
    struct config *c =
        must_load("monitors:\n"
                  "  - { name: a, http: http://h/, labels: { team: pay } }\n"
                  "  - { name: b, http: http://h/, labels: { team: pay }, severity: info }\n"
                  "  - { name: c, http: http://h/, group: core, policy: mine }\n"
                  "  - { name: d, http: http://h/, policy: mine }\n"
                  "  - { name: e, http: http://h/ }\n" CHANNEL
                  "policies:\n  default: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
                  "  pay: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
                  "  core: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
                  "  mine: { steps: [ { notify: [\"channel:hook\"] } ] }\n"
                  "routes:\n"
                  "  - { match: { team: pay, severity: critical }, policy: pay }\n"
                  "  - { match: { group: core }, policy: core }\n"
                  "  - { match: { monitor: a }, policy: mine }\n");
    const char *const wanted[] = {"pay", "default", "core", "mine", "default"};
    for (size_t i = 0; i < c->n_monitors; i++)
        assert_string_equal(c->monitors[i].policy->name, wanted[i]);
    config_free(c);
}

static void memory__more_is_needed_than_may_be__refused_with_the_sum(void **state)
{
    (void)state;
    static const char tight[] = "store:\n  memory: 1MB\n" MONITOR CHANNEL;
    char *said = complaints_of(tight, sizeof tight - 1, false);
    assert_int_equal(strncmp(said, "2:11: the store will need ", 26), 0);
    assert_non_null(strstr(said, " MB (raw "));
    assert_non_null(strstr(said, "), but `memory` is 1.0 MB: keep less (`retention`)"));
    mem_free(said);
    config_free(must_load("store: { memory: 100MB }\n" MONITOR CHANNEL));
    config_free(must_load("store: { memory: 0 }\n" MONITOR CHANNEL));
    struct config *c = must_load("store: { retention: { day: 2000d } }\n" MONITOR CHANNEL);
    assert_int_equal(c->store.memory, 0);
    assert_int_equal(c->store.retention.day_ms, INT64_C(2000) * 86400000);
    config_free(c);
}

static void disabled_monitors__count_for_nothing_in_the_plan(void **state)
{
    (void)state;
    struct config *c =
        must_load("defaults: { interval: 100ms }\nmonitors:\n"
                  "  - { name: a, http: http://h/ }\n  - { name: b, http: http://h/ }\n"
                  "  - { name: c, http: http://h/ }\n  - { name: d, http: http://h/ }\n"
                  "  - { name: e, http: http://h/ }\n"
                  "  - { name: f, http: http://h/, enabled: false }\n" CHANNEL);
    assert_int_equal(c->n_monitors, 6);
    config_free(c);
}

static void warnings__are_given_and_harm_nothing(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {MONITOR, "1:1: there are no `channels`: nobody will be told\n"},
        {CHANNEL "people: { ana: {} }\n", ""},
        {CHANNEL "people:\n  ana: {}\npolicies: { default: { steps: [ { notify: [\"person:ana\", "
                 "\"channel:hook\"] } ] } }\n",
         "4:3: `ana` can be paged but has no `notify`: nothing would reach them\n"},
        {CHANNEL
         "people:\n  ana:\nschedules: { s: { time_zone: UTC, layers: [ { anchor: 2026-01-05, "
         "members: [ana] } ] } }\n",
         ""},
        {CHANNEL
         "people:\n  ana:\nschedules: { s: { time_zone: UTC, layers: [ { anchor: 2026-01-05, "
         "members: [ana] } ] } }\n"
         "policies: { default: { steps: [ { notify: [\"schedule:s\"] } ], fallback: "
         "\"channel:hook\" } }\n",
         "4:3: `ana` can be paged but has no `notify`: nothing would reach them\n"},
        {CHANNEL
         "people:\n  ana: { notify: [ { via: hook } ] }\n  bo:\n"
         "schedules: { s: { time_zone: UTC, layers: [ { anchor: 2026-01-05, members: [ana] } ], "
         "overrides: [ { start: 2026-01-06, end: 2026-01-07, replace: bo, with: ana } ] } }\n"
         "policies: { default: { steps: [ { notify: [\"schedule:s\"] } ] } }\n",
         ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *said = complaints_of(cases[i][0], strlen(cases[i][0]), true);
        assert_string_equal(said, cases[i][1]);
        mem_free(said);
        config_free(must_load(cases[i][0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_policies__default_tells_every_channel_at_once),
        cmocka_unit_test(no_policies__default_may_be_named),
        cmocka_unit_test(policies_without_default__nobody_needs_it__one_is_there),
        cmocka_unit_test(no_monitors__a_receiver_only),
        cmocka_unit_test(routes__first_match_else_own_policy_else_default),
        cmocka_unit_test(memory__more_is_needed_than_may_be__refused_with_the_sum),
        cmocka_unit_test(disabled_monitors__count_for_nothing_in_the_plan),
        cmocka_unit_test(warnings__are_given_and_harm_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
