/* metrics.h - numbers about midwatch, written down once and read in many formats.
 *
 * Whoever has numbers declares a `struct metric_family` beside the function that writes them, and
 * writes: metrics_family(), then its series. What becomes of them is the business of the format
 * behind `struct metrics`: Prometheus' text, OpenMetrics, remote write, OTLP. docs/metrics.md has
 * a row for every family; a check compares.
 *
 * A document may be cut anywhere between two series (metrics_cut); each piece is whole. */
#ifndef FORMAT_METRICS_H
#define FORMAT_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/octaves.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO };

/* Names: a counter ends in _total, an info in _info; before that comes the unit, _seconds or
 * _bytes, when there is one. `help` has no quotes, backslashes or line breaks. */
struct metric_family {
    const char *name;
    enum metric_type type;
    const char *help;
};

/* fixed / 10^decimals, exactly; with `decimals` METRIC_REAL: real. */
#define METRIC_REAL (-1)
struct metric_value {
    int64_t fixed;
    int decimals;
    double real;
};

/* One more label, whose value needs no escaping, behind the others. name NULL: none. */
struct metrics_word {
    const char *name, *value;
};

struct metrics;
struct metrics_format {
    const char *content_type;
    void (*begin)(struct metrics *m);  /* of a piece */
    void (*family)(struct metrics *m); /* m->family begins, or goes on in another piece */
    void (*value)(struct metrics *m, const char *labels, struct metrics_word by,
                  struct metric_value v);
    void (*octaves)(struct metrics *m, const char *labels, const struct octaves *o);
    void (*end)(struct metrics *m); /* of a piece */
};

#define METRICS_LABELS_MAX 768 /* bytes of the labels of a series, without the word */

/* A document under way. Those of the formats with more to remember begin with one. */
struct metrics {
    const struct metrics_format *format;
    struct buf *out;                    /* borrowed */
    const struct metric_family *family; /* under way; NULL: none yet */
    size_t series;                      /* so far, as Prometheus counts them */
};

extern const struct metrics_format metrics_text, metrics_open; /* 0.0.4; OpenMetrics 1.0 */

void metrics_begin(struct metrics *m, const struct metrics_format *f, struct buf *out);
/* Ends the piece; what `out` holds then is the caller's to take, and to clear. Then either
 * nothing more, or metrics_resume(), and the family under way goes on. */
void metrics_cut(struct metrics *m);
void metrics_resume(struct metrics *m);

/* --- writing --- */

void metrics_family(struct metrics *m, const struct metric_family *f);
/* `labels` is what metrics_label() wrote, or "". */
void metrics_label(struct buf *labels, const char *name, const char *value);
void metrics_int(struct metrics *m, const char *labels, int64_t value);
void metrics_micros(struct metrics *m, const char *labels, int64_t us); /* in seconds */
void metrics_millis(struct metrics *m, const char *labels, int64_t ms); /* in seconds */
void metrics_real(struct metrics *m, const char *labels, double value); /* NaN: nothing is said */
void metrics_int_by(struct metrics *m, const char *labels, struct metrics_word by, int64_t value);
void metrics_micros_by(struct metrics *m, const char *labels, struct metrics_word by, int64_t us);
void metrics_real_by(struct metrics *m, const char *labels, struct metrics_word by, double value);
void metrics_octaves(struct metrics *m, const char *labels, const struct octaves *o);
#define METRICS_OCTAVES_SERIES(bounds) ((bounds) + 3) /* that many buckets, +Inf, sum and count */
/* A family of one series without labels. */
void metrics_one(struct metrics *m, const struct metric_family *f, int64_t value);

/* --- for the formats --- */

/* Length of the name without _total and _info. */
size_t metrics_base_name(const struct metric_family *f);
const char *metrics_unit(const struct metric_family *f); /* "seconds", "bytes", or "" */
double metrics_number(struct metric_value v);
/* A bound as OpenMetrics wants it, "1.0" and not "1", in every format: it is a label, and a label
 * must not change with the format. */
#define METRICS_BOUND_SIZE 32
const char *metrics_bound(const struct octaves *o, unsigned i, char dst[METRICS_BOUND_SIZE]);
/* What metrics_label() wrote, unescaped, one after the other into `scratch` (of
 * METRICS_LABELS_MAX); how many. */
#define METRICS_PAIRS_MAX 16
struct metrics_pair {
    const char *name, *value;
};
size_t metrics_pairs(const char *labels, struct metrics_word by, char *scratch,
                     struct metrics_pair ret[METRICS_PAIRS_MAX]);

#endif
