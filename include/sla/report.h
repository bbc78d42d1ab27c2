/* report.h - the report of a month: what goes in, and the one canonical document that comes out.
 *
 * The document is JSON, the same bytes for the same inputs. Its `data` is what was measured and
 * promised, `inputs_digest` the SHA-256 of that; the rest says when, by what and from which
 * configuration it was issued. Last comes `digest`, the SHA-256 of all bytes of the document as
 * they are without that member. Markdown, HTML and CSV (sla/render.h) are made from the document
 * alone. docs/reports.md describes every member.
 *
 * Everything in a report is owned by it (its arena), so it outlives the configuration it came
 * from. */
#ifndef SLA_REPORT_H
#define SLA_REPORT_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/vec.h"
#include "model/incident.h"
#include "model/slo.h"
#include "sla/month.h"

#define REPORT_VERSION     1
#define REPORT_MAX_BYTES   ((size_t)8 << 20) /* of the document */
#define REPORT_TREND       12                /* months, the report's own is the last */
#define REPORT_QUANTILES   4
#define REPORT_INCIDENTS   2000 /* listed; more are counted and said */
#define REPORT_WINDOWS     2000
#define REPORT_DIGEST_SIZE 65                        /* SHA-256 in hex */
extern const int report_quantiles[REPORT_QUANTILES]; /* 50 90 95 99 */

/* By events: how many; by time: milliseconds. `expected`: how much there was to be. */
struct sla_count {
    uint64_t good, bad, excluded, unknown, expected;
};

/* Of good results, from merged histograms; -1: none. */
struct sla_latency {
    uint64_t n;
    int64_t us[REPORT_QUANTILES];
};
#define SLA_LATENCY_NONE ((struct sla_latency){0, {-1, -1, -1, -1}})

struct sla_day {
    int64_t from_ms;
    struct sla_count count;
    struct sla_latency latency;
};
struct sla_month {
    struct month month;
    int64_t from_ms;
    struct sla_count count;
};

struct sla_slo {
    struct slo promise; /* its texts and credits copied; without monitors, zone and policies */
    const char **monitors;
    size_t n_monitors;
    int64_t interval_ms; /* the shortest of its monitors: how finely it is looked at */
    const char *zone_name;
    int64_t from_ms, to_ms, until_ms; /* the month there; until when it has been measured */
    struct sla_count count;
    struct sla_latency latency;
    struct sla_day days[MONTH_DAYS_MAX];
    int64_t day_ends_ms;
    size_t n_days;
    struct sla_month trend[REPORT_TREND]; /* oldest first */
};

/* The results of one monitor, of a group, or of everything. */
enum sla_row_kind { SLA_ROW_ALL, SLA_ROW_GROUP, SLA_ROW_MONITOR };
struct sla_row {
    enum sla_row_kind kind;
    const char *name, *group; /* name "" for all; group NULL: none */
    uint64_t good, bad, unknown, maintenance, expected;
    struct sla_latency latency;
};

/* Maintenance in the month, of the file or asked for. */
struct sla_window {
    const char *id;   /* NULL: it stands in the file */
    const char *what; /* which monitors: matchers, or names; one line */
    int64_t start_ms, end_ms;
    int64_t announced_ms;         /* 0: not known, it stands in the file */
    const char *author, *comment; /* NULL: none */
    bool excluded;                /* announced before it began */
};

/* What a report needs of an incident. */
struct sla_incident {
    const char *id, *monitor, *title, *acked_by, *resolved_by; /* NULL: nobody */
    enum severity severity;
    enum incident_state state;
    int64_t started_ms, opened_ms, acked_ms, resolved_ms; /* 0: not yet */
    bool held;                                            /* nobody was to be woken for it */
};

/* From `from_ms` on the wall clock is `seconds` ahead of UTC. */
struct sla_offset {
    int64_t from_ms;
    int seconds;
};

struct sla_report {
    struct arena arena;
    const char *title, *zone_name;
    struct month month;
    int64_t from_ms, to_ms, until_ms; /* the month; until when it has been measured */
    VEC(struct sla_offset) offsets;   /* in order; the first is before everything shown */
    VEC(struct sla_slo) slos;
    VEC(struct sla_row) rows; /* all, then groups, then monitors */
    VEC(struct sla_window) windows;
    size_t windows_more;
    VEC(struct sla_incident) incidents; /* oldest first */
    size_t incidents_more;
    VEC(const char *) notes; /* sentences: what somebody reading it must know */
};

void report_init(struct sla_report *r);
void report_done(struct sla_report *r);

/* What is issued. */
struct report_head {
    int revision; /* from 1; 0: a draft, of a month that is not over */
    int corrects; /* the revision before; 0: none */
    int64_t issued_ms;
    const char *generator; /* "midwatch 0.1.0" */
    const char *config_digest;
    const char *inputs_digest; /* hex, of what report_write_data() wrote */
};

/* The member `data`: an object. */
void report_write_data(const struct sla_report *r, struct buf *out);
/* The document without its digest, around that; then with it (hex, of what `out` held before). */
void report_write(const struct sla_report *r, const struct report_head *h, const struct buf *data,
                  struct buf *out);
void report_seal(struct buf *out, const char *digest);
/* The other way: the document without its digest, to be hashed, and the digest it claims. White
 * space behind it is passed over. -1: that is no sealed document. */
int report_unseal(const char *p, size_t n, struct buf *out, char digest[REPORT_DIGEST_SIZE],
                  struct err *e) MW_MUST_CHECK;

#endif
