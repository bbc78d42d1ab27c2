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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_and_policies__references_are_resolved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
