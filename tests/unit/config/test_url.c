/* test_url.c - which URLs can be sent to, and what of them may be shown. */
#include "unit.h"

#include <stdbool.h>

#include "base/text.h"
#include "config/url.h"

static const char *const web[] = {"http", "https", NULL};

static void url__checked_part_by_part(void **state)
{
    (void)state;
    static const struct {
        const char *url, *wrong; /* NULL: good */
    } cases[] = {
        {"http://h", NULL},
        {"https://h.example:443/a?b=c#d", NULL},
        {"http://user:p%40ss@h/", NULL},
        {"http://a@b@h/", NULL},
        {"http://[::1]:8080/", NULL},
        {"http://[fe80::1]", NULL},
        {"http://127.0.0.1:65535", NULL},
        {"http://h_1.x-y/", NULL},
        {"http://h?a@b:c", NULL},
        {"", "must begin with http:// or https://"},
        {"h", "must begin with http:// or https://"},
        {"HTTP://h", "must begin with http:// or https://"},
        {"http:/h", "must begin with http:// or https://"},
        {"ftp://h", "must begin with http:// or https://"},
        {"http://", "the host is missing"},
        {"http:///path", "the host is missing"},
        {"http://user@/", "the host is missing"},
        {"http://:80/", "the host is missing"},
        {"http://h:/", "the port must be a number from 0 to 65535"},
        {"http://h:65536/", "the port must be a number from 0 to 65535"},
        {"http://h:-1/", "the port must be a number from 0 to 65535"},
        {"http://h:8o/", "the port must be a number from 0 to 65535"},
        {"http://h:123456789/", "the port must be a number from 0 to 65535"},
        {"http://h{}/", "`{` cannot be part of a host"},
        {"http://[::1", "an IPv6 address stands in [ ]"},
        {"http://[]/", "an IPv6 address stands in [ ]"},
        {"http://[g::1]/", "`g` cannot be part of a host"},
        {"http://h/a b", "a space in a URL is written %20"},
        {"http://h/\n",
         "only printable ASCII may stand in a URL; write the rest as %XX, a host name as xn--…"},
        {"http://h/\xc3\xa4",
         "only printable ASCII may stand in a URL; write the rest as %XX, a host name as xn--…"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {""};
        int status = url_check(cases[i].url, web, &e);
        if ((status == 0) != !cases[i].wrong || (status != 0 && !text_eq(e.text, cases[i].wrong)))
            fail_msg("%s: %s", cases[i].url, status ? e.text : "taken for good");
    }
}

static void shown__without_user_and_as_origin(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"http://h/a", "http://h/a", "http://h"},
        {"http://u:p@h:8/a?b#c", "http://***@h:8/a?b#c", "http://h:8"},
        {"http://u@v@h/a@b", "http://***@h/a@b", "http://h"},
        {"https://h/?x@y", "https://h/?x@y", "https://h"},
        {"***", "***", "***"},
        {"***://***", "***://***", "***://***"},
        {"redis://:pw@127.0.0.1:6379/0", "redis://***@127.0.0.1:6379/0", "redis://127.0.0.1:6379"},
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(url_without_user(&a, cases[i][0]), cases[i][1]);
        assert_string_equal(url_origin(&a, cases[i][0]), cases[i][2]);
    }
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url__checked_part_by_part),
        cmocka_unit_test(shown__without_user_and_as_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
