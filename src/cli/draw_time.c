/* draw_time.c - round times of a wall clock, as far from each other as their labels need. */
#include "draw_time.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"

#define APART 10 /* columns between two ticks, at least */
#define DAY_S 86400

static int64_t tick_s(const struct draw_ruler *r)
{
    static const int64_t steps[] = {1,          2,          5,          10,          15,
                                    30,         60,         120,        300,         600,
                                    900,        1800,       3600,       7200,        10800,
                                    21600,      43200,      DAY_S,      2 * DAY_S,   7 * DAY_S,
                                    14 * DAY_S, 28 * DAY_S, 56 * DAY_S, 182 * DAY_S, 364 * DAY_S};
    size_t last = sizeof steps / sizeof *steps - 1, i = 0;

    while (i < last && steps[i] * 1000 * (int64_t)r->columns < APART * r->span_ms)
        i++;
    return steps[i];
}

static void write_label(int64_t local_s, int64_t step_s, char *dst, size_t size)
{
    struct civil c = civil_of(local_s);

    if (step_s >= 182 * DAY_S)
        snprintf(dst, size, "%04d-%02d", c.year, c.month);
    else if (local_s % DAY_S == 0)
        snprintf(dst, size, "%02d-%02d", c.month, c.day);
    else if (step_s < 60)
        snprintf(dst, size, "%02d:%02d:%02d", c.hour, c.minute, c.second);
    else
        snprintf(dst, size, "%02d:%02d", c.hour, c.minute);
}

static void put_tick(const struct draw_ruler *r, size_t column, const char *label, bool *ticks,
                     struct buf *labels)
{
    if (column + strlen(label) > r->columns || (labels->len > 0 && column <= labels->len))
        return;
    ticks[column] = true;
    while (labels->len < column)
        buf_char(labels, ' ');
    buf_str(labels, label);
}

void draw_ruler(const struct draw_ruler *r, bool *ticks, struct buf *labels)
{
    int64_t step_s = tick_s(r), local_s = zone_local(r->zone, r->from_ms / 1000), at_ms;
    char label[32];

    if (r->columns == 0 || r->span_ms <= 0)
        return;
    local_s -= local_s % step_s;
    for (;; local_s += step_s) {
        at_ms = zone_resolve(r->zone, local_s, ZONE_GAP_NEXT) * 1000;
        if (at_ms >= r->from_ms + r->span_ms)
            return;
        if (at_ms < r->from_ms)
            continue;
        write_label(local_s, step_s, label, sizeof label);
        put_tick(r, (size_t)((at_ms - r->from_ms) * (int64_t)r->columns / r->span_ms), label, ticks,
                 labels);
    }
}
