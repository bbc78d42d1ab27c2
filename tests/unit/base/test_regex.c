/* test_regex.c - matching, and giving up in time. */
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/regex.h"
#include "unit.h"

static int match(const char *pattern, bool ignore_case, const char *text)
{
    struct regex *r = NULL;
    struct err e;
    if (regex_compile(pattern, ignore_case, &r, &e) != 0)
        fail_msg("%s: %s", pattern, e.text);
    int answer = regex_match(r, text, strlen(text), NULL);
    assert_int_equal(regex_match(r, text, strlen(text), NULL), answer);
    regex_free(r);
    return answer;
}

static void match__plain_cases__are_found_or_not(void **state)
{
    (void)state;
    assert_int_equal(match("^ok$", false, "ok"), 1);
    assert_int_equal(match("^ok$", false, "OK"), 0);
    assert_int_equal(match("^ok$", true, "OK"), 1);
    assert_int_equal(match("b+", false, "aabbb"), 1);
    assert_int_equal(match("^.$", false, "\xc3\xa9"), 1);
    assert_int_equal(match("\xc3\xa9", true, "\xc3\x89"), 1);
    assert_int_equal(match("", false, ""), 1);
}

static void match__text_that_is_no_utf8__is_searched_around_the_bad_bytes(void **state)
{
    (void)state;
    assert_int_equal(match("ok", false, "\xff\xfe ok \xc3"), 1);
    assert_int_equal(match("no", false, "\xff\xfe ok \xc3"), 0);
}

static void match__pattern_that_would_run_for_ages__gives_up(void **state)
{
    (void)state;
    struct regex *r = NULL;
    struct err e;
    const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    assert_int_equal(regex_compile("^(a+)+$", false, &r, NULL), 0);
    clock_t began = clock();
    assert_int_equal(regex_match(r, text, strlen(text), &e), -1);
    assert_true(clock() - began < CLOCKS_PER_SEC);
    assert_string_equal(e.text, "regular expression gave up: match limit exceeded");
    /* Half a million steps, which the library's own limit would let pass. */
    assert_int_equal(regex_match(r, text + strlen(text) - 20, 20, NULL), -1);
    regex_free(r);
}

static void match__deep_recursion_over_a_large_text__ends(void **state)
{
    (void)state;
    struct regex *r = NULL;
    size_t n = 200000;
    char *text = mem_alloc(n);
    memset(text, 'a', n);
    assert_int_equal(regex_compile("^(?:a|b)*c", false, &r, NULL), 0);
    assert_true(regex_match(r, text, n, NULL) != 1);
    mem_free(text);
    regex_free(r);
}

static void compile__bad_patterns__are_refused_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *words;
    } cases[] = {
        {"a(b", "bad regular expression at byte 4: missing closing parenthesis"},
        {"[z-a]", "bad regular expression at byte 4: range out of order in character class"},
        {"\\C", "bad regular expression at byte 3: using \\C is disabled by the application"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct regex *r = NULL;
        struct err e;
        assert_int_equal(regex_compile(cases[i].pattern, false, &r, &e), -1);
        assert_string_equal(e.text, cases[i].words);
        assert_null(r);
    }
}

static void compile__beyond_the_limits__is_refused(void **state)
{
    (void)state;
    struct regex *r = NULL;
    static char pattern[5000];
    memset(pattern, 'a', 4096);
    assert_int_equal(regex_compile(pattern, false, &r, NULL), 0);
    regex_free(r);
    pattern[4096] = 'a';
    assert_int_equal(regex_compile(pattern, false, &r, NULL), -1);
    memset(pattern, '(', 51);
    memset(pattern + 51, ')', 51);
    pattern[102] = '\0';
    assert_int_equal(regex_compile(pattern, false, &r, NULL), -1);
    regex_free(NULL);
}

static void bound__fewer_steps__gives_up_sooner(void **state)
{
    struct regex *r;

    (void)state;
    assert_int_equal(regex_compile("\\A(a+)+[bc]\\z", false, &r, NULL), 0);
    assert_int_equal(regex_match(r, "aaaaaaaa", 8, NULL), 0);
    regex_bound(r, 10);
    assert_int_equal(regex_match(r, "aaaaaaaa", 8, NULL), -1);
    regex_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound__fewer_steps__gives_up_sooner),
        cmocka_unit_test(match__plain_cases__are_found_or_not),
        cmocka_unit_test(match__text_that_is_no_utf8__is_searched_around_the_bad_bytes),
        cmocka_unit_test(match__pattern_that_would_run_for_ages__gives_up),
        cmocka_unit_test(match__deep_recursion_over_a_large_text__ends),
        cmocka_unit_test(compile__bad_patterns__are_refused_in_words),
        cmocka_unit_test(compile__beyond_the_limits__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
