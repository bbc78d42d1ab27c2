/* test_timelines.c - who is paged, at which minute: docs/escalation.md, case by case.
 *
 * The monitor fails from the first second on with fail_after 1, so that minute 0 is the trigger. */
#include "sim.h"

#define MINUTE   60000LL
#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */

#define HEAD                                                                                       \
    "defaults: { interval: 10s, fail_after: 1, recover_after: 1 }\n"                               \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: p } ]\n"                        \
    "channels:\n"                                                                                  \
    "  a: { type: webhook, url: 'http://127.0.0.1:3/' }\n"                                         \
    "  b: { type: webhook, url: 'http://127.0.0.1:4/' }\n"                                         \
    "  c: { type: webhook, url: 'http://127.0.0.1:5/' }\n"                                         \
    "  f: { type: webhook, url: 'http://127.0.0.1:6/' }\n"                                         \
    "people:\n"                                                                                    \
    "  ana: { notify: [ { via: a } ] }\n"                                                          \
    "  bo: { notify: [ { via: b } ] }\n"                                                           \
    "  cy: { notify: [ { via: a }, { via: b, after: 2m }, { via: c, after: 5m } ] }\n"             \
    "schedules:\n"                                                                                 \
    "  empty: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, every: 1 day, "     \
    "members: [null], allow_empty: true } ] }\n"

/* Three steps, at 0, 5 and 15. */
#define LADDER                                                                                     \
    "    steps:\n"                                                                                 \
    "      - { notify: ['channel:a'] }\n"                                                          \
    "      - { after: 5m, notify: ['channel:b'] }\n"                                               \
    "      - { after: 10m, notify: ['channel:c'] }\n"

enum act { NOTHING, ACK, RESOLVE, UNACK, RECOVER };

