/* html_chart.c - SVG drawings, readable without colour: what was missed is hatched, what was not
 * seen is a dashed frame, lines differ in their dashes and carry their names.
 *
 * Classes and hatching are in html.c's style and its <defs>. Coordinates are ours; texts from the
 * document are escaped. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "format/page.h"
#include "writers.h"

#define LEFT   62.0
#define RIGHT  10.0
#define TOP    16.0
#define BOTTOM 20.0

struct frame {
    const char *title;
    double width, height, step; /* step: from one day or month to the next */
    double low, high;           /* what the lower and the upper edge stand for */
};

static double y_of(const struct frame *f, double value)
{
    double share = (value - f->low) / (f->high - f->low);

    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return f->height - BOTTOM - share * (f->height - TOP - BOTTOM);
}

static void begin_svg(struct buf *out, const struct frame *f, const char *class)
{
    buf_printf(out,
               "<svg class=\"chart %s\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
               "xmlns=\"http://www.w3.org/2000/svg\"><title>",
               class, f->width, f->height);
    html_text(out, f->title);
    buf_str(out, "</title>\n");
}

static void put_level(struct buf *out, const struct frame *f, double value, const char *class,
                      const char *label)
{
    double y = y_of(f, value);

    buf_printf(out,
               "<line class=\"%s\" x1=\"%.0f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
               "<text class=\"y\" x=\"%.0f\" y=\"%.1f\">",
               class, LEFT, f->width - RIGHT, y, y, LEFT - 6, y + 3.5);
    html_text(out, label);
    buf_str(out, "</text>\n");
}

/* --- bars -------------------------------------------------------------------------------- */

struct bar {
    const char *label;
    struct sla_count count;
    bool told; /* enough was seen to say a figure */
};

/* The lower edge: low enough for every bar and for the objective to be seen. */
static double low_edge(const struct slo_view *v, const struct bar *bars, size_t n)
{
    static const double edges[] = {0.9999, 0.9998, 0.9995, 0.999, 0.998, 0.995, 0.99,
                                   0.98,   0.95,   0.9,    0.8,   0.5,   0};
    double least = 1 - (1 - (double)v->objective_ppm / 1e6) * 1.6;

    for (size_t i = 0; i < n; i++) {
        double r = figures_ratio(&bars[i].count);

        if (bars[i].told && r < least)
            least = r;
    }
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        if (edges[i] < least)
            return edges[i];
    return 0;
}

static void put_levels(struct buf *out, const struct frame *f, const struct slo_view *v)
{
    char label[32];
    double objective = (double)v->objective_ppm / 1e6;
    bool apart = y_of(f, objective) - y_of(f, 1) >= 12;

    put_level(out, f, 1, "grid", apart ? "100 %" : "");
    put_level(out, f, f->low, "axis", words_ppm(lround(f->low * 1e6), label, sizeof label));
    put_level(out, f, objective, "objective", v->objective);
}

static const char *bar_class(const struct slo_view *v, const struct bar *b)
{
    if (figures_valid(&b->count) == 0 || !b->told)
        return "unseen";
    return b->count.good * 1e6 < (double)v->objective_ppm * (double)figures_valid(&b->count)
               ? "missed"
               : "kept";
}

static void put_bar(struct buf *out, const struct frame *f, const struct slo_view *v,
                    const struct bar *b, double x)
{
    const char *class = bar_class(v, b);
    double top = strcmp(class, "unseen") == 0 ? 1 : figures_ratio(&b->count), y = y_of(f, top);
    double bottom = f->height - BOTTOM, tall = bottom - y;
    char figure[32];

    words_ratio(b->count.good, figures_valid(&b->count), v->places, figure, sizeof figure);
    buf_printf(out,
               "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>",
               class, x, tall < 1 ? bottom - 1 : y, f->step * 0.76, tall < 1 ? 1 : tall);
    html_text(out, b->label);
    buf_printf(out, ": %s</title></rect>\n", strcmp(class, "unseen") == 0 ? "no figure" : figure);
}

static void put_label(struct buf *out, const char *class, double x, double y, const char *text)
{
    buf_printf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
    html_text(out, text);
    buf_str(out, "</text>\n");
}

/* Days are numbered; months have their names. Figures stand over what was missed, and over all
 * months. */
static void put_bars(struct buf *out, const struct frame *f, const struct slo_view *v,
                     const struct bar *bars, size_t n)
{
    size_t missed = 0;
    char figure[32];

    for (size_t i = 0; i < n; i++)
        missed += strcmp(bar_class(v, &bars[i]), "missed") == 0;
    for (size_t i = 0; i < n; i++) {
        const struct bar *b = &bars[i];
        double x = LEFT + f->step * (double)i, middle = x + f->step / 2;
        size_t len = strlen(b->label);
        bool named = n <= 12 || (missed <= 6 && strcmp(bar_class(v, b), "missed") == 0);

        put_bar(out, f, v, b, x + f->step * 0.12);
        put_label(out, "x", middle, f->height - 6,
                  n <= 12 || len < 2 ? b->label : b->label + len - 2);
        if (!named || !b->told || figures_valid(&b->count) == 0)
            continue;
        words_ratio(b->count.good, figures_valid(&b->count), v->places, figure, sizeof figure);
        put_label(out, "value", middle, y_of(f, figures_ratio(&b->count)) - 3, figure);
    }
}

static void draw(struct buf *out, const struct slo_view *v, const struct bar *bars, size_t n,
                 struct frame f)
{
    size_t seen = 0;

