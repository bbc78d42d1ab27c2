/* test_nights.c - random nights: outages, acknowledgements, wretched receivers, kill -9, and in the
 * same nights a store that goes away and comes back or takes nothing, a clock that is set, results
 * that say nothing.
 *
 * However a night went, when morning comes and the receivers answer again:
 *   every outage long enough woke somebody (promise 1), the store being there or not (promise 2);
 *   a page has one id, however often it was sent (promise 1);
 *   whoever got the trigger got the resolve, nobody else did, and never before it (promise 3);
 *   nobody was paged for an outage that was none, nothing unknown opened an incident, and the time
 *   in which midwatch was blind was told as such, as one incident (promise 4);
 *   a start found every streak, incident and acknowledgement again, and nothing is left open
 *   (promise 6).
 * The one thing nobody can promise is left out: to be killed while neither the store nor the disk
 * takes anything. SEEDS=n runs more of them, FIRST=n begins with that one. */
#include <limits.h>
#include <stdlib.h>

#include "trouble.h"

#define MINUTE  60000LL
#define TARGETS 2
#define OUTAGES 3
#define PARTS   3 /* of an outage */

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
    bool seen;  /* not blind all the time */
    bool acked; /* somebody took it, perhaps before any page got through */
    bool flapping;
};

/* An incident as it was opened, and as it was opened again. */
struct birth {
    char id[INCIDENT_ID_SIZE];
    int cycle, chapter;
    int64_t started_ms;
};

struct night {
    struct sim s;
    VEC(struct birth) births;
    struct outage outages[OUTAGES];
    int lives, blind_lives; /* starts, and incidents of blindness, since blindness began */
    int looked; /* the start since which midwatch knows of its troubles; -1: it does not */
    bool troubled, unkept;
};

/* The life that a page of this cycle belongs to; NULL: none. */
static const struct birth *birth_of(const struct night *n, const char *id, int cycle)
{
    const struct birth *last = NULL;

    for (size_t i = 0; i < n->births.n; i++)
        if (n->births.items[i].cycle <= cycle && text_eq(n->births.items[i].id, id))
            last = &n->births.items[i];
    return last;
}

/* Its trouble began in this outage, or it was sent in it. */
static bool within(const struct night *n, const struct got *g, int chapter)
{
    const struct birth *b = birth_of(n, g->notice.incident, g->cycle);

    return g->chapter == chapter || (b && b->chapter == chapter);
}

/* Alarms of this outage among these. */
static size_t alarms_of(const struct night *n, const struct got *of, size_t n_of, int chapter)
{
    const char *monitor = n->s.config->monitors[n->outages[chapter - 1].target].name;
    size_t found = 0;

    for (size_t i = 0; i < n_of; i++)
        found += sim_is_alarm(&of[i]) && text_eq(of[i].notice.monitor, monitor) &&
                 within(n, &of[i], chapter);
    return found;
}

static void check_outages(const struct night *n, int outages)
{
    const struct sim *s = &n->s;

    for (int i = 1; i <= outages; i++) {
        const struct outage *o = &n->outages[i - 1];

        assert_true(alarms_of(n, s->got.items, s->got.n, i) || !o->seen || o->acked ||
                    o->flapping || alarms_of(n, s->tries.items, s->tries.n, i) >= 3);
    }
    for (size_t g = 0; g < s->got.n; g++) {
        const struct notice *notice = &s->got.items[g].notice;
        const struct birth *b = birth_of(n, notice->incident, INT_MAX);

        assert_non_null(b);
        assert_true(notice->started_ms == b->started_ms);
    }
}

/* --- what is seen as it happens --- */

/* Only what was seen to fail twice is an outage, and only while it can be seen. */
static void check_real(const struct night *n, const struct incident *i)
{
    for (size_t t = 0; t < TARGETS; t++) {
        if (!text_eq(n->s.config->monitors[t].name, i->monitor))
            continue;
        assert_true(n->s.down[t] && n->s.bad[t] >= 2);
        assert_false(n->s.blind);
    }
}

