/* The exposition format: names, escaping, numbers, and the document beside the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "format/metrics.h"

static char *file(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL)
        fail_msg("%s cannot be read; run from the top of the tree", path);
    char *text = mem_alloc(1 << 20);
    text[fread(text, 1, (1 << 20) - 1, f)] = 0;
    fclose(f);
    return text;
}

/* Every `name` of `text` that stands between two back-quotes at the beginning of a row. */
static bool documented(const char *text, const char *name)
{
    char row[128];

    snprintf(row, sizeof row, "\n| `%s` | ", name);
    return strstr(text, row) != NULL;
}

static void family__each__is_named_typed_and_told(void **state)
{
    (void)state;
    for (int m = 0; m < METRIC_COUNT; m++) {
        const struct metric_family *f = &metric_families[m];
        bool counter = strcmp(f->type, "counter") == 0;

        assert_non_null(f->name);
        assert_true(strncmp(f->name, "midwatch_", 9) == 0 || strncmp(f->name, "process_", 8) == 0);
        assert_int_equal(strspn(f->name, "abcdefghijklmnopqrstuvwxyz_"), strlen(f->name));
        assert_true(counter || strcmp(f->type, "gauge") == 0);
        assert_int_equal(counter, strcmp(f->name + strlen(f->name) - 6, "_total") == 0);
        assert_null(strpbrk(f->help, "\\\n"));
        for (int k = 0; k < m; k++)
            assert_string_not_equal(f->name, metric_families[k].name);
    }
}

static void family__each__has_a_row_of_its_type_in_the_document(void **state)
{
    char *text = file("docs/metrics.md");
    (void)state;
    for (int m = 0; m < METRIC_COUNT; m++) {
        char row[160];

        snprintf(row, sizeof row, "\n| `%s` | %s |", metric_families[m].name,
                 metric_families[m].type);
        if (strstr(text, row) == NULL)
            fail_msg("docs/metrics.md has no row %s", row + 1);
    }
    mem_free(text);
}

/* The daemon's own families are not in the table but in the text of app/metrics.c. */
static void document__each_row__has_a_family(void **state)
{
    char *text = file("docs/metrics.md"), *app = file("src/app/metrics.c");
    (void)state;
    for (char *at = text; (at = strstr(at, "\n| `")) != NULL;) {
        char name[128], quoted[132];
        size_t n = strcspn(at += 4, "`");
        bool found = false;

        snprintf(name, sizeof name, "%.*s", (int)n, at);
        snprintf(quoted, sizeof quoted, "\"%s\"", name);
        for (int m = 0; m < METRIC_COUNT; m++)
            found = found || strcmp(metric_families[m].name, name) == 0;
        if (!found && strstr(app, quoted) == NULL)
            fail_msg("docs/metrics.md tells of %s, which there is not", name);
    }
    for (char *at = app; (at = strstr(at, "\"midwatch_")) != NULL;) {
        char name[128];
        size_t n = strspn(++at, "abcdefghijklmnopqrstuvwxyz_");

        snprintf(name, sizeof name, "%.*s", (int)n, at);
        if (at[n] == '"' && !documented(text, name))
            fail_msg("docs/metrics.md has no row for %s of src/app/metrics.c", name);
    }
    mem_free(text);
    mem_free(app);
}

static void numbers__exact_decimals_without_trailing_zeros(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "0"},
        {1, "0.000001"},
        {1000000, "1"},
        {1500000, "1.5"},
        {-250000, "-0.25"},
        {123456789, "123.456789"},
        {10000000, "10"},
        {INT64_MAX, "9223372036854.775807"},
        {INT64_MIN, "-9223372036854.775808"},
    };
    struct buf out;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char want[128];

        buf_init(&out, 1024);
        metrics_micros(&out, METRIC_LOOP_LATE, "", cases[i].us);
        snprintf(want, sizeof want, "midwatch_loop_late_seconds %s\n", cases[i].text);
        assert_string_equal(buf_text(&out), want);
        buf_done(&out);
    }
    buf_init(&out, 1024);
    metrics_millis(&out, METRIC_LOOP_LATE, "", 1795316645678);
    metrics_int(&out, METRIC_STORE_QUEUE, "", -7);
    assert_string_equal(buf_text(&out), "midwatch_loop_late_seconds 1795316645.678\n"
                                        "midwatch_store_queue_bytes -7\n");
    buf_done(&out);
}

/* The way back, as the format's description has it. */
static void unescape(const char *s, char *dst)
{
    for (; *s != '"'; s++) {
        if (*s == '\\') {
            s++;
            *dst++ = *s == 'n' ? '\n' : *s;
        } else {
            *dst++ = *s;
        }
    }
    *dst = 0;
}

static void label__any_bytes__read_back_the_same(void **state)
{
    static const char alphabet[] = "ab\\\"\n{},=n\xc3\xa9";
    unsigned seed = 1;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        char value[24], back[64];
        size_t n = 0;
        struct buf labels;

        for (seed = seed * 1103515245u + 12345u; n < (seed >> 16) % 20u; n++)
            value[n] = alphabet[((seed >> 8) + n * 7u) % (sizeof alphabet - 1)];
        value[n] = 0;
        buf_init(&labels, 1024);
        metrics_label(&labels, "l", value);
        assert_null(strchr(buf_text(&labels), '\n'));
        unescape(buf_text(&labels) + 3, back);
        assert_string_equal(back, value);
        buf_done(&labels);
    }
}

static void line__with_labels_and_a_word__stands_as_prometheus_reads_it(void **state)
{
    struct buf labels, out;
    (void)state;
    buf_init(&labels, 1024);
    buf_init(&out, 1024);
    metrics_label(&labels, "monitor", "a\"b");
    metrics_label(&labels, "group", "");
    metrics_family(&out, METRIC_MONITOR_STATE);
    metrics_int_by(&out, METRIC_MONITOR_STATE, buf_text(&labels),
                   (struct metrics_word){"state", "up"}, 1);
    metrics_int_by(&out, METRIC_MONITORS, "", (struct metrics_word){"state", "up"}, 1);
    metrics_micros_by(&out, METRIC_PROBE_PHASE, "a=\"b\"", (struct metrics_word){"phase", "tls"},
                      5);
    assert_string_equal(
        buf_text(&out),
        "# HELP midwatch_monitor_state 1 for the state a monitor is in; one series a monitor.\n"
        "# TYPE midwatch_monitor_state gauge\n"
        "midwatch_monitor_state{monitor=\"a\\\"b\",group=\"\",state=\"up\"} 1\n"
        "midwatch_monitors{state=\"up\"} 1\n"
        "midwatch_probe_phase_duration_seconds{a=\"b\",phase=\"tls\"} 0.000005\n");
    buf_done(&labels);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(family__each__is_named_typed_and_told),
        cmocka_unit_test(family__each__has_a_row_of_its_type_in_the_document),
        cmocka_unit_test(document__each_row__has_a_family),
        cmocka_unit_test(numbers__exact_decimals_without_trailing_zeros),
        cmocka_unit_test(label__any_bytes__read_back_the_same),
        cmocka_unit_test(line__with_labels_and_a_word__stands_as_prometheus_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
