/* test_keys_maintenance.c - windows as they are written, and what they become. */
#include "base/civil.h"
#include "loading.h"

#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"
#define MONITOR CHANNEL "monitors:\n  - name: a\n    http: http://h/\n    maintenance:\n"

static int64_t at(const char *text)
{
    int64_t ms;
    bool zoned;
    assert_int_equal(rfc3339_parse(text, &ms, &zoned), 0);
    return ms;
}

static struct config *load_window(const char *window)
{
    char *yaml = mem_printf(MONITOR "      - %s\n", window);
    struct config *c = must_load(yaml);
    mem_free(yaml);
    assert_int_equal(c->n_windows, 1);
    assert_int_equal(c->monitors[0].n_windows, 1);
    assert_ptr_equal(c->monitors[0].windows[0], &c->windows[0]);
    return c;
}

static void recurring_window__is_hours_on_the_wall_clock(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct restriction hours;
    } cases[] = {
        {"{ days: [sun], start: \"02:00\", end: \"04:00\", time_zone: Europe/Madrid }",
         {RESTRICT_DAILY, 64, 7200, 14400}},
        {"{ start: \"23:00\", end: \"01:00\", time_zone: Europe/Madrid }",
         {RESTRICT_DAILY, 127, 82800, 3600}},
        {"{ days: [mon-fri], time_zone: Europe/Madrid }", {RESTRICT_DAILY, 31, 0, 0}},
        {"{ start: \"00:00\", end: \"24:00\", days: sat, time_zone: Europe/Madrid }",
         {RESTRICT_DAILY, 32, 0, 0}},
        {"{ from: \"fri 18:00\", to: \"mon 08:00\", time_zone: Europe/Madrid }",
         {RESTRICT_WEEKLY, 0, 4 * 86400 + 64800, 28800}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *c = load_window(cases[i].text);
        const struct window *w = &c->windows[0];
        assert_false(w->once);
        assert_string_equal(zone_name(w->zone), "Europe/Madrid");
        assert_true(w->start_ms == INT64_MIN && w->end_ms == INT64_MAX);
        assert_int_equal(w->n_hours, 1);
        assert_int_equal(w->hours->kind, cases[i].hours.kind);
        assert_int_equal(w->hours->days, cases[i].hours.days);
        assert_int_equal(w->hours->start_s, cases[i].hours.start_s);
        assert_int_equal(w->hours->end_s, cases[i].hours.end_s);
        config_free(c);
    }
}

static void window_of_dates__is_there_once(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"{ start: 2026-12-24T18:00, end: 2026-12-27T09:00, time_zone: Europe/Madrid }",
         "2026-12-24T17:00Z", "2026-12-27T08:00Z"},
        {"{ start: 2026-12-24T18:00Z, end: 2026-12-27T09:00+02:00 }", "2026-12-24T18:00Z",
         "2026-12-27T07:00Z"},
        {"{ start: 2026-12-24T18:00Z, end: 2026-12-27, time_zone: Asia/Tokyo }",
         "2026-12-24T18:00Z", "2026-12-26T15:00Z"},
        {"{ start: 2027-03-28T02:30, end: 2027-03-28T04:00, time_zone: Europe/Madrid }",
         "2027-03-28T01:00Z", "2027-03-28T02:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *c = load_window(cases[i][0]);
        const struct window *w = &c->windows[0];
        assert_true(w->once);
        assert_non_null(w->zone);
        assert_int_equal(w->n_hours, 0);
        assert_int_equal(w->start_ms, at(cases[i][1]));
        assert_int_equal(w->end_ms, at(cases[i][2]));
        config_free(c);
    }
}

static void comment__is_kept(void **state)
{
    (void)state;
    struct config *c = load_window("{ days: [sun], time_zone: UTC, comment: vacuum }");
    assert_string_equal(c->windows[0].comment, "vacuum");
    config_free(c);
}

/* A window's zone is its own: the next one does not inherit it. */
static void zone_of_a_window__does_not_leak_into_the_next(void **state)
{
    (void)state;
    static const char yaml[] = MONITOR "      - { days: [sun], time_zone: Asia/Tokyo }\n"
                                       "      - { start: 2026-12-24T18:00, end: 2026-12-25 }\n";
    char *said = complaints_of(yaml, sizeof yaml - 1, false);
    assert_string_equal(said, "8:9: the window has no `time_zone`\n");
    mem_free(said);
}

static void no_windows__an_empty_list_or_nothing(void **state)
{
    (void)state;
    const char *const files[] = {CHANNEL "maintenance:\n", CHANNEL "maintenance: []\n"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct config *c = must_load(files[i]);
        assert_int_equal(c->n_windows, 0);
        config_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recurring_window__is_hours_on_the_wall_clock),
        cmocka_unit_test(window_of_dates__is_there_once),
        cmocka_unit_test(comment__is_kept),
        cmocka_unit_test(zone_of_a_window__does_not_leak_into_the_next),
        cmocka_unit_test(no_windows__an_empty_list_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
