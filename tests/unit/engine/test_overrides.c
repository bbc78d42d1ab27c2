/* test_overrides.c - overrides asked for at run time: they lie over those of the file, the newest
 * on top, and whoever they name is paged. */
#include "engine/desk.h"
#include "oncall/oncall.h"
#include "world.h"

#define HOUR  3600000LL
#define PAIRS "ana: { notify: [ { via: a } ] }, bo: { notify: [ { via: b } ] }, "
#define FILE_OF(people, overrides)                                                                 \
    WORLD_HEAD "  s: { reopen_window: 0s, steps: [ { notify: ['schedule:primary'] } ] }\n"         \
               "people: { " people " }\n"                                                          \
               "schedules:\n"                                                                      \
               "  primary: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, "      \
               "every: 1 week, members: [ana] } ]" overrides " }\n"                                \
               "  second: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, "       \
               "every: 1 week, members: [ana] } ] }\n"                                             \
               "monitors: [ { name: api, http: 'http://127.0.0.1:1/', policy: s } ]\n"
#define CY    "cy: { notify: [ { via: f } ] }"
#define PLAIN FILE_OF(PAIRS CY, "")

static const char *who(struct sim *s, const char *schedule, int64_t in_ms)
{
    static char line[200];
    struct oncall on;

    line[0] = '\0';
    oncall_who(engine_schedule(s->engine, schedule), s->now_ms + in_ms, &on);
    for (size_t i = 0; i < on.n; i++)
        text_printf(line + strlen(line), sizeof line - strlen(line), "%s%s", i ? " " : "",
                    on.people[i]);
    return line;
}

static struct kept_override draft(const struct sim *s, const char *what)
{
    struct kept_override o = {.kind = OVERRIDE_SET,
                              .start_ms = s->now_ms,
                              .end_ms = s->now_ms + HOUR,
                              .schedule = "primary",
                              .author = "zoe"};
    char kind[20], people[100], with[100] = "";

    sscanf(what, "%19s %99[a-z ] / %99[a-z ]", kind, people, with);
    if (text_ends(people, " "))
        people[strlen(people) - 1] = '\0';
    o.kind = (enum override_kind)override_kind_from(kind);
    text_copy(o.people, sizeof o.people, people);
    text_copy(o.with, sizeof o.with, with);
    return o;
}

static const char *add(struct sim *s, struct kept_override o)
{
    static char id[QUIET_ID_SIZE];
    struct err err = {0};
    int rc = 0;

    EVENT(s, rc = engine_override_add(s->engine, &o, 1, s->now_ms, &s->fx, &err));
    if (rc < 0)
        fail_msg("%s", err.text);
    text_copy(id, sizeof id, o.id);
    return id;
}

static int end(struct sim *s, const char *id, struct err *err)
{
    int rc = 0;

    EVENT(s, rc = engine_override_end(s->engine, id, "zoe", s->now_ms, &s->fx, err));
    return rc;
}

/* --- who is on call --- */

