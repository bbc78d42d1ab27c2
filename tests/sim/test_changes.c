/* test_changes.c - nights in which midwatch itself is changed: reloaded with monitors renamed,
 * disabled and gone, its clock set, started without its store and given it back later, killed.
 *
 * However it went: whoever was woken is told that it is over, nobody else is, never before; no wake
 * lies in the past; in the morning nothing is left. SEEDS=n runs more of them. */
#include <stdlib.h>

#include "trouble.h"

#define MINUTE   60000LL
#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */

#define PEOPLE                                                                                     \
    "defaults: { interval: 10s, fail_after: 2, recover_after: 2 }\n"                               \
    "channels:\n"                                                                                  \
    "  a1: { type: webhook, url: 'http://127.0.0.1:3/' }\n"                                        \
    "  a2: { type: webhook, url: 'http://127.0.0.1:4/' }\n"                                        \
    "  b1: { type: webhook, url: 'http://127.0.0.1:5/' }\n"                                        \
    "  ops: { type: webhook, url: 'http://127.0.0.1:6/' }\n"                                       \
    "people:\n"                                                                                    \
    "  ana: { notify: [ { via: a1 }, { via: a2, after: 2m } ] }\n"                                 \
    "  bo: { notify: [ { via: b1 } ] }\n"
#define LADDER                                                                                     \
    "policies:\n"                                                                                  \
    "  ladder: { steps: [ { notify: ['person:ana'] }, { after: 5m, notify: ['person:bo'] } ], "    \
    "repeat: { times: 1, every: 10m }, ack_timeout: 15m, fallback: ['channel:ops'] }\n"            \
    "  default: { steps: [ { notify: ['channel:ops'] } ] }\n"
#define FLAT                                                                                       \
    "policies:\n"                                                                                  \
    "  default: { steps: [ { notify: ['person:bo'] } ], fallback: ['channel:ops'] }\n"
#define MONITOR(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"

static const char *const files[] = {
    PEOPLE LADDER "monitors:\n" MONITOR("api", ", policy: ladder") MONITOR("db", ""),
    PEOPLE LADDER "monitors:\n" MONITOR("web", ", was: api, policy: ladder") MONITOR("db", ""),
    PEOPLE LADDER "monitors:\n" MONITOR("api", ", was: web") MONITOR("db", ", enabled: false"),
    PEOPLE LADDER "monitors:\n" MONITOR("api", ", was: web, policy: ladder"),
    PEOPLE FLAT "monitors:\n" MONITOR("api", ", was: web") MONITOR("db", ""),
};
#define FILES (sizeof files / sizeof *files)

static struct config *read_file(const char *yaml)
{
    struct diagnostics d = {0};
    struct config *c;

    assert_int_equal(
        config_parse("sim.yaml", yaml, strlen(yaml), &(struct load_options){0}, &c, &d), 0);
    diagnostics_done(&d);
    return c;
}

static void reload(struct sim *s)
{
    struct config *old = s->config;

    s->config = read_file(files[sim_random(s) % FILES]);
    for (size_t i = 0; i < s->config->n_monitors; i++)
        s->next_probe_ms[i] = s->now_ms + 500;
    effects_clear(&s->fx);
    engine_configure(s->engine, s->config, s->now_ms, &s->fx);
    sim_handle(s);
    config_free(old);
}

/* Killed; the store is away when it starts again, and comes back minutes later. */
static void start_without_store(struct sim *s)
{
    trouble_store_leaves(s, true);
    sim_run(s, s->now_ms + (int64_t)(sim_random(s) % (6 * MINUTE)));
    trouble_store_returns(s);
}

static void something(struct sim *s)
{
    const struct incident *const *open;
    char id[INCIDENT_ID_SIZE];
    size_t n = engine_incidents(s->engine, &open);
    int rc = 0;

    switch (sim_random(s) % 8) {
    case 0:
    case 1:
        reload(s);
        break;
    case 2:
        trouble_clock_is_set(s);
        break;
    case 3:
        start_without_store(s);
        break;
    case 4:
        sim_die(s);
        break;
    case 5:
    case 6:
        if (!n)
            break;
        text_copy(id, sizeof id, open[sim_random(s) % n]->id);
        effects_clear(&s->fx);
        rc = sim_random(s) % 3 ? deed_ack(s->engine, id, "ana", s->now_ms, &s->fx, NULL)
                               : deed_resolve(s->engine, id, "ana", s->now_ms, &s->fx, NULL);
        if (rc == 0)
            sim_handle(s);
        break;
    default:
        s->down[sim_random(s) % 2] ^= true;
    }
}

/* --- what must hold --- */

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

static void check_told(const struct sim *s)
{
    for (size_t i = 0; i < s->got.n; i++) {
        const struct got *g = &s->got.items[i];
        bool woken_before = false, told_after = false;

        for (size_t j = 0; j < s->got.n; j++) {
            const struct got *o = &s->got.items[j];

            if (!same_contact(&g->notice, &o->notice))
                continue;
            assert_string_equal(g->notice.dedup_key, o->notice.dedup_key);
            woken_before = woken_before || (j < i && sim_is_alarm(o));
            told_after = told_after || (j > i && o->notice.type == NOTICE_RESOLVED);
        }
        if (sim_is_alarm(g))
            assert_true(told_after);
        else
            assert_true(woken_before || doubted(s, &g->notice));
    }
}

static void morning(struct sim *s)
{
    const struct incident *const *open;

    s->crash_one_in = 0;
    s->answers = 1u << ANSWER_OK;
    s->down[0] = s->down[1] = false;
    sim_run(s, s->now_ms + 60 * MINUTE);
    assert_int_equal(engine_incidents(s->engine, &open), 0);
    assert_int_equal(sim_open_in_store(s), 0);
}

static void night(uint64_t seed)
{
    struct sim s;

    sim_init(&s, files[0], seed, START_MS);
    s.answers = (unsigned)(1 + 2 * (sim_random(&s) % 32)) & ~(1u << ANSWER_REFUSED);
    s.crash_one_in = (int)(20 + sim_random(&s) % 200);
    for (int i = 0; i < 25; i++) {
        something(&s);
        sim_run(&s, s.now_ms + (int64_t)(sim_random(&s) % (5 * MINUTE)));
        effects_clear(&s.fx);
        engine_tick(s.engine, s.now_ms, &s.fx);
        assert_true(engine_wake_ms(s.engine) > s.now_ms);
        sim_handle(&s);
    }
    morning(&s);
    check_told(&s);
    sim_done(&s);
}

static void night__of_changes__tells_exactly_those_it_woke(void **state)
{
    const char *seeds = getenv("SEEDS");
    int64_t n = 3000;

    (void)state;
    if (seeds)
        assert_int_equal(text_int(seeds, 1, 100000000, &n, NULL), 0);
    for (int64_t seed = 1; seed <= n; seed++)
        night((uint64_t)seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(night__of_changes__tells_exactly_those_it_woke),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