static void on_deciding(struct sim *s)
{
    struct night *n = (struct night *)s;

    for (size_t k = 0; k < s->fx.commit.incidents.n; k++) {
        const struct incident *i = s->fx.commit.incidents.items[k];
        const struct birth *was = birth_of(n, i->id, INT_MAX);
        struct birth b = {
            .cycle = i->born_cycle, .chapter = s->chapter, .started_ms = i->started_ms};

        if (was && was->cycle >= i->born_cycle)
            continue;
        check_real(n, i);
        text_copy(b.id, sizeof b.id, i->id);
        vec_push(&n->births, b);
        if (!text_eq(i->dedup_key, "self:blind"))
            continue;
        assert_true(s->blind);
        assert_in_range(++n->blind_lives, 1, 1 + s->crashes - n->lives);
    }
}

static size_t open_of(struct sim *s, const char *key)
{
    const struct incident *const *open;
    size_t n = engine_incidents(s->engine, &open), found = 0;

    for (size_t i = 0; i < n; i++)
        found += text_eq(open[i]->dedup_key, key);
    return found;
}

/* After each start midwatch finds out anew what ails it. */
static void on_watching(struct sim *s)
{
    struct night *n = (struct night *)s;
    int crashes = s->crashes;

    if (!n->troubled || n->looked == crashes)
        return;
    trouble_look(s);
    if (s->crashes != crashes)
        return;
    n->looked = crashes;
    assert_true((open_of(s, "self:blind") > 0) == s->blind);
}

static void check_incident(const struct sim *s, const struct incident *kept)
{
    const struct incident *i = engine_incident(s->engine, kept->id);

    if (kept->state == INCIDENT_RESOLVED)
        return;
    assert_non_null(i);
    assert_string_equal(i->dedup_key, kept->dedup_key);
    assert_true(i->started_ms == kept->started_ms && i->count == kept->count);
    if (kept->state == INCIDENT_ACKNOWLEDGED && i->state == INCIDENT_ACKNOWLEDGED)
        assert_string_equal(i->acked_by, kept->acked_by);
    else if (kept->state == INCIDENT_ACKNOWLEDGED)
        assert_true(i->state == INCIDENT_RESOLVED || kept->ack_due_ms <= s->now_ms);
}

static void on_restored(struct sim *s)
{
    for (size_t i = 0; i < s->store.incidents.n; i++)
        check_incident(s, &s->store.incidents.items[i]);
    for (size_t i = 0; i < s->store.monitors.n; i++) {
        const struct monitor_status *kept = &s->store.monitors.items[i].status;
        const struct monitor_status *is = engine_status(s->engine, s->store.monitors.items[i].name);

        assert_non_null(is);
        assert_true(is->state == kept->state && is->bad == kept->bad && is->good == kept->good &&
                    is->since_ms == kept->since_ms);
    }
}

/* --- what happens --- */

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

static void see(struct night *n, bool sight)
{
    n->s.blind = !sight;
    n->lives = n->s.crashes;
    n->blind_lives = 0;
    n->looked = -1;
    on_watching(&n->s);
}

/* What ended while nothing was kept, the store hears of after a start, when it has been said once
 * more; that may be late when the clock was set back since. */
static void morning(struct night *n)
{
    struct sim *s = &n->s;
    const struct incident *const *open;

    s->crash_one_in = 0;
    s->crash_at = 0;
    s->answers = 1u << ANSWER_OK;
    s->unknown_one_in = 0;
    trouble_store_returns(s);
    if (n->unkept)
        sim_die(s);
    see(n, true);
    sim_run(s, s->now_ms + 60 * MINUTE);
    if (n->unkept && sim_open_in_store(s))
        sim_run(s, s->now_ms + 180 * MINUTE);
    assert_int_equal(engine_incidents(s->engine, &open), 0);
    assert_int_equal(sim_open_in_store(s), 0);
    assert_true(engine_oldest_due_ms(s->engine) == INT64_MAX);
}

