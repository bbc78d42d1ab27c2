/* The status page: its sentence, its order, and that nothing foreign gets out of its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/page.h"

#define NOW INT64_C(1795316645678) /* 2026-11-22T03:04:05.678Z */

static struct page_monitor monitor(const char *name, const char *group, enum monitor_state state)
{
    return (struct page_monitor){.name = name,
                                 .group = group,
                                 .state = state,
                                 .latency_us = 41800,
                                 .reason = state == MONITOR_DOWN ? REASON_CONNECT : REASON_OK,
                                 .since_ms = NOW - 7500000};
}

static const char *render(const struct page *p)
{
    static struct buf out;

    buf_done(&out);
    buf_init(&out, 1 << 20);
    page_write(&out, p);
    return buf_text(&out);
}

static void sentence__counts_what_is_not_up(void **state)
{
    static const struct {
        enum monitor_state states[4];
        size_t n;
        const char *text;
    } cases[] = {
        {{0}, 0, "Nothing is monitored yet"},
        {{MONITOR_UP}, 1, "The monitor is up"},
        {{MONITOR_UP, MONITOR_UP, MONITOR_UP}, 3, "All 3 monitors are up"},
        {{MONITOR_UP, MONITOR_DOWN, MONITOR_UP}, 3, "1 of 3 monitors is down"},
        {{MONITOR_DOWN, MONITOR_DOWN, MONITOR_DEGRADED},
         3,
         "2 of 3 monitors are down, 1 is degraded"},
        {{MONITOR_UP, MONITOR_UNKNOWN, MONITOR_PENDING, MONITOR_PENDING},
         4,
         "1 of 4 monitors is unknown, 2 are not checked yet"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page_monitor m[4];
        char text[200];

        for (size_t k = 0; k < cases[i].n; k++)
            m[k] = monitor("x", NULL, cases[i].states[k]);
        struct page p = {.title = "t", .now_ms = NOW, .monitors = m, .n_monitors = cases[i].n};
        assert_string_equal(page_sentence(&p, text, sizeof text), cases[i].text);
        assert_non_null(strstr(render(&p), cases[i].text));
    }
}

static void row__of_a_monitor_that_is_down__says_it_in_words(void **state)
{
    struct page_monitor m = monitor("api", "core", MONITOR_DOWN);
    const char *html =
        render(&(struct page){.title = "acme", .now_ms = NOW, .monitors = &m, .n_monitors = 1});
    (void)state;
    assert_non_null(strstr(html, "<h2>core</h2>"));
    assert_non_null(strstr(
        html, "<tr><th scope=\"row\">api</th><td class=\"down\">down: connect</td>"
              "<td><time datetime=\"2026-11-22T00:59:05Z\">2026-11-22 00:59 UTC</time> (2h5m)</td>"
              "<td class=\"latency\">41.8ms</td></tr>"));
    assert_non_null(strstr(html, "<p class=\"sentence down\" role=\"status\">"));
    assert_non_null(strstr(html, "<html lang=\"en\">"));
    assert_non_null(strstr(html, "<main>"));
    assert_non_null(strstr(html, "<caption>"));
    assert_non_null(strstr(html, "<th scope=\"col\">"));
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "://")); /* no assets, no targets */
}

static void groups__stand_together_in_the_order_they_first_come(void **state)
{
    struct page_monitor m[] = {monitor("a1", "alpha", MONITOR_UP),
                               monitor("b1", "beta", MONITOR_UP),
                               monitor("a2", "alpha", MONITOR_UP), monitor("n1", NULL, MONITOR_UP)};
    const char *html =
        render(&(struct page){.title = "t", .now_ms = NOW, .monitors = m, .n_monitors = 4});
    const char *a1 = strstr(html, ">a1<"), *a2 = strstr(html, ">a2<"), *b1 = strstr(html, ">b1<"),
               *n1 = strstr(html, ">n1<");
    (void)state;
    assert_true(a1 && a2 && b1 && n1 && a1 < a2 && a2 < b1 && b1 < n1);
    assert_non_null(strstr(html, "<h2>Monitors</h2>"));
}

