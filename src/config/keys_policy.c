/* keys_policy.c - the keys of `policies` and `routes`. */
#include <string.h>

#include "base/text.h"
#include "model/names.h"
#include "reader.h"

#define SECOND ((int64_t)1000)
#define DAY    (24 * 3600 * SECOND)

/* --- policies ----------------------------------------------------------------------------- */

static const struct row step_rows[] = {
    {"after", &type_duration, offsetof(struct step, after_ms), .max = 7 * DAY, .normal = "0s",
     .example = "0s", .text = "How long after the step before it, or after the incident began."},
    {"notify", &type_contacts, offsetof(struct step, notify), offsetof(struct step, n_notify),
     .flags = ROW_REQUIRED, .example = "[\"schedule:primary\"]",
     .text = "Who is told: schedule:NAME, person:NAME, channel:NAME."},
};

static const struct shape shape_step = {
    .name = "step", ROWS(step_rows), .size = sizeof(struct step)};

static const struct row repeat_rows[] = {
    {"times", &type_int, offsetof(struct policy, repeat_times), .max = 100, .normal = "0",
     .example = "2",
     .text = "How often the steps are gone through again when nobody acknowledged."},
    {"every", &type_duration, offsetof(struct policy, repeat_every_ms), .min = SECOND,
     .max = 7 * DAY, .example = "20m",
     .text = "How long after the last step. Without it, that step's own `after`, at least 1m."},
};

static const struct shape shape_repeat = {.name = "repeat", ROWS(repeat_rows)};

#define AT(field) offsetof(struct policy, field)

static const struct row flap_rows[] = {
    {"changes", &type_int, AT(flap.changes), .max = CHANGES_MAX, .normal = "4", .example = "4",
     .text = "So many changes between up and down make it flapping. 0: never."},
    {"within", &type_duration, AT(flap.within_ms), .min = SECOND, .max = 7 * DAY, .normal = "30m",
     .example = "30m", .text = "The time in which they are counted."},
    {"stable", &type_duration, AT(flap.stable_ms), .min = SECOND, .max = 7 * DAY, .normal = "10m",
     .example = "10m", .text = "It is over after so long without a change."},
};

static const struct shape shape_flap = {.name = "flap", ROWS(flap_rows)};

static const struct choice urgencies[] = {
    {"high", CHOOSE_HIGH},
    {"low", CHOOSE_LOW},
    {"severity", CHOOSE_BY_SEVERITY},
    {0},
};

static const struct row urgency_rows[] = {
    {"inside", &type_choice, AT(urgency.inside), .of = urgencies, .normal = "high",
     .example = "high",
     .text = "Within `hours`, or always when there are none. `severity`: critical is high, all "
             "else low."},
    {"outside", &type_choice, AT(urgency.outside), .of = urgencies, .normal = "low",
     .example = "severity", .text = "At all other times."},
    {"time_zone", &type_zone, AT(urgency.zone), .example = "Europe/Madrid",
     .text = "Whose wall clock `hours` are on; they need it."},
    {"hours", &type_list, AT(urgency.hours), AT(urgency.n_hours), .of = &shape_restrict,
     .text = "The hours in which somebody is at work."},
};

static void check_urgency(struct reader *r, const struct node *n, void *object)
{
    const struct policy *p = object;
    const struct node *hours = node_get(n, "hours"), *outside = node_get(n, "outside");
    const struct node *zone = node_get(n, "time_zone");
    if (p->urgency.n_hours > 0 && !zone)
        diag_error(r->d, hours, "`hours` need a `time_zone` beside them");
    else if (p->urgency.n_hours == 0 && !hours && (outside || zone))
        diag_error(r->d, outside ? outside : zone, "`%s` has no meaning without `hours`",
                   outside ? "outside" : "time_zone");
    else if (hours && hours->kind == NODE_LIST && hours->n == 0)
        diag_error(r->d, hours, "`hours`: names no hours");
}

