/* test_keys_people.c - channels. People: test_keys_policy.c. */
#include "loading.h"

#define WHSEC "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void channel__every_key_arrives(void **state)
{
    (void)state;
    struct config *c =
        must_load("channels:\n  a:\n    type: webhook\n    url: \"${env:HOOK}\"\n"
                  "    secrets: [" WHSEC ", " WHSEC "]\n    headers: { X: y }\n"
                  "    timeout: 3s\n"
                  "  b: { type: webhook, url: \"http://me:pw@h:8/x\", secret: " WHSEC " }\n"
                  "  c: { type: webhook, url: \"https://h/${env:SECRET}\" }\n");
    const struct channel *a = config_channel(c, "a");
    assert_string_equal(a->url.bytes, "https://hooks.example/T0/tok3n");
    assert_string_equal(a->shown_url, "***");
    assert_int_equal(a->n_secrets, 2);
    assert_string_equal(a->secrets[1].bytes, WHSEC);
    assert_int_equal(a->timeout_ms, 3000);
    assert_string_equal(a->headers[0].value.bytes, "y");
    assert_string_equal(config_channel(c, "b")->shown_url, "http://h:8");
    assert_string_equal(config_channel(c, "c")->shown_url, "https://h");
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channel__every_key_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
