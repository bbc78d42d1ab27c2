/* draw.h - results as they come in, for the tests of this room. */
#ifndef TESTS_STATS_DRAW_H
#define TESTS_STATS_DRAW_H

#include <math.h>

#include "model/result.h"
#include "random.h"

/* In (0, 1). */
static inline double draw_share(struct dice *d)
{
    return ((double)(dice_roll(d) >> 11) + 0.5) / 9007199254740992.0;
}

static inline double draw_normal(struct dice *d)
{
    double radius = sqrt(-2 * log(draw_share(d)));
    return radius * cos(6.283185307179586 * draw_share(d));
}

static inline int64_t draw_log_normal_us(struct dice *d, double median_ms, double sigma)
{
    return (int64_t)(median_ms * 1000 * exp(sigma * draw_normal(d)));
}

struct weather {
    double median_ms, sigma, failing;
    int64_t late_us; /* at most */
};

static inline struct result draw_result(struct dice *d, const struct weather *w)
{
    struct result r = {.phases = PHASES_NONE};
    r.phases.total_us = draw_log_normal_us(d, w->median_ms, w->sigma);
    r.lateness_us = dice_in(d, 0, w->late_us);
    if (draw_share(d) >= w->failing)
        return r;
    r.verdict = VERDICT_DOWN;
    r.reason = draw_share(d) < 0.5 ? REASON_TIMEOUT : REASON_STATUS;
    if (r.reason == REASON_TIMEOUT)
        r.phases.total_us = -1;
    return r;
}

/* Of any kind. */
static inline struct result draw_any(struct dice *d)
{
    struct result r = {.phases = PHASES_NONE};
    r.verdict = (enum verdict)dice_in(d, 0, VERDICT_COUNT - 1);
    r.reason = (enum reason)dice_in(d, 0, REASON_COUNT - 1);
    r.maintenance = dice_in(d, 0, 3) == 0;
    r.phases.total_us = dice_in(d, -1, (INT64_C(1) << dice_in(d, 0, 60)));
    r.lateness_us = dice_in(d, 0, INT64_C(1) << dice_in(d, 0, 40));
    return r;
}

#endif
