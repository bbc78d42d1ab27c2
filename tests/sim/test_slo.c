/* test_slo.c - the life of a burn-rate alert: results, cells, verdicts, incident, page, end; killed
 * before any effect, and the cells read back. */
#include "stats/slo.h"

#include "sim.h"

#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */
#define MIN      60000LL

static const char yaml[] =
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', interval: 30s, retry_interval: 30s,\n"
    "              policy: quiet } ]\n"
    "channels: { ops: { type: webhook, url: 'http://127.0.0.1:3/' },\n"
    "            void: { type: webhook, url: 'http://127.0.0.1:4/' } }\n"
    "policies:\n"
    "  default: { steps: [ { notify: 'channel:ops' } ] }\n"
    "  quiet: { steps: [ { notify: 'channel:void' } ] }\n"
    "slos: [ { name: web, monitors: api, objective: 99%, alerts: { page: default } } ]\n";

/* What the daemon holds in memory, and what it has written. */
static struct {
    struct slo_ring ring;
    struct slo_firing firing;
    int64_t seen_ms; /* the last result that was counted */
    struct {
        int64_t at_ms;
        struct slo_cell cell;
    } units[64], minutes[SLO_MINUTES];
} day;

static void keep(int64_t at_ms)
{
    size_t u = (size_t)(at_ms / SLO_UNIT_MS % 64),
           m = (size_t)(at_ms / SLO_MINUTE_MS % SLO_MINUTES);

    day.units[u].at_ms = at_ms - at_ms % SLO_UNIT_MS;
    day.units[u].cell = slo_ring_own_unit(&day.ring, at_ms);
    day.minutes[m].at_ms = at_ms - at_ms % SLO_MINUTE_MS;
    day.minutes[m].cell = slo_ring_minute(&day.ring, at_ms);
}

static bool is_open(const struct sim *s, const char *key)
{
    const struct incident *const *open;
    size_t n = engine_incidents(s->engine, &open);

    for (size_t i = 0; i < n; i++)
        if (text_eq(open[i]->dedup_key, key))
            return true;
    return false;
}

/* A new life: the cells are read back, what fired is known by its incident. */
static void on_restored(struct sim *s)
{
    const struct slo *slo = config_slo(s->config, "web");

    slo_ring_done(&day.ring);
    slo_ring_init(&day.ring, slo_units(slo));
    for (size_t i = 0; i < 64; i++)
        if (day.units[i].at_ms)
            slo_ring_take_unit(&day.ring, day.units[i].at_ms, &day.units[i].cell);
    for (size_t i = 0; i < SLO_MINUTES; i++)
        if (day.minutes[i].at_ms)
            slo_ring_take_minute(&day.ring, day.minutes[i].at_ms, &day.minutes[i].cell);
    day.firing = (struct slo_firing){is_open(s, "slo:web:page"), is_open(s, "slo:web:ticket")};
}

static void judge(struct sim *s)
{
    const struct slo *slo = config_slo(s->config, "web");
    struct slo_status st = {0};
    char title[320], why[320];
    struct slo_alert a = {"web", true, false, title, why, 1};

    day.firing = slo_judge(slo, &day.ring, s->now_ms, day.firing, st.rules);
    slo_measure(slo, &day.ring, s->now_ms, &st);
    slo_entitle(slo, &st, true, title, sizeof title);
    slo_explain(slo, &st, true, why, sizeof why);
    a.firing = day.firing.page;
    effects_clear(&s->fx);
    engine_slo(s->engine, &a, s->now_ms, &s->fx);
    sim_handle(s);
}

static void on_watching(struct sim *s)
{
    const struct monitor_status *m = engine_status(s->engine, "api");

    if (m->last.at_ms <= day.seen_ms)
        return;
    day.seen_ms = m->last.at_ms;
    slo_ring_add(&day.ring, m->last.at_ms, slo_classify(config_slo(s->config, "web"), &m->last), 1);
    keep(m->last.at_ms);
    judge(s);
}

