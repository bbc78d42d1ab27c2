/* test_timelines.c - who is paged, at which minute: docs/escalation.md, case by case.
 *
 * The monitor fails from the first second on with fail_after 1, so that minute 0 is the trigger. */
#include "model/names.h"
#include "sim.h"

#define MINUTE   60000LL
#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */

/* Between MONITOR and REST stand further keys of the monitor. */
#define MONITOR                                                                                    \
    "defaults: { interval: 10s, fail_after: 1, recover_after: 1 }\n"                               \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: p"
/* On call in `turns`: ana until 2:12, then bo. */
#define REST                                                                                       \
    " } ]\n"                                                                                       \
    "channels:\n"                                                                                  \
    "  a: { type: webhook, url: 'http://127.0.0.1:3/' }\n"                                         \
    "  b: { type: webhook, url: 'http://127.0.0.1:4/' }\n"                                         \
    "  c: { type: webhook, url: 'http://127.0.0.1:5/' }\n"                                         \
    "  f: { type: webhook, url: 'http://127.0.0.1:6/' }\n"                                         \
    "people:\n"                                                                                    \
    "  ana: { notify: [ { via: a } ] }\n"                                                          \
    "  bo: { notify: [ { via: b } ] }\n"                                                           \
    "  cy: { notify: [ { via: a }, { via: b, after: 2m }, { via: c, after: 5m } ] }\n"             \
    "  lo: { notify: [ { via: a } ], notify_low: [ { via: b } ] }\n"                               \
    "schedules:\n"                                                                                 \
    "  empty: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, every: 1 day, "     \
    "members: [null], allow_empty: true } ] }\n"                                                   \
    "  turns: { time_zone: UTC, layers: [ { name: l, anchor: 2026-11-21T02:12, every: 1 day, "     \
    "members: [ana, bo] } ] }\n"
#define ALONE MONITOR REST
#define TAIL  "  default: { steps: [ { notify: ['channel:f'] } ] }\n"

/* Three steps, at 0, 5 and 15. */
#define LADDER                                                                                     \
    "    steps:\n"                                                                                 \
    "      - { notify: ['channel:a'] }\n"                                                          \
    "      - { after: 5m, notify: ['channel:b'] }\n"                                               \
    "      - { after: 10m, notify: ['channel:c'] }\n"

enum act {
    NOTHING,
    ACK, /* by zoe, who is nobody of the file */
    ANA_ACKS,
    RESOLVE,
    UNACK,
    SNOOZE,   /* for so many minutes */
    REASSIGN, /* to bo */
    ESCALATE,
    SILENCE, /* likewise */
    RECOVER,
    FAIL,
    TURN /* good and bad each minute for so many minutes */
};

struct timeline {
    const char *name, *policy, *monitor;
    struct {
        int minute;
        enum act act;
        int minutes;
    } does[6];
    const char *want;     /* "channel@minute", in order; a word or note as "channel:word@minute" */
    const char *resolved; /* who was told of the end, and when; NULL: not looked at */
    int incidents;        /* 0: one */
    enum answer (*answer_of)(struct sim *s, const struct delivery *d);
};

static enum answer a_refuses(struct sim *s, const struct delivery *d)
{
    (void)s;
    return text_eq(d->notice.channel, "a") ? ANSWER_REFUSED : ANSWER_OK;
}

static enum answer a_is_dead(struct sim *s, const struct delivery *d)
{
    (void)s;
    return text_eq(d->notice.channel, "a") ? ANSWER_DEAD : ANSWER_OK;
}

static enum answer all_refuse_but_f(struct sim *s, const struct delivery *d)
{
    (void)s;
    return text_eq(d->notice.channel, "f") ? ANSWER_OK : ANSWER_REFUSED;
}

