/* test_sign.c - the vectors of the Standard Webhooks libraries, and rotation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/notify/sign.h"
#include "base/mem.h"

#define FIRST  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SECOND "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static const struct {
    const char *secret, *id, *timestamp, *body, *signature;
} vectors[] = {
    {FIRST, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}",
     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    {FIRST, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "",
     "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A="},
    {FIRST, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1767225600",
     "{\"title\":\"DB d\303\251pass\303\251 \342\230\216\",\"n\":1}",
     "v1,7PfJbTXYVROxHyIZbjPWsKFiSXiUk/AKVCzY7qIXzcU="},
    {SECOND, "evt_01", "1767225600", "{\"event\":\"incident.triggered\"}",
     "v1,maSYyRvftlGF44uaRzUFmYlh46YoXhUlSEGEZiXMjUw="},
};

static char *sign(const char *const *secrets, size_t n, size_t vector)
{
    struct secret list[2] = {{0}};
    struct channel ch = {.name = "hook", .secrets = list, .n_secrets = n};

    for (size_t i = 0; i < n; i++)
        list[i] = (struct secret){secrets[i], strlen(secrets[i])};
    return sign_webhook(&ch, vectors[vector].id, vectors[vector].timestamp, vectors[vector].body,
                        strlen(vectors[vector].body));
}

static void signature__of_known_messages__is_the_known_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char *s = sign(&vectors[i].secret, 1, i);

        assert_string_equal(s, vectors[i].signature);
        mem_free(s);
    }
}

static void signature__while_a_secret_is_rotated__is_given_for_both(void **state)
{
    const char *both[] = {FIRST, SECOND};
    char *s = sign(both, 2, 0), *second = sign(&both[1], 1, 0);

    (void)state;
    assert_memory_equal(s, vectors[0].signature, strlen(vectors[0].signature));
    assert_int_equal(s[strlen(vectors[0].signature)], ' ');
    assert_string_equal(s + strlen(vectors[0].signature) + 1, second);
    mem_free(s);
    mem_free(second);
}

static void signature__without_a_secret__is_none(void **state)
{
    (void)state;
    assert_null(sign(NULL, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature__of_known_messages__is_the_known_one),
        cmocka_unit_test(signature__while_a_secret_is_rotated__is_given_for_both),
        cmocka_unit_test(signature__without_a_secret__is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
