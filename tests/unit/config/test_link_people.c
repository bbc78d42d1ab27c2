/* test_link_people.c - policies that reach somebody. Those that cannot: faults.txt; people that
 * nothing reaches: test_link.c. */
#include "loading.h"

#define FILE_HEAD                                                                                  \
    "channels:\n  hook: { type: webhook, url: http://h/ }\n"                                       \
    "people:\n  ana: { notify: [ { via: hook } ] }\n  bo: { notify_low: [ { via: hook } ] }\n"     \
    "  none: {}\n"

#define NOBODY "{ anchor: 2026-01-05, members: [], allow_empty: true }"

/* One way to somebody is enough, wherever it is. */
static void policy__with_one_way_to_somebody__is_taken(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "steps: [ { notify: \"person:ana\" } ]"},
        {"", "steps: [ { notify: \"person:bo\" } ]"},
        {"", "steps: [ { notify: \"person:none\" }, { notify: \"channel:hook\" } ]"},
        {"", "steps: [ { notify: \"person:none\" } ], fallback: \"channel:hook\""},
        {"", "steps: [ { notify: \"person:none\" } ], fallback: \"person:ana\""},
        {"layers: [ { anchor: 2026-01-05, members: [none, [none, ana]] } ]",
         "steps: [ { notify: \"schedule:s\" } ]"},
        {"layers: [" NOBODY "], overrides: [ { start: 2026-01-06, end: 2026-01-07, set: [ana] } ]",
         "steps: [ { notify: \"schedule:s\" } ]"},
        {"layers: [" NOBODY
         "], temporary: [ { start: 2026-01-06, end: 2026-01-08, shifts: [ { start: "
         "2026-01-06, end: 2026-01-07, user: ana } ] } ]",
         "steps: [ { notify: \"schedule:s\" } ]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *yaml = mem_printf(
            FILE_HEAD "schedules: { s: { time_zone: UTC, %s } }\npolicies: { mine: { %s } }\n",
            *cases[i][0] ? cases[i][0] : "layers: [" NOBODY "]", cases[i][1]);
        config_free(must_load(yaml));
        mem_free(yaml);
    }
}

/* The one complaint is enough. */
static void policy__with_names_that_are_not_there__is_not_called_hopeless(void **state)
{
    (void)state;
    static const char yaml[] =
        FILE_HEAD "policies: { mine: { steps: [ { notify: \"person:nobody\" } ] } }\n";
    char *said = complaints_of(yaml, sizeof yaml - 1, false);
    assert_string_equal(said, "7:40: there is no person `nobody`\n");
    mem_free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__with_one_way_to_somebody__is_taken),
        cmocka_unit_test(policy__with_names_that_are_not_there__is_not_called_hopeless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