/* All is well again at minute 140. */
static const struct timeline timelines[] = {
    {"E1 no acknowledgement: every step once, then silence", .policy = LADDER,
     .want = "a@0 b@5 c@15", .resolved = "a@140 b@140 c@140"},
    {"E2 one repeat after twenty minutes",
     .policy = LADDER "    repeat: { times: 1, every: 20m }\n",
     .want = "a@0 b@5 c@15 a@35 b@40 c@50"},
    {"E2b a repeat without `every` waits as long as the last step",
     .policy = LADDER "    repeat: { times: 1 }\n", .want = "a@0 b@5 c@15 a@25 b@30 c@40"},
    {"E3 acknowledged at 7", .policy = LADDER, .does = {{7, ACK}},
     .want = "a@0 b@5 a:acknowledged@7 b:acknowledged@7", .resolved = "a@140 b@140"},
    {"E4 the acknowledgement runs out after 30", .policy = LADDER "    ack_timeout: 30m\n",
     .does = {{7, ACK}}, .want = "a@0 b@5 a:acknowledged@7 b:acknowledged@7 a@37 b@42 c@52"},
    {"E4b taken back by hand", .policy = LADDER, .does = {{7, ACK}, {9, UNACK}},
     .want = "a@0 b@5 a:acknowledged@7 b:acknowledged@7 a@9 b@14 c@24"},
    {"E4c the acknowledgement runs out: step 0 as of then, and the one who had it",
     .policy = "    steps: [ { notify: ['schedule:turns'] } ]\n    ack_timeout: 30m\n",
     .does = {{7, ANA_ACKS}}, .want = "a@0 a:acknowledged@7 b:handoff@12 b@37 a@37"},
    {"E5 resolved at 4: told only to those of step 0", .policy = LADDER, .does = {{4, RECOVER}},
     .want = "a@0", .resolved = "a@4"},
    {"E5b resolved by hand at 6", .policy = LADDER, .does = {{6, RESOLVE}, {6, RECOVER}},
     .want = "a@0 b@5", .resolved = "a@6 b@6"},
    {"E6 a step that finds nobody hands over at once",
     .policy = "    steps:\n"
               "      - { notify: ['channel:a'] }\n"
               "      - { after: 5m, notify: ['schedule:empty'] }\n"
               "      - { after: 10m, notify: ['channel:c'] }\n",
     .want = "a@0 c@5"},
    {"E6b the last step finds nobody: the fallback",
     .policy = "    steps:\n"
               "      - { notify: ['channel:a'] }\n"
               "      - { after: 5m, notify: ['schedule:empty'] }\n"
               "    fallback: ['channel:f']\n",
     .want = "a@0 f@5"},
    {"E7 handoff at 12: the new one inherits, step 2 is for whoever is on call then",
     .policy = "    steps:\n"
               "      - { notify: ['schedule:turns'] }\n"
               "      - { after: 5m, notify: ['channel:c'] }\n"
               "      - { after: 10m, notify: ['schedule:turns'] }\n",
     .want = "a@0 c@5 b:handoff@12 b@15", .resolved = "a@140 c@140 b@140"},
    {"E8 low urgency: step 0 by the low rules; the support hours begin at 30 and make it high",
     .policy = "    steps:\n"
               "      - { notify: ['person:lo'] }\n"
               "      - { after: 5m, notify: ['channel:c'] }\n"
               "      - { after: 10m, notify: ['channel:f'] }\n"
               "    urgency: { inside: high, outside: low, time_zone: UTC, hours: "
               "[ { days: [sun], start: '02:30', end: '12:00' } ] }\n",
     .want = "b@0 a@30 c@35 f@45", .resolved = "b@140 a@140 c@140 f@140"},
    {"E8b low urgency without hours goes no further", .policy = LADDER "    urgency: low\n",
     .want = "a@0"},
    {"E8c low by severity", .policy = LADDER "    urgency: severity\n",
     .monitor = ", severity: warning", .want = "a@0"},
    {"E9 maintenance until 8", .policy = LADDER,
     .monitor = ", maintenance: [ { start: 2026-11-22T01:00Z, end: 2026-11-22T02:08Z } ]",
     .want = "a@8 b@13 c@23"},
    {"E9b good again before the maintenance is over", .policy = LADDER,
     .monitor = ", maintenance: [ { start: 2026-11-22T01:00Z, end: 2026-11-22T02:08Z } ]",
     .does = {{7, RECOVER}}, .want = "", .resolved = ""},
    {"E9c maintenance from 7 to 20: what was paged stays, step 0 at its end", .policy = LADDER,
     .monitor = ", maintenance: [ { start: 2026-11-22T02:07Z, end: 2026-11-22T02:20Z } ]",
     .want = "a@0 b@5 a@20 b@25 c@35"},
    {"E9d silenced from 2 to 12", .policy = LADDER, .does = {{2, SILENCE, 10}},
     .want = "a@0 a@12 b@17 c@27"},
    {"E10 snoozed at 2 for 60", .policy = LADDER, .does = {{2, SNOOZE, 60}},
     .want = "a@0 a:snoozed@2 a@62 b@67 c@77"},
    {"E10b snoozed at 2 for 60, woken at 10", .policy = LADDER,
     .does = {{2, SNOOZE, 60}, {10, UNACK}}, .want = "a@0 a:snoozed@2 a@10 b@15 c@25"},
    {"E11 personal rules until acknowledged at 3",
     .policy = "    steps: [ { notify: ['person:cy'] } ]\n", .does = {{3, ACK}},
     .want = "a@0 b@2 a:acknowledged@3 b:acknowledged@3"},
    {"E11b personal rules, all of them", .policy = "    steps: [ { notify: ['person:cy'] } ]\n",
     .want = "a@0 b@2 c@5"},
    {"E12 good at 1, fails again at 2: the same incident", .policy = LADDER,
     .does = {{1, RECOVER}, {2, FAIL}}, .want = "a@0 a@2 b@7 c@17",
     .resolved = "a@1 a@140 b@140 c@140"},
    {"E12b for the third time: one page, then quiet until it is steady, and then all steps",
     .policy = LADDER, .does = {{1, RECOVER}, {2, FAIL}, {3, RECOVER}, {4, FAIL}},
     .want = "a@0 a@2 a@4 a@14 b@19 c@29", .resolved = "a@1 a@3 a@140 b@140 c@140"},
    {"E12c steady and good: it is over", .policy = LADDER,
     .does = {{1, RECOVER}, {2, FAIL}, {3, RECOVER}, {4, FAIL}, {6, RECOVER}},
     .want = "a@0 a@2 a@4", .resolved = "a@1 a@3 a@16"},
    {"E12d flapping for an hour: a summary each quarter", .policy = LADDER, .does = {{1, TURN, 61}},
     .want = "a@0 a@2 a@4 a:updated@19 a:updated@34 a:updated@49 a:updated@64",
     .resolved = "a@1 a@3 a@71"},
    {"E12e after the reopen window it is another incident",
     .policy = LADDER "    reopen_window: 10m\n", .does = {{1, RECOVER}, {12, FAIL}},
     .want = "a@0 a@12 b@17 c@27", .incidents = 2},
    {"E12f without a reopen window", .policy = LADDER "    reopen_window: 0s\n",
     .does = {{1, RECOVER}, {2, FAIL}}, .want = "a@0 a@2 b@7 c@17", .incidents = 2},
    {"one person reached twice in a step is paged once",
     .policy = "    steps: [ { notify: ['person:ana', 'person:ana'] } ]\n", .want = "a@0"},
    {"the first page waits for the group", .policy = LADDER "    group_wait: 2m\n",
     .want = "a@2 b@7 c@17"},
    {"good before the wait is over: nobody hears of it", .policy = LADDER "    group_wait: 2m\n",
     .does = {{1, RECOVER}}, .want = "", .resolved = ""},
    {"reassigned at 7: bo now, and the next step ten minutes from now", .policy = LADDER,
     .does = {{7, REASSIGN}}, .want = "a@0 b@5 b@7 c@17", .resolved = "a@140 b@140 b@140 c@140"},
    {"escalated at 2, also when acknowledged", .policy = LADDER, .does = {{1, ACK}, {2, ESCALATE}},
     .want = "a@0 a:acknowledged@1 b@2 c@12"},
    {"whoever acknowledged is reminded until it ends",
     .policy = "    steps: [ { notify: ['person:ana', 'channel:f'] } ]\n    remind: 10m\n",
     .does = {{2, ANA_ACKS}, {25, RECOVER}},
     .want = "a@0 f@0 a:acknowledged@2 f:acknowledged@2 a:reminder@12 a:reminder@22",
     .resolved = "a@25 f@25"},
    {"refused for good: the next step at once", .policy = LADDER, .want = "b@0 c@10",
     .resolved = "b@140 c@140", .answer_of = a_refuses},
    {"refused for good: the person's next channel at once",
     .policy = "    steps: [ { notify: ['person:cy'] } ]\n", .want = "b@0 c@5",
     .resolved = "b@140 c@140", .answer_of = a_refuses},
    {"not taken for a minute: the next step meanwhile", .policy = LADDER, .want = "b@1 c@11",
     .resolved = "b@140 c@140", .answer_of = a_is_dead},
    {"everybody refuses: the fallback", .policy = LADDER "    fallback: ['channel:f']\n",
     .want = "f@0", .resolved = "f@140", .answer_of = all_refuse_but_f},
};
#define OVER_AT 140

