/* test_link_monitors.c - whose windows, what depends on what. Circles: faults.txt. */
#include "loading.h"

#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static void dependencies__point_to_their_monitors(void **state)
{
    (void)state;
    struct config *c =
        must_load(CHANNEL "monitors:\n"
                          "  - { name: api, http: http://h/, depends_on: [db, net] }\n"
                          "  - { name: db, http: http://h/, depends_on: net }\n"
                          "  - { name: net, http: http://h/, depends_on: [] }\n");
    const struct monitor *api = config_monitor(c, "api"), *net = config_monitor(c, "net");
    assert_int_equal(api->n_depends_on, 2);
    assert_ptr_equal(api->depends_on[0], config_monitor(c, "db"));
    assert_ptr_equal(api->depends_on[1], net);
    assert_ptr_equal(config_monitor(c, "db")->depends_on[0], net);
    assert_int_equal(net->n_depends_on, 0);
    config_free(c);
}

/* Neither recursion nor quadratic work: as many monitors as one likes, in one chain. */
static void dependencies__long_chain__is_no_circle(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 22);
    buf_str(&b, CHANNEL "defaults: { interval: 1h }\nmonitors:\n");
    for (int i = 0; i < 20000; i++)
        buf_printf(&b,
                   "  - { name: m%d, http: http://h/, depends_on: [m%d], maintenance: [ { days: "
                   "[sun], time_zone: UTC } ] }\n",
                   i, i + 1);
    buf_str(&b, "  - { name: m20000, http: http://h/ }\n");
    struct config *c = must_load(buf_text(&b));
    assert_int_equal(c->n_windows, 20000);
    assert_ptr_equal(c->monitors[19999].depends_on[0], config_monitor(c, "m20000"));
    assert_ptr_equal(c->monitors[7].windows[0], &c->windows[7]);
    config_free(c);
    buf_done(&b);
}

/* A ladder of pairs: 2^60 ways from its foot to its top. */
static void dependencies__many_ways__each_monitor_is_walked_once(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_str(&b, CHANNEL "monitors:\n");
    for (int i = 0; i < 60; i++)
        for (char side = 'a'; side <= 'b'; side++)
            buf_printf(&b, "  - { name: %c%d, http: http://h/, depends_on: [a%d, b%d] }\n", side, i,
                       i + 1, i + 1);
    buf_str(&b, "  - { name: a60, http: http://h/ }\n  - { name: b60, http: http://h/ }\n");
    struct config *c = must_load(buf_text(&b));
    assert_int_equal(c->n_monitors, 122);
    config_free(c);
    buf_done(&b);
}

static void windows_of_the_file__are_given_to_those_they_fit(void **state)
{
    (void)state;
    struct config *c = must_load(
        CHANNEL
        "monitors:\n"
        "  - { name: a, http: http://h/, group: core, maintenance: [ { days: [mon], "
        "time_zone: UTC } ] }\n"
        "  - { name: b, http: http://h/, group: core, severity: info, labels: { team: x } }\n"
        "  - { name: c, http: http://h/ }\n"
        "maintenance:\n"
        "  - { days: [tue], time_zone: UTC }\n"
        "  - { match: { group: core }, days: [wed], time_zone: UTC }\n"
        "  - { match: { team: x, severity: info }, days: [thu], time_zone: UTC }\n"
        "  - { match: { monitor: c }, days: [fri], time_zone: UTC }\n");
    static const unsigned days[3][3] = {{1, 2, 4}, {2, 4, 8}, {2, 16, 0}};
    assert_int_equal(c->n_windows, 5);
    for (size_t i = 0; i < 3; i++) {
        const struct monitor *m = &c->monitors[i];
        assert_int_equal(m->n_windows, i == 2 ? 2 : 3);
        for (size_t k = 0; k < m->n_windows; k++)
            assert_int_equal(m->windows[k]->hours->days, days[i][k]);
    }
    config_free(c);
}

static void warnings__tell_what_can_never_work(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {CHANNEL "monitors:\n  - { name: db, http: http://h/, enabled: false }\n"
                 "  - { name: api, http: http://h/, depends_on: [db] }\n",
         "5:48: `db` is not enabled: it never holds anything back\n"},
        {CHANNEL "monitors: [ { name: db, http: http://h/ } ]\n"
                 "maintenance:\n  - { match: { group: core }, days: [sun], time_zone: UTC }\n",
         "5:5: this window fits no monitor\n"},
        {CHANNEL "maintenance:\n  - { match: { group: core }, days: [sun], time_zone: UTC }\n", ""},
        {CHANNEL
         "monitors: [ { name: db, http: http://h/, labels: { team: x } } ]\n"
         "policies:\n  default: { steps: [ { notify: \"channel:hook\" } ], group_by: [team, "
         "severity, taem] }\n",
         "5:80: `group_by`: no monitor has a label `taem`\n"},
        {CHANNEL
         "monitors: [ { name: db, http: http://h/ } ]\n"
         "slos: [ { name: a, monitors: db, objective: 99% } ]\n"
         "policies:\n  default: { steps: [ { notify: \"channel:hook\" } ], group_by: [slo] }\n",
         ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *said = complaints_of(cases[i][0], strlen(cases[i][0]), true);
        assert_string_equal(said, cases[i][1]);
        mem_free(said);
        config_free(must_load(cases[i][0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dependencies__point_to_their_monitors),
        cmocka_unit_test(dependencies__long_chain__is_no_circle),
        cmocka_unit_test(dependencies__many_ways__each_monitor_is_walked_once),
        cmocka_unit_test(windows_of_the_file__are_given_to_those_they_fit),
        cmocka_unit_test(warnings__tell_what_can_never_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
