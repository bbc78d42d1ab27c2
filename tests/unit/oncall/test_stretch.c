/* test_stretch.c - whole stretches, the same whenever they are asked for. */
#include "asking.h"

#include "oncall/stretch.h"

#define EDGES 100000

static struct buf said;

static bool on_stretch(void *arg, const struct stretch *s)
{
    char from[32], to[32];
    size_t *left = arg;

    rfc3339_format(s->start_ms, from, sizeof from);
    rfc3339_format(s->end_ms, to, sizeof to);
    buf_printf(&said, "%s %.13s %.13s\n", s->person, from, to);
    return --*left > 0;
}

static const char *stretches(const struct schedule *s, const char *from, const char *to,
                             size_t most)
{
    buf_clear(&said);
    stretch_each(s, reading_instant(s->zone, from), reading_instant(s->zone, to), EDGES, on_stretch,
                 &most);
    return buf_text(&said);
}

#define DAILY                                                                                      \
    "{'tz':'Etc/UTC','layers':[{'anchor':'2026-01-05T09:00','every':[1,'day'],'users':['A','B']}]"

static void window__inside_of_turns__still_shows_their_true_ends(void **state)
{
    (void)state;
    struct schedule s = reading_text(&reading, DAILY "}");

    assert_string_equal(stretches(&s, "2026-02-01T12:00Z", "2026-02-02T12:00Z", 9),
                        "B 2026-02-01T09 2026-02-02T09\nA 2026-02-02T09 2026-02-03T09\n");
    /* one hour later the first one has not moved */
    assert_string_equal(stretches(&s, "2026-02-01T13:00Z", "2026-02-01T14:00Z", 9),
                        "B 2026-02-01T09 2026-02-02T09\n");
    /* half-open: a turn that ends at the beginning, or begins at the end, is not in it */
    assert_string_equal(stretches(&s, "2026-02-02T09:00Z", "2026-02-03T09:00Z", 9),
                        "A 2026-02-02T09 2026-02-03T09\n");
    assert_string_equal(stretches(&s, "2026-02-01T12:00Z", "2026-02-09T12:00Z", 1),
                        "B 2026-02-01T09 2026-02-02T09\n");
}

static void person__who_stays_while_others_change__has_one_stretch(void **state)
{
    (void)state;
    struct schedule s = reading_text(
        &reading, "{'tz':'Etc/UTC','merge':'union','layers':["
                  "{'anchor':'2026-01-05T00:00','every':[1,'week'],'users':['C','D']},"
                  "{'anchor':'2026-01-05T09:00','every':[1,'day'],'users':['A','B']}]}");

    assert_string_equal(stretches(&s, "2026-01-06T00:00Z", "2026-01-07T00:00Z", 9),
                        "A 2026-01-05T09 2026-01-06T09\nB 2026-01-06T09 2026-01-07T09\n"
                        "C 2026-01-05T00 2026-01-12T00\n");
}

static void override__cuts_a_stretch_in_two(void **state)
{
    (void)state;
    struct schedule s = reading_text(
        &reading, DAILY ",'overrides':[{'start':'2026-02-01T12:00Z','end':'2026-02-01T14:00Z',"
                        "'set':'C'}]}");

    assert_string_equal(stretches(&s, "2026-02-01T12:00Z", "2026-02-01T20:00Z", 9),
                        "C 2026-02-01T12 2026-02-01T14\nB 2026-02-01T14 2026-02-02T09\n");
}

static void stretch__without_an_end__begins_with_a_year_and_ends_with_the_window(void **state)
{
    (void)state;
    struct schedule s = reading_text(&reading, "{'tz':'Etc/UTC','layers':[{'anchor':"
                                               "'2010-01-05T09:00','every':[1,'day'],"
                                               "'users':['A']}]}");

    assert_string_equal(stretches(&s, "2026-02-01T12:00Z", "2026-03-01T00:00Z", 9),
                        "A 2024-01-01T00 2026-03-01T00\n");
    assert_string_equal(stretches(&s, "2026-09-01T12:00Z", "2026-10-01T00:00Z", 9),
                        "A 2025-01-01T00 2026-10-01T00\n");
}

static void turns_of_a_second__end_with_the_edges(void **state)
{
    (void)state;
    struct schedule s = reading_text(&reading, "{'tz':'Etc/UTC','layers':[{'anchor':"
                                               "'2026-01-05T09:00','every':[1,'second'],"
                                               "'users':['A','B']}]}");
    size_t lines = 0;

    for (const char *p = stretches(&s, "2026-02-01T12:00Z", "2026-03-01T00:00Z", SIZE_MAX); *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, EDGES);
}

/* Each line of the second half is one of the whole: a stretch looks the same from everywhere. */
static void stretches__of_a_later_window__are_among_those_of_a_wider(void **state)
{
    static char whole[1 << 16];
    (void)state;
    for (size_t i = 0; i < N_ZONES; i++) {
        char json[300];
        snprintf(json, sizeof json,
                 "{'tz':'%s','layers':[{'anchor':'2026-01-05T09:00','every':[1,'day'],"
                 "'users':['A',['A','B'],null,'C']}]}",
                 zones[i]);
        struct schedule s = reading_text(&reading, json);

        text_copy(whole, sizeof whole, stretches(&s, "2026-03-01T00:00", "2026-05-01T00:00", 999));
        const char *late = stretches(&s, "2026-04-01T00:00", "2026-05-01T00:00", 999);

        assert_true(strlen(late) > 500);
        assert_true(text_ends(whole, late));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(window__inside_of_turns__still_shows_their_true_ends),
        TEST(person__who_stays_while_others_change__has_one_stretch),
        TEST(override__cuts_a_stretch_in_two),
        TEST(stretch__without_an_end__begins_with_a_year_and_ends_with_the_window),
        TEST(turns_of_a_second__end_with_the_edges),
        TEST(stretches__of_a_later_window__are_among_those_of_a_wider),
    };
    buf_init(&said, 1 << 24);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    buf_done(&said);
    return rc;
}