static void incident__of_midwatch_itself__is_told_by_name_and_reason_only(void **state)
{
    struct page_incident i[] = {{.monitor = NULL,
                                 .severity = SEVERITY_CRITICAL,
                                 .reason = REASON_LOCAL,
                                 .started_ms = NOW - 1000},
                                {.monitor = "api",
                                 .severity = SEVERITY_WARNING,
                                 .state = INCIDENT_ACKNOWLEDGED,
                                 .reason = REASON_TLS,
                                 .started_ms = NOW}};
    const char *html =
        render(&(struct page){.title = "t", .now_ms = NOW, .incidents = i, .n_incidents = 2});
    (void)state;
    assert_non_null(
        strstr(html, "<th scope=\"row\">midwatch itself</th><td class=\"critical\">critical</td>"
                     "<td class=\"state\">triggered</td><td class=\"reason\">local</td>"));
    assert_non_null(
        strstr(html, "<td class=\"state\">acknowledged</td><td class=\"reason\">tls</td>"));
}

static void incident__held_or_snoozed__is_shown_as_such(void **state)
{
    struct page_incident i[] = {
        {.monitor = "api", .state = INCIDENT_TRIGGERED, .hold = HOLD_SILENCE, .started_ms = NOW},
        {.monitor = "db",
         .state = INCIDENT_SNOOZED,
         .snoozed_until_ms = NOW + 7200000,
         .started_ms = NOW}};
    const char *html =
        render(&(struct page){.title = "t", .now_ms = NOW, .incidents = i, .n_incidents = 2});
    (void)state;
    assert_non_null(strstr(html, "<td class=\"state\">triggered, nobody is woken: silence</td>"));
    assert_non_null(strstr(html, "<td class=\"state\">snoozed until <time datetime=\""
                                 "2026-11-22T05:04:05Z\">2026-11-22 05:04 UTC</time></td>"));
}

static void maintenance__under_way__is_told_with_its_end(void **state)
{
    struct page_monitor m[] = {monitor("api", NULL, MONITOR_DOWN), monitor("db", NULL, MONITOR_UP)};
    struct page p = {.title = "t",
                     .now_ms = NOW,
                     .monitors = m,
                     .n_monitors = 2,
                     .maintenance_ends_ms = NOW + 7200000};
    (void)state;
    assert_null(strstr(render(&p), "aintenance is under way"));
    m[0].maintenance = true;
    assert_non_null(strstr(render(&p), "Maintenance is under way for 1 monitor, until <time "
                                       "datetime=\"2026-11-22T05:04:05Z\">"));
    assert_non_null(strstr(render(&p), "<td class=\"down\">down: connect (maintenance)</td>"));
    m[1].maintenance = true;
    p.maintenance_ends_ms = INT64_MAX;
    assert_non_null(strstr(render(&p), "Maintenance is under way for 2 monitors.</p>"));
    assert_non_null(strstr(render(&p), "<td class=\"up\">up (maintenance)</td>"));
}

/* Between `<` and `>` only our own words may stand: every tag of a hostile page is one of a tame
 * page. */
static void text__hostile__makes_no_tag_and_ends_no_attribute(void **state)
{
    static const char evil[] = "</title><script>alert('x')</script>\"&<!--";
    struct page_monitor m = monitor(evil, evil, MONITOR_DOWN);
    struct page_incident i = {.monitor = evil};
    const char *html = render(&(struct page){.title = evil,
                                             .now_ms = NOW,
                                             .monitors = &m,
                                             .n_monitors = 1,
                                             .incidents = &i,
                                             .n_incidents = 1});
    (void)state;
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<!--"));
    assert_null(strstr(html, "alert('"));
    assert_non_null(strstr(
        html, "&lt;/title&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;&lt;!--"));
}

static void page__of_a_thousand_monitors__fits(void **state)
{
    static struct page_monitor m[1000];
    const char *html;
    (void)state;
    for (size_t i = 0; i < 1000; i++)
        m[i] = monitor("a-name-of-usual-length", i % 2 ? "even" : "odd", MONITOR_UP);
    html = render(&(struct page){.title = "t", .now_ms = NOW, .monitors = m, .n_monitors = 1000});
    assert_true(strlen(html) < 250000);
    assert_non_null(strstr(html, "</html>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentence__counts_what_is_not_up),
        cmocka_unit_test(row__of_a_monitor_that_is_down__says_it_in_words),
        cmocka_unit_test(groups__stand_together_in_the_order_they_first_come),
        cmocka_unit_test(incident__of_midwatch_itself__is_told_by_name_and_reason_only),
        cmocka_unit_test(incident__held_or_snoozed__is_shown_as_such),
        cmocka_unit_test(maintenance__under_way__is_told_with_its_end),
        cmocka_unit_test(text__hostile__makes_no_tag_and_ends_no_attribute),
        cmocka_unit_test(page__of_a_thousand_monitors__fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
