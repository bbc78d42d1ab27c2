/* test_fields.c - no table forgets a member, names one twice or reaches over another. */
#include <string.h>

#include "unit.h"

#include "model/fields.h"

static size_t size_of(const struct field *f);

static size_t sum_of(const struct field *fields)
{
    size_t sum = 0;

    for (const struct field *f = fields; f->kind != FIELD_END; f++)
        sum += size_of(f);
    return sum;
}

static size_t size_of(const struct field *f)
{
    static const size_t sizes[] = {[FIELD_INT64] = 8,
                                   [FIELD_INT] = sizeof(int),
                                   [FIELD_BOOL] = sizeof(bool),
                                   [FIELD_WORD] = sizeof(int)};

    if (f->kind == FIELD_TEXT)
        return f->size;
    return f->kind == FIELD_OBJECT ? sum_of(f->object) : sizes[f->kind];
}

/* Every byte of the struct but padding belongs to one row. */
static void assert_covers(const struct field *fields, size_t whole, size_t most_padding)
{
    size_t sum = sum_of(fields);

    assert_true(sum <= whole);
    assert_true(whole - sum <= most_padding);
}

static void every_member__has_its_row(void **state)
{
    (void)state;
    assert_covers(monitor_status_fields, sizeof(struct monitor_status), 16);
    assert_covers(incident_fields, sizeof(struct incident), 24);
    assert_covers(delivery_fields, sizeof(struct delivery), 32);
    assert_covers(attempt_fields, sizeof(struct attempt), 16);
    assert_covers(transition_fields, sizeof(struct transition), 16);
}

static void check_table(const struct field *fields)
{
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        for (const struct field *g = f + 1; g->kind != FIELD_END; g++) {
            assert_string_not_equal(f->key, g->key);
            assert_true(f->offset + size_of(f) <= g->offset ||
                        g->offset + size_of(g) <= f->offset || f->kind == FIELD_OBJECT ||
                        g->kind == FIELD_OBJECT);
        }
        if (f->kind == FIELD_OBJECT)
            check_table(f->object);
        if (f->kind != FIELD_WORD)
            continue;
        assert_int_equal(f->from(f->word(0)), 0);
        assert_int_equal(f->from(f->word(1)), 1);
        assert_int_equal(f->from("no such word"), -1);
    }
}

static void rows__do_not_overlap__and_words_go_both_ways(void **state)
{
    (void)state;
    check_table(monitor_status_fields);
    check_table(incident_fields);
    check_table(delivery_fields);
    check_table(attempt_fields);
    check_table(transition_fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member__has_its_row),
        cmocka_unit_test(rows__do_not_overlap__and_words_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