static void check_night(const struct night *n, int outages)
{
    check_outages(n, outages);
    check_one_id_a_page(&n->s);
    check_resolves(&n->s);
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

/* Something that befalls midwatch, and time goes on; some of it lasts into the next. False: nothing
 * could be seen. */
static bool trouble(struct night *n, int64_t for_ms)
{
    struct sim *s = &n->s;

    n->looked = -1;
    switch (n->troubled ? sim_random(s) % 12 : 11) {
    case 0:
    case 1:
        if (s->away)
            trouble_store_returns(s);
        else
            trouble_store_leaves(s, sim_random(s) % 3 == 0);
        break;
    case 2:
        trouble_clock_is_set(s);
        break;
    case 3:
        trouble_clock_is_set_while_dead(s);
        break;
    case 4:
        if (s->away)
            break;
        n->unkept = true;
        trouble_nothing_is_kept(s, for_ms);
        n->looked = -1;
        return true;
    case 5:
        see(n, false);
        sim_run(s, s->now_ms + for_ms);
        n->looked = -1;
        on_watching(s); /* and once more: it is told already */
        see(n, true);
        return false;
    case 6:
        s->unknown_one_in = s->unknown_one_in ? 0 : 4;
        break;
    default:
        break;
    }
    sim_run(s, s->now_ms + for_ms);
    return true;
}

static int64_t some_time(struct sim *s, int minutes)
{
    return (int64_t)(sim_random(s) % (uint64_t)(minutes * MINUTE)) + MINUTE;
}

static void outage(struct night *n)
{
    struct sim *s = &n->s;
    struct outage *o = &n->outages[s->chapter++];

    *o = (struct outage){.target = sim_random(s) % TARGETS};
    s->down[o->target] = true;
    for (int part = 0; part < PARTS; part++) {
        o->seen = trouble(n, some_time(s, 8)) || o->seen;
        if (sim_random(s) % 3 == 0)
            o->acked = maybe_ack(s) || o->acked;
    }
    o->flapping = flaps(s, o->target);
    s->down[o->target] = false;
}

static void night_begin(struct night *n, uint64_t seed)
{
    *n = (struct night){.looked = -1};
    sim_init(&n->s, yaml, seed, START_MS);
    n->s.deciding = on_deciding;
    n->s.watching = on_watching;
    n->s.restored = on_restored;
}

static void night_done(struct night *n)
{
    vec_done(&n->births);
    sim_done(&n->s);
}

static void random_night(uint64_t seed)
{
    struct night n;
    struct sim *s = &n.s;

    night_begin(&n, seed);
    s->answers = (unsigned)(1 + 2 * (sim_random(s) % 32));
    s->crash_one_in = (int)(5 + sim_random(s) % 60);
    n.troubled = sim_random(s) % 2;
    for (int i = 0; i < OUTAGES; i++) {
        trouble(&n, some_time(s, 10));
        outage(&n);
        sim_run(s, s->now_ms + 2 * MINUTE);
    }
    morning(&n);
    check_night(&n, OUTAGES);
    night_done(&n);
}

static uint64_t running; /* the seed, so that a failure can be looked at */

static int tell_seed(void **state)
{
    (void)state;
    if (running)
        print_message("the night of FIRST=%llu SEEDS=%llu\n", (unsigned long long)running,
                      (unsigned long long)running);
    return 0;
}

static int64_t asked(const char *name, int64_t normal)
{
    const char *text = getenv(name);
    int64_t n = normal;

    if (text)
        assert_int_equal(text_int(text, 1, 100000000, &n, NULL), 0);
    return n;
}

static void night__at_random__keeps_every_promise(void **state)
{
    uint64_t last = (uint64_t)asked("SEEDS", 10000);

    (void)state;
    for (running = (uint64_t)asked("FIRST", 1); running <= last; running++)
        random_night(running);
    running = 0;
}

/* One plain story, killed before its first effect, its second … until nothing is left to kill. */
static bool story_killed_at(int64_t effect)
{
    struct night n;
    struct sim *s = &n.s;
    bool killed;

    night_begin(&n, 7);
    s->answers = 1u << ANSWER_OK | 1u << ANSWER_500_STORED;
    s->crash_at = s->effect + effect;
    sim_run(s, s->now_ms + MINUTE);
    s->chapter = 1;
    n.outages[0].seen = true;
    s->down[0] = true;
    sim_run(s, s->now_ms + 9 * MINUTE);
    maybe_ack(s);
    sim_run(s, s->now_ms + 20 * MINUTE);
    s->down[0] = false;
    sim_run(s, s->now_ms + 2 * MINUTE);
    killed = s->crashes > 0;
    morning(&n);
    check_night(&n, 1);
    night_done(&n);
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
        cmocka_unit_test_teardown(night__at_random__keeps_every_promise, tell_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
