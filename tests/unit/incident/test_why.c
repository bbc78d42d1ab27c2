/* test_why.c - the reasons, as they are read at night. */
#include "bench.h"

#include "base/civil.h"
#include "base/json.h"
#include "incident/why.h"

#define S(s) (BENCH_START_MS + INT64_C(1000) * (s))

/* --- asking -------------------------------------------------------------------------------- */

static struct buf said;

static void put_json(struct buf *out, const struct jv *v)
{
    const struct jv *lines = jv_get(v, "sentences");
    for (size_t i = 0; i < jv_len(lines); i++) {
        const struct jv *line = jv_at(lines, i);
        const char *at = jv_get_text(line, "at");
        int64_t at_ms;
        bool has_zone;
        if (at) {
            assert_int_equal(rfc3339_parse(at, &at_ms, &has_zone), 0);
            buf_printf(out, "%+lld ", (long long)(at_ms - BENCH_START_MS) / 1000);
        }
        buf_printf(out, "%s\n", jv_get_text(line, "text"));
    }
}

/* The answer, then a line for each sentence, with its seconds since the incident opened. */
static const char *ask(void (*why)(struct jw *, const struct why_facts *),
                       const struct why_facts *f)
{
    struct buf json;
    struct jw w;
    struct jv *v;
    struct err e;
    buf_init(&json, 1 << 20);
    jw_init(&w, &json);
    why(&w, f);
    assert_false(json.over);
    if (jv_parse(buf_text(&json), json.len, &v, &e) != 0)
        fail_msg("%s: %s", e.text, buf_text(&json));
    buf_done(&said);
    buf_init(&said, 1 << 20);
    buf_printf(&said, "%s %s: %s\n", jv_get_text(v, "kind"), jv_get_text(v, "subject"),
               jv_get_text(v, "answer"));
    put_json(&said, v);
    jv_free(v);
    buf_done(&json);
    return buf_text(&said);
}

static void expect(const char *have, const char *want)
{
    if (strcmp(have, want) != 0)
        fail_msg("said:\n%s\nexpected:\n%s", have, want);
}

static void expect_line(const char *have, const char *line)
{
    if (!strstr(have, line))
        fail_msg("`%s` is not in:\n%s", line, have);
}

/* --- a real case, and what it left behind -------------------------------------------------- */

struct past {
    struct bench b;
    VEC(struct transition) transitions;
    VEC(struct attempt) attempts;
    VEC(struct delivery) deliveries;
};

static void note(struct past *p)
{
    const struct commit *c = &p->b.fx.commit;
    for (size_t i = 0; i < c->transitions.n; i++)
        vec_push(&p->transitions, c->transitions.items[i]);
}

static void end(struct past *p, const char *channel, const char *how, int64_t at_s)
{
    struct attempt a = bench_attempt(bench_sending(&p->b, channel), how);
    a.at_ms = S(at_s);
    a.took_ms = 84;
    if (a.outcome == OUTCOME_PERMANENT) {
        text_copy(a.error, sizeof a.error, "answered 404");
        text_copy(a.answer, sizeof a.answer, "  no such topic");
    }
    bench_end(&p->b, channel, how, at_s);
    note(p);
    vec_push(&p->attempts, a);
}

static struct past *open_case(const char *policies)
{
    static struct past p;
    p = (struct past){.transitions = {0}};
    bench_init(&p.b, policies);
    case_record(p.b.c, &p.b.desk, "none", "triggered", p.b.c->incident.title);
    case_begin(p.b.c, &p.b.desk);
    bench_settle(&p.b);
    note(&p);
    return &p;
}

static struct why_facts facts_of(struct past *p, int64_t now_s)
{
    p->deliveries.n = 0;
    for (size_t i = 0; i < p->b.c->pages.n; i++)
        vec_push(&p->deliveries, p->b.c->pages.items[i]->d);
    return (struct why_facts){.config = p->b.config,
                              .now_ms = S(now_s),
                              .monitor = config_monitor(p->b.config, "api"),
                              .incident = &p->b.c->incident,
                              .transitions = p->transitions.items,
                              .n_transitions = p->transitions.n,
                              .deliveries = p->deliveries.items,
                              .n_deliveries = p->deliveries.n,
                              .attempts = p->attempts.items,
                              .n_attempts = p->attempts.n};
}

