/* test_quiet.c - random nights in which much is meant to be quiet: dependencies, groups, storms,
 * maintenance, silences, snoozes, overrides, reloads, kill -9, a store that goes away.
 *
 * All along: no page while something holds it; nothing that pages nobody without a reason; the
 * engine's own audit is clean; no wake lies in the past. In the morning: whoever was woken was told
 * of the end, nobody else was, nobody for an outage that was none; nothing is left.
 * SEEDS=n runs more nights, NIGHT=n that one alone. */
#include "quiet_watch.h"

static struct config *configs[FILES];

/* --- what may happen --- */

static uint64_t roll(struct night *n, uint64_t sides)
{
    return sim_random(&n->s) % sides;
}

static void turn(struct night *n, size_t t, bool down)
{
    if (n->s.down[t] == down)
        return;
    n->s.down[t] = down;
    vec_push(&n->downs[t], n->s.now_ms);
}

static void targets_change(struct night *n)
{
    size_t t = roll(n, TARGETS);
    bool down = !n->s.down[t];

    switch (roll(n, 8)) {
    case 0: /* the chain, from the root */
        for (t = NET; t <= WEB; t++)
            turn(n, t, roll(n, 4) != 0);
        break;
    case 1:
        for (t = G1; t <= G4; t++)
            turn(n, t, roll(n, 3) != 0);
        break;
    case 2:
        down = roll(n, 2);
        for (t = 0; t < TARGETS; t++)
            if (roll(n, 5))
                turn(n, t, down);
        break;
    default:
        turn(n, t, down);
    }
}

static void somebody_acts(struct night *n)
{
    static const char *const people[] = {"ana", "bo", "cy", "zoe"};
    const struct incident *const *open;
    size_t count = engine_incidents(n->s.engine, &open);
    char id[INCIDENT_ID_SIZE];
    struct deed d = {.kind = (enum deed_kind)roll(n, DEED_COUNT), .incident = id, .text = "so"};

    if (!count)
        return;
    text_copy(id, sizeof id, open[roll(n, count)]->id);
    d.who = people[roll(n, 4)];
    d.to = people[roll(n, 3)];
    d.until_ms = n->s.now_ms + (int64_t)roll(n, 20) * MINUTE;
    effects_clear(&n->s.fx);
    if (engine_deed(n->s.engine, &d, n->s.now_ms, &n->s.fx, NULL) < 0)
        return;
    if (d.kind == DEED_REASSIGN || d.kind == DEED_ESCALATE) {
        struct wanted w = {.cycle = engine_incident(n->s.engine, id)->cycle};

        text_copy(w.incident, sizeof w.incident, id);
        vec_push(&n->wanted, w);
    }
    sim_handle(&n->s);
    for (size_t t = 0; t < TARGETS; t++)
        n->views[t].free_ms = n->s.now_ms;
}

/* What the engine says it has taken, by id and times: the rest we know. */
static void quiets_agree(struct night *n)
{
    const struct quiet *const *list;
    size_t count = engine_quiets(n->s.engine, &list), kept = 0;

    for (size_t i = 0; i < n->asked.n; i++) {
        struct asked *q = &n->asked.items[i];
        const struct quiet *there = NULL;

        for (size_t k = 0; k < count; k++)
            if (text_eq(list[k]->id, q->id))
                there = list[k];
        if (!there)
            continue;
        q->end_ms = there->end_ms;
        q->start_ms = there->start_ms;
        n->asked.items[kept++] = *q;
    }
    n->asked.n = kept;
}

