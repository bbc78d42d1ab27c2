/* expect.c - the text of an expectation into its compiled form.
 *
 * Happy path:  field [argument] operator [value | range | list] end
 * Failures:    every one names the column and, where there is one, the way out. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "expect_priv.h"

struct parser {
    struct lexer lx;
    struct token tok; /* the one looked at */
    const char *kind;
    struct expectation *x;
};

static const struct expect_type_row *type_of(const struct parser *p)
{
    return &expect_types[p->x->field->type];
}

static int advance(struct parser *p)
{
    return expect_lex(&p->lx, &p->tok);
}

/* --- field ------------------------------------------------------------------------------ */

static int fail_unknown_field(struct parser *p)
{
    const char *names[FIELD_COUNT + 1];
    size_t n = 0;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (expect_field_of_kind(&expect_fields[i], p->kind))
            names[n++] = expect_fields[i].name;
    names[n] = NULL;
    const char *near = text_nearest(p->tok.word, names);
    if (near)
        return expect_fail(&p->lx, p->tok.at, "unknown field `%s`, did you mean `%s`?", p->tok.word,
                           near);
    return expect_fail(&p->lx, p->tok.at, "unknown field `%s` for %s", p->tok.word, p->kind);
}

static const struct expect_field *field_named(const char *name, const char *kind)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (text_eq(expect_fields[i].name, name) && expect_field_of_kind(&expect_fields[i], kind))
            return &expect_fields[i];
    return NULL;
}

static int parse_path(struct parser *p)
{
    struct err fact;
    const char *at;
    if (expect_lex_path(&p->lx, &p->x->argument) != 0)
        return -1;
    at = p->lx.p - strlen(p->x->argument);
    if (jv_path_compile(p->x->argument, &p->x->path, &fact) != 0)
        return expect_fail(&p->lx, at, "%s", fact.text);
    return 0;
}

static int parse_field(struct parser *p)
{
    if (advance(p) != 0)
        return -1;
    if (p->tok.kind == TOKEN_END)
        return expect_fail(&p->lx, p->tok.at, "nothing is expected: write FIELD OPERATOR VALUE");
    if (p->tok.kind != TOKEN_WORD)
        return expect_fail(&p->lx, p->tok.at, "`%s` is not a field", p->tok.word);
    p->x->field = field_named(p->tok.word, p->kind);
    if (!p->x->field)
        return fail_unknown_field(p);
    if (p->x->field == &expect_fields[FIELD_HEADER])
        return expect_lex_name(&p->lx, &p->x->argument);
    if (p->x->field == &expect_fields[FIELD_JSON])
        return parse_path(p);
    return 0;
}

/* --- operator --------------------------------------------------------------------------- */

/* What other languages call it. */
static const char *op_meant(const char *word)
{
    static const struct {
        const char *wrong, *right;
    } slips[] = {
        {"=", "=="},
        {"is", "=="},
        {"eq", "=="},
        {"equals", "=="},
        {"<>", "!="},
        {"ne", "!="},
        {"=~", "matches"},
        {"~", "matches"},
        {"!~", "not matches"},
        {"match", "matches"},
        {"like", "matches"},
        {"contain", "contains"},
        {"includes", "contains"},
        {"has", "contains"},
        {"exist", "exists"},
        {"lt", "<"},
        {"gt", ">"},
        {"=<", "<="},
        {"=>", ">="},
        {"!", "not"},
        {"not ==", "!="},
        {"not =", "!="},
        {"isnt", "!="},
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++)
        if (text_eq(slips[i].wrong, word))
            return slips[i].right;
    const char *names[OP_COUNT + 1] = {0};
    for (size_t i = 0; i < OP_COUNT; i++)
        names[i] = expect_ops[i].name;
    return text_nearest(word, names);
}

