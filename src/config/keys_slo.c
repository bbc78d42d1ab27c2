/* keys_slo.c - the keys of `slos`.
 *
 * Which monitors are meant and who is told is known only when everything is read; until then an
 * SLO is a struct planned_slo, and link_slos() makes the nouns. */
#include <string.h>

#include "base/text.h"
#include "reader.h"

#define DAY      INT64_C(86400000)
#define PPM_MOST 999999

#define AT(field) offsetof(struct planned_slo, field)

static const enum target monitor = TARGET_MONITOR, policy = TARGET_POLICY;

/* --- the window ---------------------------------------------------------------------------- */

static const struct choice calendars[] = {{"month", 1}, {0}};

static const struct row window_rows[] = {
    {"rolling", &type_duration, AT(rolling_ms), .min = DAY, .max = SLO_DAYS_MAX * DAY,
     .normal = "30d", .example = "30d", .text = "Whole days up to now."},
    {"calendar", &type_choice, AT(calendar), .of = calendars, .flags = ROW_INSTEAD,
     .example = "month", .text = "The month, instead of `rolling`."},
    {"time_zone", &type_zone, AT(slo.zone), .flags = ROW_INSTEAD, .example = "Europe/Madrid",
     .text = "Whose month it is; needed with `calendar`."},
};

static void check_window(struct reader *r, const struct node *n, void *object)
{
    const struct planned_slo *p = object;
    const struct node *rolling = node_get(n, "rolling"), *calendar = node_get(n, "calendar");

    if (rolling && calendar)
        diag_error(r->d, calendar, "a window is either `rolling` or `calendar`");
    else if (calendar && !node_get(n, "time_zone"))
        diag_error(r->d, calendar, "`calendar` needs a `time_zone`: whose month is it?");
    else if (!calendar && node_get(n, "time_zone"))
        diag_error(r->d, node_get(n, "time_zone"), "`time_zone` has no meaning without `calendar`");
    if (rolling && p->rolling_ms % DAY)
        diag_error(r->d, rolling, "`rolling` must be whole days, such as 30d");
}

static const struct shape shape_slo_window = {
    .name = "window",
    ROWS(window_rows),
    .plain = "rolling",
    .check = check_window,
};

/* --- alerts -------------------------------------------------------------------------------- */

static const struct row alert_rows[] = {
    {"enabled", &type_bool, AT(slo.alerts), .normal = "true", .example = "true",
     .text = "Whether anybody is told that the budget burns too fast."},
    {"page", &type_ref, AT(slo.page_policy), .of = &policy, .example = "default",
     .text = "Who is paged (severity critical). Without it by `routes`, else the policy of its "
             "monitors when they have all the same, else `default`."},
    {"ticket", &type_ref, AT(slo.ticket_policy), .of = &policy, .example = "default",
     .text = "Who is told of a slow burn (severity warning), likewise."},
    {"failures", &type_int, AT(slo.failures_least), .min = 1, .max = 100000, .normal = "3",
     .example = "3",
     .text = "Nobody is told before so many failures in the long window of a rule, two of them "
             "close together. 1: the first may do."},
};

static const struct shape shape_alerts = {
    .name = "alerts",
    ROWS(alert_rows),
    .plain = "enabled",
};

/* --- credits ------------------------------------------------------------------------------- */

static const struct row credit_rows[] = {
    {"below", &type_percent, offsetof(struct slo_credit, below_ppm), .min = 1, .max = PPM_MOST,
     .flags = ROW_REQUIRED, .example = "99.9%", .text = "When so much was not reached."},
    {"credit", &type_share, offsetof(struct slo_credit, percent), .min = 10000, .max = 1000000,
     .flags = ROW_REQUIRED, .example = "10%", .text = "So much of the fee is given back."},
};

static const struct shape shape_credit = {
    .name = "credit", ROWS(credit_rows), .size = sizeof(struct slo_credit)};

static void check_credits(struct reader *r, const struct node *n, const struct slo *s)
{
    for (size_t i = 0; i < s->n_credits; i++) {
        const struct slo_credit *c = &s->credits[i], *before = i ? c - 1 : NULL;

        if (before && (c->below_ppm >= before->below_ppm || c->percent <= before->percent)) {
            diag_error(r->d, n,
                       "`credits` go from the mildest to the worst: each `below` lower "
                       "and each `credit` higher than the one before");
            return;
        }
    }
}

/* --- an SLO -------------------------------------------------------------------------------- */

static const struct choice bys[] = {{"events", SLO_BY_EVENTS}, {"time", SLO_BY_TIME}, {0}};
static const struct choice maintenances[] = {{"excluded", 0}, {"counted", 1}, {0}};
static const struct choice unknowns[] = {{"excluded", 0}, {"bad", 1}, {0}};

