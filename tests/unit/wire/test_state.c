/* test_state.c - what is kept reads back the same; what is wrong is refused by name. */
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "base/mem.h"
#include "base/text.h"
#include "format/state.h"
#include "model/fields.h"
#include "random.h"
#include "wire/state.h"

/* --- any struct, by its table --- */

static void random_text(struct dice *d, char *p, size_t size, bool required)
{
    static const char *const bits[] = {
        "a",    "B",  "7",    " ",    "\"",       "\\",           "/",
        "\n",   "\t", "\x01", "\x7f", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x94\xa5",
        "null", "{",  "-"};
    size_t want =
        (size_t)dice_in(d, required ? 1 : 0, dice_in(d, 0, 3) == 0 ? (int64_t)size - 1 : 12);
    size_t n = 0;

    for (;;) {
        const char *bit = bits[dice_in(d, 0, sizeof bits / sizeof bits[0] - 1)];
        if (n + strlen(bit) > want)
            break;
        memcpy(p + n, bit, strlen(bit));
        n += strlen(bit);
    }
    if (n == 0 && required)
        p[0] = 'x';
}

static int64_t random_number(struct dice *d, bool narrow)
{
    static const int64_t edges[] = {0, 1, -1, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
    int64_t n = dice_in(d, 0, 2) == 0 ? edges[dice_in(d, 0, narrow ? 4 : 6)]
                                      : dice_in(d, -5, INT64_C(1) << 31);

    return narrow ? (int)n : n;
}

/* A noun of words by its last: its words are counted from 0 without a gap. */
static int last_word(const struct field *f)
{
    static const char *const last[] = {"unknown",        "local",   "critical", "resolved",
                                       "silence.ending", "start",   "group",    "overtaken",
                                       "maintenance",    "remove",  "low",      "yes",
                                       "permanent",      "schedule"};
    int n = -1;

    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
        if (f->from(last[i]) > n)
            n = f->from(last[i]);
    }
    if (n < 0)
        fail_msg("%s: none of its words is known here", f->key);
    return n;
}

static void random_word(struct dice *d, const struct field *f, char *p)
{
    int n = (int)dice_in(d, 0, last_word(f));

    memcpy(p, &n, sizeof n);
}

/* Zeros between others stay, those at the end are not written. */
static void random_times(struct dice *d, char *p, size_t size)
{
    size_t n = (size_t)dice_in(d, 0, (int64_t)(size / sizeof(int64_t)));

    for (size_t i = 0; i < n; i++) {
        int64_t at_ms = random_number(d, false);
        memcpy(p + i * sizeof at_ms, &at_ms, sizeof at_ms);
    }
}

static void random_object(struct dice *d, const struct field *fields, char *base)
{
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        char *p = base + f->offset;
        int64_t wide = random_number(d, f->kind == FIELD_INT);
        int narrow = (int)wide;
        bool yes = dice_in(d, 0, 1) == 1;
        if (f->kind == FIELD_INT64)
            memcpy(p, &wide, sizeof wide);
        else if (f->kind == FIELD_INT)
            memcpy(p, &narrow, sizeof narrow);
        else if (f->kind == FIELD_BOOL)
            memcpy(p, &yes, sizeof yes);
        else if (f->kind == FIELD_WORD)
            random_word(d, f, p);
        else if (f->kind == FIELD_TEXT)
            random_text(d, p, f->size, f->required);
        else if (f->kind == FIELD_TIMES)
            random_times(d, p, f->size);
        else
            random_object(d, f->object, p);
    }
}

static void assert_same(const struct field *fields, const char *a, const char *b)
{
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        const char *x = a + f->offset, *y = b + f->offset;
        if (f->kind == FIELD_OBJECT)
            assert_same(f->object, x, y);
        else if (f->kind == FIELD_TEXT)
            assert_string_equal(x, y);
        else if (f->kind == FIELD_TIMES)
            assert_memory_equal(x, y, f->size);
        else
            assert_memory_equal(x, y,
                                f->kind == FIELD_INT64  ? 8
                                : f->kind == FIELD_BOOL ? sizeof(bool)
                                                        : sizeof(int));
    }
}