static int fail_operator(struct parser *p, const char *at, const char *word)
{
    if (p->tok.kind != TOKEN_WORD && p->tok.kind != TOKEN_SYMBOL)
        return expect_fail(&p->lx, at, "`%s` needs an operator and a value, such as `%s %s`",
                           p->x->field->name, type_of(p)->usual, type_of(p)->example);
    const char *meant = op_meant(word);
    if (meant)
        return expect_fail(&p->lx, at, "unknown operator `%s`, did you mean `%s`?", word, meant);
    return expect_fail(&p->lx, at,
                       "`%s` is not an operator: == != < <= > >= in contains matches "
                       "exists, and `not` before the last four",
                       word);
}

static const struct expect_op *op_named(const char *name)
{
    for (size_t i = 0; i < OP_COUNT; i++)
        if (text_eq(expect_ops[i].name, name))
            return &expect_ops[i];
    return NULL;
}

static int parse_operator(struct parser *p)
{
    if (advance(p) != 0)
        return -1;
    const char *at = p->tok.at;
    char name[2 * sizeof p->tok.word];
    text_copy(name, sizeof name, p->tok.word);
    if (p->tok.kind == TOKEN_WORD && text_eq(p->tok.word, "not")) {
        if (advance(p) != 0)
            return -1;
        snprintf(name, sizeof name, "not %s", p->tok.word);
    }
    p->x->op = op_named(name);
    if (!p->x->op)
        return fail_operator(p, at, name);
    if (!(type_of(p)->bases & (1u << p->x->op->base)))
        return expect_fail(&p->lx, at, "`%s` does not go with `%s`, which is %s", p->x->op->name,
                           p->x->field->name, type_of(p)->what);
    return 0;
}

/* --- values ----------------------------------------------------------------------------- */

static int fail_type(struct parser *p)
{
    const char *field = p->x->field->name, *what = type_of(p)->what;
    if (p->tok.kind == TOKEN_END)
        return expect_fail(&p->lx, p->tok.at, "a value is missing after `%s`", p->x->op->name);
    if (p->tok.kind == TOKEN_REGEX)
        return expect_fail(&p->lx, p->tok.at, "a regular expression goes with `matches` only");
    if (p->tok.kind == TOKEN_OPEN)
        return expect_fail(&p->lx, p->tok.at, "a list goes with `in` and `not in` only");
    bool unquoted = p->tok.kind == TOKEN_WORD || p->tok.kind == TOKEN_QUANTITY;
    if (type_of(p)->takes_text && unquoted && p->x->field->type != TYPE_VERSION)
        return expect_fail(&p->lx, p->tok.at, "text needs quotes, did you mean `\"%s\"`?",
                           p->tok.word);
    return expect_fail(&p->lx, p->tok.at, "`%s` is %s (like %s): `%s` is not", field, what,
                       type_of(p)->example, p->tok.word);
}

static bool json_word(const char *word, struct value *ret)
{
    if (text_eq(word, "null"))
        *ret = (struct value){.kind = VALUE_NULL};
    else if (text_eq(word, "true") || text_eq(word, "false"))
        *ret = (struct value){.kind = VALUE_BOOL, .i = *word == 't'};
    else
        return false;
    return true;
}

static int quantity(struct parser *p, struct value *ret)
{
    struct err fact;
    if (!type_of(p)->read)
        return fail_type(p);
    if (type_of(p)->read(p->tok.word, ret, &fact) == 0)
        return 0;
    if (p->x->field->type == TYPE_LOOSE || p->x->field->type == TYPE_JSON)
        return fail_type(p);
    return expect_fail(&p->lx, p->tok.at, "`%s` is %s: %s", p->x->field->name, type_of(p)->what,
                       fact.text);
}

