/* test_zone_file.c - TZif bytes: what is read, and what is refused with which words. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/zone.h"
#include "unit.h"

static unsigned char bytes[1 << 16];

static size_t corpus(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/corpus/zone/%s", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return n;
}

static void parse__bad_files__are_refused_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *file, *words;
    } cases[] = {
        {"no_rule_for_summer", "bad rule 'CET-1CEST' at the end of the file"},
        {"bad_quote", "bad rule '<+01-1' at the end of the file"},
        {"leap_seconds", "the file counts leap seconds; use one that does not"},
        {"counts_huge", "impossible counts in the header"},
        {"types_none", "impossible counts in the header"},
        {"index_beyond", "transition 0 has no type"},
        {"not_ascending", "transition 1 is not after the one before"},
        {"far_transition", "a transition is too far away"},
        {"offset_wild", "offset -2147483648 is impossible"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zone *z = NULL;
        struct err e;
        assert_int_equal(zone_parse("bad", bytes, corpus(cases[i].file), &z, &e), -1);
        assert_string_equal(e.text, cases[i].words);
        assert_null(z);
    }
}

static void parse__cut_anywhere__is_refused(void **state)
{
    (void)state;
    static const char *const files[] = {"New_York.tzif", "UTC.tzif", "version1", "empty_footer"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t n = corpus(files[i]);
        for (size_t cut = 0; cut < n; cut++) {
            struct zone *z = NULL;
            unsigned char *exact = mem_alloc(cut);
            memcpy(exact, bytes, cut);
            assert_int_equal(zone_parse("cut", exact, cut, &z, NULL), -1);
            mem_free(exact);
        }
    }
}

static void parse__not_a_zone__says_so(void **state)
{
    (void)state;
    struct zone *z = NULL;
    struct err e;
    assert_int_equal(zone_parse("x", "TZi", 3, &z, &e), -1);
    assert_string_equal(e.text, "not a time zone file");
    memset(bytes, 'x', 200);
    assert_int_equal(zone_parse("x", bytes, 200, &z, &e), -1);
    assert_string_equal(e.text, "not a time zone file");
}

static void parse__version_1__has_no_rule_behind_its_table(void **state)
{
    (void)state;
    struct zone *z = NULL;
    assert_int_equal(zone_parse("old", bytes, corpus("version1"), &z, NULL), 0);
    assert_string_equal(zone_name(z), "old");
    assert_int_equal(zone_offset(z, 99999999), 3600);
    assert_int_equal(zone_offset(z, 100000000), 7200);
    assert_int_equal(zone_offset(z, 110000000), 3600);
    assert_int_equal(zone_offset(z, 4102444800), 7200);
    assert_int_equal(zone_next_transition(z, 120000000), INT64_MAX);
    zone_free(z);
}

static void parse__empty_footer__keeps_the_last_offset(void **state)
{
    (void)state;
    struct zone *z = NULL;
    assert_int_equal(zone_parse("e", bytes, corpus("empty_footer"), &z, NULL), 0);
    assert_int_equal(zone_offset(z, 4102444800), 7200);
    zone_free(z);
}

static void parse__step_at_the_big_bang__is_what_was_before_all_others(void **state)
{
    (void)state;
    struct zone *z = NULL;
    assert_int_equal(zone_parse("b", bytes, corpus("big_bang"), &z, NULL), 0);
    assert_int_equal(zone_offset(z, -5000000000), 7200);
    assert_int_equal(zone_next_transition(z, -5000000000), 110000000);
    zone_free(z);
}

/* Changed bytes may make another zone or none, but never anything else. */
static void parse__every_byte_changed__answers_or_refuses(void **state)
{
    (void)state;
    size_t n = corpus("Nuuk.tzif");
    int parsed = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char was = bytes[i];
        for (int bit = 0; bit < 8; bit += 7) {
            struct zone *z = NULL;
            bytes[i] = (unsigned char)(was ^ 1 << bit);
            if (zone_parse("x", bytes, n, &z, NULL) == 0) {
                parsed++;
                zone_resolve(z, 1772953200, ZONE_GAP_SHIFT);
                zone_resolve(z, 7258118400, ZONE_GAP_NEXT);
                zone_free(z);
            }
        }
        bytes[i] = was;
    }
    assert_true(parsed > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__bad_files__are_refused_in_words),
        cmocka_unit_test(parse__cut_anywhere__is_refused),
        cmocka_unit_test(parse__not_a_zone__says_so),
        cmocka_unit_test(parse__version_1__has_no_rule_behind_its_table),
        cmocka_unit_test(parse__empty_footer__keeps_the_last_offset),
        cmocka_unit_test(parse__step_at_the_big_bang__is_what_was_before_all_others),
        cmocka_unit_test(parse__every_byte_changed__answers_or_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
