/* draw.c - bars of eighths, the scale beside them, the marks below; draw_time.c has the times. */
#include "draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "draw_time.h"

#define HEIGHT 8 /* lines of bars */
#define TICKS  4

struct picture {
    const struct drawing *d;
    struct draw_point *columns;
    size_t n; /* columns */
    double low, high;
    struct buf *out;
};

size_t draw_columns(size_t width)
{
    return (width > DRAW_WIDTH ? width : DRAW_WIDTH) - DRAW_LABELS;
}

const char *draw_percent(double share, char *dst, size_t size)
{
    if (isnan(share))
        snprintf(dst, size, "-");
    else
        snprintf(dst, size, "%.6g%%", floor(share * 1e5 + 1e-6) / 1e3);
    return dst;
}

/* --- columns ---------------------------------------------------------------------------- */

static bool is_worse(const struct drawing *d, double a, double b)
{
    return isnan(b) || (!isnan(a) && (d->low_is_bad ? a < b : a > b));
}

/* Each point in as many columns as there are for it, or several in one. */
static void fill_columns(struct picture *p)
{
    const struct drawing *d = p->d;
    size_t room = draw_columns(d->width), wide = d->n > 0 && d->n < room ? room / d->n : 1;
    size_t folded = (d->n + room - 1) / room;

    folded = folded > 0 ? folded : 1;
    p->n = folded > 1 ? (d->n + folded - 1) / folded : d->n * wide;
    p->columns = mem_calloc(p->n + 1, sizeof *p->columns);
    for (size_t i = 0; i < p->n; i++)
        p->columns[i].value = (double)NAN;
    for (size_t i = 0; i < d->n; i++) {
        for (size_t k = 0; k < wide; k++) {
            struct draw_point *c = &p->columns[i / folded * wide + k];
            if (is_worse(d, d->points[i].value, c->value))
                c->value = d->points[i].value;
            if (d->points[i].mark > c->mark)
                c->mark = d->points[i].mark;
        }
    }
}

/* --- the scale -------------------------------------------------------------------------- */

static void scale_ms(struct picture *p, double most)
{
    static const double nice[] = {1, 2, 2.5, 5, 10};
    double step = most > 0 ? most / TICKS : 1, power = pow(10, floor(log10(step)));
    size_t i = 0;

    while (i < 4 && nice[i] * power < step * 0.999999)
        i++;
    p->low = 0;
    p->high = nice[i] * power * TICKS;
}

/* From the last of these below everything, so that the last per mille is seen. */
static void scale_percent(struct picture *p, double least)
{
    static const double lows[] = {99, 98, 96, 90, 80, 60, 20, 0};
    size_t i = 0;

    while (i < 7 && lows[i] > least)
        i++;
    p->low = lows[i];
    p->high = 100;
}

static void scale(struct picture *p)
{
    double least = 100, most = 0;

    for (size_t i = 0; i < p->n; i++) {
        least = fmin(least, p->columns[i].value);
        most = fmax(most, p->columns[i].value);
    }
    if (p->d->unit == DRAW_PERCENT)
        scale_percent(p, least);
    else
        scale_ms(p, most);
}

static const char *label(const struct picture *p, double value, char *dst, size_t size)
{
    if (p->d->unit == DRAW_PERCENT)
        snprintf(dst, size, "%.6g%%", value);
    else if (value <= 0)
        snprintf(dst, size, "0");
    else
        text_human_ms(value, dst, size);
    return dst;
}

/* --- lines ------------------------------------------------------------------------------ */

static const char *or_plain(const struct picture *p, const char *utf8, const char *plain)
{
    return p->d->utf8 ? utf8 : plain;
}

static void put_tinted(struct picture *p, const char *escape, const char *text)
{
    if (p->d->colour && *escape)
        buf_printf(p->out, "%s%s\033[0m", escape, text);
    else
        buf_str(p->out, text);
}

static const char *escape_of(enum draw_mark m)
{
    static const char *const escapes[DRAW_MARKS] = {"",        "\033[34m", "\033[2m",
                                                    "\033[2m", "\033[33m", "\033[31m"};

    return escapes[m];
}

/* How much of a line `row` (0: the lowest) this column fills, in eighths. */
static int eighths(const struct picture *p, const struct draw_point *c, size_t row)
{
    double share = (c->value - p->low) / (p->high - p->low);
    int all;

    if (isnan(c->value))
        return 0;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    all = (int)lround(share * HEIGHT * 8);
    all = (all > 0 ? all : 1) - (int)row * 8;
    return all < 0 ? 0 : all > 8 ? 8 : all;
}

