/* expect_doc.c - the tables of the language as Markdown, for docs/expectations.md. */
#include "expect_priv.h"

/* A `|` inside a cell would end it. */
static void put_cell(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_char(out, '\\');
        buf_char(out, *text);
    }
}

void expect_print_fields(struct buf *out)
{
    buf_str(out, "| field | is | for | what it is | when there is none |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct expect_field *f = &expect_fields[i];
        buf_printf(out, "| `%s%s%s` | %s | %s | ", f->name, f->argument ? " " : "",
                   f->argument ? f->argument : "", expect_types[f->type].what, f->kinds);
        put_cell(out, f->about);
        buf_printf(out, " | %s |\n", f->absent);
    }
}

/* The types an operator goes with, "a number, a duration". */
static void put_types(struct buf *out, const struct expect_op *op)
{
    const char *separator = "";
    size_t with = 0;
    for (size_t i = 0; i < TYPE_COUNT; i++)
        with += expect_types[i].bases >> op->base & 1;
    if (with == TYPE_COUNT) {
        buf_str(out, "everything");
        return;
    }
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (!(expect_types[i].bases >> op->base & 1))
            continue;
        buf_printf(out, "%s%s", separator, expect_types[i].what);
        separator = ", ";
    }
}

void expect_print_operators(struct buf *out)
{
    static const char *const takes[] = {
        [BASE_EQUAL] = "a value",
        [BASE_ORDER] = "a value that is measured",
        [BASE_IN] = "a list or a range",
        [BASE_CONTAINS] = "a text; for a JSON list one of its items",
        [BASE_MATCHES] = "a regular expression",
        [BASE_EXISTS] = "nothing",
    };
    static const char *const rules[] = {
        [RULE_ANY] = "one fits",
        [RULE_ALL] = "all fit",
        [RULE_NONE] = "none fits",
    };
    buf_str(out, "| operator | takes | goes with | of several values |\n|---|---|---|---|\n");
    for (size_t i = 0; i < OP_COUNT; i++) {
        const struct expect_op *op = &expect_ops[i];
        buf_printf(out, "| `%s` | %s | ", op->name, takes[op->base]);
        put_types(out, op);
        buf_printf(out, " | %s |\n", rules[op->rule]);
    }
}