#define ROUND_TRIP(noun, type, fields)                                                             \
    static void noun##__any__reads_back_the_same(void **state)                                     \
    {                                                                                              \
        struct dice d = {2611};                                                                    \
        struct buf b;                                                                              \
        struct err e = {""};                                                                       \
        (void)state;                                                                               \
        buf_init(&b, STATE_MAX_BYTES);                                                             \
        for (int i = 0; i < 2000; i++) {                                                           \
            struct type in, out;                                                                   \
            memset(&in, 0, sizeof in);                                                             \
            random_object(&d, fields, (char *)&in);                                                \
            buf_clear(&b);                                                                         \
            state_write_##noun(&b, &in);                                                           \
            assert_false(b.over);                                                                  \
            if (state_read_##noun(b.p, b.len, &out, &e) != 0)                                      \
                fail_msg("%s: %s", e.text, b.p);                                                   \
            assert_same(fields, (char *)&in, (char *)&out);                                        \
        }                                                                                          \
        buf_done(&b);                                                                              \
    }
ROUND_TRIP(monitor, monitor_status, monitor_status_fields)
ROUND_TRIP(incident, incident, incident_fields)
ROUND_TRIP(delivery, delivery, delivery_fields)
ROUND_TRIP(attempt, attempt, attempt_fields)
ROUND_TRIP(transition, transition, transition_fields)
ROUND_TRIP(quiet, quiet, quiet_fields)
ROUND_TRIP(override, kept_override, override_fields)

/* Every word of every noun, wherever it stands: none is written that can't be read. */
static void assert_words(const struct field *fields)
{
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        if (f->kind == FIELD_OBJECT)
            assert_words(f->object);
        if (f->kind != FIELD_WORD)
            continue;
        for (int n = 0; n <= last_word(f); n++)
            assert_int_equal(f->from(f->word(n)), n);
        assert_int_equal(f->from("no such word"), -1);
    }
}

static void words__of_every_table__go_both_ways(void **state)
{
    static const struct field *const tables[] = {
        monitor_status_fields, incident_fields, delivery_fields, attempt_fields,
        transition_fields,     quiet_fields,    override_fields};

    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        assert_words(tables[i]);
}

/* --- one by one --- */

static const char *refusal(const char *json)
{
    static struct err e;
    struct attempt a = {.number = 77};

    e.text[0] = '\0';
    if (state_read_attempt(json, strlen(json), &a, &e) == 0)
        return "";
    assert_int_equal(a.number, 77); /* written only on success */
    return e.text;
}

#define ATTEMPT(more) "{\"delivery\":\"d\",\"outcome\":\"ok\",\"reached\":\"no\"" more "}"

