/* test_draw.c - pictures somebody has looked at, and what holds for any. */
#include "../../../src/cli/draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../random.h"
#include "../unit.h"
#include "../zoneinfo.h"
#include "base/mem.h"
#include "base/text.h"

#define AT INT64_C(1795316400000) /* 2026-11-22T03:00:00Z, a Sunday */

static char *draw(const struct drawing *d)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    draw_graph(d, &out);
    return buf_take(&out, NULL);
}

static void assert_picture(const struct drawing *d, const char *want)
{
    char *is = draw(d);

    if (strcmp(is, want) != 0)
        print_message("%s", is);
    assert_string_equal(is, want);
    mem_free(is);
}

/* A night: slower towards five, down for an hour, not looked at for two. */
static void make_night(struct draw_point *points, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        points[i] = (struct draw_point){40 + 10 * (double)(i % 3), DRAW_NONE};
        if (i >= n / 3 && i < n / 2)
            points[i].value += 30 * (double)(i - n / 3);
    }
    points[n / 2 - 1].mark = DRAW_SOME_DOWN;
    for (size_t i = n / 2; i < n / 2 + 4; i++)
        points[i] = (struct draw_point){(double)NAN, DRAW_DOWN};
    for (size_t i = n / 2 + 6; i < n / 2 + 12; i++)
        points[i] = (struct draw_point){(double)NAN, DRAW_GAP};
    points[n - 1] = (struct draw_point){(double)NAN, DRAW_MAINTENANCE};
}

static void a_night__latency__scale_times_gaps_and_downs(void **state)
{
    struct draw_point points[48];
    struct drawing d = {.points = points,
                        .n = 48,
                        .from_ms = AT,
                        .step_ms = 900000,
                        .zone = zone_utc(),
                        .width = 60,
                        .utf8 = true};
    (void)state;
    make_night(points, 48);
    assert_picture(&d, "  400ms ┤\n"
                       "        │\n"
                       "  300ms ┤                       ▃\n"
                       "        │                      ▅█\n"
                       "  200ms ┤                    ▅▆██\n"
                       "        │                   ▆████\n"
                       "  100ms ┤  ▂  ▂  ▂  ▂  ▂  ▆██████     ▂        ▂  ▂  ▂\n"
                       "        │▆██▆██▆██▆██▆██▆████████    ██      ▆██▆██▆██▆█\n"
                       "      0 └┬───────────┬───────────┬───────────┬───────────\n"
                       "         03:00       06:00       09:00       12:00\n"
                       "                                ▄████  ······           m\n"
                       "         █ down  ▄ partly down  · no results  m maintenance\n");
    d.utf8 = false;
    assert_picture(&d, "  400ms +\n"
                       "        |\n"
                       "  300ms +                       .\n"
                       "        |                      :#\n"
                       "  200ms +                    ::##\n"
                       "        |                   :####\n"
                       "  100ms +  .  .  .  .  .  :######     .        .  .  .\n"
                       "        |:##:##:##:##:##:########    ##      :##:##:##:#\n"
                       "      0 ++-----------+-----------+-----------+-----------\n"
                       "         03:00       06:00       09:00       12:00\n"
                       "                                xXXXX  ......           m\n"
                       "         X down  x partly down  . no results  m maintenance\n");
}

static void availability__from_the_last_round_number_below(void **state)
{
    struct draw_point points[12];
    struct drawing d = {.points = points,
                        .n = 12,
                        .from_ms = AT,
                        .step_ms = 7200000,
                        .zone = zone_utc(),
                        .unit = DRAW_PERCENT,
                        .low_is_bad = true,
                        .width = DRAW_WIDTH,
                        .utf8 = true};
    (void)state;
    for (size_t i = 0; i < 12; i++)
        points[i] = (struct draw_point){100, DRAW_NONE};
    points[3] = (struct draw_point){97.1, DRAW_SOME_DOWN};
    points[7] = (struct draw_point){(double)NAN, DRAW_GAP};
    assert_picture(&d, "   100% ┤██████  ██████  ████████\n"
                       "        │██████  ██████  ████████\n"
                       "    99% ┤██████  ██████  ████████\n"
                       "        │██████  ██████  ████████\n"
                       "    98% ┤██████  ██████  ████████\n"
                       "        │██████▂▂██████  ████████\n"
                       "    97% ┤██████████████  ████████\n"
                       "        │██████████████  ████████\n"
                       "    96% └─────────┬──────────────\n"
                       "                  12:00\n"
                       "               ▄▄      ··\n"
                       "         ▄ partly down  · no results\n");
}

static void next_to_nothing__is_not_nothing(void **state)
{
    struct draw_point points[3] = {{0.001, DRAW_NONE}, {1000, DRAW_NONE}, {0, DRAW_NONE}};
    struct drawing d = {.points = points,
                        .n = 3,
                        .from_ms = AT,
                        .step_ms = 60000,
                        .zone = zone_utc(),
                        .utf8 = true};
    char *is = draw(&d);
    (void)state;
    assert_non_null(strstr(is, "\n        │▁▁▁▁▁▁▁▁▁▁██████████▁▁▁▁▁▁▁▁▁▁\n"));
    mem_free(is);
}