static void quiet_asked(struct night *n)
{
    struct asked a = {.matcher = roll(n, MATCHERS)};
    struct quiet q = {.kind = (enum quiet_kind)roll(n, 2), .author = "ana"};
    int rc;

    q.everything = !matchers[a.matcher][0];
    q.start_ms = n->s.now_ms + (int64_t)(roll(n, 2) * roll(n, 10)) * MINUTE;
    q.end_ms = q.start_ms + (int64_t)(1 + roll(n, 30)) * MINUTE;
    text_copy(q.matchers, sizeof q.matchers, matchers[a.matcher]);
    effects_clear(&n->s.fx);
    rc = engine_quiet_add(n->s.engine, &q, n->s.now_ms, &n->s.fx, NULL);
    ENSURE(n, rc == 0, "a quiet is refused");
    text_copy(a.id, sizeof a.id, q.id);
    a.start_ms = q.start_ms;
    a.end_ms = q.end_ms;
    vec_push(&n->asked, a);
    sim_handle(&n->s);
    quiets_agree(n); /* killed before it was kept, it was not taken */
}

static void quiet_ended(struct night *n)
{
    if (!n->asked.n)
        return;
    effects_clear(&n->s.fx);
    if (engine_quiet_end(n->s.engine, n->asked.items[roll(n, n->asked.n)].id, "bo", n->s.now_ms,
                         &n->s.fx, NULL) < 0)
        return;
    quiets_agree(n);
    sim_handle(&n->s);
    quiets_agree(n); /* killed before it was kept, it goes on */
}

static void override_asked(struct night *n)
{
    static const char *const people[] = {"ana", "bo", "cy", "bo cy"};
    const struct kept_override *const *list;
    size_t count = engine_overrides(n->s.engine, &list);
    struct kept_override o = {.kind = (enum override_kind)roll(n, 4),
                              .schedule = "primary",
                              .people = "ana",
                              .author = "cy"};
    int rc;

    effects_clear(&n->s.fx);
    if (count && roll(n, 3) == 0) {
        rc = engine_override_end(n->s.engine, list[roll(n, count)]->id, "bo", n->s.now_ms, &n->s.fx,
                                 NULL);
    } else {
        o.start_ms = n->s.now_ms + (int64_t)(roll(n, 2) * roll(n, 10)) * MINUTE;
        o.end_ms = o.start_ms + (int64_t)(1 + roll(n, 40)) * MINUTE;
        text_copy(o.people, sizeof o.people, people[roll(n, 4)]);
        text_copy(o.with, sizeof o.with, o.kind == OVERRIDE_REPLACE ? people[roll(n, 4)] : "");
        rc = engine_override_add(n->s.engine, &o, 1, n->s.now_ms, &n->s.fx, NULL);
        ENSURE(n, rc == 0, "an override is refused");
    }
    if (rc == 0)
        sim_handle(&n->s);
}

static void reloaded(struct night *n)
{
    struct sim *s = &n->s;

    n->file = (int)roll(n, FILES);
    s->config = configs[n->file];
    for (size_t i = 0; i < s->config->n_monitors; i++)
        s->next_probe_ms[i] = s->now_ms + 500;
    for (size_t t = 0; t < TARGETS; t++)
        n->views[t].free_ms = s->now_ms;
    effects_clear(&s->fx);
    engine_configure(s->engine, s->config, s->now_ms, &s->fx);
    sim_handle(s);
}

static void clock_set(struct night *n)
{
    int64_t delta_ms = (int64_t)roll(n, 80 * MINUTE) - 40 * MINUTE;
    struct sim *s = &n->s;

    effects_clear(&s->fx);
    engine_clock_step(s->engine, delta_ms, &s->fx);
    s->now_ms += delta_ms;
    for (size_t i = 0; i < SIM_TARGETS; i++)
        s->next_probe_ms[i] += delta_ms;
    for (size_t i = 0; i < s->flights.n; i++)
        s->flights.items[i].ends_ms += delta_ms;
    n->clock_set = true;
    for (size_t t = 0; t < TARGETS; t++)
        n->views[t] = (struct view){.free_ms = s->now_ms, .hushed_ms = INT64_MIN};
    sim_handle(s);
}

/* --- the store --- */

static void copy_stored(struct stored *to, const struct stored *from)
{
    for (size_t i = 0; i < from->monitors.n; i++)
        vec_push(&to->monitors, from->monitors.items[i]);
    for (size_t i = 0; i < from->incidents.n; i++)
        vec_push(&to->incidents, from->incidents.items[i]);
    for (size_t i = 0; i < from->deliveries.n; i++)
        vec_push(&to->deliveries, from->deliveries.items[i]);
    for (size_t i = 0; i < from->quiets.n; i++)
        vec_push(&to->quiets, from->quiets.items[i]);
    for (size_t i = 0; i < from->overrides.n; i++)
        vec_push(&to->overrides, from->overrides.items[i]);
}

