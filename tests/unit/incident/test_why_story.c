/* test_why_story.c - what is told of an incident, while it lasts and after. */
#include "asking_why.h"

static void incident__from_first_failure_to_resolve__tells_everything_once(void **state)
{
    (void)state;
    struct past *p = open_case("  p: { steps: [ { notify: ['schedule:empty', 'person:eve'] }, "
                               "{ after: 5m, notify: ['person:cy', 'schedule:days'] }, "
                               "{ after: 10m, notify: ['schedule:silent'] } ] }\n");
    end(p, "a", "500", 0);
    end(p, "b", "ok", 0);
    struct why_facts f = facts_of(p, 1);
    const char *text = ask(why_incident, &f);
    expect_line(text, "api is down: refused; paged: bo; not through yet: cy; "
                      "not acknowledged for 1s\n");
    expect_line(text, "\n+120 page to cy by b is planned because of policy p, step 1: cy, "
                      "2m after the step by their own rules\n");
    expect_line(text, "\n+600 unless somebody acknowledges before, step 2 tells schedule silent "
                      "(eve without a channel, ana; layer l)\n");
    bench_tick(&p->b, 2);
    note(p);
    end(p, "a", "ok", 2);
    bench_ack_by(&p->b, "cy", 90);
    note(p);
    end(p, "a", "ok", 91);
    bench_recover(&p->b, 300);
    note(p);
    end(p, "a", "refused", 300);
    end(p, "b", "dead", 300);
    f = facts_of(p, 400);
    expect(ask(why_incident, &f),
           "incident 1n7abcdef012: api is down: refused; paged: cy, bo; resolved after 5m\n"
           "-10 the first bad result of api in this row\n"
           "+0 confirmed by 2 bad results in a row (fail_after), the incident opens: api is down: "
           "refused\n"
           "+0 policy p, by the monitor's own `policy` or the defaults: step 0 at once\n"
           "+0 step 0: nobody to page\n"
           "+0 nobody, because schedule empty had nobody, eve has no channel\n"
           "+0 step 1: paged cy, bo\n"
           "+0 page to cy by a because of policy p, step 1: cy\n"
           "+0 page to cy by a, attempt 1: 500, after 84ms; it may have got through all the same\n"
           "+0 page to bo by b because of policy p, step 1: on call in days (l)\n"
           "+0 page to bo by b, attempt 1: taken with status 200, after 84ms\n"
           "+2 page to cy by a, attempt 2: taken with status 200, after 84ms\n"
           "+90 acknowledged by cy\n"
           "+90 page to cy by b: never sent: overtaken, acknowledged by cy; it was planned for 30s "
           "later\n"
           "+90 page to cy by c: never sent: overtaken, acknowledged by cy; it was planned for "
           "3m30s later\n"
           "+91 note (acknowledged) to cy by a, attempt 1: taken with status 200, after 84ms\n"
           "+300 resolved: recovered\n"
           "+300 note (acknowledged) to bo by b, attempt 1: refused, after 84ms\n"
           "+300 note (acknowledged) to bo by b: given up: overtaken, recovered\n"
           "+300 note (resolved) to cy by a, attempt 1: refused for good: answered 404, after "
           "84ms; it said: no such topic\n"
           "+400 note (resolved) to bo by b: attempt 1 is under way\n");
    forget(p);
}

static void incident__store_away__is_told_from_its_own_instants(void **state)
{
    (void)state;
    struct past *p = open_case(BENCH_LADDER);
    end(p, "a", "ok", 1);
    bench_ack_by(&p->b, "ana", 60);
    struct why_facts f = facts_of(p, 90);
    f.n_transitions = f.n_attempts = 0;
    f.store_away = true;
    expect(ask(why_incident, &f),
           "incident 1n7abcdef012: api is down: refused; paged: a; acknowledged by ana after 1m\n"
           "-10 the first bad result of api in this row\n"
           "+0 confirmed by 2 bad results in a row (fail_after), the incident opens: api is down: "
           "refused\n"
           "+0 policy p, by the monitor's own `policy` or the defaults: step 0 at once\n"
           "+0 page to channel a because of policy p, step 0: a\n"
           "+1 page to channel a: taken with status 200, attempt 1\n"
           "+60 acknowledged by ana\n"
           "+90 note (acknowledged) to channel a: attempt 1 is under way\n"
           "the store is away: what it alone knows of the past is missing here\n");
    forget(p);
}

