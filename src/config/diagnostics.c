/* diagnostics.c - all that is wrong, gathered, sorted by place and printed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "node.h"

#define GATHERED_MAX 10000 /* before sorting; more than that is counted only */
#define TEXT_SIZE    500

static void add(struct diagnostics *d, const struct node *n, bool warning, const char *text)
{
    d->errors += !warning;
    if (d->n >= GATHERED_MAX)
        return;
    if (d->n == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 16;
        d->items = mem_resize(d->items, d->cap, sizeof *d->items);
    }
    d->items[d->n++] = (struct diagnostic){
        .file = mem_strdup(n->source->path),
        .line = n->line,
        .column = n->column,
        .order = n->source->order,
        .warning = warning,
        .text = mem_strdup(text),
    };
}

/* Texts may quote what a stranger wrote: control characters do not reach a terminal. */
static void make_printable(char *text)
{
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
}

MW_PRINTF(4, 0)
static void vadd(struct diagnostics *d, const struct node *n, bool warning, const char *fmt,
                 va_list ap)
{
    char whole[2 * TEXT_SIZE], text[TEXT_SIZE];
    vsnprintf(whole, sizeof whole, fmt, ap);
    text_copy(text, sizeof text, whole);
    make_printable(text);
    add(d, n, warning, text);
}

void diag_error(struct diagnostics *d, const struct node *n, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vadd(d, n, false, fmt, ap);
    va_end(ap);
}

void diag_warn(struct diagnostics *d, const struct node *n, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vadd(d, n, true, fmt, ap);
    va_end(ap);
}

static int compare(const void *pa, const void *pb)
{
    const struct diagnostic *a = pa, *b = pb;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    if (a->warning != b->warning)
        return a->warning ? 1 : -1;
    return strcmp(a->text, b->text);
}

static void forget(struct diagnostic *x)
{
    mem_free(x->file);
    mem_free(x->text);
}

/* A node behind an alias is read once for each use: its fault is listed once. */
static void drop_repeated(struct diagnostics *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (kept > 0 && compare(&d->items[kept - 1], &d->items[i]) == 0) {
            d->errors -= !d->items[i].warning;
            forget(&d->items[i]);
        } else {
            d->items[kept++] = d->items[i];
        }
    }
    d->n = kept;
}

/* Warnings make room for errors. */
static void drop_beyond_max(struct diagnostics *d)
{
    size_t too_many = d->n > DIAGNOSTICS_MAX ? d->n - DIAGNOSTICS_MAX : 0;
    for (size_t i = d->n; too_many > 0 && i-- > 0;) {
        if (!d->items[i].warning)
            continue;
        forget(&d->items[i]);
        memmove(&d->items[i], &d->items[i + 1], (d->n - i - 1) * sizeof *d->items);
        d->n--;
        too_many--;
    }
    for (; too_many > 0; too_many--)
        forget(&d->items[--d->n]);
}

void diag_finish(struct diagnostics *d)
{
    if (d->n > 0)
        qsort(d->items, d->n, sizeof *d->items, compare);
    drop_repeated(d);
    drop_beyond_max(d);
}

void diagnostics_done(struct diagnostics *d)
{
    for (size_t i = 0; i < d->n; i++)
        forget(&d->items[i]);
    mem_free(d->items);
    *d = (struct diagnostics){0};
}

void diagnostics_print(const struct diagnostics *d, struct buf *out)
{
    size_t errors = 0;
    for (size_t i = 0; i < d->n; i++) {
        const struct diagnostic *x = &d->items[i];
        buf_str(out, x->file);
        if (x->line > 0)
            buf_printf(out, ":%d:%d", x->line, x->column);
        buf_printf(out, ": %s: %s\n", x->warning ? "warning" : "error", x->text);
        errors += !x->warning;
    }
    if (d->errors > errors)
        buf_printf(out, "… and %zu more errors\n", d->errors - errors);
}
