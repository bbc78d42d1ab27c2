/* test_fields.c - no table forgets a member, names one twice or reaches over another. */
#include <string.h>

#include "unit.h"

#include "model/fields.h"

/* An object is as long as its last member reaches, in whole words. */
static size_t size_of(const struct field *f)
{
    static const size_t sizes[] = {[FIELD_INT64] = sizeof(int64_t),
                                   [FIELD_INT] = sizeof(int),
                                   [FIELD_BOOL] = sizeof(bool),
                                   [FIELD_WORD] = sizeof(int)};
    size_t whole = 0;

    if (f->kind == FIELD_TEXT || f->kind == FIELD_TIMES)
        return f->size;
    if (f->kind != FIELD_OBJECT)
        return sizes[f->kind];
    for (const struct field *m = f->object; m->kind != FIELD_END; m++)
        if (m->offset + size_of(m) > whole)
            whole = m->offset + size_of(m);
    return (whole + _Alignof(int64_t) - 1) / _Alignof(int64_t) * _Alignof(int64_t);
}

static size_t alignment_of(const struct field *f)
{
    static const size_t alignments[] = {[FIELD_INT64] = _Alignof(int64_t),
                                        [FIELD_INT] = _Alignof(int),
                                        [FIELD_BOOL] = _Alignof(bool),
                                        [FIELD_WORD] = _Alignof(int),
                                        [FIELD_TEXT] = 1,
                                        [FIELD_OBJECT] = _Alignof(int64_t),
                                        [FIELD_TIMES] = _Alignof(int64_t)};

    return alignments[f->kind];
}

/* How far it is from the end of the row before to `f`, or to the end of the whole. */
static size_t gap_before(const struct field *fields, size_t at)
{
    size_t end = 0;

    for (const struct field *f = fields; f->kind != FIELD_END; f++)
        if (f->offset < at && f->offset + size_of(f) > end)
            end = f->offset + size_of(f);
    return at - end;
}

/* Between two rows there is room for padding only, so none is missing. */
static void assert_covers(const struct field *fields, size_t whole)
{
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        if (f->kind == FIELD_OBJECT)
            assert_covers(f->object, size_of(f));
        assert_true(gap_before(fields, f->offset) < alignment_of(f));
    }
    assert_true(gap_before(fields, whole) < _Alignof(int64_t));
}

static void every_member__has_its_row(void **state)
{
    (void)state;
    assert_covers(monitor_status_fields, sizeof(struct monitor_status));
    assert_covers(incident_fields, sizeof(struct incident));
    assert_covers(delivery_fields, sizeof(struct delivery));
    assert_covers(attempt_fields, sizeof(struct attempt));
    assert_covers(transition_fields, sizeof(struct transition));
    assert_covers(quiet_fields, sizeof(struct quiet));
    assert_covers(override_fields, sizeof(struct kept_override));
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
    check_table(quiet_fields);
    check_table(override_fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member__has_its_row),
        cmocka_unit_test(rows__do_not_overlap__and_words_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
