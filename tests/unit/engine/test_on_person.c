/* test_on_person.c - every verb in every state, and by what name an incident is found. */
#include "world.h"

/* --- states times events --- */

enum verb { ACK, UNACK, RESOLVE };

static int say(struct sim *s, enum verb v, const char *id, struct err *e)
{
    static int (*const verbs[])(struct engine *, const char *, const char *, int64_t,
                                struct effects *,
                                struct err *) = {deed_ack, deed_unack, deed_resolve};
    int rc = 0;

    EVENT(s, rc = verbs[v](s->engine, id, "zoe", s->now_ms, &s->fx, e));
    return rc;
}

/* One incident of `api` in that state; its page to `a` was delivered. Returns its id. */
static const char *bring_to(struct sim *s, enum incident_state state)
{
    static char id[INCIDENT_ID_SIZE];

    world_begin(s, WORLD_ONE);
    world_results(s, "api", "bb");
    text_copy(id, sizeof id, world_incident(s, 0)->id);
    world_end(s, "a", OUTCOME_OK);
    if (state == INCIDENT_SNOOZED) { /* by another version */
        s->store.incidents.items[0].state = INCIDENT_SNOOZED;
        world_restart(s);
    }
    if (state == INCIDENT_ACKNOWLEDGED)
        assert_int_equal(say(s, ACK, id, NULL), 0);
    if (state == INCIDENT_RESOLVED)
        assert_int_equal(say(s, RESOLVE, id, NULL), 0);
    return id;
}

