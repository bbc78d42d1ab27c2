/* test_acts.c - deeds and which incident they mean, orders, our own trouble. */
#include "staging.h"

#define TWO                                                                                        \
    STAGE_HEAD                                                                                     \
    "defaults: { interval: 10s, fail_after: 1, recover_after: 1 }\n"                               \
    "monitors: [ { name: api, http: 'http://127.0.0.1:1/' }, "                                     \
    "{ name: db, http: 'http://127.0.0.1:1/' } ]\n"                                                \
    "schedules: { s: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T00:00, "            \
    "every: 1 day, members: [ana] } ] } }\n"                                                       \
    "policies: { default: { steps: [ { notify: ['schedule:s'] } ] } }\n"

#define BOTH "- { at: +0s, down: api }\n- { at: +60s, down: db }\n"

static const char *acked(const char *line, char *dst, size_t size)
{
    char story[600];
    struct stage s;

    dst[0] = '\0';
    snprintf(story, sizeof story, "events:\n" BOTH "- { at: +90s, ack: bo%s }\n", line);
    stage_play(&s, TWO, story);
    for (size_t i = 0; i < s.bill.entries.n; i++) {
        const struct entry *e = &s.bill.entries.items[i];

        if (text_eq(e->event, "acknowledged") || text_eq(e->event, "refused"))
            text_printf(dst, size, "%s: %s", e->event, e->monitor ? e->monitor : e->why);
    }
    stage_done(&s);
    return dst;
}

static void deed__on_the_newest_unless_one_is_named(void **state)
{
    static const struct {
        const char *line, *what;
    } cases[] = {
        {"", "acknowledged: db"},
        {", monitor: api", "acknowledged: api"},
        {", incident: 1", "acknowledged: api"},
        {", incident: 2", "acknowledged: db"},
        {", incident: 'monitor:api'", "acknowledged: api"},
        {", incident: 3", "refused: ack: there is no incident number 3 yet"},
        {", incident: nothing", "refused: ack: no open incident `nothing`"},
    };
    char got[700];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(acked(cases[i].line, got, sizeof got), cases[i].what);
}

static void deed__on_what_is_held_back__only_when_it_is_named(void **state)
{
#define CHILD                                                                                      \
    STAGE_HEAD "defaults: { interval: 10s, fail_after: 1, recover_after: 1 }\n"                    \
               "monitors: [ { name: db, http: 'http://h/' }, "                                     \
               "{ name: api, http: 'http://h/', depends_on: [db] } ]\n"                            \
               "policies: { default: { steps: [ { notify: ['person:ana'] } ] } }\n"
    struct stage s;

    (void)state;
    stage_play(&s, CHILD,
               "events: [ { at: +0s, down: db }, { at: +1s, down: api }, { at: +9s, ack: ana }, "
               "{ at: +10s, ack: bo, monitor: api } ]");
    for (size_t i = 0; i < s.bill.entries.n; i++) {
        const struct entry *e = &s.bill.entries.items[i];

        if (text_eq(e->event, "acknowledged"))
            assert_string_equal(e->monitor, text_eq(e->person, "ana") ? "db" : "api");
    }
    assert_told(&s, "acknowledged", "ana@9 bo@10");
    stage_done(&s);
}

static void deed__with_nothing_open__is_refused_and_the_story_goes_on(void **state)
{
    (void)state;
    story_says(STAGE_ONE, "- { at: +0s, ack: ana }\n- { at: +1s, down: api, for: 9s }\n", NULL,
               "refused ana@0 triggered -@1 page ana@1 closed -@10 resolved ana@10");
}

static void snooze__without_a_name__by_the_acker_or_the_rehearsal(void **state)
{
    (void)state;
    story_says(STAGE_ONE,
               "- { at: +0s, down: api }\n- { at: +60s, ack: bo }\n- { at: +70s, snooze: 1h }\n",
               "snoozed", "bo@70");
    story_says(STAGE_ONE, "- { at: +0s, down: api }\n- { at: +70s, snooze: 10m }\n", NULL,
               "triggered -@0 page ana@0 snoozed rehearsal@70 told ana@70 unsnoozed -@670 "
               "page ana@670 escalated -@970 page bo@970");
}

