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

static void random_word(struct dice *d, const struct field *f, char *p)
{
    int n = 0;

    /* the words are counted from 0 without a gap; the last is found by asking back */
    while (n < 15 && f->from(f->word(n)) == n && dice_in(d, 0, 3) != 0) {
        if (text_eq(f->key, "verdict") && n == 3)
            break;
        if ((text_eq(f->key, "reached") || text_eq(f->key, "outcome") ||
             text_eq(f->key, "severity")) &&
            n == 2)
            break;
        if (text_eq(f->key, "subject") && n == 3)
            break;
        if (text_eq(f->key, "state") && n == 3)
            break;
        if (text_eq(f->key, "cause") && n == CAUSE_COUNT - 1)
            break;
        if (text_eq(f->key, "type") && n == NOTICE_TEST)
            break;
        if (text_eq(f->key, "reason") && n == REASON_COUNT - 1)
            break;
        n++;
    }
    memcpy(p, &n, sizeof n);
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
        cmocka_unit_test(bad_members__are_refused_by_name),
        cmocka_unit_test(missing_numbers__are_what_the_table_says),
        cmocka_unit_test(long_prose__is_cut_between_characters__long_names_are_refused),
        cmocka_unit_test(cut_anywhere__is_an_error),
        cmocka_unit_test(an_untouched_status__takes_few_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