static void verb__in_each_state__moves_or_is_refused_in_one_line(void **state)
{
    static const struct {
        enum incident_state from;
        enum verb verb;
        const char *refused; /* NULL: it moves */
        enum incident_state to;
    } cells[] = {
        {INCIDENT_TRIGGERED, ACK, NULL, INCIDENT_ACKNOWLEDGED},
        {INCIDENT_TRIGGERED, UNACK, "is not acknowledged", INCIDENT_TRIGGERED},
        {INCIDENT_TRIGGERED, RESOLVE, NULL, INCIDENT_RESOLVED},
        {INCIDENT_ACKNOWLEDGED, ACK, "is already acknowledged by zoe", INCIDENT_ACKNOWLEDGED},
        {INCIDENT_ACKNOWLEDGED, UNACK, NULL, INCIDENT_TRIGGERED},
        {INCIDENT_ACKNOWLEDGED, RESOLVE, NULL, INCIDENT_RESOLVED},
        {INCIDENT_SNOOZED, ACK, NULL, INCIDENT_ACKNOWLEDGED},
        {INCIDENT_SNOOZED, UNACK, NULL, INCIDENT_TRIGGERED},
        {INCIDENT_SNOOZED, RESOLVE, NULL, INCIDENT_RESOLVED},
        {INCIDENT_RESOLVED, ACK, "is already resolved", INCIDENT_RESOLVED},
        {INCIDENT_RESOLVED, UNACK, "is already resolved", INCIDENT_RESOLVED},
        {INCIDENT_RESOLVED, RESOLVE, "is already resolved", INCIDENT_RESOLVED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct err e = {{0}};
        char want[100];
        struct sim s;
        const char *id = bring_to(&s, cells[i].from);
        int rc = say(&s, cells[i].verb, id, &e);

        assert_int_equal(rc, cells[i].refused ? -1 : 0);
        assert_int_equal(engine_incident(s.engine, id)->state, cells[i].to);
        if (cells[i].refused) {
            snprintf(want, sizeof want, "incident %s %s", id, cells[i].refused);
            assert_string_equal(e.text, want);
            assert_true(commit_empty(&s.fx.commit));
            assert_int_equal(s.fx.sends.n, 0);
        } else {
            assert_string_equal(s.fx.commit.transitions.items[0].actor, "zoe");
            assert_int_equal(s.fx.commit.transitions.items[0].cause, CAUSE_PERSON);
        }
        sim_done(&s);
    }
}

static void event__in_each_state__moves_only_what_it_may(void **state)
{
    static const struct {
        enum incident_state from;
        const char *results;
        int64_t tick_ms;
        enum incident_state to;
    } cells[] = {
        {INCIDENT_TRIGGERED, "bbb", 0, INCIDENT_TRIGGERED},
        {INCIDENT_TRIGGERED, "uuuu", 0, INCIDENT_TRIGGERED},
        {INCIDENT_TRIGGERED, "g", 0, INCIDENT_TRIGGERED},
        {INCIDENT_TRIGGERED, "gg", 0, INCIDENT_RESOLVED},
        {INCIDENT_TRIGGERED, "ww", 0, INCIDENT_RESOLVED},
        {INCIDENT_TRIGGERED, "gug", 0, INCIDENT_RESOLVED},
        {INCIDENT_TRIGGERED, "", 86400000, INCIDENT_TRIGGERED},
        {INCIDENT_ACKNOWLEDGED, "bbb", 0, INCIDENT_ACKNOWLEDGED},
        {INCIDENT_ACKNOWLEDGED, "uuuu", 0, INCIDENT_ACKNOWLEDGED},
        {INCIDENT_ACKNOWLEDGED, "gg", 0, INCIDENT_RESOLVED},
        {INCIDENT_ACKNOWLEDGED, "", 86400000, INCIDENT_ACKNOWLEDGED},
        {INCIDENT_SNOOZED, "bbb", 0, INCIDENT_SNOOZED},
        {INCIDENT_SNOOZED, "gg", 0, INCIDENT_RESOLVED},
        {INCIDENT_SNOOZED, "", 86400000, INCIDENT_SNOOZED},
        {INCIDENT_RESOLVED, "b", 0, INCIDENT_RESOLVED},
        {INCIDENT_RESOLVED, "gg", 0, INCIDENT_RESOLVED},
        {INCIDENT_RESOLVED, "", 3000, INCIDENT_RESOLVED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct sim s;
        const char *id = bring_to(&s, cells[i].from);

        world_results(&s, "api", cells[i].results);
        if (cells[i].tick_ms)
            world_tick(&s, cells[i].tick_ms);
        assert_int_equal(engine_incident(s.engine, id)->state, cells[i].to);
        assert_int_equal(world_open(&s), cells[i].to != INCIDENT_RESOLVED);
        assert_true(engine_wake_ms(s.engine) > s.now_ms);
        sim_done(&s);
    }
}

/* --- by what name --- */

static void find__by_every_name_it_has(void **state)
{
    struct err e;
    char id[INCIDENT_ID_SIZE], part[INCIDENT_ID_SIZE];
    struct sim s;

    (void)state;
    text_copy(id, sizeof id, bring_to(&s, INCIDENT_TRIGGERED));
    assert_int_equal(strlen(id), 12);
    for (size_t n = 3; n <= 12; n++) {
        text_copy(part, n + 1, id);
        assert_int_equal(say(&s, n % 2 ? ACK : UNACK, part, &e), 0);
    }
    for (size_t n = 3; n <= 12; n++)
        assert_int_equal(say(&s, n % 2 ? ACK : UNACK, id + 12 - n, &e), 0);
    assert_int_equal(say(&s, ACK, "api", &e), 0);
    assert_int_equal(say(&s, UNACK, "monitor:api", &e), 0);
    sim_done(&s);
}

static void find__what_is_none__is_refused(void **state)
{
    static const char *const names[] = {"",         "a",          "ap",  "apis", "db",
                                        "monitor:", "monitor:db", "zzz", "1",    "self:store"};
    char id[INCIDENT_ID_SIZE + 4], want[100];
    struct err e;
    struct sim s;

    (void)state;
    text_copy(id, sizeof id, bring_to(&s, INCIDENT_TRIGGERED));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(say(&s, ACK, names[i], &e), -1);
        snprintf(want, sizeof want, "no open incident `%s`", names[i]);
        assert_string_equal(e.text, want);
    }
    id[2] = '\0';
    assert_int_equal(say(&s, ACK, id, &e), -1); /* two characters are no name */
    assert_int_equal(say(&s, ACK, "nothing", NULL), -1);
    sim_done(&s);
}

static void find__more_than_one_fits__is_refused(void **state)
{
    char part[4];
    struct err e;
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_TWO);
    world_results(&s, "api", "bb");
    world_results(&s, "db", "bb");
    text_copy(part, sizeof part, world_incident(&s, 0)->id);
    assert_int_equal(say(&s, ACK, part, &e), -1);
    assert_non_null(strstr(e.text, "` fits more than one open incident"));
    assert_int_equal(say(&s, ACK, "db", &e), 0);
    assert_int_equal(world_incident(&s, 0)->state, INCIDENT_TRIGGERED);
    assert_int_equal(world_incident(&s, 1)->state, INCIDENT_ACKNOWLEDGED);
    sim_done(&s);
}

