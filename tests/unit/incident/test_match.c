/* test_match.c - matchers: how they are written, how they are kept, what they fit. */
#include "unit.h"

#include <string.h>

#include "incident/match.h"

static const struct match_subject api = {
    .monitor = "api",
    .group = "core",
    .severity = "critical",
    .policy = "payments",
    .labels = "a=\nregion=eu west\nteam=payments\nteams=other\n",
};

/* Written by people, one after the other, into *ret. */
static void written(char dst[MATCHERS_SIZE], const char *const *texts)
{
    struct err e;
    dst[0] = '\0';
    for (; *texts; texts++)
        if (match_add(dst, *texts, &e) != 0)
            fail_msg("%s: %s", *texts, e.text);
}

static bool fits(const char *matchers, const struct match_subject *s)
{
    struct match *m = NULL;
    struct err e;
    if (match_compile(matchers, &m, &e) != 0)
        fail_msg("%s: %s", matchers, e.text);
    bool answer = match_fits(m, s);
    match_free(m);
    return answer;
}

static void match_fits__each_operator_and_name__as_the_table_says(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool fits;
    } cases[] = {
        {"monitor=api", true},
        {"monitor=apis", false},
        {"monitor=ap", false},
        {"monitor!=api", false},
        {"monitor!=db", true},
        {"group=core", true},
        {"severity=critical", true},
        {"severity!=info", true},
        {"policy=payments", true},
        {"policy=default", false},
        {"team=payments", true},
        {"team=payment", false},
        {"eam=payments", false},
        {"TEAM=payments", false},
        {"region=eu west", true},
        /* absent is the empty text */
        {"nothing=", true},
        {"nothing=x", false},
        {"nothing!=", false},
        {"nothing!=x", true},
        {"nothing=~.*", true},
        {"nothing=~.+", false},
        {"nothing!~.+", true},
        {"a=", true},
        {"team=", false},
        /* regular expressions fit the whole value */
        {"team=~pay", false},
        {"team=~ments", false},
        {"team=~pay.*", true},
        {"team=~x|payments", true},
        {"team=~payments|x", true},
        {"team=~pay|ments", false},
        {"team!~pay", true},
        {"team!~pay.*", false},
        {"monitor=~(?i)API", true},
        {"team=~\\Qpayments", true},
        {"team=~", false},
        {"nothing=~", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char kept[MATCHERS_SIZE] = "";
        struct err e;
        if (match_add(kept, cases[i].text, &e) != 0)
            fail_msg("%s: %s", cases[i].text, e.text);
        if (fits(kept, &api) != cases[i].fits)
            fail_msg("%s: not %d", cases[i].text, cases[i].fits);
    }
}

static void match_fits__several__all_must_hold(void **state)
{
    (void)state;
    char kept[MATCHERS_SIZE];
    assert_true(fits("", &api));
    assert_true(fits("", &(struct match_subject){.monitor = NULL}));
    written(kept, (const char *const[]){"team=payments", "severity=critical", NULL});
    assert_string_equal(kept, "team=payments\nseverity=critical\n");
    assert_true(fits(kept, &api));
    written(kept, (const char *const[]){"team=payments", "severity=info", NULL});
    assert_false(fits(kept, &api));
    assert_false(fits(kept, &(struct match_subject){.severity = "info"}));
}

static void match_fits__own_names__are_not_labels(void **state)
{
    (void)state;
    struct match_subject s = {.labels = "group=labelled\n"};
    assert_true(fits("group=\n", &s));
    assert_false(fits("group=labelled\n", &s));
}