static void forget(struct past *p)
{
    vec_done(&p->transitions);
    vec_done(&p->attempts);
    vec_done(&p->deliveries);
    bench_done(&p->b);
}

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

static void refused__handed_on__says_to_whom(void **state)
{
    (void)state;
    struct past *p = open_case(BENCH_LADDER);
    end(p, "a", "refused", 1);
    struct why_facts f = facts_of(p, 2);
    const char *text = ask(why_incident, &f);
    expect_line(text, "; not through yet: b; not reached: a; not acknowledged for 2s\n");
    expect_line(text, "\n+1 page to channel a did not get through: handed on to channel b\n");
    f.delivery = &f.deliveries[0];
    expect_line(ask(why_delivery, &f), ": the page to channel a was refused for good: ");
    expect_line(buf_text(&said), "; handed on to channel b\n");
    forget(p);

    /* to the same person's next channel */
    p = open_case("  p: { steps: [ { notify: ['person:cy'] } ] }\n");
    end(p, "a", "refused", 1);
    f = facts_of(p, 2);
    expect_line(ask(why_incident, &f),
                "\n+1 page to cy by a did not get through: handed on to cy by b\n");
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

/* --- states of an incident ----------------------------------------------------------------- */

static struct transition moved(const char *to, int64_t at_s, const char *text)
{
    struct transition t = {.at_ms = S(at_s), .subject = SUBJECT_INCIDENT};
    text_copy(t.from, sizeof t.from, "triggered");
    text_copy(t.to, sizeof t.to, to);
    text_copy(t.text, sizeof t.text, text);
    return t;
}

static void incident__each_state__says_why_nobody_is_paged(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct incident base = bench_incident();
    base.step = -1;
    const struct {
        struct incident i;
        const char *to, *text; /* a transition a minute in */
        const char *answer, *line;
    } cases[] = {
        {{.hold = HOLD_SILENCE, .hold_why = "silence s1 by ana: deploy", .hold_until_ms = S(900)},
         "held",
         "held back by silence s1 by ana: deploy",
         "nobody was paged: held for 4m by silence, silence s1 by ana: deploy; not acknowledged",
         "\n+300 held back now (silence): nobody is paged\n"
         "+900 the hold ends: if it is still failing, step 0 runs\n"},
        {{.hold = HOLD_STORM},
         NULL,
         NULL,
         "nobody was paged: held for 5m by storm; not",
         "\n+300 held back now (storm): nobody is paged\n"},
        {{.step_due_ms = S(330)},
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
         "held back by the maintenance of the file",
         "nobody was paged: held back by the maintenance of the file; resolved after",
         "\n+60 held back by the maintenance of the file\n"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct incident i = cases[k].i;
        struct transition t =
            moved(cases[k].to ? cases[k].to : "", 60, cases[k].text ? cases[k].text : "");
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
                              .n_transitions = cases[k].to != NULL};
        const char *text = ask(why_incident, &f);
        expect_line(text, cases[k].answer);
        expect_line(text, cases[k].line);
        /* asked by its monitor it says the same */
        if (i.state != INCIDENT_RESOLVED)
            expect_line(ask(why_monitor, &f), cases[k].answer);
    }
    config_free(c);
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

static void story__too_long__leaves_out_the_middle(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct incident i = bench_incident();
    static struct transition t[500];
    for (int k = 0; k < 500; k++) {
        char text[32];
        snprintf(text, sizeof text, "note %d", k);
        t[k] = moved("noted", k, text);
    }
    i.state = INCIDENT_RESOLVED;
    i.resolved_ms = S(600);
    struct why_facts f = {
        .config = c, .now_ms = S(700), .incident = &i, .transitions = t, .n_transitions = 500};
    const char *text = ask(why_incident, &f);
    size_t lines = 0;
    for (const char *p = text; (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, 1 + 300 + 1);
    expect_line(text, "-10 the first bad result of api in this row\n+0 note 0\n+1 note 1\n");
    expect_line(text, "\n+58 note 58\n+59 201 more, left out here\n+260 note 260\n");
    expect_line(text, "\n+499 note 499\n");
    config_free(c);
}

/* --- a delivery ---------------------------------------------------------------------------- */

static void delivery__each_state__in_one_sentence(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct incident i = bench_incident();
    struct transition snoozed = moved("snoozed", 80, "snoozed by bo for 1h");
    const struct {
        struct delivery d;
        const char *answer;
    } cases[] = {
        {{.state = DELIVERY_WAITING, .due_ms = S(400), .created_ms = S(400)},
         "the page to ana by push goes out in 5m unless somebody acknowledges before\n"},
        {{.state = DELIVERY_WAITING, .due_ms = S(100), .created_ms = S(100)},
         "the page to ana by push waits its turn to be sent\n"},
        {{.state = DELIVERY_WAITING, .due_ms = S(104), .attempt = 3, .error = "answered 503"},
         "the page to ana by push has not got through: attempt 3 ended with answered 503; tried "
         "again in 4s\n"},
        {{.state = DELIVERY_WAITING, .due_ms = S(99), .attempt = 3},
         "attempt 3 ended with no reason given; tried again at once\n"},
        {{.state = DELIVERY_SENDING, .attempt = 2},
         "the page to ana by push is being sent, attempt 2\n"},
        {{.state = DELIVERY_DELIVERED, .attempt = 2, .created_ms = S(0), .done_ms = S(3)},
         "the page to ana by push was delivered at attempt 2, 3s after it was due\n"},
        {{.state = DELIVERY_REFUSED, .attempt = 1, .error = "answered 404", .handed_on = true},
         "the page to ana by push was refused for good: answered 404; handed on, but nobody was "
         "left who had not been told\n"},
        {{.state = DELIVERY_FAILED,
          .attempt = 300,
          .error = "answered 503",
          .notice.type = NOTICE_RESOLVED},
         "the note (resolved) to ana by push was given up after 300 attempts: answered 503\n"},
        {{.state = DELIVERY_OVERTAKEN, .created_ms = S(380), .done_ms = S(80)},
         "was never sent: overtaken, snoozed by bo for 1h; it was planned for 5m later\n"},
        {{.state = DELIVERY_OVERTAKEN, .attempt = 2, .done_ms = S(70)},
         "was given up: overtaken by what became of the incident\n"},
        {{.state = DELIVERY_OVERTAKEN, .done_ms = S(90), .notice.type = NOTICE_RESOLVED},
         "the note (resolved) to ana by push was never sent: the page it is about had not got "
         "there "
         "either\n"},
        {{.state = DELIVERY_DELIVERED, .attempt = 1, .notice.type = NOTICE_TEST},
         "the note (test) to ana by push was delivered at attempt 1, 0s after it was due\n"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct delivery d = cases[k].d;
        text_copy(d.id, sizeof d.id, "1n7abcdef012-abc");
        text_copy(d.notice.incident, sizeof d.notice.incident, i.id);
        text_copy(d.notice.person, sizeof d.notice.person, "ana");
        text_copy(d.notice.channel, sizeof d.notice.channel, "push");
        text_copy(d.notice.why, sizeof d.notice.why, "policy p, step 0: ana");
        d.notice.at_ms = S(0);
        struct why_facts f = {.config = c,
                              .now_ms = S(100),
                              .incident = &i,
                              .delivery = &d,
                              .transitions = &snoozed,
                              .n_transitions = 1,
                              .deliveries = &d,
                              .n_deliveries = 1};
        expect_line(ask(why_delivery, &f), cases[k].answer);
        expect_line(buf_text(&said), " because of policy p, step 0: ana");
    }
    config_free(c);
}

static void attempt__each_outcome__with_its_words(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
    struct delivery d = {.id = "1", .notice = {.channel = "a", .at_ms = S(0)}};
    static const struct {
        struct attempt a;
        const char *line;
    } cases[] = {
        {{.outcome = OUTCOME_OK,
          .status = 202,
          .took_ms = 84,
          .reached = REACHED_YES,
          .answer = "hi"},
         "page to channel a, attempt 1: taken with status 202, after 84ms\n"},
        {{.outcome = OUTCOME_RETRY,
          .status = 429,
          .took_ms = 1500,
          .error = "answered 429",
          .retry_after_ms = 30000},
         "attempt 1: answered 429, after 1.5s; asked to wait 30s\n"},
        {{.outcome = OUTCOME_RETRY, .error = "timeout", .took_ms = 5000, .reached = REACHED_MAYBE},
         "attempt 1: timeout, after 5s; it may have got through all the same\n"},
        {{.outcome = OUTCOME_PERMANENT, .error = "answered 404", .answer = "   gone  "},
         "attempt 1: refused for good: answered 404, after 0s; it said: gone  \n"},
        {{.outcome = OUTCOME_PERMANENT, .answer = "   "},
         "attempt 1: refused for good: no reason given, after 0s\n"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct attempt a[2] = {cases[k].a, {.delivery = "2", .number = 9}};
        a[0].at_ms = S(1);
        a[0].number = 1;
        text_copy(a[0].delivery, sizeof a[0].delivery, "1");
        struct why_facts f = {.config = c,
                              .now_ms = S(100),
                              .delivery = &d,
                              .deliveries = &d,
                              .n_deliveries = 1,
                              .attempts = a,
                              .n_attempts = 2};
        expect_line(ask(why_delivery, &f), cases[k].line);
        assert_null(strstr(buf_text(&said), "attempt 9"));
    }
    config_free(c);
}

/* --- a monitor without an incident --------------------------------------------------------- */

static void monitor__each_status__says_why_there_is_no_page(void **state)
{
    (void)state;
    struct config *c = bench_config(BENCH_LADDER);
#define LAST(v, m)                                                                                 \
    {                                                                                              \
        .at_ms = S(-2), .verdict = v, .message = m, .phases = { -1, -1, -1, -1, -1, 84000 }        \
    }
    const struct {
        struct monitor_status s;
        enum monitor_state shown;
        const char *answer, *line;
    } cases[] = {
        {{.state = MONITOR_UP, .since_ms = S(-600), .last = LAST(VERDICT_UP, "")},
         MONITOR_UP,
         "monitor api: api has no incident: its last result was up\n",
         "\n-600 up since then\n-2 the last result: up, after 84ms\n"},
        {{.state = MONITOR_UP,
          .since_ms = S(-600),
          .bad = 1,
          .streak_ms = S(-2),
          .last = LAST(VERDICT_DOWN, "refused")},
         MONITOR_UP,
         "api is failing but not confirmed: 1 bad result of 2\n",
         "\n-2 the last result: down, refused, after 84ms\n"
         "-2 the first bad result; 2 in a row make it down (fail_after)\n"},
        {{.state = MONITOR_DEGRADED, .last = LAST(VERDICT_DEGRADED, "slow")},
         MONITOR_DEGRADED,
         "api is degraded, which wakes nobody: slow\n",
         "the last result: degraded, slow"},
        {{.state = MONITOR_DOWN, .bad = 1, .last = LAST(VERDICT_DOWN, "refused")},
         MONITOR_DOWN,
         "api is down without an incident: 1 of the 2 bad results that open the next\n",
         "the last result: down"},
        {{.state = MONITOR_DOWN, .good = 1, .streak_ms = S(-2), .last = LAST(VERDICT_UP, "")},
         MONITOR_DOWN,
         "api is down without an incident: 0 of the 2",
         "\n-2 the first good result; 2 in a row end it (recover_after), 1 so far\n"},
        {{.state = MONITOR_UP, .unknown = 3, .last = LAST(VERDICT_UNKNOWN, "no network")},
         MONITOR_UNKNOWN,
         "api is unknown: midwatch is blind (no network), and pages nobody by what it cannot see\n",
         "the last result: unknown, no network, after 84ms; it counts neither for nor against\n"},
        {{.state = MONITOR_PENDING},
         MONITOR_PENDING,
         "api has no result yet\n",
         "if it went down now"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct why_facts f = {.config = c,
                              .now_ms = S(0),
                              .monitor = config_monitor(c, "api"),
                              .status = &cases[k].s,
                              .shown = cases[k].shown};
        expect_line(ask(why_monitor, &f), cases[k].answer);
        expect_line(buf_text(&said), cases[k].line);
    }
    struct monitor disabled = *config_monitor(c, "api");
    struct why_facts f = {.config = c, .now_ms = S(0), .monitor = &disabled};
    disabled.enabled = false;
    expect(ask(why_monitor, &f),
           "monitor api: api is disabled in the file: it is not probed and pages nobody\n");
    config_free(c);
}

/* Whoever the engine's overrides put on call. */
static const struct schedule *kept(void *arg, const char *name)
{
    return text_eq(name, "days") ? arg : NULL;
}

static void monitor__no_incident__foresees_what_would_happen(void **state)
{
    (void)state;
    struct config *c = bench_config(
        "  p: { steps: [ { notify: ['schedule:empty'] }, { after: 5m, notify: ['schedule:days', "
        "'person:cy', 'channel:f'] } ] }\n");
    struct monitor m = *config_monitor(c, "api"), db = {.name = "db"}, mq = {.name = "mq"};
    const struct monitor *needs[] = {&db, &mq};
    struct restriction sunday = {RESTRICT_DAILY, 0x40, 4 * 3600, 5 * 3600};
    struct window w = {.zone = zone_utc(),
                       .start_ms = INT64_MIN,
                       .end_ms = INT64_MAX,
                       .hours = &sunday,
                       .n_hours = 1,
                       .comment = "backups"};
    struct window far = {.once = true, .start_ms = S(30 * 86400), .end_ms = S(31 * 86400)};
    const struct window *windows[] = {&w, &far};
    struct label team = {"team", "payments"};
    struct quiet deploy = {.id = "s1",
                           .kind = QUIET_SILENCE,
                           .matchers = "team=payments\n",
                           .start_ms = S(600),
                           .end_ms = S(1200),
                           .author = "ana",
                           .comment = "deploy"},
                 other = deploy, now = deploy;
    text_copy(other.matchers, sizeof other.matchers, "team=search\n");
    now.start_ms = S(-5);
    const struct quiet *quiets[] = {&deploy, &other, &now};
    struct route route = {&team, 1, m.policy};
    c->routes = &route;
    c->n_routes = 1;
    m.labels = &team;
    m.n_labels = 1;
    m.depends_on = needs;
    m.n_depends_on = 2;
    m.windows = windows;
    m.n_windows = 2;
    struct incident last = bench_incident();
    last.state = INCIDENT_RESOLVED;
    last.resolved_ms = S(-3600);
    struct transition up = {.at_ms = S(-3600),
                            .subject = SUBJECT_MONITOR,
                            .from = "down",
                            .to = "up",
                            .text = "2 good results"};
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
        cmocka_unit_test(incident__from_first_failure_to_resolve__tells_everything_once),
        cmocka_unit_test(refused__handed_on__says_to_whom),
        cmocka_unit_test(incident__store_away__is_told_from_its_own_instants),
        cmocka_unit_test(incident__each_state__says_why_nobody_is_paged),
        cmocka_unit_test(incident__of_midwatch_itself__needs_no_monitor),
        cmocka_unit_test(story__too_long__leaves_out_the_middle),
        cmocka_unit_test(delivery__each_state__in_one_sentence),
        cmocka_unit_test(attempt__each_outcome__with_its_words),
        cmocka_unit_test(monitor__each_status__says_why_there_is_no_page),
        cmocka_unit_test(monitor__no_incident__foresees_what_would_happen),
        cmocka_unit_test(monitor__low_urgency_now__foresees_step_zero_by_the_low_rules),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_done(&said);
    return failed;
}
