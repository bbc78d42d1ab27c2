/* expect_type.c - the types and operators of the language, its literals, and how values are
 * compared and shown. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "expect_priv.h"

/* --- literals --------------------------------------------------------------------------- */

static int read_number(const char *word, struct value *ret, struct err *e)
{
    int64_t i;
    double real;
    if (text_int(word, INT64_MIN, INT64_MAX, &i, NULL) == 0) {
        *ret = (struct value){.kind = VALUE_INT, .i = i};
        return 0;
    }
    if (text_double(word, &real, e) != 0)
        return -1;
    *ret = (struct value){.kind = VALUE_REAL, .real = real};
    return 0;
}

/* All digits, and so without a unit. */
static bool bare(const char *word)
{
    return word[strspn(word, "0123456789.")] == '\0';
}

static int read_duration(const char *word, struct value *ret, struct err *e)
{
    bool minus = *word == '-';
    int64_t ms;
    if (text_duration(word + minus, &ms, e) != 0) {
        if (bare(word + minus))
            return err_set(e, "`%s` has no unit, did you mean `%sms`?", word, word);
        return -1;
    }
    *ret = (struct value){.kind = VALUE_INT, .i = (minus ? -ms : ms) * 1000};
    return 0;
}

static int read_size(const char *word, struct value *ret, struct err *e)
{
    int64_t bytes;
    if (text_size(word, &bytes, e) != 0)
        return -1;
    *ret = (struct value){.kind = VALUE_INT, .i = bytes};
    return 0;
}

static int read_version(const char *word, struct value *ret, struct err *e)
{
    int64_t thousands;
    if (expect_version(word, &thousands) != 0)
        return err_set(e, "`%s` is not a version (like 1.2)", word);
    *ret = (struct value){.kind = VALUE_INT, .i = thousands};
    return 0;
}

#define BASE(name) (1u << BASE_##name)
#define MEASURED   (BASE(EQUAL) | BASE(ORDER) | BASE(IN) | BASE(EXISTS))
#define WORDED     (BASE(EQUAL) | BASE(IN) | BASE(CONTAINS) | BASE(MATCHES) | BASE(EXISTS))

const struct expect_type_row expect_types[TYPE_COUNT] = {
    [TYPE_NUMBER] = {"a number", "==", "200", MEASURED, false, read_number},
    [TYPE_DURATION] = {"a duration", "<", "800ms", MEASURED, false, read_duration},
    [TYPE_SIZE] = {"a size", "<", "64kB", MEASURED, false, read_size},
    [TYPE_VERSION] = {"a version", ">=", "1.2", MEASURED, true, read_version},
    [TYPE_TEXT] = {"a text", "==", "\"ok\"", WORDED, true, NULL},
    [TYPE_LOOSE] = {"a text or a number", "==", "\"ok\"", WORDED | BASE(ORDER), true, read_number},
    [TYPE_JSON] = {"a JSON value", "==", "\"ok\"", WORDED | BASE(ORDER), true, read_number},
};

const struct expect_op expect_ops[OP_COUNT] = {
    [OP_EQ] = {"==", BASE_EQUAL, RULE_ANY, 0},
    [OP_NE] = {"!=", BASE_EQUAL, RULE_NONE, 0},
    [OP_LT] = {"<", BASE_ORDER, RULE_ALL, SIGN_LESS},
    [OP_LE] = {"<=", BASE_ORDER, RULE_ALL, SIGN_LESS | SIGN_EQUAL},
    [OP_GT] = {">", BASE_ORDER, RULE_ALL, SIGN_MORE},
    [OP_GE] = {">=", BASE_ORDER, RULE_ALL, SIGN_MORE | SIGN_EQUAL},
    [OP_IN] = {"in", BASE_IN, RULE_ANY, 0},
    [OP_NOT_IN] = {"not in", BASE_IN, RULE_NONE, 0},
    [OP_CONTAINS] = {"contains", BASE_CONTAINS, RULE_ANY, 0},
    [OP_NOT_CONTAINS] = {"not contains", BASE_CONTAINS, RULE_NONE, 0},
    [OP_MATCHES] = {"matches", BASE_MATCHES, RULE_ANY, 0},
    [OP_NOT_MATCHES] = {"not matches", BASE_MATCHES, RULE_NONE, 0},
    [OP_EXISTS] = {"exists", BASE_EXISTS, RULE_ANY, 0},
    [OP_NOT_EXISTS] = {"not exists", BASE_EXISTS, RULE_NONE, 0},
};

/* --- comparing -------------------------------------------------------------------------- */

static double real_of(const struct value *v)
{
    return v->kind == VALUE_INT ? (double)v->i : v->real;
}

int expect_compare(const struct value *a, const struct value *b)
{
    if (a->kind == VALUE_INT && b->kind == VALUE_INT)
        return (a->i > b->i) - (a->i < b->i);
    double x = real_of(a), y = real_of(b);
    return (x > y) - (x < y);
}

static bool number(const struct value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_REAL;
}

bool expect_equal(const struct value *a, const struct value *b)
{
    if (number(a) && number(b))
        return expect_compare(a, b) == 0;
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_TEXT)
        return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
    return a->kind == VALUE_NULL || (a->kind == VALUE_BOOL && a->i == b->i);
}