static const struct row slo_rows[] = {
    {"name", &type_name, AT(slo.name), .flags = ROW_REQUIRED, .example = "api-availability",
     .text = "Unique. What it has counted hangs on it."},
    {"description", &type_line, AT(slo.description), .max = 500,
     .example = "The API answers whoever calls it.", .text = "For people and reports."},
    {"monitors", &type_refs, AT(slo.monitors), AT(slo.n_monitors), .of = &monitor,
     .example = "[api]", .text = "What it is measured at."},
    {"group", &type_line, AT(group), .min = 1, .max = NAME_MAX_BYTES, .flags = ROW_INSTEAD,
     .example = "core", .text = "Instead of `monitors`: all of this group."},
    {"match", &type_labels, AT(match), AT(n_match), .flags = ROW_INSTEAD,
     .example = "{ team: payments }",
     .text = "Instead of `monitors`: all that fit, as in `routes`."},
    {"objective", &type_percent, AT(slo.objective_ppm), .min = 1, .max = PPM_MOST,
     .flags = ROW_REQUIRED, .example = "99.9%",
     .text = "What is promised, with at most four decimals. The rest is the budget."},
    {"window", &type_map, .of = &shape_slo_window,
     .text = "The time in which it is promised: `30d`, or a mapping."},
    {"indicator", &type_indicator, AT(indicator), .normal = "availability",
     .example = "availability and latency < 800ms",
     .text = "What is good. `availability`: it is up or degraded. `latency < 800ms`: of the good "
             "answers, those so fast. Both: what is down and what is slow is bad. The limit is "
             "moved to the nearest edge of a histogram's bucket, at most 1/32 away; `midwatch "
             "check` says where it is."},
    {"by", &type_choice, AT(by), .of = bys, .normal = "events", .example = "events",
     .text = "`events`: good results of all. `time`: the time that is not confirmed downtime, from "
             "the first failed probe to the first good one; only with `availability`."},
    {"maintenance", &type_choice, AT(maintenance), .of = maintenances, .normal = "excluded",
     .example = "excluded",
     .text = "`excluded`: what happens in maintenance that was announced before it began counts "
             "neither for nor against."},
    {"unknown", &type_choice, AT(unknown), .of = unknowns, .normal = "excluded",
     .example = "excluded",
     .text = "`excluded`: what midwatch could not see counts neither for nor against, but lowers "
             "the coverage."},
    {"coverage", &type_share, AT(slo.coverage_least), .min = 0, .max = 1000000, .normal = "95%",
     .example = "95%", .text = "With less of the planned results no figure is promised."},
    {"alerts", &type_map, .of = &shape_alerts,
     .text = "Telling that the budget burns too fast: `true`, `false`, or a mapping."},
    {"credits", &type_list, AT(slo.credits), AT(slo.n_credits), .of = &shape_credit,
     .text = "What a missed objective costs, from the mildest to the worst; for reports."},
};

static void check_whose(struct reader *r, const struct node *n)
{
    static const char *const keys[] = {"monitors", "group", "match"};
    const struct node *first = NULL;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct node *there = node_get(n, keys[i]);

        if (there && first)
            diag_error(r->d, there, "an SLO has one of `monitors`, `group` and `match`");
        first = first ? first : there;
    }
    if (!first)
        diag_error(r->d, n, "the SLO has none of `monitors`, `group` and `match`");
}

static void check_slo(struct reader *r, const struct node *n, void *object)
{
    struct planned_slo *p = object;

    p->place = n;
    check_whose(r, n);
    check_credits(r, node_get(n, "credits"), &p->slo);
    match_check(r, node_get(n, "match"));
    if (p->by == SLO_BY_TIME && p->indicator.of != SLO_AVAILABILITY)
        diag_error(r->d, node_get(n, "by"),
                   "`by: time` counts downtime, so the indicator must be `availability`");
}

const struct shape shape_slo = {.name = "SLO", ROWS(slo_rows), .check = check_slo};

/* --- the list ------------------------------------------------------------------------------ */

#define SLOS_MAX 1000

static void read_slos(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    (void)object;
    if (node_is_null(n))
        return;
    if (n->kind != NODE_LIST) {
        read_refuse(r, row, n);
        return;
    }
    if (n->n > SLOS_MAX) {
        read_refuse_why(r, row, n, "more than 1000 SLOs");
        return;
    }
    node_each(e, n) {
        struct planned_slo *p = arena_new(&r->tree->arena, struct planned_slo);

        read_map(r, &shape_slo, e->value, p);
        vec_push(&r->slos, p);
    }
}

const struct type type_slos = {"list of mappings", "a list", .read = read_slos, .nested = true,
                               .list = true};