static void put_bars(struct picture *p, size_t row)
{
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {" ", ".", ".", ".", ":", ":", ":", "#", "#"};
    size_t last = 0;

    for (size_t i = 0; i < p->n; i++)
        last = eighths(p, &p->columns[i], row) > 0 ? i + 1 : last;
    for (size_t i = 0; i < last; i++) {
        int e = eighths(p, &p->columns[i], row);
        const char *bar = p->d->utf8 ? blocks[e] : plain[e];
        put_tinted(p, e > 0 ? escape_of(p->columns[i].mark) : "", bar);
    }
    buf_char(p->out, '\n');
}

static void put_row(struct picture *p, size_t row)
{
    bool tick = (row + 1) % (HEIGHT / TICKS) == 0;
    char text[32] = "";

    if (tick)
        label(p, p->low + (p->high - p->low) * (double)(row + 1) / HEIGHT, text, sizeof text);
    buf_printf(p->out, "%7s ", text);
    buf_str(p->out, tick ? or_plain(p, "┤", "+") : or_plain(p, "│", "|"));
    put_bars(p, row);
}

static void put_axis(struct picture *p)
{
    const struct drawing *d = p->d;
    struct draw_ruler r = {.from_ms = d->from_ms,
                           .span_ms = d->step_ms * (int64_t)d->n,
                           .columns = p->n,
                           .zone = d->zone};
    bool *ticks = mem_calloc(p->n + 1, sizeof *ticks);
    struct buf labels;
    char text[32];

    buf_init(&labels, 4096);
    draw_ruler(&r, ticks, &labels);
    buf_printf(p->out, "%7s ", label(p, p->low, text, sizeof text));
    buf_str(p->out, or_plain(p, "└", "+"));
    for (size_t i = 0; i < p->n; i++)
        buf_str(p->out, ticks[i] ? or_plain(p, "┬", "+") : or_plain(p, "─", "-"));
    buf_printf(p->out, "\n%*s%s\n", DRAW_LABELS, "", buf_text(&labels));
    buf_done(&labels);
    mem_free(ticks);
}

static const char *mark_of(const struct picture *p, enum draw_mark m)
{
    static const char *const marks[DRAW_MARKS] = {" ", "m", "?", "·", "▄", "█"};
    static const char *const plain[DRAW_MARKS] = {" ", "m", "?", ".", "x", "X"};

    return p->d->utf8 ? marks[m] : plain[m];
}

static void put_legend(struct picture *p, const bool seen[DRAW_MARKS])
{
    static const char *const words[DRAW_MARKS] = {"",           "maintenance", "unknown",
                                                  "no results", "partly down", "down"};

    size_t column = 0, width = p->d->width > DRAW_WIDTH ? p->d->width : DRAW_WIDTH;

    for (int m = DRAW_MARKS - 1; m > DRAW_NONE; m--) {
        size_t n = strlen(words[m]) + 4;
        if (!seen[m])
            continue;
        if (column == 0 || column + n > width) {
            buf_printf(p->out, "%s%*s", column > 0 ? "\n" : "", DRAW_LABELS - 2, "");
            column = DRAW_LABELS - 2;
        }
        column += n;
        buf_str(p->out, "  ");
        put_tinted(p, escape_of((enum draw_mark)m), mark_of(p, (enum draw_mark)m));
        buf_printf(p->out, " %s", words[m]);
    }
    buf_char(p->out, '\n');
}

static void put_marks(struct picture *p)
{
    bool seen[DRAW_MARKS] = {false};
    size_t last = 0;

    for (size_t i = 0; i < p->n; i++) {
        seen[p->columns[i].mark] = true;
        last = p->columns[i].mark != DRAW_NONE ? i + 1 : last;
    }
    if (last == 0)
        return;
    buf_printf(p->out, "%*s", DRAW_LABELS, "");
    for (size_t i = 0; i < last; i++)
        put_tinted(p, escape_of(p->columns[i].mark), mark_of(p, p->columns[i].mark));
    buf_char(p->out, '\n');
    put_legend(p, seen);
}

void draw_graph(const struct drawing *d, struct buf *out)
{
    struct picture p = {.d = d, .out = out};

    fill_columns(&p);
    scale(&p);
    for (size_t row = HEIGHT; row-- > 0;)
        put_row(&p, row);
    put_axis(&p);
    put_marks(&p);
    mem_free(p.columns);
}