/* From now on all goes to the spool, which begins with everything there is. */
static void store_goes(struct night *n)
{
    struct sim *s = &n->s;

    if (n->away)
        return;
    n->away = true;
    n->crashes_before = s->crashes;
    n->redis = s->store;
    s->store = (struct stored){0};
    effects_clear(&s->fx);
    engine_snapshot(s->engine, &s->fx.commit);
    sim_commit(s);
}

static void replay_spool(struct sim *s, const struct stored *spool)
{
    for (size_t i = 0; i < spool->monitors.n; i++)
        sim_keep_monitor(s, &(struct monitor_put){spool->monitors.items[i].name,
                                                  &spool->monitors.items[i].status});
    for (size_t i = 0; i < spool->incidents.n; i++)
        sim_keep_incident(s, &spool->incidents.items[i]);
    for (size_t i = 0; i < spool->deliveries.n; i++)
        sim_keep_delivery(s, &spool->deliveries.items[i]);
    for (size_t i = 0; i < spool->quiets.n; i++)
        sim_keep_quiet(s, &spool->quiets.items[i]);
    for (size_t i = 0; i < spool->overrides.n; i++)
        sim_keep_override(s, &spool->overrides.items[i]);
}

/* What is written is brought up; after that, who was born meanwhile reads what is there. */
static void store_comes(struct night *n)
{
    struct sim *s = &n->s;
    struct stored spool = s->store, read = {0};

    if (!n->away)
        return;
    n->away = false;
    s->store = n->redis;
    n->redis = (struct stored){0};
    replay_spool(s, &spool);
    sim_sweep(s);
    copy_stored(&read, &s->store);
    if (s->crashes != n->crashes_before) {
        effects_clear(&s->fx);
        engine_restore(s->engine, &read, s->now_ms, &s->fx);
        sim_handle(s);
    }
    stored_done(&spool);
    stored_done(&read);
}

/* Killed, and neither the store nor a spool is there at the start. */
static void born_without_store(struct night *n)
{
    struct sim *s = &n->s;
    struct stored kept, own, read = {0};

    store_comes(n);
    kept = s->store;
    s->store = (struct stored){0};
    n->amnesia = true;
    sim_die(s);
    sim_run(s, s->now_ms + (int64_t)roll(n, 6 * MINUTE));
    own = s->store;
    s->store = kept;
    replay_spool(s, &own);
    stored_done(&own);
    sim_sweep(s);
    copy_stored(&read, &s->store);
    effects_clear(&s->fx);
    engine_restore(s->engine, &read, s->now_ms, &s->fx);
    sim_handle(s);
    n->amnesia = false;
    stored_done(&read);
}

/* --- a night --- */

static void something(struct night *n)
{
    uint64_t what = roll(n, 40);

    if (what < 15)
        targets_change(n);
    else if (what < 21)
        somebody_acts(n);
    else if (what < 26)
        quiet_asked(n);
    else if (what < 28)
        quiet_ended(n);
    else if (what < 31)
        override_asked(n);
    else if (what < 33)
        reloaded(n);
    else if (what < 34 && n->number % 4 == 0)
        clock_set(n);
    else if (what < 36)
        store_goes(n);
    else if (what < 38)
        store_comes(n);
    else if (what < 39)
        sim_die(&n->s);
    else if (n->number % 4 == 1)
        born_without_store(n);
}

