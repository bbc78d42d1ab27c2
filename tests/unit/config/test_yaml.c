/* test_yaml.c - what a stranger sizes: nesting, aliases, bytes, events. */
#include <time.h>

#include "loading.h"

#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static char *repeated(const char *head, const char *piece, size_t times, const char *tail)
{
    struct buf b;
    buf_init(&b, 1 << 26);
    buf_str(&b, head);
    for (size_t i = 0; i < times; i++)
        buf_str(&b, piece);
    buf_str(&b, tail);
    char *text = mem_strdup(buf_text(&b));
    buf_done(&b);
    return text;
}

static double cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

static void says(const char *yaml, const char *wanted)
{
    char *said = complaints_of(yaml, strlen(yaml), false);
    assert_string_equal(said, wanted);
    mem_free(said);
}

static void nesting__a_hundred_thousand_deep__answered_at_once(void **state)
{
    (void)state;
    static const char *const pieces[] = {"[", "{", "{a: ", "- ", "[[{"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *yaml = repeated("x-a:\n  ", pieces[i], 100000, "\n");
        double began = cpu_ms();
        char *said = complaints_of(yaml, strlen(yaml), false);
        assert_true(cpu_ms() - began < 500); /* a sanitizer and a busy machine included */
        bool deep = strstr(said, "nested too deeply (more than 32 levels)");
        assert_true(deep || strstr(said, "a key must be plain text"));
        mem_free(said);
        mem_free(yaml);
    }
}

static void nesting__as_deep_as_allowed__is_read(void **state)
{
    (void)state;
    char *open = repeated(CHANNEL "x-a: ", "[", 31, ""), *yaml = repeated(open, "]", 31, "\n");
    says(yaml, "");
    mem_free(open);
    mem_free(yaml);
}

static void aliases__a_bomb__is_defused(void **state)
{
    (void)state;
    const char *bomb =
        "x-a: &a [x,x,x,x,x,x,x,x,x]\nx-b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        "x-c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nx-d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
        "x-e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nx-f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
        "x-g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
    says(bomb, "6:10: the aliases up to here stand for more than 100000 nodes\n");
}

static void aliases__used_as_meant__are_followed(void **state)
{
    (void)state;
    struct config *c =
        must_load("x-fast: &fast { interval: 5s, timeout: 2s }\nmonitors:\n"
                  "  - { name: a, http: http://h/, <<: *fast }\n"
                  "  - { name: b, http: http://h/, <<: [*fast], timeout: 1s }\n" CHANNEL);
    assert_int_equal(c->monitors[0].interval_ms, 5000);
    assert_int_equal(c->monitors[0].timeout_ms, 2000);
    assert_int_equal(c->monitors[1].interval_ms, 5000);
    assert_int_equal(c->monitors[1].timeout_ms, 1000);
    config_free(c);
    c = must_load(CHANNEL "x-p: &p { ana: {}, bo: {} }\npeople: { <<: *p, ana: { name: Ana } }\n");
    assert_int_equal(c->n_people, 2);
    assert_string_equal(config_person(c, "ana")->full_name, "Ana");
    config_free(c);
}

static void fault_behind_an_alias__is_listed_once(void **state)
{
    (void)state;
    says("x-m: &m { interval: soon }\nmonitors:\n  - { name: a, http: http://h/, <<: *m }\n"
         "  - { name: b, http: http://h/, <<: *m }\n",
         "1:21: `interval` must be a duration such as 30s, 5m or 1h30m, not `soon`\n");
}

static void file__larger_than_the_limit__is_refused(void **state)
{
    (void)state;
    char *yaml = repeated("", "# some comment of sixty-four bytes, again and again and again .\n",
                          (16 << 20) / 64 + 1, "");
    says(yaml, "1:1: the files are larger than 16 MiB together\n");
    mem_free(yaml);
}

static void events__more_than_the_limit__are_refused(void **state)
{
    (void)state;
    char *yaml = repeated("x-a: [", "a,", 2000001, "]\n");
    char *said = complaints_of(yaml, strlen(yaml), false);
    assert_non_null(strstr(said, "more than 2000000 YAML events"));
    mem_free(said);
    mem_free(yaml);
}

static void bytes__that_are_no_utf8__are_refused_in_place(void **state)
{
    (void)state;
    says("name: a\nregion: \"\xc3(\"\n", "2:11: YAML: invalid trailing UTF-8 octet\n");
    says("\xff\xfen\0", "1:1: YAML: invalid leading UTF-8 octet\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting__a_hundred_thousand_deep__answered_at_once),
        cmocka_unit_test(nesting__as_deep_as_allowed__is_read),
        cmocka_unit_test(aliases__a_bomb__is_defused),
        cmocka_unit_test(aliases__used_as_meant__are_followed),
        cmocka_unit_test(fault_behind_an_alias__is_listed_once),
        cmocka_unit_test(file__larger_than_the_limit__is_refused),
        cmocka_unit_test(events__more_than_the_limit__are_refused),
        cmocka_unit_test(bytes__that_are_no_utf8__are_refused_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