static void colour__red_where_it_was_down__and_ended_again(void **state)
{
    struct draw_point points[2] = {{5, DRAW_NONE}, {5, DRAW_DOWN}};
    struct drawing d = {.points = points,
                        .n = 2,
                        .from_ms = AT,
                        .step_ms = 60000,
                        .zone = zone_utc(),
                        .width = DRAW_WIDTH,
                        .utf8 = true,
                        .colour = true};
    char *is = draw(&d);
    (void)state;
    assert_non_null(strstr(is, "\033[31m█\033[0m"));
    assert_null(strstr(is, "\033[31m \033[0m"));
    mem_free(is);
    d.colour = false;
    is = draw(&d);
    assert_null(strchr(is, '\033'));
    mem_free(is);
}

static void more_points_than_columns__the_worst_of_each_is_seen(void **state)
{
    struct draw_point points[310];
    struct drawing d = {.points = points,
                        .n = 310,
                        .from_ms = AT,
                        .step_ms = 60000,
                        .zone = zone_utc(),
                        .width = DRAW_WIDTH};
    (void)state;
    for (size_t i = 0; i < 310; i++)
        points[i] = (struct draw_point){100, DRAW_NONE};
    points[155].value = 400;
    points[156].mark = DRAW_DOWN;
    char *is = draw(&d), *top = strstr(is, "400ms +");
    assert_non_null(top);
    assert_memory_equal(top + 7, "               #\n", 17);
    assert_non_null(strstr(is, "\n                        X\n"));
    mem_free(is);
    d.low_is_bad = true;
    d.unit = DRAW_PERCENT;
    points[155].value = 50;
    is = draw(&d);
    assert_non_null(strstr(is, "   100% +############### ###############\n"));
    mem_free(is);
}

static void times__of_the_wall_clock__also_when_it_is_set_back(void **state)
{
    struct draw_point points[60];
    struct zone *madrid = zoneinfo_load("Europe/Madrid");
    struct drawing d = {.points = points,
                        .n = 60,
                        .from_ms = INT64_C(1792879200000), /* 2026-10-24T22:00Z, midnight there */
                        .step_ms = 600000,
                        .zone = madrid,
                        .width = 69,
                        .utf8 = false};
    (void)state;
    for (size_t i = 0; i < 60; i++)
        points[i] = (struct draw_point){1, DRAW_NONE};
    char *is = draw(&d);
    /* ten hours from midnight on, of which one is there twice */
    assert_non_null(strstr(is, "\n         10-25       02:00             04:00       06:00       "
                               "08:00\n"));
    mem_free(is);
    zone_free(madrid);
}

static void percent__all_of_it_only_when_it_is(void **state)
{
    static const struct {
        double share;
        const char *text;
    } rows[] = {
        {1, "100%"}, {0.9999999, "99.999%"}, {0.99953, "99.953%"}, {0.5, "50%"}, {0.999, "99.9%"},
        {0, "0%"},   {2.0 / 3, "66.666%"},   {NAN, "-"},           {0.97, "97%"}};
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(draw_percent(rows[i].share, text, sizeof text), rows[i].text);
}

static void any_figures__lines_never_wider_than_asked(void **state)
{
    struct dice dice = {2026};
    struct draw_point points[300];
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct drawing d = {.points = points,
                            .n = (size_t)dice_in(&dice, 0, 300),
                            .from_ms = AT + dice_in(&dice, -400, 400) * 86400000 + 7,
                            .step_ms = dice_in(&dice, 1, 1000) * dice_in(&dice, 1, 4000000),
                            .zone = zone_utc(),
                            .unit = (enum draw_unit)dice_in(&dice, 0, 1),
                            .width = (size_t)dice_in(&dice, 0, 200),
                            .utf8 = dice_in(&dice, 0, 1)};
        for (size_t i = 0; i < d.n; i++) {
            points[i].value =
                dice_in(&dice, 0, 3) == 0 ? (double)NAN : pow(10, (double)dice_in(&dice, -4, 7));
            points[i].mark = (enum draw_mark)dice_in(&dice, 0, DRAW_MARKS - 1);
        }
        size_t width = d.width > DRAW_WIDTH ? d.width : DRAW_WIDTH;
        char *is = draw(&d);
        for (const char *at = is; *at != '\0'; at += strcspn(at, "\n") + 1) {
            char *line = mem_strndup(at, strcspn(at, "\n"));
            assert_true(utf8_width(line) <= width);
            mem_free(line);
        }
        mem_free(is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_night__latency__scale_times_gaps_and_downs),
        cmocka_unit_test(availability__from_the_last_round_number_below),
        cmocka_unit_test(next_to_nothing__is_not_nothing),
        cmocka_unit_test(colour__red_where_it_was_down__and_ended_again),
        cmocka_unit_test(more_points_than_columns__the_worst_of_each_is_seen),
        cmocka_unit_test(times__of_the_wall_clock__also_when_it_is_set_back),
        cmocka_unit_test(percent__all_of_it_only_when_it_is),
        cmocka_unit_test(any_figures__lines_never_wider_than_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