static void silence(struct sim *s, int minutes)
{
    struct quiet q = {.kind = QUIET_SILENCE,
                      .matchers = "monitor=api\n",
                      .start_ms = s->now_ms,
                      .end_ms = s->now_ms / MINUTE * MINUTE + minutes * MINUTE,
                      .author = "zoe",
                      .everything = true};

    assert_int_equal(engine_quiet_add(s->engine, &q, s->now_ms, &s->fx, NULL), 0);
}

/* A new engine that knows what the store has, and no more. */
static void restart(struct sim *s)
{
    engine_free(s->engine);
    sim_start(s);
}

/* With `killed`, in the middle of every minute. */
static void run_to(struct sim *s, int64_t until_ms, bool killed)
{
    int64_t half_ms = s->now_ms / MINUTE * MINUTE + MINUTE / 2;

    for (half_ms += half_ms <= s->now_ms ? MINUTE : 0; killed && half_ms < until_ms;
         half_ms += MINUTE) {
        sim_run(s, half_ms);
        assert_int_equal(s->flights.n, 0);
        restart(s);
    }
    sim_run(s, until_ms);
}

static void turn(struct sim *s, int minutes, bool killed)
{
    for (int n = 0; n < minutes; n++) {
        s->down[0] = n % 2;
        run_to(s, s->now_ms + MINUTE, killed);
    }
}

