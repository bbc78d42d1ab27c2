/* test_keys_people.c - channels, rules of people. More of people: test_keys_policy.c. */
#include "loading.h"

#define WHSEC "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void channel__every_key_arrives(void **state)
{
    (void)state;
    struct config *c =
        must_load("channels:\n  a:\n    type: webhook\n    url: \"${env:HOOK}\"\n"
                  "    secrets: [" WHSEC ", " WHSEC "]\n    headers: { X: y }\n"
                  "    timeout: 3s\n    most_per_minute: 30\n"
                  "  b: { type: webhook, url: \"http://me:pw@h:8/x\", secret: " WHSEC " }\n"
                  "  c: { type: webhook, url: \"https://h/${env:SECRET}\" }\n");
    const struct channel *a = config_channel(c, "a");
    assert_string_equal(a->url.bytes, "https://hooks.example/T0/tok3n");
    assert_string_equal(a->shown_url, "***");
    assert_int_equal(a->n_secrets, 2);
    assert_string_equal(a->secrets[1].bytes, WHSEC);
    assert_int_equal(a->timeout_ms, 3000);
    assert_string_equal(a->headers[0].value.bytes, "y");
    assert_int_equal(a->most_per_minute, 30);
    assert_int_equal(config_channel(c, "b")->most_per_minute, 0);
    assert_string_equal(config_channel(c, "b")->shown_url, "http://h:8");
    assert_string_equal(config_channel(c, "c")->shown_url, "https://h");
    config_free(c);
}

static void low_rules__stand_beside_the_others(void **state)
{
    (void)state;
    struct config *c = must_load("channels:\n  a: { type: webhook, url: http://h/ }\n  b: { type: "
                                 "webhook, url: http://h/ }\n"
                                 "people:\n  ana: { notify: [ { via: a } ], notify_low: [ { via: "
                                 "b, after: 1h }, { via: a } ] }\n"
                                 "  bo: { notify: [ { via: a } ] }\n");
    const struct person *ana = config_person(c, "ana");
    assert_int_equal(ana->n_rules, 1);
    assert_int_equal(ana->n_low_rules, 2);
    assert_ptr_equal(ana->low_rules[0].via, config_channel(c, "b"));
    assert_int_equal(ana->low_rules[0].after_ms, 3600000);
    assert_int_equal(config_person(c, "bo")->n_low_rules, 0);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channel__every_key_arrives),
        cmocka_unit_test(low_rules__stand_beside_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