static void override__each_kind__gives_its_people(void **state)
{
    static const struct {
        const char *file, *what, *now;
    } table[] = {
        {"", "set bo", "bo"},
        {"", "set bo cy", "bo cy"},
        {"", "add bo", "ana bo"},
        {"", "remove ana", ""},
        {"", "remove bo", "ana"},
        {"", "replace ana / bo", "bo"},
        {"", "replace bo / cy", "ana"},
        {", overrides: [ { start: 2026-11-22T00:00, end: 2026-11-23T00:00, set: [cy] } ]", "add bo",
         "cy bo"},
        {", overrides: [ { start: 2026-11-22T00:00, end: 2026-11-23T00:00, set: [cy] } ]", "set bo",
         "bo"},
        {", overrides: [ { start: 2026-11-22T00:00, end: 2026-11-23T00:00, set: [cy] } ]",
         "replace cy / bo", "bo"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf yaml;
        struct sim s;

        buf_init(&yaml, 1 << 14);
        buf_printf(&yaml, FILE_OF(PAIRS CY, "%s"), table[i].file);
        world_begin(&s, buf_text(&yaml));
        add(&s, draft(&s, table[i].what));
        if (!text_eq(who(&s, "primary", 0), table[i].now))
            fail_msg("%s: %s", table[i].what, who(&s, "primary", 0));
        assert_string_equal(who(&s, "primary", HOUR), table[i].file[0] ? "cy" : "ana");
        assert_string_equal(who(&s, "second", 0), "ana");
        world_restart(&s);
        assert_string_equal(who(&s, "primary", 0), table[i].now);
        sim_done(&s);
        buf_done(&yaml);
    }
}

static void override__the_newest__lies_on_top(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    add(&s, draft(&s, "set bo"));
    s.now_ms += 1000;
    add(&s, draft(&s, "set cy"));
    assert_string_equal(who(&s, "primary", 0), "cy");
    /* read back in whatever order */
    struct kept_override first = s.store.overrides.items[0];
    s.store.overrides.items[0] = s.store.overrides.items[1];
    s.store.overrides.items[1] = first;
    world_restart(&s);
    assert_string_equal(who(&s, "primary", 0), "cy");
    /* and when one was made while the store was away */
    world_kill(&s);
    s.now_ms += 1000;
    add(&s, draft(&s, "set ana"));
    world_restore(&s);
    assert_string_equal(who(&s, "primary", 0), "ana");
    sim_done(&s);
}

static void override__in_force__its_person_is_paged(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    add(&s, draft(&s, "set bo"));
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_log, "b api triggered@20");
    world_beats(&s, 2, "api=g");
    world_run(&s, HOUR);
    world_mark(&s);
    world_beats(&s, 2, "api=b");
    assert_string_equal(world_log, "a api triggered@20");
    sim_done(&s);
}

static void override__names_somebody_who_left_the_file__is_passed_over(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    add(&s, draft(&s, "set cy"));
    assert_string_equal(who(&s, "primary", 0), "cy");
    world_reload(&s, FILE_OF(PAIRS, ""));
    assert_string_equal(who(&s, "primary", 0), "ana");
    world_restart(&s);
    assert_string_equal(who(&s, "primary", 0), "ana");
    world_reload(&s, PLAIN); /* back again */
    assert_string_equal(who(&s, "primary", 0), "cy");
    sim_done(&s);
}

static void override__of_a_schedule_that_left_the_file__waits_for_it(void **state)
{
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    add(&s, draft(&s, "set cy"));
    world_reload(&s, WORLD_ONE);
    assert_null(engine_schedule(s.engine, "primary"));
    world_reload(&s, PLAIN);
    assert_string_equal(who(&s, "primary", 0), "cy");
    sim_done(&s);
}

/* --- asked for --- */

static void add__kept__is_recorded_and_in_the_snapshot(void **state)
{
    struct commit all = {0};
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    add(&s, draft(&s, "replace ana / bo"));
    assert_int_equal(s.fx.commit.overrides.n, 1);
    assert_true(world_moved(&s, "override: none -> active: primary: replace ana with bo"));
    assert_true(world_moved(&s, "schedule: ana -> bo: on call now: bo; before: ana"));
    engine_snapshot(s.engine, &all);
    assert_int_equal(all.overrides.n, 1);
    assert_string_equal(all.overrides.items[0]->author, "zoe");
    assert_int_equal(all.overrides.items[0]->created_ms, s.now_ms);
    commit_done(&all);
    sim_done(&s);
}