/* One value of the field's type. Leaves the token after it to be looked at. */
static int parse_value(struct parser *p, struct value *ret)
{
    struct value v = {0};
    bool text = p->tok.kind == TOKEN_TEXT && type_of(p)->takes_text;
    if (text && p->x->field->type == TYPE_VERSION) {
        if (expect_version(p->tok.text, &v.i) != 0)
            return fail_type(p);
        v.kind = VALUE_INT;
    } else if (text) {
        v = (struct value){.kind = VALUE_TEXT, .text = p->tok.text, .len = p->tok.len};
    } else if (p->tok.kind == TOKEN_QUANTITY) {
        if (quantity(p, &v) != 0)
            return -1;
    } else if (p->tok.kind != TOKEN_WORD || p->x->field->type != TYPE_JSON ||
               !json_word(p->tok.word, &v)) {
        return fail_type(p);
    }
    *ret = v;
    return advance(p);
}

static bool number(const struct value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_REAL;
}

/* A value, or a range of two. */
static int parse_bound(struct parser *p, struct bound *ret)
{
    struct bound b = {0};
    const char *at = p->tok.at;
    if (parse_value(p, &b.lo) != 0)
        return -1;
    if (p->tok.kind == TOKEN_RANGE) {
        b.range = true;
        if (advance(p) != 0 || parse_value(p, &b.hi) != 0)
            return -1;
        if (!number(&b.lo) || !number(&b.hi))
            return expect_fail(&p->lx, at, "a range goes from a number to a number");
        if (expect_compare(&b.lo, &b.hi) > 0)
            return expect_fail(&p->lx, at, "the range is empty: its first end is the larger one");
    }
    *ret = b;
    return 0;
}

/* Grown with vec_push(); most hold one. */
struct bounds {
    struct bound *items;
    size_t n, cap;
};

static int parse_list(struct parser *p, struct bounds *bounds)
{
    const char *at = p->tok.at;
    do {
        struct bound b;
        if (bounds->n == EXPECT_LIST_MAX)
            return expect_fail(&p->lx, p->tok.at, "a list holds at most %d values",
                               EXPECT_LIST_MAX);
        if (advance(p) != 0)
            return -1;
        if (p->tok.kind == TOKEN_CLOSE && bounds->n == 0)
            return expect_fail(&p->lx, at, "the list is empty");
        if (parse_bound(p, &b) != 0)
            return -1;
        vec_push(bounds, b);
    } while (p->tok.kind == TOKEN_COMMA);
    if (p->tok.kind != TOKEN_CLOSE)
        return expect_fail(&p->lx, p->tok.at, "the list goes on with `,` or ends with `]`");
    return advance(p);
}

/* What `in` takes. */
static int parse_set(struct parser *p, struct bounds *bounds)
{
    if (p->tok.kind == TOKEN_OPEN)
        return parse_list(p, bounds);
    struct bound b;
    const char *at = p->tok.at;
    if (parse_bound(p, &b) != 0)
        return -1;
    if (!b.range)
        return expect_fail(&p->lx, at, "`%s` takes a list or a range; for one value use `%s`",
                           p->x->op->name, p->x->op->rule == RULE_NONE ? "!=" : "==");
    vec_push(bounds, b);
    return 0;
}

/* What all other operators take. */
static int parse_single(struct parser *p, struct bounds *bounds)
{
    struct bound b;
    const char *at = p->tok.at;
    bool text = p->tok.kind == TOKEN_TEXT;
    if (parse_bound(p, &b) != 0)
        return -1;
    if (b.range)
        return expect_fail(&p->lx, at, "a range goes with `in` and `not in` only");
    if (p->x->op->base == BASE_ORDER && !number(&b.lo))
        return expect_fail(&p->lx, at, "`%s` compares numbers", p->x->op->name);
    if (p->x->op->base == BASE_CONTAINS && !text && p->x->field->type != TYPE_JSON)
        return expect_fail(&p->lx, at, "`contains` looks for text: put it in quotes");
    vec_push(bounds, b);
    return 0;
}

static int parse_pattern(struct parser *p)
{
    struct err fact;
    if (p->tok.kind != TOKEN_REGEX)
        return expect_fail(&p->lx, p->tok.at,
                           "`%s` takes a regular expression between slashes, such as /^ok$/i",
                           p->x->op->name);
    if (memchr(p->tok.text, '\0', p->tok.len) ||
        regex_compile(p->tok.text, p->tok.ignore_case, &p->x->regex, &fact) != 0)
        return expect_fail(&p->lx, p->tok.at, "%s", fact.text);
    return advance(p);
}