static void act(struct sim *s, enum act what, int minutes, bool killed)
{
    const int64_t until_ms = s->now_ms / MINUTE * MINUTE + minutes * MINUTE;
    int failed = 0;

    effects_clear(&s->fx);
    switch (what) {
    case NOTHING:
        return;
    case ACK:
        failed = deed_ack(s->engine, "api", "zoe", s->now_ms, &s->fx, NULL);
        break;
    case ANA_ACKS:
        failed = deed_ack(s->engine, "api", "ana", s->now_ms, &s->fx, NULL);
        break;
    case UNACK:
        failed = deed_unack(s->engine, "api", "zoe", s->now_ms, &s->fx, NULL);
        break;
    case RESOLVE:
        failed = deed_resolve(s->engine, "api", "ana", s->now_ms, &s->fx, NULL);
        break;
    case SNOOZE:
        failed = deed_snooze(s->engine, "api", "zoe", until_ms, s->now_ms, &s->fx, NULL);
        break;
    case REASSIGN:
        failed = deed_reassign(s->engine, "api", "zoe", "bo", s->now_ms, &s->fx, NULL);
        break;
    case ESCALATE:
        failed = deed_escalate(s->engine, "api", "zoe", s->now_ms, &s->fx, NULL);
        break;
    case SILENCE:
        silence(s, minutes);
        break;
    case RECOVER:
    case FAIL:
        s->down[0] = what == FAIL;
        return;
    case TURN:
        turn(s, minutes, killed);
        return;
    }
    assert_int_equal(failed, 0);
    sim_handle(s);
}

