/* table.c - columns for people. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
    const char *spare;    /* digits; NULL: all columns are needed */
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

void table_spare(struct table *t, const char *columns)
{
    t->spare = columns;
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

/* Of what is left out the width becomes 0: a head is never empty. */
static void fit(const struct table *t, size_t widths[])
{
    struct winsize w = {0};
    size_t all = 0;

    if (!t->spare || !isatty(1) || ioctl(1, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
        return;
    for (size_t c = 0; c < t->columns; c++)
        all += widths[c] + (c ? 2 : 0);
    for (const char *s = t->spare; *s && all > w.ws_col; s++) {
        all -= widths[*s - '0'] + 2;
        widths[*s - '0'] = 0;
    }
}

static void print_row(const struct table *t, const struct row *r, const size_t widths[],
                      bool colour)
{
    size_t last = t->columns - 1;

    while (last > 0 && widths[last] == 0)
        last--;
    for (size_t c = 0; c <= last; c++) {
        if (widths[c] == 0)
            continue;
        print_cell(r->cells[c], r->tints[c], c == last ? 0 : widths[c], colour);
        fputs(c == last ? "\n" : "  ", stdout);
    }
}

void table_print(const struct table *t, bool colour)
{
    size_t widths[COLUMNS_MAX] = {0};

    for (size_t c = 0; c < t->columns; c++)
        widths[c] = width_of(t, c);
    fit(t, widths);
    for (size_t i = 0; i < t->rows.n; i++)
        print_row(t, &t->rows.items[i], widths, colour);
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->rows.n; i++)
        for (size_t c = 0; c < t->columns; c++)
            mem_free(t->rows.items[i].cells[c]);
    vec_done(&t->rows);
    mem_free(t);
}
