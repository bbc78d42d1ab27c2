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

static const struct row policy_rows[] = {
    {"steps", &type_list, offsetof(struct policy, steps), offsetof(struct policy, n_steps),
     .of = &shape_step, .flags = ROW_REQUIRED,
     .text = "One after the other, until somebody acknowledges."},
    {"repeat", &type_map, .of = &shape_repeat, .text = "What happens after the last step."},
    {"ack_timeout", &type_duration, offsetof(struct policy, ack_timeout_ms), .max = 30 * DAY,
     .normal = "0s", .example = "30m",
     .text = "An acknowledged incident that is still open after this begins again. 0: never."},
    {"fallback", &type_contacts, offsetof(struct policy, fallback),
     offsetof(struct policy, n_fallback), .example = "[\"channel:ops\"]",
     .text = "Who is told when a step finds nobody."},
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

static void check_route(struct reader *r, const struct node *n, void *object)
{
    (void)object;
    const struct node *match = node_get(n, "match");
    const struct node *severity = match ? node_get(match, "severity") : NULL;
    const struct node *monitor = match ? node_get(match, "monitor") : NULL;
    if (severity && severity->kind == NODE_TEXT && severity_from(severity->text) < 0)
        diag_error(r->d, severity, "`severity` must be critical, warning or info");
    if (monitor && monitor->kind == NODE_TEXT)
        refs_need(r, &(struct pending){
                         .target = TARGET_MONITOR, .place = monitor, .name = monitor->text});
}

const struct shape shape_route = {
    .name = "route",
    ROWS(route_rows),
    .size = sizeof(struct route),
    .check = check_route,
};