/* Nothing of a channel that does not deliver: that is not this story. */
static void tell(const struct sim *s, struct buf *told, struct buf *resolved)
{
    buf_init(told, 4096);
    buf_init(resolved, 4096);
    for (size_t i = 0; i < s->got.n; i++) {
        const struct got *g = &s->got.items[i];
        const char *word = strchr(notice_name(g->notice.type), '.') + 1;
        struct buf *to = g->notice.type == NOTICE_RESOLVED ? resolved : told;

        if (!g->notice.monitor[0])
            continue;
        if (g->notice.type == NOTICE_HANDOFF)
            assert_non_null(strstr(g->notice.title, "inherit 1 open incident: api is down"));
        buf_printf(to, "%s%s", to->len ? " " : "", g->notice.channel);
        if (to == told && !sim_is_alarm(g))
            buf_printf(to, ":%s", word);
        buf_printf(to, "@%lld", (long long)((g->at_ms - START_MS) / MINUTE));
    }
}

static int incidents_told(const struct sim *s)
{
    int n = 0;

    for (size_t i = 0; i < s->got.n; i++) {
        bool known = !s->got.items[i].notice.monitor[0];

        for (size_t j = 0; j < i; j++)
            known |= text_eq(s->got.items[i].notice.incident, s->got.items[j].notice.incident);
        n += !known;
    }
    return n;
}

static void live(struct sim *s, const struct timeline *t, bool killed)
{
    struct buf yaml;

    buf_init(&yaml, 1 << 16);
    buf_printf(&yaml, MONITOR "%s" REST "policies:\n  p:\n%s" TAIL, t->monitor ? t->monitor : "",
               t->policy);
    sim_init(s, buf_text(&yaml), 1, START_MS);
    buf_done(&yaml);
    s->answer_of = t->answer_of;
    s->down[0] = true;
    for (size_t i = 0; i < sizeof t->does / sizeof *t->does; i++) {
        if (t->does[i].act == NOTHING)
            break;
        run_to(s, START_MS + t->does[i].minute * MINUTE + 1, killed);
        act(s, t->does[i].act, t->does[i].minutes, killed);
    }
    run_to(s, START_MS + OVER_AT * MINUTE, killed);
    s->down[0] = false;
    run_to(s, START_MS + (OVER_AT + 5) * MINUTE, killed);
}

static void check(const struct timeline *t, bool killed)
{
    struct buf told, resolved;
    struct sim s;

    live(&s, t, killed);
    tell(&s, &told, &resolved);
    print_message("  %s\n", t->name);
    assert_string_equal(buf_text(&told), t->want);
    if (t->resolved)
        assert_string_equal(buf_text(&resolved), t->resolved);
    if (t->want[0])
        assert_int_equal(incidents_told(&s), t->incidents ? t->incidents : 1);
    buf_done(&told);
    buf_done(&resolved);
    sim_done(&s);
}

static void policy__by_its_timeline__pages_at_the_minute(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof timelines / sizeof *timelines; i++)
        check(&timelines[i], false);
}

/* Whatever a timer, a hold or a count of changes says is in the store. */
static void policy__killed_and_started_every_minute__pages_at_the_same_minute(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof timelines / sizeof *timelines; i++)
        if (timelines[i].answer_of != a_is_dead) /* always in flight */
            check(&timelines[i], true);
}

static void incident__resolved_by_hand_while_failing__confirms_anew_and_opens_again(void **state)
{
    const struct incident *const *open;
    struct sim s;

    (void)state;
    sim_init(&s,
             ALONE "policies: { p: { steps: [ { notify: ['channel:a'] } ] }, "
                   "default: { steps: [ { notify: ['channel:f'] } ] } }\n",
             1, START_MS);
    s.down[0] = true;
    sim_run(&s, START_MS + MINUTE);
    act(&s, RESOLVE, 0, false);
    assert_int_equal(engine_incidents(s.engine, &open), 0);
    sim_run(&s, START_MS + 2 * MINUTE);
    assert_int_equal(engine_incidents(s.engine, &open), 1);
    sim_done(&s);
}

