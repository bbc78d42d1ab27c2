/* test_nights.c - random nights: outages, acknowledgements, wretched receivers, kill -9.
 *
 * However a night went, when morning comes and the receivers answer again:
 *   every outage long enough woke somebody (promise 1);
 *   a page has one id, however often it was sent (promise 1);
 *   nobody was paged for an outage that was none;
 *   whoever got the trigger got the resolve, nobody else did, and never before it (promise 3);
 *   nothing is left open (promise 6).
 * SEEDS=n runs more of them. */
#include "sim.h"

#include <stdlib.h>

#define MINUTE 60000LL

static const char yaml[] = "defaults: { interval: 10s, fail_after: 2, recover_after: 2 }\n"
                           "monitors:\n"
                           "  - { name: api, http: 'http://127.0.0.1:1/', policy: ladder }\n"
                           "  - { name: db, http: 'http://127.0.0.1:2/', policy: flat }\n"
                           "channels:\n"
                           "  a1: { type: webhook, url: 'http://127.0.0.1:3/' }\n"
                           "  a2: { type: webhook, url: 'http://127.0.0.1:4/' }\n"
                           "  b1: { type: webhook, url: 'http://127.0.0.1:5/' }\n"
                           "  ops: { type: webhook, url: 'http://127.0.0.1:6/' }\n"
                           "people:\n"
                           "  ana: { notify: [ { via: a1 }, { via: a2, after: 2m } ] }\n"
                           "  bo: { notify: [ { via: b1 } ] }\n"
                           "schedules:\n"
                           "  primary:\n"
                           "    time_zone: UTC\n"
                           "    layers: [ { name: daily, anchor: 2026-01-01T09:00, every: 1 day, "
                           "members: [ana, bo, null] } ]\n"
                           "policies:\n"
                           "  ladder:\n"
                           "    steps:\n"
                           "      - { notify: ['schedule:primary'] }\n"
                           "      - { after: 5m, notify: ['person:bo', 'channel:ops'] }\n"
                           "    repeat: { times: 1, every: 10m }\n"
                           "    ack_timeout: 15m\n"
                           "    fallback: ['channel:ops']\n"
                           "  flat:\n"
                           "    steps: [ { notify: ['person:ana'] } ]\n"
                           "    fallback: ['person:bo']\n"
                           "  default: { steps: [ { notify: ['channel:ops'] } ] }\n";

#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */

static bool same_contact(const struct notice *a, const struct notice *b)
{
    return text_eq(a->incident, b->incident) && text_eq(a->person, b->person) &&
           text_eq(a->channel, b->channel);
}

static bool doubted(const struct sim *s, const struct notice *n)
{
    for (size_t i = 0; i < s->doubts.n; i++)
        if (text_eq(s->doubts.items[i].incident, n->incident) &&
            text_eq(s->doubts.items[i].person, n->person) &&
            text_eq(s->doubts.items[i].channel, n->channel))
            return true;
    return false;
}

static void check_one_id_a_page(const struct sim *s)
{
    for (size_t i = 0; i < s->got.n; i++)
        for (size_t j = i + 1; j < s->got.n; j++) {
            const struct got *a = &s->got.items[i], *b = &s->got.items[j];
            bool same = same_contact(&a->notice, &b->notice) && a->notice.type == b->notice.type &&
                        a->cycle == b->cycle && a->notice.step == b->notice.step &&
                        a->notice.loop == b->notice.loop && a->rule == b->rule &&
                        (sim_is_alarm(a) || a->notice.at_ms == b->notice.at_ms);

            if (same && a->notice.type != NOTICE_ACKNOWLEDGED)
                assert_string_equal(a->id, b->id);
        }
}

static void check_resolves(const struct sim *s)
{
    for (size_t i = 0; i < s->got.n; i++) {
        const struct got *g = &s->got.items[i];
        bool alarm_before = false, resolve_after = false;

        for (size_t j = 0; j < s->got.n; j++) {
            const struct got *o = &s->got.items[j];

            if (!same_contact(&g->notice, &o->notice))
                continue;
            alarm_before = alarm_before || (j < i && sim_is_alarm(o));
            resolve_after = resolve_after || (j > i && o->notice.type == NOTICE_RESOLVED);
        }
        if (sim_is_alarm(g))
            assert_true(resolve_after);
        else
            assert_true(alarm_before || doubted(s, &g->notice));
    }
}

struct outage {
    size_t target;
    int64_t from_ms, to_ms;
    bool acked; /* somebody took it, perhaps before any page got through */
    bool flapping;
};

/* Of this outage: its trouble began in it, or it was opened again by it. */
static bool within(const struct notice *n, const struct outage *o)
{
    return (n->started_ms >= o->from_ms && n->started_ms <= o->to_ms) ||
           (n->at_ms >= o->from_ms && n->at_ms <= o->to_ms);
}

/* Alarms that went into the dark: tried, but no receiver took one while it mattered. */
static size_t attempted(const struct sim *s, const struct outage *o)
{
    size_t n = 0;

    for (size_t i = 0; i < s->tries.n; i++)
        n += within(&s->tries.items[i].notice, o);
    return n;
}