static int parse_operand(struct parser *p)
{
    if (advance(p) != 0)
        return -1;
    struct bounds bounds = {0};
    vec_reserve(&bounds, 1);
    int failed = 0;
    if (p->x->op->base == BASE_MATCHES)
        failed = parse_pattern(p);
    else if (p->x->op->base == BASE_IN)
        failed = parse_set(p, &bounds);
    else if (p->x->op->base != BASE_EXISTS)
        failed = parse_single(p, &bounds);
    p->x->bounds = bounds.items;
    p->x->n_bounds = bounds.n;
    return failed;
}

/* --- whole ------------------------------------------------------------------------------ */

static int parse_end(struct parser *p)
{
    if (p->tok.kind == TOKEN_END)
        return 0;
    bool joined = text_eq(p->tok.word, "and") || text_eq(p->tok.word, "or") ||
                  text_eq(p->tok.word, "&&") || text_eq(p->tok.word, "||");
    return expect_fail(&p->lx, p->tok.at, "unexpected `%s` after the value%s", p->tok.word,
                       joined ? ": write each expectation on its own" : "");
}

/* Blanks around it do not count; control bytes and broken UTF-8 are refused. */
static int check_text(const struct lexer *lx, size_t n)
{
    if (n > EXPECT_TEXT_MAX)
        return expect_fail(lx, lx->start, "longer than %d bytes", EXPECT_TEXT_MAX);
    if (!utf8_valid(lx->start, n))
        return expect_fail(lx, lx->start, "not UTF-8");
    for (const char *q = lx->start; *q; q++)
        if (((unsigned char)*q < ' ' && *q != '\t') || *q == 0x7f)
            return expect_fail(lx, q, "a control character");
    return 0;
}

int expect_compile(const char *text, const char *kind, struct expectation **ret, struct err *e)
{
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]))
        n--;
    struct expectation *x = mem_new(struct expectation);
    x->memory = mem_calloc(2, n + 1);
    memcpy(x->memory, text, n);
    x->text = x->memory;
    struct parser p = {
        .kind = kind,
        .x = x,
        .lx = {.start = x->text, .p = x->text, .scratch = x->memory + n + 1, .e = e}};
    if (check_text(&p.lx, n) != 0 || parse_field(&p) != 0 || parse_operator(&p) != 0 ||
        parse_operand(&p) != 0 || parse_end(&p) != 0) {
        expect_free(x);
        return -1;
    }
    *ret = x;
    return 0;
}

void expect_free(struct expectation *x)
{
    if (!x)
        return;
    jv_path_free(x->path);
    regex_free(x->regex);
    mem_free((void *)x->bounds);
    mem_free(x->shown);
    mem_free(x->memory);
    mem_free(x);
}

const char *expect_text(const struct expectation *x)
{
    return x->shown ? x->shown : x->text;
}

void expect_hide(struct expectation *x, const char *shown)
{
    mem_free(x->shown);
    x->shown = mem_strdup(shown);
}

bool expect_mentions(const struct expectation *x, const char *field)
{
    return text_eq(x->field->name, field);
}

bool expect_needs_body(const struct expectation *x)
{
    return x->field == &expect_fields[FIELD_BODY] || x->field == &expect_fields[FIELD_JSON];
}

const struct expectation *expect_default_status(void)
{
    static const struct bound good = {
        {.kind = VALUE_INT, .i = 200}, {.kind = VALUE_INT, .i = 299}, true};
    static const struct expectation status = {
        .text = "status in 200..299",
        .field = &expect_fields[FIELD_STATUS],
        .op = &expect_ops[OP_IN],
        .bounds = &good,
        .n_bounds = 1,
    };
    return &status;
}