static const struct {
    struct incident i;
    const char *to, *text; /* a transition a minute in */
    const char *answer, *line;
} quiet_ones[] = {
    {{.hold = HOLD_SILENCE, .hold_why = "silence s1 by ana: deploy", .hold_until_ms = S(900)},
     "held",
     "silence s1 by ana: deploy",
     "nobody was paged: held for 4m, silence s1 by ana: deploy; not acknowledged",
     "\n+300 held back now (silence): nobody is paged\n"
     "+900 the hold ends: if it is still failing, step 0 runs\n"},
    {{.hold = HOLD_GROUP, .hold_ref = "i9", .hold_why = "told together with others by incident i9"},
     "held",
     "told together with others by incident i9",
     "told together with others by incident i9, so nobody was paged for it alone; not acknowledged",
     "\n+60 told together with others by incident i9\n"
     "+300 `midwatch why i9` says who is paged for it\n"},
    {{.step = 0},
     "held",
     "told together with others by incident i9",
     "told together with others by incident i9, so nobody was paged for it alone; not acknowledged",
     "\n+60 told together with others by incident i9\n"},
    {{.hold = HOLD_STORM},
     NULL,
     NULL,
     "nobody was paged: held for 5m, storm; not",
     "\n+300 held back now (storm): nobody is paged\n"},
    {{.step_due_ms = S(330)},
     NULL,
     NULL,
     "nobody was paged yet: step 0 is due in 30s;",
     "\n+330 unless somebody acknowledges before, step 0 tells channel a\n"},
    {{.step = 2, .loop = 0, .step_due_ms = S(330)},
     NULL,
     NULL,
     "nobody was paged yet: step 0 is due in 30s;",
     "\n+330 unless somebody acknowledges before, step 0 tells channel a\n"},
    {{.step = 2},
     NULL,
     NULL,
     "nobody was paged;",
     "\n+300 every step has run: nobody else is told\n"},
    {{.step = 0, .urgency = URGENCY_LOW, .urgency_due_ms = S(7200)},
     NULL,
     NULL,
     "nobody was paged;",
     "\n+300 low urgency: nobody else is told\n+7200 the urgency becomes high\n"},
    {{.step = 2},
     "nobody",
     "step 2: nobody could be told",
     "nobody was paged: step 2: nobody could be told;",
     "\n+60 step 2: nobody could be told\n"},
    {{.state = INCIDENT_SNOOZED, .snoozed_until_ms = S(3900)},
     "snoozed",
     "snoozed by ana for 1h",
     "; snoozed for another 1h\n",
     "\n+3900 the snooze ends, and step 0 runs again\n"},
    {{.state = INCIDENT_ACKNOWLEDGED,
      .acked_by = "ana",
      .acked_ms = S(60),
      .ack_due_ms = S(1860),
      .remind_due_ms = S(960)},
     "acknowledged",
     "acknowledged by ana",
     "; acknowledged by ana after 1m\n",
     "\n+960 whoever acknowledged is reminded\n"
     "+1860 the acknowledgement runs out, and step 0 runs again\n"},
    {{.flapping = true, .flap_due_ms = S(900)},
     "flapping",
     "flapping: 4 changes in 10m",
     "; flapping, so its changes page nobody\n",
     "\n+900 it counts as steady, if nothing changes before\n"},
    {{.state = INCIDENT_RESOLVED, .resolved_ms = S(200), .resolved_by = "bo"},
     NULL,
     NULL,
     "nobody was paged: it was over before; resolved by bo after 3m20s\n",
     "\n+200 resolved by bo\n"},
    {{.state = INCIDENT_RESOLVED, .resolved_ms = S(200)},
     "held",
     "maintenance until 05:00",
     "nobody was paged: it was held, maintenance until 05:00; resolved after",
     "\n+60 held back, nobody is paged: maintenance until 05:00\n"},
    {{.state = INCIDENT_ACKNOWLEDGED, .acked_by = "ana", .acked_ms = S(9)},
     "reminded",
     "ana",
     "; acknowledged by ana after 9s\n",
     "\n+60 reminded: ana\n"},
    {{.step = 2},
     "reopened",
     "api is down: refused",
     "; not acknowledged",
     "\n+60 it fails again, so the same incident opens again: api is down: refused\n"},
};

