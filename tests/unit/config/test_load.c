/* test_load.c - a large file takes its share of time, and no more. */
#include <time.h>

#include "loading.h"

#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static double cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

static void ten_thousand_monitors__read_without_quadratic_steps(void **state)
{
    (void)state;
    double took[2];
    for (int round = 0; round < 2; round++) {
        struct buf b;
        struct config *c = NULL;
        struct diagnostics d;
        int n = round == 0 ? 1000 : 10000;
        buf_init(&b, 1 << 22);
        buf_str(&b, CHANNEL "monitors:\n");
        for (int i = 0; i < n; i++)
            buf_printf(&b,
                       "  - name: m%d\n    http: http://h%d.example/healthz\n    interval: 1h\n"
                       "    expect: [latency < 800ms]\n    labels: { team: t%d }\n",
                       i, i, i % 10);
        double began = cpu_ms();
        assert_int_equal(config_parse("f.yaml", b.p, b.len, &PRETEND, &c, &d), 0);
        took[round] = cpu_ms() - began;
        assert_non_null(config_monitor(c, "m999"));
        config_free(c);
        diagnostics_done(&d);
        buf_done(&b);
    }
    assert_true(took[1] < 40 * took[0] + 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_monitors__read_without_quadratic_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