static void reassign_escalate_note__as_people_do_them(void **state)
{
    (void)state;
    story_says(STAGE_ONE, "- { at: +0s, down: api }\n- { at: +60s, reassign: bo, by: ana }\n",
               "reassigned", "ana@60");
    story_says(STAGE_ONE, "- { at: +0s, down: api }\n- { at: +60s, reassign: bo, by: ana }\n",
               "page", "ana@0 bo@60 bo@360");
    story_says(STAGE_ONE, "- { at: +0s, down: api }\n- { at: +60s, escalate: ana }\n", NULL,
               "triggered -@0 page ana@0 escalated ana@60 page bo@60");
    story_says(STAGE_ONE, "- { at: +0s, down: api }\n- { at: +60s, note: found it, by: bo }\n",
               "noted", "bo@60");
}

static void orders__hold_and_replace(void **state)
{
    (void)state;
    story_says(STAGE_ONE, "- { at: +0s, silence: all, for: 5m }\n- { at: +0s, down: api }\n",
               "page", "ana@300 bo@600");
    story_says(STAGE_ONE,
               "- { at: +0s, silence: { monitor: api }, for: 5m }\n- { at: +0s, down: api }\n",
               "page", "ana@300 bo@600");
    story_says(TWO,
               "- { at: +0s, override: s, set: bo, for: 5m }\n- { at: +0s, down: api }\n"
               "- { at: +10m, down: db }\n",
               "page", "bo@0 ana@600");
    story_says(TWO,
               "- { at: +0s, override: s, replace: ana, with: bo, for: 5m }\n"
               "- { at: +0s, down: api }\n",
               "page", "bo@0");
}

static void crash__in_the_middle__loses_nothing(void **state)
{
    (void)state;
    story_says(STAGE_ONE,
               "- { at: +0s, down: api, for: 10m }\n- { at: +299s, crash: midwatch, for: 3s }\n",
               NULL,
               "triggered -@0 page ana@0 crash -@299 started -@302 escalated -@302 page bo@302 "
               "closed -@600 resolved ana@600 resolved bo@600");
    story_says(STAGE_ONE,
               "- { at: +0s, down: api, for: 10m }\n- { at: +10s, crash: midwatch, for: 30s }\n"
               "- { at: +20s, ack: ana }\n- { at: +21s, silence: all, for: 1m }\n",
               "refused", "ana@20 -@21");
    story_says(STAGE_ONE,
               "- { at: +0s, down: api, for: 20s }\n- { at: +10s, crash: midwatch, for: 30s }\n",
               "closed", "-@40");
}

static void store__away_for_ten_seconds__is_an_incident(void **state)
{
    (void)state;
    story_says(STAGE_ONE, "- { at: +1m, store: away, for: 9s }\n", NULL,
               "store_away -@60 store_back -@69");
    story_says(STAGE_ONE, "- { at: +1m, store: away, for: 30s }\n", NULL,
               "store_away -@60 triggered -@70 page ana@70 store_back -@90 closed -@90 "
               "resolved ana@90");
    story_says(STAGE_ONE, "- { at: +1m, store: away, for: 60s }\n- { at: +80s, crash: midwatch }\n",
               "page", "ana@70");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deed__on_the_newest_unless_one_is_named),
        cmocka_unit_test(deed__on_what_is_held_back__only_when_it_is_named),
        cmocka_unit_test(deed__with_nothing_open__is_refused_and_the_story_goes_on),
        cmocka_unit_test(snooze__without_a_name__by_the_acker_or_the_rehearsal),
        cmocka_unit_test(reassign_escalate_note__as_people_do_them),
        cmocka_unit_test(orders__hold_and_replace),
        cmocka_unit_test(crash__in_the_middle__loses_nothing),
        cmocka_unit_test(store__away_for_ten_seconds__is_an_incident),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
