/* expect_eval.c - an expectation against an observation.
 *
 * One rule for fields with several values (headers of one name, matches of a path):
 * a comparison wants one that fits, a limit (`<` …) binds all, a negation forbids all.
 * Where nothing was found only `not exists` holds; what could not be read or judged
 * never holds. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "expect_priv.h"

/* --- does one value fit? ---------------------------------------------------------------- */

static bool number(const struct value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_REAL;
}

static bool within(const struct bound *b, const struct value *v)
{
    if (!b->range)
        return expect_equal(v, &b->lo);
    return number(v) && expect_compare(v, &b->lo) >= 0 && expect_compare(v, &b->hi) <= 0;
}

static bool fits_a_bound(const struct expectation *x, const struct value *v)
{
    bool loose = x->field->type == TYPE_LOOSE;
    struct value as_number;
    for (size_t i = 0; i < x->n_bounds; i++) {
        const struct bound *b = &x->bounds[i];
        bool convert = loose && number(&b->lo);
        if (convert && !expect_number_in(v, &as_number))
            continue;
        if (within(b, convert ? &as_number : v))
            return true;
    }
    return false;
}

static bool fits_order(const struct expectation *x, const struct value *v)
{
    struct value as_number = *v;
    if (x->field->type == TYPE_LOOSE && !expect_number_in(v, &as_number))
        return false;
    if (!number(&as_number))
        return false;
    int sign = expect_compare(&as_number, &x->bounds->lo);
    return (x->op->signs & (sign < 0 ? SIGN_LESS : sign > 0 ? SIGN_MORE : SIGN_EQUAL)) != 0;
}

static bool holds_item(const struct jv *list, const struct value *wanted)
{
    for (size_t i = 0; i < jv_len(list); i++) {
        struct value item = expect_value_of(jv_at(list, i));
        if (expect_equal(&item, wanted))
            return true;
    }
    return false;
}

static bool fits_contains(const struct expectation *x, const struct value *v)
{
    const struct value *wanted = &x->bounds->lo;
    if (v->kind == VALUE_TREE)
        return jv_type(v->tree) == JV_LIST && holds_item(v->tree, wanted);
    if (v->kind != VALUE_TEXT || wanted->kind != VALUE_TEXT)
        return false;
    return memmem(v->text, v->len, wanted->text, wanted->len) != NULL;
}

static bool fits_pattern(struct reading *r, const struct value *v)
{
    if (v->kind != VALUE_TEXT)
        return false;
    struct err e;
    int answer = regex_match(r->x->regex, v->text, v->len, &e);
    if (answer < 0)
        text_copy(r->fault, sizeof r->fault, e.text);
    return answer > 0;
}

static bool fits(struct reading *r, const struct value *v)
{
    switch (r->x->op->base) {
    case BASE_EQUAL:
    case BASE_IN:
        return fits_a_bound(r->x, v);
    case BASE_ORDER:
        return fits_order(r->x, v);
    case BASE_CONTAINS:
        return fits_contains(r->x, v);
    case BASE_MATCHES:
        return fits_pattern(r, v);
    case BASE_EXISTS:
        return true;
    }
    return false;
}

/* --- all values ------------------------------------------------------------------------- */

bool expect_take(struct reading *r, const struct value *v)
{
    if (r->seen == EXPECT_MATCH_MAX) {
        snprintf(r->fault, sizeof r->fault, "more than %d values", EXPECT_MATCH_MAX);
        return false;
    }
    bool fit = fits(r, v);
    bool decides = fit == (r->x->op->rule != RULE_ALL);
    if (r->seen == 0 || decides)
        r->shown = *v;
    r->seen++;
    r->fit += fit;
    return !decides && !*r->fault;
}

static bool held(const struct reading *r)
{
    if (*r->fault)
        return false;
    if (r->seen == 0)
        return r->x->op->base == BASE_EXISTS && r->x->op->rule == RULE_NONE;
    return r->x->op->rule == RULE_ANY   ? r->fit > 0
           : r->x->op->rule == RULE_ALL ? r->fit == r->seen
                                        : r->fit == 0;
}

/* The value in words; a body that was cut says so. */
static void put_actual(const struct reading *r, const struct sight *s, struct held *ret)
{
    char note[48] = "", cap[24];
    bool body = r->x->field == &expect_fields[FIELD_BODY];
    if (body && s->o->body_capped)
        snprintf(note, sizeof note, " (body cut at %s)",
                 text_from_size((int64_t)s->o->body_len, cap, sizeof cap));
    if (*r->fault) {
        text_copy(ret->actual, sizeof ret->actual, r->fault);
    } else if (r->seen == 0) {
        text_copy(ret->actual, sizeof ret->actual, r->x->field->absent);
    } else {
        expect_show(r->x, &r->shown, ret->actual, sizeof ret->actual - strlen(note));
        memcpy(ret->actual + strlen(ret->actual), note, strlen(note) + 1);
    }
}

void expect_eval_sight(const struct expectation *x, struct sight *s, struct held *ret)
{
    struct reading r = {.x = x};
    x->field->read(x->field, s, &r);
    text_copy(ret->text, sizeof ret->text, expect_text(x));
    ret->warn = false;
    ret->held = held(&r);
    if (x->shown)
        text_copy(ret->actual, sizeof ret->actual, "***");
    else
        put_actual(&r, s, ret);
}

void expect_eval(const struct expectation *x, const struct observation *o, int64_t now_ms,
                 struct held *ret)
{
    struct sight s;
    expect_sight_init(&s, o, now_ms);
    expect_eval_sight(x, &s, ret);
    expect_sight_done(&s);
}