/* One is over, its last note still on its way: it stands in nobody's light. */
static void find__a_resolved_one_fits_too__is_the_open_one(void **state)
{
    char part[4];
    struct err e;
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_TWO);
    world_results(&s, "api", "bb");
    world_end(&s, "a", OUTCOME_OK);
    world_results(&s, "db", "bb");
    text_copy(part, sizeof part, world_incident(&s, 0)->id);
    assert_int_equal(say(&s, RESOLVE, "api", &e), 0);
    assert_int_equal(say(&s, ACK, part, &e), 0);
    assert_int_equal(world_incident(&s, 0)->state, INCIDENT_ACKNOWLEDGED);
    assert_string_equal(world_incident(&s, 0)->monitor, "db");
    assert_int_equal(say(&s, ACK, "api", &e), -1);
    assert_string_equal(e.text, "no open incident `api`");
    sim_done(&s);
}

static void find__only_a_resolved_one_fits__says_so(void **state)
{
    char part[6];
    struct err e;
    struct sim s;

    (void)state;
    text_copy(part, sizeof part, bring_to(&s, INCIDENT_RESOLVED));
    assert_int_equal(say(&s, RESOLVE, part, &e), -1);
    assert_non_null(strstr(e.text, "is already resolved"));
    sim_done(&s);
}

/* --- what they say has consequences --- */

static void resolve__while_it_goes_on_failing__must_confirm_anew(void **state)
{
    struct sim s;
    char first[INCIDENT_ID_SIZE];
    int64_t since_ms;

    (void)state;
    text_copy(first, sizeof first, bring_to(&s, INCIDENT_TRIGGERED));
    world_results(&s, "api", "bbb");
    since_ms = engine_status(s.engine, "api")->since_ms;
    assert_int_equal(say(&s, RESOLVE, "api", NULL), 0);
    assert_int_equal(world_kept(&s, "api")->status.bad, 0);
    assert_int_equal(engine_status(s.engine, "api")->state, MONITOR_DOWN);
    world_end(&s, "a", OUTCOME_OK);
    world_restart(&s);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 0);
    world_results(&s, "api", "b");
    assert_int_equal(world_open(&s), 1);
    assert_string_not_equal(world_incident(&s, 0)->id, first);
    assert_int_equal(world_incident(&s, 0)->started_ms, since_ms);
    assert_int_equal(world_incident(&s, 0)->count, 2);
    sim_done(&s);
}

static void resolve__and_then_it_recovers__opens_and_tells_nothing(void **state)
{
    struct sim s;

    (void)state;
    bring_to(&s, INCIDENT_RESOLVED);
    world_end(&s, "a", OUTCOME_OK);
    assert_int_equal(sim_open_in_store(&s), 0);
    world_results(&s, "api", "gg");
    assert_string_equal(world_moves(&s), "monitor: down -> up: ");
    assert_int_equal(s.fx.sends.n, 0);
    sim_done(&s);
}

static void resolve__of_our_own_trouble__touches_no_monitor(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, WORLD_ONE);
    EVENT(&s, engine_self(s.engine, SELF_BLIND, NULL, true, "x", s.now_ms, &s.fx));
    assert_int_equal(say(&s, RESOLVE, "self:blind", NULL), 0);
    assert_int_equal(s.fx.commit.monitors.n, 0);
    assert_int_equal(world_open(&s), 0);
    sim_done(&s);
}

/* The one that pages is a gathering; its member has the monitor's name. */
static void monitor__told_together__means_what_pages_for_it_unless_it_is_closed(void **state)
{
    static const char yaml[] = WORLD_HEAD
        "  g: { reopen_window: 0s, group_by: [group], steps: [ { notify: ['channel:a'] },"
        " { after: 5m, notify: ['channel:b'] } ] }\n"
        "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: g } ]\n";
    const struct incident *member, *lead;
    struct sim s;

    (void)state;
    world_begin(&s, yaml);
    world_results(&s, "api", "bb");
    member = world_of(&s, "api");
    lead = engine_in_charge(s.engine, member);
    assert_string_equal(lead->dedup_key, "group:g:");
    assert_ptr_equal(engine_in_charge(s.engine, lead), lead);
    assert_int_equal(say(&s, ACK, "api", NULL), 0);
    assert_int_equal(lead->state, INCIDENT_ACKNOWLEDGED);
    assert_int_equal(member->state, INCIDENT_TRIGGERED);
    assert_int_equal(say(&s, UNACK, "api", NULL), 0);
    assert_int_equal(say(&s, ACK, member->id, NULL), 0);
    assert_int_equal(lead->state, INCIDENT_TRIGGERED);
    assert_int_equal(member->state, INCIDENT_ACKNOWLEDGED);
    assert_int_equal(say(&s, RESOLVE, "api", NULL), 0);
    assert_int_equal(member->state, INCIDENT_RESOLVED);
    sim_done(&s);
}