static void match_fits__regex_that_gives_up__decides_nothing(void **state)
{
    (void)state;
    char kept[MATCHERS_SIZE];
    struct match_subject s = {.monitor = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"};
    written(kept, (const char *const[]){"monitor=~(a+)+c?", NULL});
    assert_false(fits(kept, &s));
    written(kept, (const char *const[]){"monitor!~(a+)+c?", NULL});
    assert_false(fits(kept, &s));
}

static void match_add__blanks_and_quotes__kept_without(void **state)
{
    (void)state;
    static const struct {
        const char *text, *kept;
    } cases[] = {
        {"  team = payments  ", "team=payments\n"},
        {"team\t!=\tpayments", "team!=payments\n"},
        {"team=~ pay.*", "team=~pay.*\n"},
        {"team !~ \"pay.*\"", "team!~pay.*\n"},
        {"team=\"eu west\"", "team=eu west\n"},
        {"team=eu west", "team=eu west\n"},
        {"team=' eu '", "team= eu \n"},
        {"team='\"x\"'", "team=\"x\"\n"},
        {"team=\"\\d+\"", "team=\\d+\n"},
        {"team=\"\"", "team=\n"},
        {"team=", "team=\n"},
        {"team=\"=x\"", "team==x\n"},
        {"team!=~x", "team!=~x\n"},
        {"x.y-z_0=a=b", "x.y-z_0=a=b\n"},
        {"team=\"a\"b\"", "team=a\"b\n"},
        {"team=zürich", "team=zürich\n"},
        {"severity=", "severity=\n"},
        {"severity=~crit.*", "severity=~crit.*\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char kept[MATCHERS_SIZE];
        struct match *m = NULL;
        struct err e;
        written(kept, (const char *const[]){cases[i].text, NULL});
        assert_string_equal(kept, cases[i].kept);
        assert_int_equal(match_compile(kept, &m, &e), 0);
        match_free(m);
    }
    /* what was kept means what was written */
    assert_true(fits("team==x\n", &(struct match_subject){.labels = "team==x\n"}));
    assert_true(fits("team!=~x\n", &(struct match_subject){.labels = "team=x\n"}));
    assert_false(fits("team!=~x\n", &(struct match_subject){.labels = "team=~x\n"}));
}

static void match_add__bad__refused_with_the_reason_and_nothing_added(void **state)
{
    (void)state;
    static char long_name[80], long_value[600];
    memset(long_name, 'n', 65);
    long_name[65] = '=';
    memset(long_value, 'v', sizeof long_value - 1);
    memcpy(long_value, "team=", 5);
    const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "a matcher is NAME=VALUE, with one of = != =~ !~"},
        {"=x", "a matcher is NAME=VALUE, with one of = != =~ !~"},
        {"\"team\"=x", "a matcher is NAME=VALUE, with one of = != =~ !~"},
        {"team", "after `team` one of = != =~ !~ is missing; did you mean monitor=team?"},
        {"team payments", "after `team` one of = != =~ !~ is missing"},
        {"team~x", "after `team` one of = != =~ !~ is missing"},
        {"team!x", "after `team` one of = != =~ !~ is missing"},
        {"team==x", "`==` is not an operator; equal is `=`"},
        {"team=\"x", "the value of `team` begins with a quote that does not end it"},
        {"team=\"", "the value of `team` begins with a quote that does not end it"},
        {"team='x\"", "the value of `team` begins with a quote that does not end it"},
        {"team= ~x", "a value that begins with `~` needs a regular expression: team=~\\~…"},
        {"team=~(", NULL},
        {"team=~a)|(?:b", NULL},
        {"team!~[", NULL},
        {"team=~(?x)payments#", NULL},
        {"team=~\\C", NULL},
        {"team=a\nb", "a matcher has no line break and no control character"},
        {"team=\"a\nb\"", "a matcher has no line break and no control character"},
        {"team=a\n", "a matcher has no line break and no control character"},
        {"team=a\x1b", "a matcher has no line break and no control character"},
        {"team=\xff", "a matcher is UTF-8"},
        {"severity=critcal", "severity is critical, warning or info, not `critcal`"},
        {"severity!=Critical", "severity is critical, warning or info, not `Critical`"},
        {long_name, "the name is longer than 64 bytes"},
        {long_value, "a matcher is at most 510 bytes long"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char kept[MATCHERS_SIZE] = "group=core\n";
        struct err e = {""};
        if (match_add(kept, cases[i].text, &e) != -1)
            fail_msg("%s was taken", cases[i].text);
        if (cases[i].reason)
            assert_string_equal(e.text, cases[i].reason);
        else
            assert_memory_equal(e.text, "team: bad regular expression at byte ", 37);
        assert_string_equal(kept, "group=core\n");
    }
}

static void match_add__together_too_long__refused_and_what_was_there_stays(void **state)
{
    (void)state;
    char kept[MATCHERS_SIZE] = "", before[MATCHERS_SIZE], text[300] = "team=";
    struct err e;
    struct match *m = NULL;
    memset(text + 5, 'v', 249);
    assert_int_equal(match_add(kept, text, &e), 0); /* 255 bytes with its line break */
    assert_int_equal(match_add(kept, text, &e), 0);
    assert_int_equal(strlen(kept), 510);
    memcpy(before, kept, sizeof before);
    assert_int_equal(match_add(kept, "a=", &e), -1);
    assert_string_equal(e.text, "the matchers are longer than 511 bytes together");
    assert_string_equal(kept, before);
    kept[255] = '\0';
    text[254] = text[255] = 'v'; /* two bytes more: one too many */
    assert_int_equal(match_add(kept, text, &e), -1);
    text[255] = '\0';
    assert_int_equal(match_add(kept, text, &e), 0);
    assert_int_equal(strlen(kept), MATCHERS_SIZE - 1);
    assert_int_equal(match_compile(kept, &m, &e), 0);
    match_free(m);
}

static void match_compile__bytes_of_a_stranger__refused_with_the_reason(void **state)
{
    (void)state;
    static char too_long[MATCHERS_SIZE + 1];
    memset(too_long, '\n', MATCHERS_SIZE);
    static const char *const bad[] = {"team",    "=x",   "\n",   "team=x\n\ngroup=y\n",
                                      "team=~(", "t =x", " t=x", "team=~\xff"};
    struct match *m = NULL;
    struct err e;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (match_compile(bad[i], &m, &e) != -1)
            fail_msg("%s was taken", bad[i]);
        assert_null(m);
    }
    assert_int_equal(match_compile(too_long, &m, &e), -1);
    assert_int_equal(match_compile("team=x", &m, &e), 0); /* a last line without its end */
    match_free(m);
    match_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_fits__each_operator_and_name__as_the_table_says),
        cmocka_unit_test(match_fits__several__all_must_hold),
        cmocka_unit_test(match_fits__own_names__are_not_labels),
        cmocka_unit_test(match_fits__regex_that_gives_up__decides_nothing),
        cmocka_unit_test(match_add__blanks_and_quotes__kept_without),
        cmocka_unit_test(match_add__bad__refused_with_the_reason_and_nothing_added),
        cmocka_unit_test(match_add__together_too_long__refused_and_what_was_there_stays),
        cmocka_unit_test(match_compile__bytes_of_a_stranger__refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
