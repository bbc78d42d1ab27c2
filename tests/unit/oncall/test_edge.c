/* test_edge.c - nothing changes before the next edge. */
#include "asking.h"

#include "random.h"

static const char *random_word(struct dice *d, const char *const *words, int n)
{
    return words[dice_in(d, 0, n - 1)];
}

static void random_layer_json(struct dice *d, const char *day, char *dst, size_t size)
{
    static const char *const units[] = {"minute", "hour", "day", "week", "month"};
    static const char *const clocks[] = {"wall", "elapsed"};
    static const char *const gaps[] = {"next", "shift", "before"};
    static const char *const hours[] = {
        "", "'restrict':[{'start':'01:30','end':'02:30'}],",
        "'restrict':[{'days':['sun','mon'],'start':'22:00','end':'02:00'}],",
        "'restrict':[{'from':'sat 23:30','to':'sun 02:15'},{'start':'12:00','end':'12:00'}],"};
    int unit = (int)dice_in(d, 0, 4);
    char bounds[96] = "";
    if (dice_in(d, 0, 2) == 0)
        snprintf(bounds, sizeof bounds, "'from':'%sT%02d:45','until':'%sT11:00',", day,
                 (int)dice_in(d, 0, 5), day);
    snprintf(dst, size,
             "{%s'anchor':'2026-%02d-%02dT%02d:%02d','every':[%d,'%s'],'clock':'%s','gap':'%s',"
             "'advance':'%s',%s'users':['A','B',null,['C','D']],'backwards':%s,'level':%d}",
             bounds, (int)dice_in(d, 1, 12), (int)dice_in(d, 1, 28), (int)dice_in(d, 0, 5),
             (int)dice_in(d, 0, 3) * 15, unit ? (int)dice_in(d, 1, 3) : (int)dice_in(d, 10, 99),
             units[unit], random_word(d, clocks, 2), random_word(d, gaps, 3),
             dice_in(d, 0, 1) ? "active" : "calendar", random_word(d, hours, 4),
             dice_in(d, 0, 1) ? "true" : "false", (int)dice_in(d, 0, 2));
}

/* Overrides and a temporary schedule around `day`, a date with a jump of the clock. */
static void random_schedule_json(struct dice *d, const char *zone, const char *day, char *dst,
                                 size_t size)
{
    static const char *const merges[] = {"top", "union", "level"};
    char layers[2][640];
    for (int i = 0; i < 2; i++)
        random_layer_json(d, day, layers[i], sizeof layers[i]);
    snprintf(dst, size,
             "{'tz':'%s','merge':'%s','layers':[%s,%s],'overrides':["
             "{'start':'%sT%02d:10','end':'%sT14:00','%s':['A','X']},"
             "{'start':'%sT%02d:00','end':'%sT08:00','replace':'B','with':'Y'}],"
             "'temporary':[{'start':'%sT16:00','end':'%sT18:00','shifts':["
             "{'start':'%sT16:30','end':'%sT17:00','user':'T'}]}]}",
             zone, random_word(d, merges, 3), layers[0], layers[1], day, (int)dice_in(d, 0, 5), day,
             random_word(d, (const char *const[]){"set", "add", "remove"}, 3), day,
             (int)dice_in(d, 0, 5), day, day, day, day, day);
}

static bool same(const struct oncall *a, const struct oncall *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!text_eq(a->people[i], b->people[i]))
            return false;
    return true;
}

/* Between an instant and its edge nothing may change, minute by minute; and the change
 * that next_change finds from the start is the first there is. */
static void check_edges(const struct schedule *s, int64_t from_ms, int64_t to_ms, const char *json)
{
    struct oncall first, last, now;
    int64_t changed = INT64_MAX, edge = oncall_next_edge(s, from_ms);
    oncall_who(s, from_ms, &first);
    last = first;
    for (int64_t at = from_ms + MINUTE_MS; at <= to_ms; at += MINUTE_MS) {
        oncall_who(s, at, &now);
        if (changed == INT64_MAX && !same(&first, &now))
            changed = at;
        if (at < edge && !same(&last, &now))
            fail_msg("changed at %lld, before the edge %lld, by %s", (long long)at, (long long)edge,
                     json);
        if (at < edge)
            continue;
        last = now;
        edge = oncall_next_edge(s, at);
        assert_true(edge > at);
    }
    if (oncall_next_change(s, from_ms, to_ms) != changed)
        fail_msg("next change %lld, counted %lld, by %s",
                 (long long)oncall_next_change(s, from_ms, to_ms), (long long)changed, json);
}

static void next_edge__random_schedules_around_jumps__is_never_after_a_change(void **state)
{
    (void)state;
    static char json[4096];
    struct dice d = {271828};
    for (int n = 0; n < 200; n++) {
        const char *name = zones[dice_in(&d, 0, N_ZONES - 1)];
        const struct zone *z = reading_zone(&reading, name);
        int64_t after = year_start_ms() / 1000 + dice_in(&d, 0, 300) * 86400;
        int64_t jump = zone_next_transition(z, after);
        if (jump == INT64_MAX) /* a country gave it up */
            jump = after;
        int64_t from = jump * 1000 - DAY_MS - dice_in(&d, 0, 1440) * MINUTE_MS;
        char day[32];
        rfc3339_format(zone_local(z, jump) * 1000, day, sizeof day);
        day[10] = '\0';
        random_schedule_json(&d, name, day, json, sizeof json);
        struct schedule s = reading_text(&reading, json);
        check_edges(&s, from, from + 3 * DAY_MS, json);
    }
}

static void next_edge__nothing_left_to_change__is_never(void **state)
{
    (void)state;
    struct schedule s =
        reading_text(&reading, "{'tz':'America/New_York','layers':[{'anchor':'2026-01-05T09:00',"
                               "'every':[1,'week'],'users':['A']}]}");
    int64_t anchor = reading_instant(s.zone, "2026-01-05T09:00");
    assert_int_equal(oncall_next_edge(&s, anchor - 1), anchor);
    assert_int_equal(oncall_next_edge(&s, anchor), INT64_MAX);
    assert_int_equal(oncall_next_change(&s, anchor, anchor + 4000 * DAY_MS), INT64_MAX);
    assert_int_equal(oncall_next_change(&s, anchor - 5, anchor - 1), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(next_edge__random_schedules_around_jumps__is_never_after_a_change),
        TEST(next_edge__nothing_left_to_change__is_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
