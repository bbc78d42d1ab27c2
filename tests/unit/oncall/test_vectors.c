/* test_vectors.c - the published table of schedule, instant and who must be on call. */
#include "reading.h"

#include "oncall/oncall.h"

#define VECTORS "tests/unit/oncall/oncall_vectors.json"

static char *read_all(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = mem_alloc(1 << 20);
    *ret_n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return bytes;
}

static void check_vector(struct reading *r, const struct jv *v)
{
    struct schedule s = reading_schedule(r, jv_get(v, "schedule"));
    const struct jv *expect = jv_get(v, "expect");
    const char *id = jv_get_text(v, "id"), *at = jv_get_text(v, "at");
    struct oncall who;
    oncall_who(&s, reading_instant(s.zone, at), &who);
    bool same = who.n == jv_len(expect);
    for (size_t i = 0; same && i < who.n; i++)
        same = text_eq(who.people[i], jv_text(jv_at(expect, i)));
    if (!same)
        fail_msg("%s at %s: %zu people, first %s", id, at, who.n, who.n ? who.people[0] : "-");
}

static void vectors__every_case__names_exactly_the_expected_people(void **state)
{
    (void)state;
    struct reading r;
    struct jv *root;
    size_t n;
    char *bytes = read_all(VECTORS, &n);
    reading_init(&r);
    assert_int_equal(jv_parse(bytes, n, &root, NULL), 0);
    const struct jv *cases = jv_get(root, "cases");
    assert_true(jv_len(cases) >= 58);
    for (size_t i = 0; i < jv_len(cases); i++)
        check_vector(&r, jv_at(cases, i));
    jv_free(root);
    mem_free(bytes);
    reading_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors__every_case__names_exactly_the_expected_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