bool expect_number_in(const struct value *text, struct value *ret)
{
    const char *from = text->text, *end = from + text->len;
    while (from < end && strchr(" \t\r\n", *from) && *from)
        from++;
    while (end > from && strchr(" \t\r\n", end[-1]) && end[-1])
        end--;
    char word[64];
    size_t n = (size_t)(end - from);
    if (n >= sizeof word || memchr(from, '\0', n))
        return false;
    memcpy(word, from, n);
    word[n] = '\0';
    return read_number(word, ret, NULL) == 0;
}

/* SSLv3 came before TLSv1: it counts as 0.3. */
int expect_version(const char *s, int64_t *ret)
{
    static const struct {
        const char *name;
        int64_t unit;
    } families[] = {{"TLSv", 1000}, {"SSLv", 1}, {"HTTP/", 1000}, {"", 1000}};

    size_t i = 0;
    while (!text_starts(s, families[i].name))
        i++;
    s += strlen(families[i].name);
    const char *dot = strchr(s, '.');
    char word[8];
    int64_t major, minor = 0;
    size_t n = dot ? (size_t)(dot - s) : strlen(s);
    if (n >= sizeof word)
        return -1;
    memcpy(word, s, n);
    word[n] = '\0';
    if (text_int(word, 0, 999, &major, NULL) != 0 ||
        (dot && text_int(dot + 1, 0, 999, &minor, NULL) != 0))
        return -1;
    *ret = major * families[i].unit + minor;
    return 0;
}

struct value expect_value_of(const struct jv *v)
{
    switch (jv_type(v)) {
    case JV_BOOL:
        return (struct value){.kind = VALUE_BOOL, .i = jv_bool(v, false)};
    case JV_INT:
        return (struct value){.kind = VALUE_INT, .i = jv_int(v, 0)};
    case JV_REAL:
        return (struct value){.kind = VALUE_REAL, .real = jv_real(v, 0)};
    case JV_TEXT:
        return (struct value){.kind = VALUE_TEXT, .text = jv_text(v), .len = jv_len(v)};
    case JV_LIST:
    case JV_OBJECT:
        return (struct value){.kind = VALUE_TREE, .tree = v};
    case JV_NONE:
    case JV_NULL:
        break;
    }
    return (struct value){.kind = VALUE_NULL};
}

/* --- showing ---------------------------------------------------------------------------- */

static bool within_a_hundredth(int64_t i, const struct value *limit)
{
    return fabs((double)i - (double)limit->i) < 0.01 * fabs((double)i);
}

/* Rounded for people it must not look like the limit it missed. */
static bool near_a_bound(const struct expectation *x, const struct value *v)
{
    for (size_t i = 0; i < x->n_bounds; i++) {
        const struct bound *b = &x->bounds[i];
        if (within_a_hundredth(v->i, &b->lo) || (b->range && within_a_hundredth(v->i, &b->hi)))
            return true;
    }
    return false;
}

static void show_duration(const struct expectation *x, const struct value *v, char *dst,
                          size_t size)
{
    if (v->i % 1000 == 0 && near_a_bound(x, v)) {
        text_from_duration(v->i / 1000, dst, size);
        return;
    }
    if (near_a_bound(x, v) && v->i < 60000000) {
        snprintf(dst, size, "%.3fms", (double)v->i / 1000);
        return;
    }
    text_human_ms((double)v->i / 1000, dst, size);
}

size_t expect_printable(const char *text, size_t len, char *dst, size_t size)
{
    size_t at = 0, i = 0;
    while (i < len) {
        size_t step = utf8_step(text + i, len - i);
        unsigned char c = (unsigned char)text[i];
        if (at + (step ? step : 1) >= size)
            break;
        if (step > 1)
            memcpy(dst + at, text + i, step);
        else
            dst[at] = step == 0 ? '?' : c < ' ' || c == 0x7f ? ' ' : (char)c;
        at += step ? step : 1;
        i += step ? step : 1;
    }
    dst[at] = '\0';
    return i;
}

/* In quotes, on one line, cut with an ellipsis. */
static void show_text(const struct value *v, char *dst, size_t size)
{
    static const char cut[] = "…\"";
    dst[0] = '"';
    size_t shown = expect_printable(v->text, v->len, dst + 1, size - sizeof cut);
    char *end = dst + strlen(dst);
    memcpy(end, shown < v->len ? cut : "\"", shown < v->len ? sizeof cut : 2);
}

static void show_tree(const struct value *v, char *dst, size_t size)
{
    bool list = jv_type(v->tree) == JV_LIST;
    snprintf(dst, size, "%s of %zu", list ? "a list" : "an object", jv_len(v->tree));
}

static void show_number(const struct expectation *x, const struct value *v, char *dst, size_t size)
{
    if (x->field->type == TYPE_DURATION)
        show_duration(x, v, dst, size);
    else if (x->field->type == TYPE_SIZE)
        text_from_size(v->i, dst, size);
    else if (x->field->type == TYPE_VERSION)
        text_copy(dst, size, v->text);
    else if (v->kind == VALUE_INT)
        snprintf(dst, size, "%lld", (long long)v->i);
    else
        snprintf(dst, size, "%.10g", v->real);
}

void expect_show(const struct expectation *x, const struct value *v, char *dst, size_t size)
{
    switch (v->kind) {
    case VALUE_NULL:
        text_copy(dst, size, "null");
        break;
    case VALUE_BOOL:
        text_copy(dst, size, v->i ? "true" : "false");
        break;
    case VALUE_INT:
    case VALUE_REAL:
        show_number(x, v, dst, size);
        break;
    case VALUE_TEXT:
        show_text(v, dst, size);
        break;
    case VALUE_TREE:
        show_tree(v, dst, size);
        break;
    }
}
