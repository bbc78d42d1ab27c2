/* test_story.c - events in order, and the end of a story that names none. */
#include "unit.h"

#include "model/story.h"

#define MINUTE_MS 60000LL

static void settle__sorts_by_instant_and_keeps_the_order_of_one(void **state)
{
    struct story_event events[] = {
        {.kind = STORY_UP, .at_ms = 20},     {.kind = STORY_DOWN, .at_ms = 10},
        {.kind = STORY_CRASH, .at_ms = 20},  {.kind = STORY_STORE, .at_ms = 10},
        {.kind = STORY_REFUSE, .at_ms = 20},
    };
    static const enum story_kind sorted[] = {STORY_DOWN, STORY_STORE, STORY_UP, STORY_CRASH,
                                             STORY_REFUSE};
    struct story s = {.events = events, .n_events = 5};

    (void)state;
    story_settle(&s);
    for (int i = 0; i < 5; i++)
        assert_int_equal(s.events[i].kind, sorted[i]);
    story_done(&s);
}

static void settle__without_an_end__sees_the_end_of_the_last(void **state)
{
    struct quiet q = {.end_ms = 300 * MINUTE_MS};
    struct story_event down = {.kind = STORY_DOWN, .for_ms = 40 * MINUTE_MS};
    struct story_event late = {.kind = STORY_DOWN, .at_ms = MINUTE_MS, .for_ms = 90 * MINUTE_MS};
    struct story_event snooze = {.kind = STORY_DEED, .deed = {.until_ms = 120 * MINUTE_MS}};
    struct story_event quiet = {.kind = STORY_QUIET, .quiet = &q};
    struct story_event year = {.kind = STORY_DOWN, .for_ms = STORY_LONGEST_MS};
    const struct {
        struct story_event *event;
        int64_t until_ms;
    } cases[] = {
        {&down, 120 * MINUTE_MS},  {&late, 151 * MINUTE_MS},  {&snooze, 180 * MINUTE_MS},
        {&quiet, 360 * MINUTE_MS}, {&year, STORY_LONGEST_MS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story s = {.events = cases[i].event, .n_events = 1};

        story_settle(&s);
        assert_int_equal(s.until_ms, cases[i].until_ms);
        story_done(&s);
    }
}

static void settle__with_an_end__keeps_it(void **state)
{
    struct story s = {.until_ms = 5};

    (void)state;
    story_settle(&s);
    assert_int_equal(s.until_ms, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settle__sorts_by_instant_and_keeps_the_order_of_one),
        cmocka_unit_test(settle__without_an_end__sees_the_end_of_the_last),
        cmocka_unit_test(settle__with_an_end__keeps_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