/* Two good hours, ten bad minutes, one good hour. */
static void play(struct sim *s, int64_t crash_at)
{
    memset(&day, 0, sizeof day);
    sim_init(s, yaml, 7, START_MS);
    s->watching = on_watching;
    s->restored = on_restored;
    on_restored(s);
    s->crash_at = crash_at;
    sim_run(s, START_MS + 120 * MIN);
    s->down[0] = true;
    sim_run(s, START_MS + 130 * MIN);
    s->down[0] = false;
    sim_run(s, START_MS + 200 * MIN);
}

static size_t told(const struct sim *s, enum notice_type t, int64_t *ret_first_ms)
{
    size_t n = 0;

    for (size_t i = 0; i < s->got.n; i++) {
        const struct got *g = &s->got.items[i];

        if (!text_eq(g->notice.dedup_key, "slo:web:page") || g->notice.type != t)
            continue;
        if (n++ == 0 && ret_first_ms)
            *ret_first_ms = g->at_ms;
    }
    return n;
}

static void burn__ten_bad_minutes__paged_early_and_over_when_it_is(void **state)
{
    struct sim s;
    int64_t at_ms = 0, over_ms = 0;

    (void)state;
    play(&s, 0);
    assert_int_equal(told(&s, NOTICE_TRIGGERED, &at_ms), 1);
    assert_int_equal(told(&s, NOTICE_RESOLVED, &over_ms), 1);
    /* 14.4 % of an hour's 120 results are 18: the ninth minute. */
    assert_in_range(at_ms, START_MS + 128 * MIN, START_MS + 130 * MIN);
    /* Five minutes and one later the short window has forgotten it. */
    assert_in_range(over_ms, START_MS + 132 * MIN, START_MS + 137 * MIN);
    for (size_t i = 0; i < s.got.n; i++)
        if (text_eq(s.got.items[i].notice.dedup_key, "slo:web:page"))
            assert_non_null(strstr(s.got.items[i].notice.title, "web burns its 30-day budget"));
    assert_false(is_open(&s, "slo:web:page"));
    slo_ring_done(&day.ring);
    sim_done(&s);
}

/* The instants shift by at most how long it was dead. */
static void burn__killed_before_any_effect__the_same_story(void **state)
{
    struct sim s;
    int64_t effects, at_ms, over_ms;
    int crashes = 0;

    (void)state;
    play(&s, 0);
    effects = s.effect;
    slo_ring_done(&day.ring);
    sim_done(&s);
    assert_in_range(effects, 8, 200);
    for (int64_t crash = 1; crash <= effects; crash++) {
        size_t triggered;

        play(&s, crash);
        crashes += s.crashes;
        triggered = told(&s, NOTICE_TRIGGERED, &at_ms);
        if (triggered < 1 || triggered > 2) /* twice only under one id: nobody knew */
            fail_msg("killed before effect %lld: %zu pages", (long long)crash, triggered);
        assert_in_range(at_ms, START_MS + 128 * MIN, START_MS + 131 * MIN);
        assert_in_range(told(&s, NOTICE_RESOLVED, &over_ms), 1, 2);
        assert_in_range(over_ms, START_MS + 132 * MIN, START_MS + 138 * MIN);
        assert_int_equal(sim_open_in_store(&s), 0);
        for (size_t i = 0; i < s.got.n; i++)
            for (size_t k = 0; k < i; k++)
                if (s.got.items[i].notice.type == s.got.items[k].notice.type &&
                    text_eq(s.got.items[i].notice.dedup_key, s.got.items[k].notice.dedup_key))
                    assert_string_equal(s.got.items[i].id, s.got.items[k].id);
        slo_ring_done(&day.ring);
        sim_done(&s);
    }
    assert_int_equal(crashes, effects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burn__ten_bad_minutes__paged_early_and_over_when_it_is),
        cmocka_unit_test(burn__killed_before_any_effect__the_same_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