static void bad_members__are_refused_by_name(void **state)
{
    static const struct {
        const char *json, *says;
    } cases[] = {
        {ATTEMPT(""), ""},
        {ATTEMPT(",\"future\":{\"a\":[1,2]}"), ""},
        {"{\"outcome\":\"ok\",\"reached\":\"no\"}", "delivery"},
        {"{\"delivery\":\"\",\"outcome\":\"ok\",\"reached\":\"no\"}", "delivery"},
        {"{\"delivery\":\"d\",\"reached\":\"no\"}", "outcome"},
        {"{\"delivery\":\"d\",\"outcome\":\"fine\",\"reached\":\"no\"}", "outcome"},
        {"{\"delivery\":\"d\",\"outcome\":1,\"reached\":\"no\"}", "outcome"},
        {ATTEMPT(",\"number\":\"3\""), "number"},
        {ATTEMPT(",\"number\":1.5"), "number"},
        {ATTEMPT(",\"number\":2147483648"), "number"},
        {ATTEMPT(",\"error\":7"), "error"},
        {"{\"delivery\":\"1234567890123456789012345678901234567890\",\"outcome\":\"ok\","
         "\"reached\":\"no\"}",
         "delivery"},
        {"[]", "object"},
        {"", " "},
        {ATTEMPT("") "x", " "},
        {ATTEMPT(",\"number\":1,\"number\":2"), " "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = refusal(cases[i].json);
        if (cases[i].says[0] == '\0')
            assert_string_equal(got, "");
        else if (strstr(got, cases[i].says) == NULL)
            fail_msg("%s: '%s' does not name '%s'", cases[i].json, got, cases[i].says);
    }
}

#define INCIDENT(more)                                                                             \
    "{\"id\":\"i\",\"severity\":\"info\",\"state\":\"triggered\",\"reason\":\"ok\"" more "}"
#define DELIVERY(more)                                                                             \
    "{\"id\":\"d\",\"state\":\"waiting\",\"reached\":\"no\",\"notice\":{\"type\":\"test\","        \
    "\"state\":\"triggered\",\"severity\":\"info\",\"reason\":\"ok\"" more "}}"

static const char *refusal_of(char noun, const char *json)
{
    static struct err e;
    union {
        struct incident i;
        struct delivery d;
        struct quiet q;
        struct kept_override o;
    } x;
    size_t n = strlen(json);
    int rc;

    e.text[0] = '\0';
    if (noun == 'i')
        rc = state_read_incident(json, n, &x.i, &e);
    else if (noun == 'd')
        rc = state_read_delivery(json, n, &x.d, &e);
    else if (noun == 'q')
        rc = state_read_quiet(json, n, &x.q, &e);
    else
        rc = state_read_override(json, n, &x.o, &e);
    return rc == 0 ? "" : e.text;
}

static void newer_members__wrong__are_refused_by_name(void **state)
{
    static const struct {
        char noun;
        const char *json, *says;
    } cases[] = {
        {'i', INCIDENT(""), ""},
        {'i', INCIDENT(",\"changes\":[]"), ""},
        {'i', INCIDENT(",\"changes\":[1,0,3]"), ""},
        {'i', INCIDENT(",\"changes\":7"), "changes is not a list"},
        {'i', INCIDENT(",\"changes\":{\"0\":7}"), "changes is not a list"},
        {'i', INCIDENT(",\"changes\":[1,\"2\"]"), "changes is not a list of whole numbers"},
        {'i', INCIDENT(",\"changes\":[1,null]"), "changes is not a list of whole numbers"},
        {'i', INCIDENT(",\"changes\":[1.5]"), "changes is not a list of whole numbers"},
        {'i', INCIDENT(",\"hold\":\"silence\""), ""},
        {'i', INCIDENT(",\"hold\":\"quiet\""), "hold is none of the known words"},
        {'i', INCIDENT(",\"hold\":2"), "hold is none of the known words"},
        {'i', INCIDENT(",\"urgency\":\"medium\""), "urgency is none of the known words"},
        {'i', INCIDENT(",\"opening\":\"triggered\""), "opening is none of the known words"},
        {'i', INCIDENT(",\"paged\":null"), "paged is none of the known words"},
        {'i', INCIDENT(",\"flapping\":1"), "flapping is not true or false"},
        {'i', INCIDENT(",\"snoozed_until\":\"5m\""), "snoozed_until is not a whole number"},
        {'i', INCIDENT(",\"n_affected\":4294967296"), "n_affected is out of range"},
        {'i', INCIDENT(",\"assigned\":7"), "assigned is not a text"},
        {'d', DELIVERY(",\"urgency\":\"low\""), ""},
        {'d', DELIVERY(",\"urgency\":\"none\""), "notice: urgency is none of the known words"},
        {'d', DELIVERY(",\"affected\":[\"api\"]"), "notice: affected is not a text"},
        {'q', "{\"id\":\"q1\",\"kind\":\"silence\"}", ""},
        {'q', "{\"kind\":\"silence\"}", "id is not a text"},
        {'q', "{\"id\":\"\",\"kind\":\"silence\"}", "id is not a text"},
        {'q', "{\"id\":\"q1\"}", "kind is none of the known words"},
        {'q', "{\"id\":\"q1\",\"kind\":\"set\"}", "kind is none of the known words"},
        {'q', "{\"id\":\"12345678901234567890\",\"kind\":\"silence\"}", "id is too long"},
        {'q', "{\"id\":\"q1\",\"kind\":\"silence\",\"end\":\"x\"}", "end is not a whole number"},
        {'q', "{\"id\":\"q1\",\"kind\":\"silence\",\"warned\":\"yes\"}", "warned is not true"},
        {'o', "{\"id\":\"o1\",\"kind\":\"replace\"}", ""},
        {'o', "{\"id\":\"o1\",\"kind\":\"silence\"}", "kind is none of the known words"},
        {'o', "{\"id\":\"o1\",\"kind\":\"set\",\"people\":[\"ana\"]}", "people is not a text"},
        {'o', "[]", "not an object"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = refusal_of(cases[i].noun, cases[i].json);
        if (cases[i].says[0] == '\0')
            assert_string_equal(got, "");
        else if (!text_starts(got, cases[i].says))
            fail_msg("%s: '%s', not '%s'", cases[i].json, got, cases[i].says);
    }
}

static void times__more_than_there_is_room_for__the_newest_stay(void **state)
{
    static const char json[] = INCIDENT(",\"changes\":[1,2,3,4,5,6,7,8,9,10]");
    struct incident i;

    (void)state;
    assert_int_equal(state_read_incident(json, strlen(json), &i, NULL), 0);
    for (int n = 0; n < CHANGES_MAX; n++)
        assert_int_equal(i.changes_ms[n], n + 3);
}

static void missing_numbers__are_what_the_table_says(void **state)
{
    static const char json[] =
        "{\"id\":\"i\",\"severity\":\"info\",\"state\":\"triggered\",\"reason\":\"ok\"}";
    static const char status[] =
        "{\"state\":\"up\",\"last\":{\"verdict\":\"up\",\"reason\":\"ok\"}}";
    struct incident i;
    struct monitor_status s;

    (void)state;
    assert_int_equal(state_read_incident(json, strlen(json), &i, NULL), 0);
    assert_int_equal(i.step, -1);
    assert_int_equal(i.count, 0);
    assert_int_equal(state_read_monitor(status, strlen(status), &s, NULL), 0);
    assert_int_equal(s.last.phases.tls_us, -1);
}

static void long_prose__is_cut_between_characters__long_names_are_refused(void **state)
{
    char json[1200];
    struct incident i;
    char long_text[801];

    (void)state;
    for (int n = 0; n < 800; n += 2)
        memcpy(long_text + n, "\xc3\xa9", 2);
    long_text[800] = '\0';
    snprintf(json, sizeof json,
             "{\"id\":\"i\",\"severity\":\"info\",\"state\":\"triggered\",\"reason\":\"ok\","
             "\"title\":\"%s\"}",
             long_text);
    assert_int_equal(state_read_incident(json, strlen(json), &i, NULL), 0);
    assert_int_equal(strlen(i.title), 318);
    snprintf(json, sizeof json,
             "{\"id\":\"i\",\"severity\":\"info\",\"state\":\"triggered\",\"reason\":\"ok\","
             "\"policy\":\"%s\"}",
             long_text);
    assert_int_equal(state_read_incident(json, strlen(json), &i, NULL), -1);
}

static void cut_anywhere__is_an_error(void **state)
{
    static const char json[] = ATTEMPT(",\"number\":3,\"error\":\"x\"");

    (void)state;
    for (size_t n = 0; n + 1 < sizeof json; n++) {
        struct attempt a;
        char *copy = mem_strndup(json, n);
        assert_int_equal(state_read_attempt(copy, n, &a, NULL), -1);
        mem_free(copy);
    }
}

static void an_untouched_status__takes_few_bytes(void **state)
{
    struct monitor_status s = {.state = MONITOR_UP, .last.phases = PHASES_NONE};
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    state_write_monitor(&b, &s);
    assert_string_equal(b.p, "{\"state\":\"up\",\"last\":{\"verdict\":\"up\",\"reason\":\"ok\"}}");
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monitor__any__reads_back_the_same),
        cmocka_unit_test(incident__any__reads_back_the_same),
        cmocka_unit_test(delivery__any__reads_back_the_same),
        cmocka_unit_test(attempt__any__reads_back_the_same),
        cmocka_unit_test(transition__any__reads_back_the_same),
        cmocka_unit_test(quiet__any__reads_back_the_same),
        cmocka_unit_test(override__any__reads_back_the_same),
        cmocka_unit_test(words__of_every_table__go_both_ways),
        cmocka_unit_test(newer_members__wrong__are_refused_by_name),
        cmocka_unit_test(times__more_than_there_is_room_for__the_newest_stay),
        cmocka_unit_test(bad_members__are_refused_by_name),
        cmocka_unit_test(missing_numbers__are_what_the_table_says),
        cmocka_unit_test(long_prose__is_cut_between_characters__long_names_are_refused),
        cmocka_unit_test(cut_anywhere__is_an_error),
        cmocka_unit_test(an_untouched_status__takes_few_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
