/* test_orders_asked.c - silences and maintenance asked for wrongly, and ended by hand. */
#include "world.h"

#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"
#define MIN              60000LL
#define FILE_WITH(people)                                                                          \
    WORLD_HEAD "people: { " people                                                                 \
               " }\nmonitors:\n" NODE("api", ", policy: p, group: core, labels: { team: pay }")    \
                   NODE("db", ", policy: p, severity: warning") NODE("far", "")
#define THREE FILE_WITH("ana: { notify: [ { via: f } ] }, bo: {}")

static void begin(struct sim *s)
{
    world_begin(s, THREE);
}

static size_t listed(struct sim *s)
{
    const struct quiet *const *list;

    return engine_quiets(s->engine, &list);
}

/* --- asked for wrongly --- */

static void add__what_cannot_be__is_refused_in_one_line_and_changes_nothing(void **state)
{
    static const struct {
        int64_t from_min, to_min;
        bool everything;
        const char *matchers, *error;
    } table[] = {
        {5, 5, false, "monitor=api\n", "it ends before it begins"},
        {5, 4, false, "monitor=api\n", "it ends before it begins"},
        {-9, -1, false, "monitor=api\n", "its end lies in the past"},
        {-9, 0, false, "monitor=api\n", "its end lies in the past"},
        {0, 366 * 1440 + 1, false, "monitor=api\n", "it is longer than a year"},
        {0, 5, false, "", "this fits all 3 monitors; if that is meant, say \"everything\": true"},
        {0, 5, false, "monitor=~.*\n",
         "this fits all 3 monitors; if that is meant, say \"everything\": true"},
        {0, 5, false, "monitor!=nobody\n",
         "this fits all 3 monitors; if that is meant, say \"everything\": true"},
        {0, 5, true, "monitor=~(\n", NULL},
        {0, 5, false, "monitor\n", NULL},
    };
    struct sim s;

    (void)state;
    begin(&s);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct quiet q = {.start_ms = s.now_ms + table[i].from_min * MIN,
                          .end_ms = s.now_ms + table[i].to_min * MIN,
                          .everything = table[i].everything};
        struct err err = {0};
        int rc = 0;

        text_copy(q.matchers, sizeof q.matchers, table[i].matchers);
        EVENT(&s, rc = engine_quiet_add(s.engine, &q, s.now_ms, &s.fx, &err));
        assert_int_equal(rc, -1);
        assert_true(commit_empty(&s.fx.commit));
        assert_true(err.text[0] && !strchr(err.text, '\n'));
        if (table[i].error)
            assert_string_equal(err.text, table[i].error);
    }
    assert_int_equal(listed(&s), 0);
    assert_int_equal(engine_wake_ms(s.engine), INT64_MAX);
    sim_done(&s);
}

static void add__everything_and_meant__holds_everything(void **state)
{
    static const char *const matchers[] = {"", "monitor=~.*\n"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct quiet q = {
            .start_ms = WORLD_START_MS, .end_ms = WORLD_START_MS + 9 * MIN, .everything = true};
        struct sim s;
        int rc = 0;

        begin(&s);
        text_copy(q.matchers, sizeof q.matchers, matchers[i]);
        EVENT(&s, rc = engine_quiet_add(s.engine, &q, s.now_ms, &s.fx, NULL));
        assert_int_equal(rc, 0);
        world_beats(&s, 2, "api=b db=b far=b");
        assert_string_equal(world_log, "");
        sim_done(&s);
    }
}

static void add__too_many__is_refused_until_some_are_over(void **state)
{
    struct quiet q = {.matchers = "monitor=api\n", .start_ms = WORLD_START_MS};
    struct err err = {0};
    struct sim s;
    int rc = 0;

    (void)state;
    begin(&s);
    for (int i = 0; i < QUIETS_MAX; i++) {
        q.end_ms = s.now_ms + (i ? 60 : 1) * MIN;
        EVENT(&s, rc = engine_quiet_add(s.engine, &q, s.now_ms, &s.fx, NULL));
        assert_int_equal(rc, 0);
    }
    EVENT(&s, rc = engine_quiet_add(s.engine, &q, s.now_ms, &s.fx, &err));
    assert_int_equal(rc, -1);
    assert_string_equal(err.text, "there are 1000 already that are not over");
    world_tick(&s, MIN);
    EVENT(&s, rc = engine_quiet_add(s.engine, &q, s.now_ms, &s.fx, &err));
    assert_int_equal(rc, 0);
    sim_done(&s);
}

