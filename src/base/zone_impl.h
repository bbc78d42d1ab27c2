/* zone_impl.h - what a zone is made of; for zone.c, zone_file.c and zone_rule.c only. */
#ifndef BASE_ZONE_IMPL_H
#define BASE_ZONE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Offsets lie strictly between these (RFC 8536), so a wall time is never further than
 * this from the instant it names. */
#define OFFSET_MIN_S (-25 * 3600)
#define OFFSET_MAX_S (26 * 3600)

/* Beyond this nothing is computed; about thirty million years either way. */
#define FAR_S ((int64_t)1 << 50)

/* The day a rule falls on: Jn (1..365, never counts February 29th), n (0..365), Mm.w.d. */
enum day_kind { DAY_JULIAN, DAY_OF_YEAR, DAY_MONTHLY };

struct rule_day {
    enum day_kind kind;
    int n;                    /* DAY_JULIAN, DAY_OF_YEAR */
    int month, week, weekday; /* DAY_MONTHLY; week 5 is the last, weekday 0 is Sunday */
    int32_t time_s;           /* after midnight; negative or beyond a day too */
};

/* The POSIX footer: what goes for all years after the table. */
struct zone_rule {
    bool given, has_dst;
    int32_t std_s, dst_s;       /* seconds east of UTC */
    struct rule_day start, end; /* start in standard time, end in daylight time */
};

struct zone_step {
    int64_t at_s;
    int32_t offset_s; /* from at_s on */
};

struct zone {
    char *name;
    int32_t first_offset_s;  /* before the first step */
    struct zone_step *steps; /* ascending */
    size_t n_steps;
    struct zone_rule rule;
};

/* zone_rule.c: text of the footer -> rule, and the two steps of one year, ascending. */
int zone_rule_parse(const char *text, struct zone_rule *ret, struct err *e);
void zone_rule_steps(const struct zone_rule *r, int year, struct zone_step ret[2]);
int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc_s);

#endif
