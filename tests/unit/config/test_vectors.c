/* test_vectors.c - the on-call vectors once more, this time written as a configuration file: what a
 * schedule says in YAML must mean what it means to the on-call room. */
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/json.h"
#include "base/map.h"
#include "loading.h"
#include "oncall/oncall.h"

#define VECTORS "tests/unit/oncall/oncall_vectors.json"

/* JSON is YAML, once the keys have our names: lists and texts are copied as they are. */
static void write_people(struct buf *b, const struct jv *v)
{
    if (jv_type(v) == JV_NULL || (jv_type(v) == JV_LIST && jv_len(v) == 0))
        buf_str(b, "null");
    if (jv_type(v) == JV_TEXT)
        buf_printf(b, "\"%s\"", jv_text(v));
    if (jv_type(v) != JV_LIST || jv_len(v) == 0)
        return;
    for (size_t i = 0; i < jv_len(v); i++) {
        buf_str(b, i ? ", " : "[");
        write_people(b, jv_at(v, i));
    }
    buf_char(b, ']');
}

static void write_value(struct buf *b, const char *key, const struct jv *v);

static void write_map(struct buf *b, const struct jv *map)
{
    const char *key;
    const struct jv *value;
    buf_char(b, '{');
    for (void *it = NULL; jv_each(map, &it, &key, &value);)
        write_value(b, key, value);
    buf_char(b, '}');
}

static void write_list(struct buf *b, const struct jv *list)
{
    buf_char(b, '[');
    for (size_t i = 0; i < jv_len(list); i++) {
        if (jv_type(jv_at(list, i)) == JV_OBJECT)
            write_map(b, jv_at(list, i));
        else
            write_people(b, jv_at(list, i));
        buf_str(b, ", ");
    }
    buf_char(b, ']');
}

static void write_value(struct buf *b, const char *key, const struct jv *v)
{
    bool people = text_eq(key, "user") || text_eq(key, "replace") || text_eq(key, "with");
    buf_printf(b, "%s: ",
               text_eq(key, "tz")      ? "time_zone"
               : text_eq(key, "users") ? "members"
                                       : key);
    if (text_eq(key, "every"))
        buf_printf(b, "%lld %s", (long long)jv_int(jv_at(v, 0), 0), jv_text(jv_at(v, 1)));
    else if (people)
        write_people(b, v);
    else if (jv_type(v) == JV_LIST)
        write_list(b, v);
    else if (jv_type(v) == JV_INT)
        buf_printf(b, "%lld", (long long)jv_int(v, 0));
    else if (jv_type(v) == JV_BOOL)
        buf_str(b, jv_bool(v, false) ? "yes" : "no");
    else
        buf_printf(b, "\"%s\"", jv_text(v));
    buf_str(b, ", ");
}

/* Everybody a vector may name. */
static void write_everybody(struct buf *b, const struct jv *v, struct map *seen)
{
    const char *key;
    const struct jv *value;
    if (jv_type(v) == JV_TEXT && !map_get(seen, jv_text(v)) &&
        strspn(jv_text(v), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == jv_len(v)) {
        map_put(seen, jv_text(v), seen);
        buf_printf(b, "  \"%s\": {}\n", jv_text(v));
    }
    if (jv_type(v) == JV_LIST)
        for (size_t i = 0; i < jv_len(v); i++)
            write_everybody(b, jv_at(v, i), seen);
    if (jv_type(v) == JV_OBJECT)
        for (void *it = NULL; jv_each(v, &it, &key, &value);)
            write_everybody(b, value, seen);
}

static void write_file(struct buf *b, const struct jv *schedule)
{
    struct map seen;
    map_init(&seen, 0);
    buf_str(b, "people:\n");
    write_everybody(b, schedule, &seen);
    buf_str(b, "schedules:\n  s: ");
    write_map(b, schedule);
    buf_char(b, '\n');
    map_done(&seen);
}

static void check_vector(const struct jv *v)
{
    struct buf yaml;
    struct oncall who;
    int64_t at_ms;
    bool zone;
    buf_init(&yaml, 1 << 16);
    write_file(&yaml, jv_get(v, "schedule"));
    struct config *c = must_load(buf_text(&yaml));
    assert_int_equal(rfc3339_parse(jv_get_text(v, "at"), &at_ms, &zone), 0);
    oncall_who(&c->schedules[0], at_ms, &who);
    const struct jv *expect = jv_get(v, "expect");
    bool same = who.n == jv_len(expect);
    for (size_t i = 0; same && i < who.n; i++)
        same = text_eq(who.people[i], jv_text(jv_at(expect, i)));
    if (!same)
        fail_msg("%s at %s: %zu people; the file was\n%s", jv_get_text(v, "id"),
                 jv_get_text(v, "at"), who.n, buf_text(&yaml));
    config_free(c);
    buf_done(&yaml);
}

static void vectors__written_as_a_file__name_the_same_people(void **state)
{
    (void)state;
    static char bytes[1 << 20];
    struct jv *root;
    FILE *f = fopen(VECTORS, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    assert_int_equal(jv_parse(bytes, n, &root, NULL), 0);
    const struct jv *cases = jv_get(root, "cases");
    assert_true(jv_len(cases) >= 58);
    for (size_t i = 0; i < jv_len(cases); i++)
        check_vector(jv_at(cases, i));
    jv_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors__written_as_a_file__name_the_same_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