static void add__what_cannot_be__is_refused_in_one_line_and_changes_nothing(void **state)
{
    static const struct {
        const char *schedule, *what;
        int64_t from_ms, to_ms;
        const char *error;
    } table[] = {
        {"nights", "set bo", 0, HOUR, "there is no schedule `nights`"},
        {"primary", "set boo", 0, HOUR, "there is no person `boo`; did you mean `bo`?"},
        {"primary", "set ana stranger", 0, HOUR, "there is no person `stranger`"},
        {"primary", "replace ana / nobody", 0, HOUR, "there is no person `nobody`"},
        {"primary", "replace nobody / ana", 0, HOUR, "there is no person `nobody`"},
        {"primary", "replace ana", 0, HOUR, "the override names nobody"},
        {"primary", "set bo", HOUR, HOUR, "the override ends before it begins"},
        {"primary", "set bo", HOUR, 0, "the override ends before it begins"},
        {"primary", "set bo", -HOUR, 0, "the override lies in the past"},
        {"primary", "set bo", 0, 367 * 24 * HOUR, "the override is longer than a year"},
    };
    const struct kept_override *const *list;
    struct err err = {0};
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, PLAIN);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct kept_override pair[2] = {draft(&s, "set bo"), draft(&s, table[i].what)};

        text_copy(pair[1].schedule, sizeof pair[1].schedule, table[i].schedule);
        pair[1].start_ms = s.now_ms + table[i].from_ms;
        pair[1].end_ms = s.now_ms + table[i].to_ms;
        /* two together or none */
        EVENT(&s, rc = engine_override_add(s.engine, pair, 2, s.now_ms, &s.fx, &err));
        assert_int_equal(rc, -1);
        assert_string_equal(err.text, table[i].error);
        assert_true(commit_empty(&s.fx.commit));
        assert_int_equal(engine_overrides(s.engine, &list), 0);
        assert_string_equal(who(&s, "primary", 0), "ana");
    }
    struct kept_override none = draft(&s, "set bo");
    none.people[0] = '\0';
    EVENT(&s, rc = engine_override_add(s.engine, &none, 1, s.now_ms, &s.fx, &err));
    assert_int_equal(rc, -1);
    assert_string_equal(err.text, "the override names nobody");
    sim_done(&s);
}

static void add__two_of_a_swap__both_with_ids_of_their_own(void **state)
{
    struct kept_override pair[2];
    struct sim s;
    int rc = 0;

    (void)state;
    world_begin(&s, PLAIN);
    pair[0] = pair[1] = draft(&s, "set bo");
    EVENT(&s, rc = engine_override_add(s.engine, pair, 2, s.now_ms, &s.fx, NULL));
    assert_int_equal(rc, 0);
    assert_int_equal(strlen(pair[0].id), 12);
    assert_string_not_equal(pair[0].id, pair[1].id);
    assert_int_equal(s.fx.commit.overrides.n, 2);
    sim_done(&s);
}

static void add__too_many__counts_what_is_not_over(void **state)
{
    struct err err = {0};
    struct kept_override o;
    struct sim s;
    char id[QUIET_ID_SIZE] = "";
    int rc = 0;

    (void)state;
    world_begin(&s, PLAIN);
    for (int i = 0; i < OVERRIDES_MAX; i++) {
        o = draft(&s, "set bo");
        o.start_ms += HOUR;
        o.end_ms += HOUR;
        text_copy(id, sizeof id, add(&s, o));
    }
    EVENT(&s, rc = engine_override_add(s.engine, &o, 1, s.now_ms, &s.fx, &err));
    assert_int_equal(rc, -1);
    assert_string_equal(err.text, "there are 1000 overrides already that are not over");
    assert_int_equal(end(&s, id, NULL), 0); /* taken back: it counts no more */
    add(&s, o);
    sim_done(&s);
}

/* --- ended --- */

static void end__in_force__ends_now(void **state)
{
    char id[QUIET_ID_SIZE];
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    text_copy(id, sizeof id, add(&s, draft(&s, "set bo")));
    s.now_ms += 1000;
    assert_int_equal(end(&s, id, NULL), 0);
    assert_true(world_moved(&s, "override: active -> over: "));
    assert_true(world_moved(&s, "schedule: bo -> ana: "));
    assert_string_equal(who(&s, "primary", 0), "ana");
    assert_string_equal(who(&s, "primary", -1), "bo"); /* what was, was */
    assert_int_equal(s.store.overrides.items[0].end_ms, s.now_ms);
    sim_done(&s);
}

