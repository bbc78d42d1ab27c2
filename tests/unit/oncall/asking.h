/* asking.h - schedules written out in a test, asked who is on call. */
#ifndef TESTS_ONCALL_ASKING_H
#define TESTS_ONCALL_ASKING_H

#include "reading.h"

#include "oncall/oncall.h"

#define MINUTE_MS ((int64_t)60000)
#define DAY_MS    (1440 * MINUTE_MS)

static struct reading reading;

static inline int set_up(void **state)
{
    (void)state;
    reading_init(&reading);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    reading_done(&reading);
    return 0;
}

/* "A+B" at an instant; "-" for nobody. */
static inline const char *who(const struct schedule *s, int64_t at_ms)
{
    static char text[512];
    struct oncall c;
    oncall_who(s, at_ms, &c);
    text_copy(text, sizeof text, c.n ? "" : "-");
    for (size_t i = 0; i < c.n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "+" : "",
                 c.people[i]);
    return text;
}

struct expected {
    const char *at, *people;
};

static inline void check(const char *json, const struct expected *want)
{
    struct schedule s = reading_text(&reading, json);
    for (; want->at; want++) {
        const char *have = who(&s, reading_instant(s.zone, want->at));
        if (strcmp(have, want->people) != 0)
            fail_msg("%s: %s, expected %s, by %s", want->at, have, want->people, json);
    }
}

#define CHECK(json, ...) check(json, (const struct expected[]){__VA_ARGS__, {NULL, NULL}})

static const char *const zones[] = {
    "America/New_York", "Australia/Lord_Howe", "Europe/Dublin",    "Africa/Casablanca",
    "America/Nuuk",     "Asia/Gaza",           "Antarctica/Troll", "America/Santiago",
};
#define N_ZONES (sizeof zones / sizeof *zones)

static inline int64_t year_start_ms(void)
{
    return civil_days(2026, 1, 1) * DAY_MS;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