static void ack__tells_by_one_commit_with_its_sends(void **state)
{
    struct sim s;

    (void)state;
    bring_to(&s, INCIDENT_TRIGGERED);
    assert_int_equal(say(&s, ACK, "api", NULL), 0);
    assert_string_equal(world_moves(&s),
                        "incident: triggered -> acknowledged: acknowledged by zoe");
    assert_string_equal(world_sends(&s), "a acknowledged");
    assert_int_equal(s.fx.commit.incidents.n, 1);
    assert_int_equal(s.fx.commit.deliveries.n, 1);
    assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
    sim_done(&s);
}

/* --- the other verbs --- */

#define PERSONAL                                                                                   \
    WORLD_HEAD                                                                                     \
    "  q: { reopen_window: 0s, ack_timeout: 1h, remind: 20m, steps: [ { notify: ['channel:a'] }, " \
    "{ after: 5m, notify: ['channel:b'] } ] }\n"                                                   \
    "people: { zoe: { notify: [ { via: f } ] }, eve: {} }\n"                                       \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: q } ]\n"
#define MIN 60000LL

static int act(struct sim *s, struct deed d, struct err *e)
{
    int rc = 0;

    d.who = "zoe";
    d.incident = d.incident ? d.incident : "api";
    EVENT(s, rc = engine_deed(s->engine, &d, s->now_ms, &s->fx, e));
    return rc;
}

static void begin_personal(struct sim *s)
{
    world_begin(s, PERSONAL);
    world_beats(s, 2, "api=b");
    world_mark(s);
}