static void end__not_begun__is_taken_back(void **state)
{
    char id[QUIET_ID_SIZE];
    struct kept_override o;
    struct err err = {0};
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    o = draft(&s, "set bo");
    o.start_ms += HOUR;
    o.end_ms += HOUR;
    text_copy(id, sizeof id, add(&s, o));
    assert_string_equal(who(&s, "primary", HOUR), "bo");
    assert_int_equal(end(&s, id, NULL), 0);
    assert_true(world_moved(&s, "override: pending -> over: "));
    assert_true(s.store.overrides.items[0].end_ms <= s.store.overrides.items[0].start_ms);
    assert_string_equal(who(&s, "primary", HOUR), "ana");
    assert_int_equal(end(&s, id, &err), -1);
    assert_non_null(strstr(err.text, "is over already"));
    sim_done(&s);
}

static void end__said_of_what_is_none__is_refused(void **state)
{
    char id[QUIET_ID_SIZE], part[QUIET_ID_SIZE];
    struct err err = {0};
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    text_copy(id, sizeof id, add(&s, draft(&s, "set bo")));
    add(&s, draft(&s, "set cy"));
    assert_int_equal(end(&s, "nothing", &err), -1);
    assert_string_equal(err.text, "there is no override `nothing` but those in the file");
    assert_int_equal(end(&s, "", &err), -1);
    text_printf(part, sizeof part, "%.7s", id); /* both were made in that second */
    assert_int_equal(end(&s, part, &err), -1);
    assert_true(text_ends(err.text, "` fits more than one"));
    assert_true(commit_empty(&s.fx.commit));
    assert_int_equal(end(&s, id + 7, &err), 0);
    assert_int_equal(end(&s, id, &err), -1);
    assert_non_null(strstr(err.text, "is over already"));
    assert_int_equal(end(&s, part, &err), 0);
    sim_done(&s);
}

/* --- listed and forgotten --- */

static void overrides__listed__in_order_of_their_start_for_a_day(void **state)
{
    static const int starts[] = {3, 1, 2};
    const struct kept_override *const *list;
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    for (size_t i = 0; i < 3; i++) {
        struct kept_override o = draft(&s, "set bo");

        o.start_ms += starts[i] * HOUR;
        o.end_ms = o.start_ms + HOUR / 2;
        add(&s, o);
    }
    assert_int_equal(engine_overrides(s.engine, &list), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(list[i]->start_ms, s.now_ms + (int64_t)(i + 1) * HOUR);
    world_run(&s, 25 * HOUR);
    assert_int_equal(engine_overrides(s.engine, &list), 3);
    world_run(&s, 24 * HOUR);
    assert_int_equal(engine_overrides(s.engine, &list), 0);
    assert_int_equal(s.engine->schedules.n, 0); /* the file's own again, not a copy */
    sim_done(&s);
}

static void restore__over_for_a_day__is_not_read_back(void **state)
{
    const struct kept_override *const *list;
    struct sim s;

    (void)state;
    world_begin(&s, PLAIN);
    add(&s, draft(&s, "set bo"));
    s.now_ms += HOUR + 24 * HOUR - 1;
    world_restart(&s);
    assert_int_equal(engine_overrides(s.engine, &list), 1);
    world_restore(&s); /* what is known already wins */
    assert_int_equal(engine_overrides(s.engine, &list), 1);
    s.now_ms += 1;
    world_restart(&s);
    assert_int_equal(engine_overrides(s.engine, &list), 0);
    sim_done(&s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(override__each_kind__gives_its_people),
        cmocka_unit_test(override__the_newest__lies_on_top),
        cmocka_unit_test(override__in_force__its_person_is_paged),
        cmocka_unit_test(override__names_somebody_who_left_the_file__is_passed_over),
        cmocka_unit_test(override__of_a_schedule_that_left_the_file__waits_for_it),
        cmocka_unit_test(add__kept__is_recorded_and_in_the_snapshot),
        cmocka_unit_test(add__what_cannot_be__is_refused_in_one_line_and_changes_nothing),
        cmocka_unit_test(add__two_of_a_swap__both_with_ids_of_their_own),
        cmocka_unit_test(add__too_many__counts_what_is_not_over),
        cmocka_unit_test(end__in_force__ends_now),
        cmocka_unit_test(end__not_begun__is_taken_back),
        cmocka_unit_test(end__said_of_what_is_none__is_refused),
        cmocka_unit_test(overrides__listed__in_order_of_their_start_for_a_day),
        cmocka_unit_test(restore__over_for_a_day__is_not_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