static void incident__each_state__says_why_nobody_is_paged(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct incident base = bench_incident();
    base.step = -1;
    for (size_t k = 0; k < sizeof quiet_ones / sizeof *quiet_ones; k++) {
        struct incident i = quiet_ones[k].i;
        struct transition t = moved(quiet_ones[k].to ? quiet_ones[k].to : "", 60,
                                    quiet_ones[k].text ? quiet_ones[k].text : "");
        text_copy(i.id, sizeof i.id, base.id);
        text_copy(i.monitor, sizeof i.monitor, base.monitor);
        text_copy(i.policy, sizeof i.policy, base.policy);
        text_copy(i.title, sizeof i.title, base.title);
        i.started_ms = base.started_ms;
        i.opened_ms = base.opened_ms;
        i.step = i.step ? i.step : -1;
        struct why_facts f = {.config = c,
                              .now_ms = S(300),
                              .monitor = config_monitor(c, "api"),
                              .incident = &i,
                              .transitions = &t,
                              .n_transitions = quiet_ones[k].to != NULL};
        const char *text = ask(why_incident, &f);
        expect_line(text, quiet_ones[k].answer);
        expect_line(text, quiet_ones[k].line);
        /* asked by its monitor it says the same */
        if (i.state != INCIDENT_RESOLVED)
            expect_line(ask(why_monitor, &f), quiet_ones[k].answer);
    }
    config_free(c);
}

static void incident__paged_twice__names_everybody_once(void **state)
{
    (void)state;
    struct past *p = open_case("  p: { steps: [ { notify: ['person:ana'] }, { after: 5m, notify: "
                               "['person:bo'] } ] }\n");
    end(p, "a", "ok", 0);
    bench_ack_by(&p->b, "bo", 60);
    note(p);
    end(p, "a", "ok", 61);
    bench_unack(&p->b, 120);
    note(p);
    end(p, "a", "ok", 121);
    struct why_facts f = facts_of(p, 130);
    const char *text = ask(why_incident, &f);
    expect_line(text, ": api is down: refused; paged: ana; not through yet: bo; not acknowledged");
    expect_line(text, "\n+120 triggered again: acknowledgement withdrawn by zoe\n");
    forget(p);
}

static void incident__of_midwatch_itself__needs_no_monitor(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct incident i = {.id = "1n7abcdef012",
                         .policy = "gone",
                         .title = "midwatch is blind: no canary answers",
                         .started_ms = S(0),
                         .opened_ms = S(0),
                         .step = -1};
    struct why_facts f = {.config = c, .now_ms = S(5), .incident = &i};
    expect(ask(why_incident, &f),
           "incident 1n7abcdef012: midwatch is blind: no canary answers; nobody was paged; not "
           "acknowledged for 5s\n"
           "+0 the incident opens: midwatch is blind: no canary answers\n"
           "+0 policy default: step 0 at once\n"
           "+5 every step has run: nobody else is told\n");
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incident__from_first_failure_to_resolve__tells_everything_once),
        cmocka_unit_test(incident__store_away__is_told_from_its_own_instants),
        cmocka_unit_test(incident__each_state__says_why_nobody_is_paged),
        cmocka_unit_test(incident__paged_twice__names_everybody_once),
        cmocka_unit_test(incident__of_midwatch_itself__needs_no_monitor),
    };
    return cmocka_run_group_tests(tests, NULL, last_said);
}
