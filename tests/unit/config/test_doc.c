/* test_doc.c - lines of documents. The documents themselves: test_documents.c. */
#include "unit.h"

#include "base/buf.h"
#include "config/doc.h"

static void wrap__breaks_at_blanks_within_the_width(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        const char *wrapped;
    } cases[] = {
        {"", 10, ""},
        {"one two", 20, "# one two\n"},
        {"one two three", 9, "# one two\n# three\n"},
        {"one two three", 8, "# one\n# two\n# three\n"},
        {"incomprehensibilities are long", 10, "# incomprehensibilities\n# are long\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        buf_init(&b, 1000);
        doc_wrap(&b, cases[i].text, "# ", cases[i].width);
        assert_string_equal(buf_text(&b), cases[i].wrapped);
        buf_done(&b);
    }
}

static void facts__say_type_range_default_and_when_it_is_read(void **state)
{
    (void)state;
    static const struct choice words[] = {{"a", 0}, {"b", 1}, {"later", CHOICE_LATER}, {0}};
    static const enum target person = TARGET_PERSON;
    static const struct row rows[] = {
        {"k", &type_duration, .min = 100, .max = 60000, .normal = "10s", .flags = ROW_RESTART},
        {"k", &type_int, .min = 1, .max = 100, .flags = ROW_REQUIRED},
        {"k", &type_choice, .of = words, .normal = "a"},
        {"k", &type_ref, .of = &person},
        {"k", &type_line, .max = 127},
    };
    static const char *const wanted[] = {
        "duration, 100ms to 1m, default 10s; read at start only",
        "number, 1 to 100; required",
        "a or b, default a",
        "name of a person",
        "line of text, at most 127 bytes",
    };
    char facts[FACTS_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(doc_facts(&rows[i], facts, sizeof facts), wanted[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrap__breaks_at_blanks_within_the_width),
        cmocka_unit_test(facts__say_type_range_default_and_when_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
