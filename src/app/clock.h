/* clock.h - what became of the wall clock between two looks: pure. */
#ifndef SRC_APP_CLOCK_H
#define SRC_APP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* One look at the system's three clocks, microseconds. `boot` goes on while the machine sleeps,
 * `mono` does not. */
struct clock_look {
    int64_t wall_us, mono_us, boot_us;
};

struct clock_move {
    int64_t stepped_us; /* somebody set it; 0: nobody did */
    int64_t slept_us;   /* the machine was suspended; 0: it was not */
};

/* Less than half a second is the slewing of a healthy clock, and the time between the looks at
 * three clocks: no move. */
struct clock_move clock_compare(const struct clock_look *was, const struct clock_look *is);

#endif