static void clock__stepped_by_an_hour__moves_no_page(void **state)
{
    struct sim s;

    (void)state;
    sim_init(&s, ALONE "policies:\n  p:\n" LADDER TAIL, 1, START_MS);
    s.down[0] = true;
    sim_run(&s, START_MS + MINUTE);
    effects_clear(&s.fx);
    engine_clock_step(s.engine, 60 * MINUTE, &s.fx);
    s.now_ms += 60 * MINUTE;
    s.next_probe_ms[0] += 60 * MINUTE;
    sim_run(&s, START_MS + 64 * MINUTE);
    assert_int_equal(s.got.n, 1);
    sim_run(&s, START_MS + 66 * MINUTE);
    assert_int_equal(s.got.n, 2);
    sim_done(&s);
}

/* --- what is on its way when the target recovers --- */

static enum answer slow_answer;

static enum answer a_is_slow(struct sim *s, const struct delivery *d)
{
    (void)s;
    return d->notice.type == NOTICE_TRIGGERED && d->notice.monitor[0] ? slow_answer : ANSWER_OK;
}

static size_t resolves_after_a_page_in_flight(enum answer a)
{
    struct sim s;
    size_t n = 0;

    slow_answer = a;
    sim_init(&s,
             ALONE "policies: { p: { steps: [ { notify: ['channel:a'] } ] }, "
                   "default: { steps: [ { notify: ['channel:f'] } ] } }\n",
             1, START_MS);
    s.answer_of = a_is_slow;
    s.down[0] = true;
    sim_run(&s, START_MS + 10);
    assert_int_equal(s.flights.n, 1);
    s.flights.items[0].ends_ms = START_MS + 15000; /* past the probe that finds it well */
    s.down[0] = false;
    sim_run(&s, START_MS + 10 * MINUTE);
    for (size_t i = 0; i < s.got.n; i++)
        n += s.got.items[i].notice.type == NOTICE_RESOLVED && s.got.items[i].notice.monitor[0];
    sim_done(&s);
    return n;
}

static void resolve__while_the_page_is_in_flight__follows_only_if_it_may_have_arrived(void **state)
{
    (void)state;
    assert_int_equal(resolves_after_a_page_in_flight(ANSWER_OK), 1);
    assert_int_equal(resolves_after_a_page_in_flight(ANSWER_LOST_OK), 1);
    assert_int_equal(resolves_after_a_page_in_flight(ANSWER_500), 1);
    assert_int_equal(resolves_after_a_page_in_flight(ANSWER_DEAD), 0);
    assert_int_equal(resolves_after_a_page_in_flight(ANSWER_REFUSED), 0);
}

static void kill__at_any_quiet_second__loses_no_streak_and_no_state(void **state)
{
    (void)state;
    for (int64_t at_ms = 5000; at_ms < 90000; at_ms += 10000) {
        struct monitor_status before, after;
        struct sim s;

        sim_init(&s,
                 "defaults: { interval: 10s, fail_after: 3, recover_after: 3 }\n"
                 "monitors: [ { name: api, http: 'http://127.0.0.1:1/' } ]\n"
                 "channels: { f: { type: webhook, url: 'http://127.0.0.1:6/' } }\n",
                 1, START_MS);
        s.down[0] = true;
        sim_run(&s, START_MS + (at_ms < 45000 ? at_ms : 45000));
        s.down[0] = false;
        sim_run(&s, START_MS + at_ms);
        before = *engine_status(s.engine, "api");
        sim_die(&s);
        after = *engine_status(s.engine, "api");
        assert_int_equal(after.state, before.state);
        assert_int_equal(after.since_ms, before.since_ms);
        assert_int_equal(after.bad, before.bad);
        if (before.state == MONITOR_DOWN)
            assert_int_equal(after.good, before.good);
        sim_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__by_its_timeline__pages_at_the_minute),
        cmocka_unit_test(policy__killed_and_started_every_minute__pages_at_the_same_minute),
        cmocka_unit_test(incident__resolved_by_hand_while_failing__confirms_anew_and_opens_again),
        cmocka_unit_test(resolve__while_the_page_is_in_flight__follows_only_if_it_may_have_arrived),
        cmocka_unit_test(kill__at_any_quiet_second__loses_no_streak_and_no_state),
        cmocka_unit_test(clock__stepped_by_an_hour__moves_no_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