static void deed__that_cannot_be__is_refused_in_one_line_and_changes_nothing(void **state)
{
    struct sim s;

    (void)state;
    begin_personal(&s);
    const struct {
        struct deed deed;
        const char *error;
    } table[] = {
        {{.kind = DEED_SNOOZE, .until_ms = s.now_ms}, "a snooze ends in the future"},
        {{.kind = DEED_SNOOZE, .until_ms = s.now_ms - 1}, "a snooze ends in the future"},
        {{.kind = DEED_SNOOZE, .until_ms = s.now_ms + 30 * 1440 * MIN + 1},
         "a snooze lasts at most 30 days; a silence may be longer"},
        {{.kind = DEED_REASSIGN}, "there is no person ``"},
        {{.kind = DEED_REASSIGN, .to = "nobody"}, "there is no person `nobody`"},
        {{.kind = DEED_REASSIGN, .to = "eve"},
         "eve has no `notify` rules, so nothing would reach them"},
        {{.kind = DEED_NOTE}, "the note is empty"},
        {{.kind = DEED_NOTE, .text = " \t\r\n"}, "the note is empty"},
        {{.kind = DEED_UNACK}, NULL},
        {{.kind = DEED_ACK, .incident = "db"}, "no open incident `db`"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct err err = {0};

        assert_int_equal(act(&s, table[i].deed, &err), -1);
        assert_true(commit_empty(&s.fx.commit));
        assert_true(err.text[0] && !strchr(err.text, '\n'));
        if (table[i].error)
            assert_string_equal(err.text, table[i].error);
    }
    sim_done(&s);
}

static void snooze__E10__begins_at_step_0_when_it_is_over(void **state)
{
    struct sim s;

    (void)state;
    begin_personal(&s);
    assert_int_equal(
        act(&s, (struct deed){.kind = DEED_SNOOZE, .until_ms = s.now_ms + 60 * MIN}, NULL), 0);
    assert_int_equal(world_of(&s, "api")->state, INCIDENT_SNOOZED);
    assert_true(world_moved(&s, "triggered -> snoozed: snoozed for 1h by zoe"));
    world_run(&s, 5 * MIN);
    world_restart(&s);
    world_run(&s, 115 * MIN);
    assert_string_equal(world_log, "a api snoozed@0, a api unacknowledged@3600, "
                                   "b api escalated@3900");
    sim_done(&s);
}

static void snooze__again_and_of_an_acknowledged_one__counts_from_the_last(void **state)
{
    struct sim s;

    (void)state;
    begin_personal(&s);
    world_ack(&s, "api");
    for (int i = 1; i <= 2; i++) {
        world_run(&s, 10 * MIN);
        assert_int_equal(
            act(&s, (struct deed){.kind = DEED_SNOOZE, .until_ms = s.now_ms + 30 * MIN}, NULL), 0);
        assert_string_equal(world_of(&s, "api")->acked_by, "zoe");
    }
    world_mark(&s);
    world_run(&s, 29 * MIN);
    assert_null(strstr(world_log, "unacknowledged"));
    world_run(&s, 2 * MIN);
    assert_non_null(strstr(world_log, "a api unacknowledged@1800"));
    sim_done(&s);
}

static void reassign__pages_them_now__and_the_step_counts_from_then(void **state)
{
    struct sim s;

    (void)state;
    begin_personal(&s);
    world_run(&s, 4 * MIN);
    assert_int_equal(act(&s, (struct deed){.kind = DEED_REASSIGN, .to = "zoe"}, NULL), 0);
    assert_string_equal(world_of(&s, "api")->assigned, "zoe");
    world_run(&s, 60 * MIN);
    assert_string_equal(world_log, "f api escalated@240, b api escalated@540");
    world_mark(&s);
    world_beats(&s, 2, "api=g");
    assert_string_equal(world_log, "a api resolved@20, f api resolved@20, b api resolved@20");
    sim_done(&s);
}

static void escalate__runs_the_next_step__until_there_is_none(void **state)
{
    struct err err = {0};
    struct sim s;

    (void)state;
    begin_personal(&s);
    world_ack(&s, "api");
    assert_int_equal(act(&s, (struct deed){.kind = DEED_ESCALATE, .text = "no idea"}, NULL), 0);
    assert_true(world_moved(&s, "escalated by zoe: no idea"));
    assert_int_equal(world_of(&s, "api")->state, INCIDENT_TRIGGERED);
    assert_string_equal(world_log, "a api acknowledged@0, b api escalated@0");
    assert_int_equal(act(&s, (struct deed){.kind = DEED_ESCALATE}, &err), -1);
    assert_string_equal(err.text, "policy q has no step after the one that ran");
    sim_done(&s);
}

static void note__is_kept_and_said__also_when_it_is_over(void **state)
{
    char id[INCIDENT_ID_SIZE];
    struct sim s;

    (void)state;
    begin_personal(&s);
    text_copy(id, sizeof id, world_of(&s, "api")->id);
    assert_int_equal(act(&s, (struct deed){.kind = DEED_NOTE, .text = "the disk"}, NULL), 0);
    assert_string_equal(world_of(&s, "api")->note, "the disk");
    assert_string_equal(world_log, "");
    world_run(&s, 5 * MIN);
    assert_string_equal(s.store.deliveries.items[1].notice.note, "the disk");
    world_beats(&s, 2, "api=g");
    s.config->policies[0].reopen_window_ms = 0;
    (void)id;
    sim_done(&s);
}

static void acknowledged__reminded_then_begun_again(void **state)
{
    struct sim s;

    (void)state;
    begin_personal(&s);
    world_ack(&s, "api");
    world_run(&s, 66 * MIN);
    assert_string_equal(world_log,
                        "a api acknowledged@0, f api reminder@1200, f api reminder@2400, "
                        "a api unacknowledged@3600, f api unacknowledged@3600, "
                        "b api escalated@3900");
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verb__in_each_state__moves_or_is_refused_in_one_line),
        cmocka_unit_test(event__in_each_state__moves_only_what_it_may),
        cmocka_unit_test(find__by_every_name_it_has),
        cmocka_unit_test(find__what_is_none__is_refused),
        cmocka_unit_test(find__more_than_one_fits__is_refused),
        cmocka_unit_test(find__a_resolved_one_fits_too__is_the_open_one),
        cmocka_unit_test(find__only_a_resolved_one_fits__says_so),
        cmocka_unit_test(resolve__while_it_goes_on_failing__must_confirm_anew),
        cmocka_unit_test(resolve__and_then_it_recovers__opens_and_tells_nothing),
        cmocka_unit_test(resolve__of_our_own_trouble__touches_no_monitor),
        cmocka_unit_test(monitor__told_together__means_what_pages_for_it_unless_it_is_closed),
        cmocka_unit_test(ack__tells_by_one_commit_with_its_sends),
        cmocka_unit_test(deed__that_cannot_be__is_refused_in_one_line_and_changes_nothing),
        cmocka_unit_test(snooze__E10__begins_at_step_0_when_it_is_over),
        cmocka_unit_test(snooze__again_and_of_an_acknowledged_one__counts_from_the_last),
        cmocka_unit_test(reassign__pages_them_now__and_the_step_counts_from_then),
        cmocka_unit_test(escalate__runs_the_next_step__until_there_is_none),
        cmocka_unit_test(note__is_kept_and_said__also_when_it_is_over),
        cmocka_unit_test(acknowledged__reminded_then_begun_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
