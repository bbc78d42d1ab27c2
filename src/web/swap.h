/* swap.h - whose shift is it, and from when to when? */
#ifndef WEB_SWAP_H
#define WEB_SWAP_H

#include "model/schedule.h"

struct shift_bounds {
    int64_t start_ms, end_ms;
};

/* The time without a break around at_ms for which `person` is on call. Looked for at most 400 days
 * to either side. -1 when the person is not on call at at_ms, or is for longer than that. */
int swap_find_shift(const struct schedule *s, const char *person, int64_t at_ms,
                    struct shift_bounds *ret, struct err *e) MW_MUST_CHECK;

#endif