    for (size_t i = 0; i < n; i++)
        seen += bars[i].told && figures_valid(&bars[i].count) > 0;
    if (seen == 0)
        return;
    f.low = low_edge(v, bars, n);
    f.high = 1;
    f.step = (f.width - LEFT - RIGHT) / (double)n;
    begin_svg(out, &f, "bars");
    put_bars(out, &f, v, bars, n);
    put_levels(out, &f, v);
    buf_str(out, "</svg>\n");
}

void chart_days(struct buf *out, const struct slo_view *v)
{
    struct bar bars[MONTH_DAYS_MAX];
    const struct jv *list;
    size_t n = doc_items(v->slo, "days", &list);
    char title[200];

    if (n > MONTH_DAYS_MAX)
        n = MONTH_DAYS_MAX;
    for (size_t i = 0; i < n; i++)
        bars[i] = (struct bar){doc_text(jv_at(list, i), "day"), doc_count(jv_at(list, i)), true};
    text_printf(title, sizeof title, "%.100s, day by day, against %s", v->name, v->objective);
    draw(out, v, bars, n, (struct frame){.title = title, .width = 900, .height = 190});
}

void chart_trend(struct buf *out, const struct slo_view *v)
{
    struct bar bars[REPORT_TREND];
    const struct jv *list;
    size_t n = doc_items(v->slo, "trend", &list);
    char title[200];

    if (n > REPORT_TREND)
        n = REPORT_TREND;
    for (size_t i = 0; i < n; i++) {
        const struct jv *m = jv_at(list, i);

        bars[i] =
            (struct bar){doc_text(m, "month"), doc_count(m), jv_get_text(m, "no_figure") == NULL};
    }
    text_printf(title, sizeof title, "%.100s, the last twelve months, against %s", v->name,
                v->objective);
    draw(out, v, bars, n, (struct frame){.title = title, .width = 900, .height = 170});
}

/* --- lines ------------------------------------------------------------------------------- */

static const struct {
    const char *key, *name;
} lines[] = {{"p50_us", "p50"}, {"p90_us", "p90"}, {"p95_us", "p95"}, {"p99_us", "p99"}};
#define LINES (sizeof lines / sizeof *lines)

/* log10 of milliseconds; NaN: none. */
static double latency_at(const struct jv *days, size_t i, const char *key)
{
    double us = jv_real(jv_get(jv_get(jv_at(days, i), "latency"), key), NAN);

    if (!isfinite(us) || us < 0 || us > 1e12)
        return NAN;
    return log10((us < 1 ? 1 : us) / 1000);
}

static bool find_range(const struct jv *days, size_t n, struct frame *f)
{
    f->low = INFINITY;
    f->high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < LINES; k++) {
            double at = latency_at(days, i, lines[k].key);

            f->low = fmin(f->low, at); /* a NaN does not count */
            f->high = fmax(f->high, at);
        }
    }
    if (f->low > f->high)
        return false;
    f->low -= 0.08;
    f->high += 0.08;
    return true;
}

static void put_scale(struct buf *out, const struct frame *f)
{
    static const int steps[] = {1, 2, 5};
    char label[32];

    for (int power = -3; power <= 9; power++) {
        for (int i = 0; i < 3; i++) {
            double ms = steps[i] * pow(10, power), at = log10(ms);

            if (at >= f->low && at <= f->high && (f->high - f->low < 1.5 || i == 0))
                put_level(out, f, at, "grid", text_human_ms(ms, label, sizeof label));
        }
    }
}

/* Names stand at the right, at least 12 apart. */
static void put_names(struct buf *out, const struct frame *f, const double *last)
{
    double free_y = f->height;

    for (size_t k = 0; k < LINES; k++) {
        double y = isnan(last[k]) ? NAN : y_of(f, last[k]) + 3.5;

        if (isnan(y))
            continue;
        y = fmin(y, free_y - 12);
        free_y = y;
        put_label(out, "name", f->width - RIGHT - 34, y, lines[k].name);
    }
}

/* Returns the last value, where its name goes. */
static double put_line(struct buf *out, const struct frame *f, const struct jv *days, size_t n,
                       size_t k)
{
    bool drawing = false;
    double last = NAN;

    buf_printf(out, "<path class=\"%s\" d=\"", lines[k].name);
    for (size_t i = 0; i < n; i++) {
        double at = latency_at(days, i, lines[k].key), x = LEFT + f->step * ((double)i + 0.5);

        if (!isnan(at)) {
            buf_printf(out, "%c%.1f %.1f", drawing ? 'L' : 'M', x, y_of(f, at));
            if (!drawing) /* a day alone is a dot */
                buf_str(out, "h0.1");
            last = at;
        }
        drawing = !isnan(at);
    }
    buf_str(out, "\"/>\n");
    return last;
}

void chart_latency(struct buf *out, const struct slo_view *v)
{
    const struct jv *days;
    size_t n = doc_items(v->slo, "days", &days);
    double last[LINES];
    char title[200];
    struct frame f = {.title = title, .width = 900, .height = 210};

    if (n > MONTH_DAYS_MAX)
        n = MONTH_DAYS_MAX;
    if (!find_range(days, n, &f))
        return;
    f.step = (f.width - LEFT - RIGHT - 44) / (double)n;
    text_printf(title, sizeof title, "%.100s, latency by day: percentiles of good results",
                v->name);
    begin_svg(out, &f, "lines");
    put_scale(out, &f);
    for (size_t k = 0; k < LINES; k++)
        last[k] = put_line(out, &f, days, n, k);
    put_names(out, &f, last);
    for (size_t i = 0; i < n; i++) {
        const char *day = doc_text(jv_at(days, i), "day");
        size_t len = strlen(day);

        put_label(out, "x", LEFT + f.step * ((double)i + 0.5), f.height - 6,
                  len < 2 ? day : day + len - 2);
    }
    buf_str(out, "</svg>\n");
}
