/* test_on_slo.c - a budget that burns too fast: its incident, what it carries, what holds it. */
#include "incident/match.h"
#include "world.h"

#define HEAD                                                                                       \
    WORLD_HEAD                                                                                     \
    "  n: { reopen_window: 10m, steps: [ { notify: ['channel:a'] } ] }\n"                          \
    "monitors:\n"                                                                                  \
    "  - { name: api, http: 'http://h/', group: core, labels: { team: pay, tier: one } }\n"        \
    "  - { name: web, http: 'http://h/', group: core, labels: { team: pay, tier: two } }\n"        \
    "  - { name: far, http: 'http://h/' }\n"
#define SLOS                                                                                       \
    "slos:\n  - { name: s, group: core, objective: 99.9%, alerts: { page: n, ticket: p } }\n"      \
    "  - { name: one, monitors: api, objective: 99.9%, alerts: { page: n } }\n"

static void burn(struct sim *s, const char *slo, bool page, bool firing)
{
    struct slo_alert a = {slo, page, firing, "s burns", "1h burns 16x", 7};

    EVENT(s, engine_slo(s->engine, &a, s->now_ms, &s->fx));
}

static const struct incident *open_one(const struct sim *s)
{
    const struct incident *const *open;

    assert_int_equal(engine_incidents(s->engine, &open), 1);
    return open[0];
}

static void burn__page__one_incident_that_carries_what_all_have(void **state)
{
    struct sim s;
    const struct incident *i;

    (void)state;
    world_begin(&s, HEAD SLOS);
    burn(&s, "s", true, true);
    burn(&s, "s", true, true);
    i = open_one(&s);
    assert_string_equal(world_log, "a slo:s:page triggered@0");
    assert_string_equal(i->dedup_key, "slo:s:page");
    assert_string_equal(i->monitor, "");
    assert_string_equal(i->group, "core");
    assert_string_equal(i->labels, "slo=s\nteam=pay\n");
    assert_string_equal(i->policy, "n");
    assert_string_equal(i->title, "s burns");
    assert_int_equal(i->severity, SEVERITY_CRITICAL);
    assert_int_equal(i->count, 7);
    world_end(&s, "a", OUTCOME_OK);
    burn(&s, "s", true, false);
    assert_string_equal(world_log, "a slo:s:page triggered@0, a slo:s:page resolved@0");
    sim_done(&s);
}

static void burn__page_and_ticket__two_incidents(void **state)
{
    struct sim s;
    const struct incident *const *open;

    (void)state;
    world_begin(&s, HEAD SLOS);
    burn(&s, "s", false, true);
    assert_int_equal(open_one(&s)->severity, SEVERITY_WARNING);
    assert_string_equal(open_one(&s)->policy, "p");
    burn(&s, "s", true, true);
    assert_int_equal(engine_incidents(s.engine, &open), 2);
    burn(&s, "s", true, false);
    assert_string_equal(open_one(&s)->dedup_key, "slo:s:ticket");
    sim_done(&s);
}

static bool recorded(const struct sim *s, const char *to, const char *text)
{
    for (size_t i = 0; i < s->fx.commit.transitions.n; i++)
        if (text_eq(s->fx.commit.transitions.items[i].to, to) &&
            text_eq(s->fx.commit.transitions.items[i].text, text))
            return true;
    return false;
}

static void burn__record__says_which_rule(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, HEAD SLOS);
    burn(&s, "s", true, true);
    assert_true(recorded(&s, "burning", "1h burns 16x"));
    sim_done(&s);
}

static void burn__again_within_the_reopen_window__is_the_same_incident(void **state)
{
    struct sim s;
    char id[INCIDENT_ID_SIZE];

    (void)state;
    world_begin(&s, HEAD SLOS);
    burn(&s, "s", true, true);
    text_copy(id, sizeof id, open_one(&s)->id);
    world_end(&s, "a", OUTCOME_OK);
    burn(&s, "s", true, false);
    s.now_ms += 60000;
    burn(&s, "s", true, true);
    assert_string_equal(open_one(&s)->id, id);
    assert_int_equal(open_one(&s)->reopened, 1);
    sim_done(&s);
}

static void silence(struct sim *s, const char *matcher)
{
    struct quiet q = {.kind = QUIET_SILENCE, .start_ms = s->now_ms, .end_ms = s->now_ms + 3600000};
    struct err e;

    assert_int_equal(match_add(q.matchers, matcher, &e), 0);
    text_copy(q.author, sizeof q.author, "ana");
    effects_clear(&s->fx);
    assert_int_equal(engine_quiet_add(s->engine, &q, s->now_ms, &s->fx, &e), 0);
    world_commit(s);
}