struct timeline {
    const char *name, *policy;
    struct {
        int minute;
        enum act act;
    } does[4];
    const char *want;     /* "channel@minute", alarms only, in order */
    const char *resolved; /* channels told of the resolve; NULL: not looked at */
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

static const struct timeline timelines[] = {
    {"E1 no acknowledgement: every step once", LADDER, {{0}}, "a@0 b@5 c@15", NULL, NULL},
    {"E2 one repeat after twenty minutes",
     LADDER "    repeat: { times: 1, every: 20m }\n",
     {{0}},
     "a@0 b@5 c@15 a@35 b@40 c@50",
     NULL,
     NULL},
    {"a repeat without `every` waits as long as the last step",
     LADDER "    repeat: { times: 1 }\n",
     {{0}},
     "a@0 b@5 c@15 a@25 b@30 c@40",
     NULL,
     NULL},
    {"E3 acknowledged at 7", LADDER, {{7, ACK}}, "a@0 b@5", NULL, NULL},
    {"E4 the acknowledgement runs out after 30",
     LADDER "    ack_timeout: 30m\n",
     {{7, ACK}},
     "a@0 b@5 a@37 b@42 c@52",
     NULL,
     NULL},
    {"E4b taken back by hand", LADDER, {{7, ACK}, {9, UNACK}}, "a@0 b@5 a@9 b@14 c@24", NULL, NULL},
    {"E5 resolved at 4: told only to those of step 0", LADDER, {{4, RECOVER}}, "a@0", "a", NULL},
    {"E5b resolved by hand at 6", LADDER, {{6, RESOLVE}, {6, RECOVER}}, "a@0 b@5", "ab", NULL},
    {"E6 a step that finds nobody hands over at once",
     "    steps:\n"
     "      - { notify: ['channel:a'] }\n"
     "      - { after: 5m, notify: ['schedule:empty'] }\n"
     "      - { after: 10m, notify: ['channel:c'] }\n",
     {{0}},
     "a@0 c@5",
     NULL,
     NULL},
    {"E6b the last step finds nobody: the fallback",
     "    steps:\n"
     "      - { notify: ['channel:a'] }\n"
     "      - { after: 5m, notify: ['schedule:empty'] }\n"
     "    fallback: ['channel:f']\n",
     {{0}},
     "a@0 f@5",
     NULL,
     NULL},
    {"E11 personal rules until acknowledged at 3",
     "    steps: [ { notify: ['person:cy'] } ]\n",
     {{3, ACK}},
     "a@0 b@2",
     NULL,
     NULL},
    {"personal rules, all of them",
     "    steps: [ { notify: ['person:cy'] } ]\n",
     {{0}},
     "a@0 b@2 c@5",
     NULL,
     NULL},
    {"one person reached twice in a step is paged once",
     "    steps: [ { notify: ['person:ana', 'person:ana'] } ]\n",
     {{0}},
     "a@0",
     NULL,
     NULL},
    {"refused for good: the next step at once", LADDER, {{0}}, "b@0 c@10", "bc", a_refuses},
    {"refused for good: the person's next channel at once",
     "    steps: [ { notify: ['person:cy'] } ]\n",
     {{0}},
     "b@0 c@5",
     "bc",
     a_refuses},
    {"not taken for a minute: the next step meanwhile", LADDER, {{0}}, "b@1 c@11", "bc", a_is_dead},
    {"everybody refuses: the fallback",
     LADDER "    fallback: ['channel:f']\n",
     {{0}},
     "f@0",
     "f",
     all_refuse_but_f},
};

static void act(struct sim *s, enum act what)
{
    effects_clear(&s->fx);
    switch (what) {
    case NOTHING:
        return;
    case ACK:
        assert_int_equal(deed_ack(s->engine, "api", "zoe", s->now_ms, &s->fx, NULL), 0);
        break;
    case UNACK:
        assert_int_equal(deed_unack(s->engine, "api", "zoe", s->now_ms, &s->fx, NULL), 0);
        break;
    case RESOLVE:
        assert_int_equal(deed_resolve(s->engine, "api", "ana", s->now_ms, &s->fx, NULL), 0);
        break;
    case RECOVER:
        s->down[0] = false;
        return;
    }
    sim_handle(s);
}

static void tell(const struct sim *s, struct buf *alarms, struct buf *resolved)
{
    buf_init(alarms, 4096);
    buf_init(resolved, 4096);
    for (size_t i = 0; i < s->got.n; i++) {
        const struct got *g = &s->got.items[i];

        if (!g->notice.monitor[0]) /* of a channel that does not deliver: not this story */
            continue;
        if (sim_is_alarm(g))
            buf_printf(alarms, "%s%s@%lld", alarms->len ? " " : "", g->notice.channel,
                       (long long)((g->at_ms - START_MS) / MINUTE));
        else if (g->notice.type == NOTICE_RESOLVED)
            buf_str(resolved, g->notice.channel);
    }
}

static void check(const struct timeline *t)
{
    struct buf yaml, alarms, resolved;
    struct sim s;

    buf_init(&yaml, 1 << 16);
    buf_printf(&yaml, "%spolicies:\n  p:\n%s  default: { steps: [ { notify: ['channel:f'] } ] }\n",
               HEAD, t->policy);
    sim_init(&s, buf_text(&yaml), 1, START_MS);
    s.answer_of = t->answer_of;
    s.down[0] = true;
    for (size_t i = 0; i < 4; i++) {
        sim_run(&s, START_MS + t->does[i].minute * MINUTE + (t->does[i].act == NOTHING ? 0 : 1));
        act(&s, t->does[i].act);
    }
    sim_run(&s, START_MS + 70 * MINUTE);
    s.down[0] = false;
    sim_run(&s, START_MS + 75 * MINUTE);
    tell(&s, &alarms, &resolved);
    print_message("  %s\n", t->name);
    assert_string_equal(buf_text(&alarms), t->want);
    if (t->resolved)
        assert_string_equal(buf_text(&resolved), t->resolved);
    buf_done(&yaml);
    buf_done(&alarms);
    buf_done(&resolved);
    sim_done(&s);
}

static void policy__by_its_timeline__pages_at_the_minute(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof timelines / sizeof *timelines; i++)
        check(&timelines[i]);
}

static void incident__resolved_by_hand_while_failing__confirms_anew_and_opens_again(void **state)
{
    const struct incident *const *open;
    struct sim s;

    (void)state;
    sim_init(&s,
             HEAD "policies: { p: { steps: [ { notify: ['channel:a'] } ] }, "
                  "default: { steps: [ { notify: ['channel:f'] } ] } }\n",
             1, START_MS);
    s.down[0] = true;
    sim_run(&s, START_MS + MINUTE);
    act(&s, RESOLVE);
    assert_int_equal(engine_incidents(s.engine, &open), 0);
    sim_run(&s, START_MS + 2 * MINUTE);
    assert_int_equal(engine_incidents(s.engine, &open), 1);
    sim_done(&s);
}

static void clock__stepped_by_an_hour__moves_no_page(void **state)
{
    struct sim s;

    (void)state;
    sim_init(
        &s, HEAD "policies:\n  p:\n" LADDER "  default: { steps: [ { notify: ['channel:f'] } ] }\n",
        1, START_MS);
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
             HEAD "policies: { p: { steps: [ { notify: ['channel:a'] } ] }, "
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
        cmocka_unit_test(incident__resolved_by_hand_while_failing__confirms_anew_and_opens_again),
        cmocka_unit_test(resolve__while_the_page_is_in_flight__follows_only_if_it_may_have_arrived),
        cmocka_unit_test(kill__at_any_quiet_second__loses_no_streak_and_no_state),
        cmocka_unit_test(clock__stepped_by_an_hour__moves_no_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