static const struct shape shape_urgency = {
    .name = "urgency",
    ROWS(urgency_rows),
    .plain = "inside",
    .check = check_urgency,
};

static const struct row policy_rows[] = {
    {"steps", &type_list, AT(steps), AT(n_steps), .of = &shape_step, .flags = ROW_REQUIRED,
     .text = "One after the other, until somebody acknowledges."},
    {"repeat", &type_map, .of = &shape_repeat, .text = "What happens after the last step."},
    {"ack_timeout", &type_duration, AT(ack_timeout_ms), .max = 30 * DAY, .normal = "0s",
     .example = "30m",
     .text = "An acknowledged incident that is still open after this begins again. 0: never."},
    {"fallback", &type_contacts, AT(fallback), AT(n_fallback), .example = "[\"channel:ops\"]",
     .text = "Who is told when a step finds nobody."},
    {"remind", &type_duration, AT(remind_ms), .min = SECOND, .max = 30 * DAY, .normal = "0s",
     .flags = ROW_OR_ZERO, .example = "30m",
     .text = "Whoever acknowledged is reminded every so often while it is open. 0: never."},
    {"reopen_window", &type_duration, AT(reopen_window_ms), .max = DAY, .normal = "10m",
     .example = "10m",
     .text = "What fails again so soon after it was resolved is the same incident. 0: a new one."},
    {"flap", &type_map, .of = &shape_flap,
     .text = "What goes up and down all the time is told once, until it is stable."},
    {"urgency", &type_map, .of = &shape_urgency,
     .text = "High goes through all steps. Low goes to the first only, by `notify_low` of the "
             "people, and becomes high when the hours say so."},
    {"group_by", &type_names, AT(group_by), AT(n_group_by), .example = "[group]",
     .text = "What agrees in all of these is told as one: `group`, `severity`, `monitor`, or "
             "names of labels. Without it, each monitor for itself."},
    {"group_wait", &type_duration, AT(group_wait_ms), .max = 3600 * SECOND, .normal = "0s",
     .example = "0s",
     .text = "How long the first page waits, so that what fails together is told together."},
};

static void check_policy(struct reader *r, const struct node *n, void *object)
{
    const struct policy *p = object;
    const struct node *steps = node_get(n, "steps");
    if (steps && steps->kind == NODE_LIST && p->n_steps == 0)
        diag_error(r->d, steps, "a policy has at least one step");
}

const struct shape shape_policy = {
    .name = "policy",
    ROWS(policy_rows),
    .size = sizeof(struct policy),
    .target = TARGET_POLICY,
    .check = check_policy,
};

/* --- routes ------------------------------------------------------------------------------- */

static const enum target policy = TARGET_POLICY;

static const struct row route_rows[] = {
    {"match", &type_labels, offsetof(struct route, match), offsetof(struct route, n_match),
     .flags = ROW_REQUIRED, .example = "{ team: payments, severity: critical }",
     .text = "All must fit: `severity`, `group` and `monitor` the monitor's own, other names its "
             "labels. An empty mapping fits everything."},
    {"policy", &type_ref, offsetof(struct route, policy), .of = &policy, .flags = ROW_REQUIRED,
     .example = "default", .text = "The policy to go to."},
};

void match_check(struct reader *r, const struct node *match)
{
    const struct node *severity = match ? node_get(match, "severity") : NULL;
    const struct node *monitor = match ? node_get(match, "monitor") : NULL;
    if (severity && severity->kind == NODE_TEXT && severity_from(severity->text) < 0)
        diag_error(r->d, severity, "`severity` must be critical, warning or info");
    if (monitor && monitor->kind == NODE_TEXT)
        refs_need(r, &(struct pending){
                         .target = TARGET_MONITOR, .place = monitor, .name = monitor->text});
}

static void check_route(struct reader *r, const struct node *n, void *object)
{
    (void)object;
    match_check(r, node_get(n, "match"));
}

const struct shape shape_route = {
    .name = "route",
    ROWS(route_rows),
    .size = sizeof(struct route),
    .check = check_route,
};