static void silence__by_label_group_severity_or_its_only_monitor__holds_it(void **state)
{
    static const struct {
        const char *slo, *matcher;
        bool held;
    } rows[] = {
        {"s", "slo=s", true},      {"s", "team=pay", true},     {"s", "group=core", true},
        {"s", "tier=one", false},  {"s", "monitor=api", false}, {"one", "monitor=api", true},
        {"one", "tier=one", true}, {"one", "slo=s", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sim s;

        world_begin(&s, HEAD SLOS);
        silence(&s, rows[i].matcher);
        burn(&s, rows[i].slo, true, true);
        assert_int_equal(open_one(&s)->hold, rows[i].held ? HOLD_SILENCE : HOLD_NONE);
        assert_int_equal(world_log[0] == '\0', rows[i].held);
        sim_done(&s);
    }
}

static void silence__fits_an_slo_only__is_no_typo(void **state)
{
    struct sim s;
    const struct quiet *const *quiets;

    (void)state;
    world_begin(&s, HEAD SLOS);
    silence(&s, "slo=s");
    assert_int_equal(engine_quiets(s.engine, &quiets), 1);
    assert_int_equal(engine_quiet_fits(s.engine, quiets[0]->id), 1);
    sim_done(&s);
}

static void silence__ends_while_it_burns__pages_then(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, HEAD SLOS);
    silence(&s, "slo=s");
    burn(&s, "s", true, true);
    s.now_ms += 3600000;
    EVENT(&s, engine_tick(s.engine, s.now_ms, &s.fx));
    assert_string_equal(world_log, "a slo:s:page triggered@3600");
    sim_done(&s);
}

static void reload__slo_gone_or_silent__resolves(void **state)
{
    static const char *const after[] = {
        HEAD, HEAD "slos: [ { name: s, group: core, objective: 99.9%, alerts: false } ]\n"};
    const struct incident *const *open;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim s;

        world_begin(&s, HEAD SLOS);
        burn(&s, "s", true, true);
        world_reload(&s, after[i]);
        assert_int_equal(engine_incidents(s.engine, &open), 0);
        burn(&s, "s", true, true); /* nobody asked for it */
        assert_int_equal(engine_incidents(s.engine, &open), 0);
        sim_done(&s);
    }
}

static void restart__open_incident__goes_on_and_is_not_opened_twice(void **state)
{
    struct sim s;
    char id[INCIDENT_ID_SIZE];
    const struct incident *const *open;

    (void)state;
    world_begin(&s, HEAD SLOS);
    burn(&s, "s", true, true);
    text_copy(id, sizeof id, open_one(&s)->id);
    world_kill(&s);
    world_restore(&s);
    burn(&s, "s", true, true);
    assert_string_equal(open_one(&s)->id, id);
    burn(&s, "s", true, false);
    assert_int_equal(engine_incidents(s.engine, &open), 0);
    sim_done(&s);
}

static void flapping__burns_on_and_off__one_page_and_an_end_by_how_it_is_then(void **state)
{
    const struct incident *const *open;

    (void)state;
    for (int burning = 0; burning < 2; burning++) {
        struct sim s;

        world_begin(&s, HEAD SLOS);
        for (int n = 0; n < 6; n++) {
            burn(&s, "s", true, n % 2 == 0);
            s.now_ms += 60000;
        }
        assert_true(open_one(&s)->flapping);
        if (burning)
            burn(&s, "s", true, true);
        s.now_ms += 11 * 60000;
        EVENT(&s, engine_tick(s.engine, s.now_ms, &s.fx));
        assert_int_equal(engine_incidents(s.engine, &open), (size_t)burning);
        sim_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burn__page__one_incident_that_carries_what_all_have),
        cmocka_unit_test(burn__page_and_ticket__two_incidents),
        cmocka_unit_test(burn__record__says_which_rule),
        cmocka_unit_test(burn__again_within_the_reopen_window__is_the_same_incident),
        cmocka_unit_test(silence__by_label_group_severity_or_its_only_monitor__holds_it),
        cmocka_unit_test(silence__fits_an_slo_only__is_no_typo),
        cmocka_unit_test(silence__ends_while_it_burns__pages_then),
        cmocka_unit_test(reload__slo_gone_or_silent__resolves),
        cmocka_unit_test(restart__open_incident__goes_on_and_is_not_opened_twice),
        cmocka_unit_test(flapping__burns_on_and_off__one_page_and_an_end_by_how_it_is_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