static void add__twice_the_same__is_two(void **state)
{
    char first[QUIET_ID_SIZE];
    struct sim s;

    (void)state;
    begin(&s);
    text_copy(first, sizeof first, world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, MIN));
    assert_string_not_equal(world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, MIN), first);
    assert_int_equal(listed(&s), 2);
    sim_done(&s);
}

/* --- ended --- */

static int end(struct sim *s, const char *id, struct err *err)
{
    int rc = 0;

    EVENT(s, rc = engine_quiet_end(s->engine, id, "zoe", s->now_ms, &s->fx, err));
    return rc;
}

static void end__while_it_holds__pages_at_once(void **state)
{
    char id[QUIET_ID_SIZE];
    const struct quiet *const *list;
    struct sim s;

    (void)state;
    begin(&s);
    text_copy(id, sizeof id, world_quiet(&s, QUIET_SILENCE, "monitor=api\n", 0, 60 * MIN));
    world_beats(&s, 2, "api=b");
    assert_int_equal(end(&s, id, NULL), 0);
    assert_string_equal(world_log, "a api triggered@20");
    assert_true(world_moved(&s, "quiet: active -> over: ended by hand"));
    assert_int_equal(engine_quiets(s.engine, &list), 1);
    assert_int_equal(list[0]->end_ms, s.now_ms);
    assert_string_equal(list[0]->ended_by, "zoe");
    assert_int_equal(s.store.quiets.items[0].end_ms, s.now_ms);
    world_run(&s, 3600000);
    assert_string_equal(world_log, "a api triggered@20, b api escalated@320");
    sim_done(&s);
}

static void end__before_it_began__never_begins(void **state)
{
    char id[QUIET_ID_SIZE];
    struct sim s;

    (void)state;
    begin(&s);
    text_copy(id, sizeof id, world_quiet(&s, QUIET_SILENCE, "monitor=api\n", MIN, 60 * MIN));
    assert_int_equal(end(&s, id, NULL), 0);
    assert_true(world_moved(&s, "quiet: pending -> over: ended by hand"));
    world_beats(&s, 9, "api=b");
    assert_string_equal(world_log, "a api triggered@20");
    assert_false(world_moved(&s, "quiet"));
    sim_done(&s);
}

static void end__said_of_what_is_none__is_refused(void **state)
{
    char id[QUIET_ID_SIZE], text[200];
    struct err err = {0};
    struct sim s;

    (void)state;
    begin(&s);
    text_copy(id, sizeof id, world_quiet(&s, QUIET_MAINTENANCE, "monitor=api\n", 0, 60 * MIN));
    assert_int_equal(end(&s, "nothing", &err), -1);
    assert_string_equal(err.text, "there is no silence or maintenance `nothing`");
    assert_int_equal(end(&s, "", &err), -1);
    text_printf(text, sizeof text, "%.2s", id); /* too little of it */
    assert_int_equal(end(&s, text, &err), -1);
    assert_int_equal(end(&s, id + strlen(id) - 2, &err), -1);
    world_quiet(&s, QUIET_SILENCE, "monitor=db\n", 0, 60 * MIN); /* in the same second */
    text_printf(text, sizeof text, "%.7s", id);
    assert_int_equal(end(&s, text, &err), -1);
    assert_true(text_ends(err.text, "` fits more than one"));
    assert_true(commit_empty(&s.fx.commit));
    assert_int_equal(end(&s, id + 7, &err), 0); /* the last five are its own */
    assert_int_equal(end(&s, id, &err), -1);
    text_printf(text, sizeof text, "maintenance %s is over already", id);
    assert_string_equal(err.text, text);
    text_printf(text, sizeof text, "%.7s", id); /* what is over stands in nobody's light */
    assert_int_equal(end(&s, text, &err), 0);
    sim_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add__what_cannot_be__is_refused_in_one_line_and_changes_nothing),
        cmocka_unit_test(add__everything_and_meant__holds_everything),
        cmocka_unit_test(add__too_many__is_refused_until_some_are_over),
        cmocka_unit_test(add__twice_the_same__is_two),
        cmocka_unit_test(end__while_it_holds__pages_at_once),
        cmocka_unit_test(end__before_it_began__never_begins),
        cmocka_unit_test(end__said_of_what_is_none__is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
