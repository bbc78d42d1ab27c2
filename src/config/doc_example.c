/* doc_example.c - conf/midwatch.yaml: every key once, with its text, as a file that can be read. */
#include <stdio.h>
#include <string.h>

#include "doc.h"

#define WIDTH 100

struct example {
    struct buf *out;
    int indent;
    bool dash; /* the next key begins an item of a list */
};

static void print_shape(struct example *x, const struct shape *shape);

static void put_indent(struct example *x, int indent)
{
    buf_printf(x->out, "%*s", indent, "");
}

static void print_comment(struct example *x, const struct row *row)
{
    char prefix[40], facts[FACTS_SIZE];
    snprintf(prefix, sizeof prefix, "%*s# ", x->dash ? x->indent - 2 : x->indent, "");
    doc_wrap(x->out, row->text, prefix, WIDTH);
    if (!row->type->nested)
        buf_printf(x->out, "%s(%s)\n", prefix, doc_facts(row, facts, sizeof facts));
}

/* The key itself, behind the dash of its item or the mark of a comment. */
static void print_key(struct example *x, const struct row *row)
{
    put_indent(x, x->dash ? x->indent - 2 : x->indent);
    if (x->dash)
        buf_str(x->out, "- ");
    x->dash = false;
    if (row->flags & ROW_INSTEAD)
        buf_str(x->out, "# ");
    buf_printf(x->out, "%s:", row->key);
}

static void print_below(struct example *x, const struct row *row)
{
    int outer = x->indent;
    buf_char(x->out, '\n');
    x->indent += 2;
    if (row->type == &type_named) {
        put_indent(x, x->indent);
        buf_printf(x->out, "%s:\n", row->example);
        x->indent += 2;
    } else if (row->type->list) {
        x->dash = true;
        x->indent += 2;
    }
    print_shape(x, row->of);
    x->indent = outer;
}

static void print_row(struct example *x, const struct row *row)
{
    print_comment(x, row);
    print_key(x, row);
    if (row->type->nested)
        print_below(x, row);
    else
        buf_printf(x->out, " %s\n", row->example);
    if (x->indent == 0)
        buf_char(x->out, '\n');
}

static void print_shape(struct example *x, const struct shape *shape)
{
    shape_each(row, shape)
        print_row(x, row);
}

void config_print_example(struct buf *out)
{
    struct example x = {.out = out};
    buf_str(out,
            "# midwatch.yaml - every key once, with an example value.\n#\n"
            "# Made from the same tables the file is read by (make documents). You need far less:\n"
            "# see conf/examples.\n#\n");
    for (const char *const *p = doc_prose; *p; p++) {
        doc_wrap(out, *p, "# ", WIDTH);
        buf_str(out, p[1] ? "#\n" : "\n");
    }
    print_shape(&x, &shape_file);
}
