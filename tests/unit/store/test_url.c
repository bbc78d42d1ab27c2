/* test_url.c - store.url in its forms, and what is none. */
#include <string.h>

#include "unit.h"

#include "../../../src/store/url.h"

static void good_urls__are_taken_apart(void **state)
{
    static const struct {
        const char *text;
        struct store_url is;
    } cases[] = {
        {"embedded", {.embedded = true}},
        {"redis://127.0.0.1", {.host = "127.0.0.1", .port = 6379}},
        {"redis://redis:7000/3", {.host = "redis", .port = 7000, .db = 3}},
        {"redis://h/", {.host = "h", .port = 6379}},
        {"rediss://h:1", {.tls = true, .host = "h", .port = 1}},
        {"redis://:p%40ss%2f@h", {.host = "h", .port = 6379, .password = "p@ss/"}},
        {"redis://u:p:q@h:65535/0", {.host = "h", .port = 65535, .user = "u", .password = "p:q"}},
        {"redis://u:a@b@h", {.host = "h", .port = 6379, .user = "u", .password = "a@b"}},
        {"redis://u:a/b@h/2", {.host = "h", .port = 6379, .user = "u", .password = "a/b", .db = 2}},
        {"redis://[::1]:6380/1", {.host = "::1", .port = 6380, .db = 1}},
        {"redis://[fe80::1%25eth0]", {.host = "fe80::1%eth0", .port = 6379}},
        {"unix:///run/redis.sock", {.unix_path = "/run/redis.sock"}},
        {"unix:///run/r%20s?db=5", {.unix_path = "/run/r s", .db = 5}},
        {"unix://u:p%40@/run/r", {.unix_path = "/run/r", .user = "u", .password = "p@"}},
        {"unix:///run/a@b", {.unix_path = "/run/a@b"}},
    };
    struct err e = {""};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_url u;
        memset(&u, 0, sizeof u);
        if (store_url_parse(cases[i].text, &u, &e) != 0)
            fail_msg("%s: %s", cases[i].text, e.text);
        assert_int_equal(u.embedded, cases[i].is.embedded);
        assert_int_equal(u.tls, cases[i].is.tls);
        assert_string_equal(u.unix_path, cases[i].is.unix_path);
        assert_string_equal(u.host, cases[i].is.host);
        assert_int_equal(u.port, cases[i].is.port);
        assert_string_equal(u.user, cases[i].is.user);
        assert_string_equal(u.password, cases[i].is.password);
        assert_int_equal(u.db, cases[i].is.db);
    }
}

static void bad_urls__are_refused__without_repeating_them(void **state)
{
    static const char *const cases[] = {"",
                                        "redis",
                                        "http://h",
                                        "redis://",
                                        "redis://:secret@",
                                        "redis://h:0",
                                        "redis://h:65536",
                                        "redis://h:x",
                                        "redis://h/x",
                                        "redis://h/-1",
                                        "redis://[::1",
                                        "redis://u:%zz@h",
                                        "redis://u:%4@h",
                                        "redis://u:%00@h",
                                        "unix://relative",
                                        "unix:///p?db=",
                                        "unix:///p?x=1",
                                        "unix://u:secret@relative",
                                        "unix:///"
                                        "1234567890123456789012345678901234567890123456789012345678"
                                        "90123456789012345678901234567890123456789012345678"};
    struct store_url u;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {""};
        if (store_url_parse(cases[i], &u, &e) == 0)
            fail_msg("%s was taken", cases[i]);
        assert_true(e.text[0] != '\0');
        assert_null(strstr(e.text, "secret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls__are_taken_apart),
        cmocka_unit_test(bad_urls__are_refused__without_repeating_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