static void morning(struct night *n)
{
    const struct incident *const *open;
    size_t count;

    store_comes(n);
    n->s.crash_one_in = 0;
    n->s.answers = 1u << ANSWER_OK;
    for (size_t t = 0; t < TARGETS; t++)
        turn(n, t, false);
    sim_run(&n->s, n->s.now_ms + 45 * MINUTE);
    count = engine_incidents(n->s.engine, &open);
    ENSURE(n, count == 0, "%s is open in the morning", count ? open[0]->title : "");
    ENSURE(n, sim_open_in_store(&n->s) == 0, "the store holds what is not at its end");
    ENSURE(n, engine_oldest_due_ms(n->s.engine) == INT64_MAX, "something waits to be sent");
    check_told(n);
    check_real(n);
}

/* NIGHT=n tells it. */
static void tell(struct sim *s)
{
    for (size_t i = 0; i < s->fx.commit.transitions.n; i++) {
        const struct transition *t = &s->fx.commit.transitions.items[i];
        const struct incident *about = engine_incident(s->engine, t->name);

        print_message("%6.2f %s %s -> %s: %s\n", (double)(s->now_ms - START_MS) / (double)MINUTE,
                      about ? about->dedup_key : t->name, t->from, t->to, t->text);
    }
    for (size_t i = 0; i < s->fx.sends.n; i++)
        print_message(
            "%6.2f   %s %s by %s, cycle %d\n", (double)(s->now_ms - START_MS) / (double)MINUTE,
            s->fx.sends.items[i]->notice.dedup_key, notice_name(s->fx.sends.items[i]->notice.type),
            s->fx.sends.items[i]->notice.channel, s->fx.sends.items[i]->cycle);
}

static void night(uint64_t number, bool told)
{
    struct night n = {.number = number};

    sim_begin(&n.s, configs[0], number, START_MS);
    for (size_t t = 0; t < TARGETS; t++)
        n.views[t] = (struct view){.free_ms = START_MS, .hushed_ms = INT64_MIN};
    n.s.sending = on_sending;
    n.s.watching = on_watching;
    n.s.deciding = told ? tell : NULL;
    n.s.answers = (unsigned)(1 + 2 * roll(&n, 32)) & ~(1u << ANSWER_REFUSED);
    if (number % 2)
        n.s.crash_one_in = (int)(20 + roll(&n, 200));
    if (number % 3 == 0)
        n.s.answers |= 1u << ANSWER_REFUSED;
    for (int i = 0; i < 30; i++) {
        something(&n);
        sim_run(&n.s, n.s.now_ms + (int64_t)roll(&n, 6 * MINUTE));
    }
    morning(&n);
    n.s.config = NULL;
    sim_done(&n.s);
    for (size_t t = 0; t < TARGETS; t++)
        vec_done(&n.downs[t]);
    vec_done(&n.asked);
    vec_done(&n.wanted);
}

static int64_t asked_for(const char *name, int64_t otherwise)
{
    const char *said = getenv(name);
    int64_t n = otherwise;

    if (said)
        assert_int_equal(text_int(said, 1, 100000000, &n, NULL), 0);
    return n;
}

static void night__that_is_meant_to_be_quiet__keeps_every_promise(void **state)
{
    int64_t one = asked_for("NIGHT", 0), n = asked_for("SEEDS", 1500);

    (void)state;
    if (one) {
        night((uint64_t)one, true);
        return;
    }
    for (int64_t number = 1; number <= n; number++)
        night((uint64_t)number, false);
    for (int t = 0; n >= 1000 && t < NOTICE_COUNT; t++)
        assert_true(seen[t] || t == NOTICE_TEST);
    for (int h = 0; n >= 1000 && h < HOLD_COUNT; h++)
        assert_true(held[h]);
}

static int read_files(void **state)
{
    (void)state;
    for (int f = 0; f < FILES; f++) {
        struct diagnostics d = {0};

        if (config_parse("quiet.yaml", files[f], strlen(files[f]), &(struct load_options){0},
                         &configs[f], &d) < 0)
            return -1;
        diagnostics_done(&d);
    }
    return 0;
}

static int free_files(void **state)
{
    (void)state;
    for (int f = 0; f < FILES; f++)
        config_free(configs[f]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(night__that_is_meant_to_be_quiet__keeps_every_promise),
    };

    return cmocka_run_group_tests(tests, read_files, free_files);
}