static void check_outages(const struct sim *s, const struct outage *o, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool paged = false;

        for (size_t g = 0; g < s->got.n; g++)
            paged = paged || (sim_is_alarm(&s->got.items[g]) &&
                              text_eq(s->got.items[g].notice.monitor,
                                      s->config->monitors[o[i].target].name) &&
                              within(&s->got.items[g].notice, &o[i]));
        assert_true(paged || o[i].acked || o[i].flapping || attempted(s, &o[i]) >= 3);
    }
    for (size_t g = 0; g < s->got.n; g++) {
        const struct notice *notice = &s->got.items[g].notice;
        bool real = false;

        if (!notice->monitor[0]) /* of a channel that did not deliver */
            continue;
        for (size_t i = 0; i < n; i++)
            real = real || (notice->started_ms >= o[i].from_ms && notice->started_ms <= o[i].to_ms);
        assert_true(real);
    }
}

static bool maybe_ack(struct sim *s)
{
    const struct incident *const *open;
    char id[INCIDENT_ID_SIZE];
    size_t n = engine_incidents(s->engine, &open);

    if (!n)
        return false;
    text_copy(id, sizeof id, open[sim_random(s) % n]->id);
    effects_clear(&s->fx);
    if (deed_ack(s->engine, id, "ana", s->now_ms, &s->fx, NULL) < 0)
        return false;
    s->acks++;
    sim_handle(s);
    return true;
}

static void morning(struct sim *s)
{
    const struct incident *const *open;

    s->crash_one_in = 0;
    s->crash_at = 0;
    s->answers = 1u << ANSWER_OK;
    sim_run(s, s->now_ms + 60 * MINUTE);
    assert_int_equal(engine_incidents(s->engine, &open), 0);
    assert_int_equal(sim_open_in_store(s), 0);
    assert_true(engine_oldest_due_ms(s->engine) == INT64_MAX);
}

static void check_night(const struct sim *s, const struct outage *o, size_t n)
{
    check_outages(s, o, n);
    check_one_id_a_page(s);
    check_resolves(s);
}

static bool flaps(const struct sim *s, size_t target)
{
    const struct incident *const *open;
    size_t n = engine_incidents(s->engine, &open);

    for (size_t i = 0; i < n; i++)
        if (open[i]->flapping && text_eq(open[i]->monitor, s->config->monitors[target].name))
            return true;
    return false;
}

static size_t storm(struct sim *s, struct outage *o, size_t most)
{
    size_t n = 0;

    while (n < most) {
        size_t target = sim_random(s) % 2;

        sim_run(s, s->now_ms + (int64_t)(sim_random(s) % (10 * MINUTE)) + MINUTE);
        o[n] = (struct outage){target, s->now_ms, 0, false, false};
        s->down[target] = true;
        for (int part = 0; part < 3; part++) {
            sim_run(s, s->now_ms + (int64_t)(sim_random(s) % (8 * MINUTE)) + MINUTE);
            if (sim_random(s) % 3 == 0)
                o[n].acked = maybe_ack(s) || o[n].acked;
        }
        o[n].flapping = flaps(s, target);
        o[n++].to_ms = s->now_ms;
        s->down[target] = false;
        sim_run(s, s->now_ms + 2 * MINUTE);
    }
    return n;
}

static void random_night(uint64_t seed)
{
    struct outage outages[3];
    struct sim s;
    size_t n;

    sim_init(&s, yaml, seed, START_MS);
    s.answers = (unsigned)(1 + 2 * (sim_random(&s) % 32));
    s.crash_one_in = (int)(5 + sim_random(&s) % 60);
    n = storm(&s, outages, 3);
    morning(&s);
    check_night(&s, outages, n);
    sim_done(&s);
}

static void night__at_random__keeps_every_promise(void **state)
{
    const char *seeds = getenv("SEEDS");
    int64_t n = 10000;

    (void)state;
    if (seeds)
        assert_int_equal(text_int(seeds, 1, 100000000, &n, NULL), 0);
    for (int64_t seed = 1; seed <= n; seed++)
        random_night((uint64_t)seed);
}

/* One plain story, killed before its first effect, its second … until nothing is left to kill. */
static bool story_killed_at(int64_t effect)
{
    struct outage o = {0};
    struct sim s;
    bool killed;

    sim_init(&s, yaml, 7, START_MS);
    s.answers = 1u << ANSWER_OK | 1u << ANSWER_500_STORED;
    s.crash_at = s.effect + effect;
    sim_run(&s, s.now_ms + MINUTE);
    o.from_ms = s.now_ms;
    s.down[0] = true;
    sim_run(&s, s.now_ms + 9 * MINUTE);
    maybe_ack(&s);
    sim_run(&s, s.now_ms + 20 * MINUTE);
    o.to_ms = s.now_ms;
    s.down[0] = false;
    sim_run(&s, s.now_ms + 2 * MINUTE);
    killed = s.crashes > 0;
    morning(&s);
    check_night(&s, &o, 1);
    sim_done(&s);
    return killed;
}

static void story__killed_between_any_two_effects__keeps_every_promise(void **state)
{
    int64_t effect = 1;

    (void)state;
    while (story_killed_at(effect))
        effect++;
    assert_in_range(effect, 20, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(story__killed_between_any_two_effects__keeps_every_promise),
        cmocka_unit_test(night__at_random__keeps_every_promise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
