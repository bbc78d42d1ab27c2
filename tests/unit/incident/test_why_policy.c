/* test_why_policy.c - what would happen if it went down now. */
#include "asking_why.h"

/* Whoever the engine's overrides put on call. */
static const struct schedule *kept(void *arg, const char *name)
{
    return text_eq(name, "days") ? arg : NULL;
}

/* --- a monitor that everything is about ---------------------------------------------------- */

static const struct monitor db = {.name = "db"}, mq = {.name = "mq"};
static const struct monitor *needs[] = {&db, &mq};
static struct restriction sunday = {RESTRICT_DAILY, 0x40, 4 * 3600, 5 * 3600};
static struct window backups = {.start_ms = INT64_MIN,
                                .end_ms = INT64_MAX,
                                .hours = &sunday,
                                .n_hours = 1,
                                .comment = "backups"};
static const struct window far = {.once = true, .start_ms = S(30 * 86400), .end_ms = S(31 * 86400)};
static const struct window *windows[] = {&backups, &far};
static struct label team = {"team", "payments"};
static struct route route = {&team, 1, NULL};

static struct monitor busy_monitor(struct config *c)
{
    struct monitor m = *config_monitor(c, "api");
    backups.zone = zone_utc();
    route.policy = m.policy;
    c->routes = &route;
    c->n_routes = 1;
    m.labels = &team;
    m.n_labels = 1;
    m.depends_on = needs;
    m.n_depends_on = 2;
    m.windows = windows;
    m.n_windows = 2;
    return m;
}

#define DEPLOY                                                                                     \
    .id = "s1", .kind = QUIET_SILENCE, .end_ms = S(1200), .author = "ana", .comment = "deploy"
static const struct quiet coming = {DEPLOY, .matchers = "team=payments\n", .start_ms = S(600)};
static const struct quiet other = {DEPLOY, .matchers = "team=search\n", .start_ms = S(600)};
static const struct quiet begun = {DEPLOY, .matchers = "team=payments\n", .start_ms = S(-5)};
static const struct quiet *const quiets[] = {&coming, &other, &begun};

static void monitor__no_incident__foresees_what_would_happen(void **state)
{
    (void)state;
    struct config *c = bench_config(
        "  p: { steps: [ { notify: ['schedule:empty'] }, { after: 5m, notify: ['schedule:days', "
        "'person:cy', 'channel:f'] } ] }\n");
    struct monitor m = busy_monitor(c);
    struct incident last = bench_incident();
    struct transition up = {.at_ms = S(-3600),
                            .subject = SUBJECT_MONITOR,
                            .from = "down",
                            .to = "up",
                            .text = "2 good results"};
    last.state = INCIDENT_RESOLVED;
    last.resolved_ms = S(-3600);
    struct why_facts f = {.config = c,
                          .now_ms = S(0),
                          .monitor = &m,
                          .incident = &last,
                          .transitions = &up,
                          .n_transitions = 1,
                          .hold = HOLD_SILENCE,
                          .hold_why = "silence s3 by bo",
                          .quiets = quiets,
                          .n_quiets = 3};
    expect(ask(why_monitor, &f),
           "monitor api: api has no result yet\n"
           "-3600 up, was down: 2 good results\n"
           "-3600 its last incident, 1n7abcdef012 (api is down: refused), was resolved\n"
           "+0 a page would be held back now: silence s3 by bo\n"
           "+600 silence s1 by ana begins and holds pages back: deploy\n"
           "+7200 a maintenance of the file begins and holds pages back: backups\n"
           "if it went down now: after 2 bad results in a row policy p, by route 1 of the file: "
           "team=payments\n"
           "step 0, at once, would find nobody: schedule empty (nobody on call); the next step "
           "would run at once\n"
           "step 1, 5m later, would tell schedule days (bo; layer l), cy, channel f\n"
           "while db or mq is down, api pages nobody (depends_on)\n");
    /* one that holds already is what `hold` speaks of */
    f.now_ms = S(7260);
    assert_null(strstr(ask(why_monitor, &f), "a maintenance of the file begins"));
    f.now_ms = S(0);
    /* the schedule of the engine counts, with its overrides */
    f.schedule = kept;
    f.schedule_arg = (void *)(uintptr_t)config_schedule(c, "silent");
    expect_line(ask(why_monitor, &f), "would tell schedule days (eve without a channel, ana; ");
    config_free(c);
}

static void monitor__low_urgency_now__foresees_step_zero_by_the_low_rules(void **state)
{
    (void)state;
    struct config *c = bench_config("  p: { steps: [ { after: 30s, notify: ['person:cy'] }, "
                                    "{ after: 5m, notify: ['channel:f'] } ] }\n");
    struct monitor m = *config_monitor(c, "api");
    struct policy p = *m.policy;
    struct person *cy = (struct person *)(uintptr_t)config_person(c, "cy");
    struct why_facts f = {.config = c, .now_ms = S(0), .monitor = &m};
    m.policy = &p;
    m.severity = SEVERITY_WARNING;
    p.urgency.inside = CHOOSE_BY_SEVERITY;
    p.group_wait_ms = 10000;
    expect_line(ask(why_monitor, &f),
                "it would wait 10s for others that fail with it (group_wait)\n"
                "step 0, 30s later, would tell cy\n"
                "cy is reached by a at once, b 2m later, c 5m later\n"
                "low urgency at this hour: nobody after step 0\n");
    assert_null(strstr(buf_text(&said), "step 1"));
    cy->low_rules = &cy->rules[1];
    cy->n_low_rules = 1;
    expect_line(ask(why_monitor, &f), "\ncy is reached by b 2m later\n");
    m.severity = SEVERITY_CRITICAL;
    expect_line(ask(why_monitor, &f), "\nstep 1, 5m later, would tell channel f\n");
    expect_line(buf_text(&said), "\ncy is reached by a at once, b 2m later, c 5m later\n");
    /* outside of the support hours everything is low */
    struct restriction monday = {RESTRICT_DAILY, 0x01, 0, 0};
    p.urgency = (struct urgency_rule){CHOOSE_HIGH, CHOOSE_LOW, zone_utc(), &monday, 1};
    expect_line(ask(why_monitor, &f), "low urgency at this hour");
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monitor__no_incident__foresees_what_would_happen),
        cmocka_unit_test(monitor__low_urgency_now__foresees_step_zero_by_the_low_rules),
    };
    return cmocka_run_group_tests(tests, NULL, last_said);
}
