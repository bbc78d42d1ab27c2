/* table.c - columns for people. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/vec.h"
#include "cli.h"

#define COLUMNS_MAX 12

struct row {
    char *cells[COLUMNS_MAX];
    char tints[COLUMNS_MAX];
};

struct table {
    size_t columns;
    VEC(struct row) rows; /* the first holds the heads */
};

struct table *table_new(size_t columns, const char *const *heads)
{
    struct table *t = mem_new(struct table);

    t->columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
    table_add(t, heads);
    for (size_t i = 0; i < t->columns; i++)
        table_tint(t, i, 'd');
    return t;
}

void table_add(struct table *t, const char *const *cells)
{
    struct row r = {0};

    for (size_t i = 0; i < t->columns; i++)
        r.cells[i] = mem_strdup(cells[i] ? cells[i] : "");
    vec_push(&t->rows, r);
}

void table_tint(struct table *t, size_t column, char colour)
{
    t->rows.items[t->rows.n - 1].tints[column] = colour;
}

static const char *escape_of(char tint)
{
    switch (tint) {
    case 'g':
        return "\033[32m";
    case 'y':
        return "\033[33m";
    case 'r':
        return "\033[31m";
    case 'd':
        return "\033[2m";
    default:
        return "";
    }
}

static size_t width_of(const struct table *t, size_t column)
{
    size_t widest = 0;

    for (size_t i = 0; i < t->rows.n; i++) {
        size_t w = utf8_width(t->rows.items[i].cells[column]);

        widest = w > widest ? w : widest;
    }
    return widest;
}

static void print_cell(const char *text, char tint, size_t width, bool colour)
{
    const char *on = colour ? escape_of(tint) : "";
    size_t have = utf8_width(text);

    printf("%s%s%s", on, text, *on ? "\033[0m" : "");
    for (; have < width; have++)
        putchar(' ');
}

void table_print(const struct table *t, bool colour)
{
    size_t widths[COLUMNS_MAX];

    for (size_t c = 0; c < t->columns; c++)
        widths[c] = width_of(t, c);
    for (size_t i = 0; i < t->rows.n; i++) {
        const struct row *r = &t->rows.items[i];

        for (size_t c = 0; c < t->columns; c++) {
            bool last = c + 1 == t->columns;

            print_cell(r->cells[c], r->tints[c], last ? 0 : widths[c], colour);
            fputs(last ? "\n" : "  ", stdout);
        }
    }
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->rows.n; i++)
        for (size_t c = 0; c < t->columns; c++)
            mem_free(t->rows.items[i].cells[c]);
    vec_done(&t->rows);
    mem_free(t);
}
