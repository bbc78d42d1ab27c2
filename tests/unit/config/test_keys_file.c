/* test_keys_file.c - the top of the file, store and web: what holds when little is said. */
#include "loading.h"

#define MONITOR "monitors:\n  - name: a\n    http: http://h/\n"
#define CHANNEL "channels:\n  hook: { type: webhook, url: http://h/ }\n"

static void smallest_file__has_all_defaults(void **state)
{
    (void)state;
    struct config *c =
        must_load("monitors: [ { name: site, http: https://example.com } ]\n" CHANNEL);
    assert_string_equal(c->name, "midwatch");
    assert_string_equal(c->region, "local");
    assert_string_equal(c->store.url, "embedded");
    assert_string_equal(c->store.shown_url, "embedded");
    assert_string_equal(c->store.dir, "./midwatch-data");
    assert_int_equal(c->store.retention.raw_ms, 48 * 3600 * 1000LL);
    assert_int_equal(c->store.retention.incidents_ms, 400 * 86400 * 1000LL);
    assert_true(c->store.queue_max > 0 && c->store.spool_max > 0);
    assert_true(c->store.connect_timeout_ms > 0 && c->store.command_timeout_ms > 0);
    assert_string_equal(c->web.listen, "127.0.0.1:8686");
    assert_null(c->web.public_url);
    assert_int_equal(strlen(c->digest), 16);
    assert_int_equal(c->storm.incidents, 10);
    assert_int_equal(c->storm.within_ms, 60000);
    assert_int_equal(c->storm.share, 50);
    assert_null(c->dead_man.url.bytes);
    assert_int_equal(c->n_canaries + c->n_regions + c->n_holidays + c->n_windows, 0);

    const struct monitor *m = config_monitor(c, "site");
    assert_non_null(m);
    assert_string_equal(m->kind, "http");
    assert_string_equal(m->http.url, "https://example.com");
    assert_string_equal(m->http.method, "GET");
    assert_int_equal(m->http.max_redirects, 10);
    assert_false(m->http.insecure || m->http.reuse);
    assert_int_equal(m->interval_ms, 60000);
    assert_int_equal(m->retry_interval_ms, 60000);
    assert_int_equal(m->timeout_ms, 10000);
    assert_int_equal(m->fail_after, 2);
    assert_int_equal(m->recover_after, 2);
    assert_int_equal(m->severity, SEVERITY_CRITICAL);
    assert_true(m->enabled);
    config_free(c);
}

static void word_that_means_no__stays_a_name(void **state)
{
    (void)state;
    struct config *c =
        must_load("name: no\nmonitors: [ { name: off, http: http://h/, enabled: Off } ]\n" CHANNEL);
    assert_string_equal(c->name, "no");
    assert_string_equal(c->monitors[0].name, "off");
    assert_false(c->monitors[0].enabled);
    config_free(c);
}

static void restart__needed_for_what_is_read_at_start_only(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {CHANNEL, NULL},
        {CHANNEL MONITOR, NULL},
        {CHANNEL "web: { public_url: http://h }\n", NULL},
        {CHANNEL "name: other\n", "name"},
        {CHANNEL "web: { listen: \"127.0.0.1:1\" }\n", "listen"},
        {CHANNEL "store: { url: redis://h }\n", "url"},
        {CHANNEL "store: { spool_max: 1MB }\n", "spool_max"},
        {CHANNEL "store: { retention: { raw: 2d } }\n", NULL},
        {CHANNEL "storm: { incidents: 0 }\nholidays: 2026-12-25\ndead_man: http://h/\n", NULL},
        {CHANNEL "region: fra\nregions: [fra, nyc]\n", "region"},
    };
    struct config *running = must_load(CHANNEL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *next = must_load(cases[i][0]);
        const char *key = config_needs_restart(running, next);
        assert_true(text_eq(key, cases[i][1]));
        config_free(next);
    }
    config_free(running);
}

static void whole_house__every_key_arrives(void **state)
{
    (void)state;
    struct config *c =
        must_load(CHANNEL "region: nyc\nregions: [fra, nyc]\n"
                          "storm: { incidents: 0, within: 2m, share: 0 }\n"
                          "canaries: [\"1.1.1.1:443\", \"[2606:4700::1111]:853\", gateway.lan:53]\n"
                          "dead_man: { url: \"${env:HOOK}\", every: 5m }\n"
                          "holidays: [2027-01-01, 2026-12-25, 1969-12-31, 2026-12-25]\n");
    assert_int_equal(c->n_regions, 2);
    assert_string_equal(c->regions[1], "nyc");
    assert_int_equal(c->storm.incidents + c->storm.share, 0);
    assert_int_equal(c->storm.within_ms, 120000);
    assert_int_equal(c->n_canaries, 3);
    assert_string_equal(c->canaries[1].host, "2606:4700::1111");
    assert_int_equal(c->canaries[1].port, 853);
    assert_string_equal(c->canaries[2].host, "gateway.lan");
    assert_string_equal(c->dead_man.url.bytes, "https://hooks.example/T0/tok3n");
    assert_string_equal(c->dead_man.shown_url, "***");
    assert_int_equal(c->dead_man.every_ms, 300000);
    assert_int_equal(c->n_holidays, 3);
    assert_int_equal(c->holidays[0], -1);
    assert_int_equal(c->holidays[1], 20812);
    assert_int_equal(c->holidays[2], 20819);
    config_free(c);
}

static void dead_man__a_plain_url_will_do(void **state)
{
    (void)state;
    struct config *c = must_load(CHANNEL "dead_man: https://hc.example/ping/made-up\n");
    assert_string_equal(c->dead_man.shown_url, "https://hc.example");
    assert_int_equal(c->dead_man.every_ms, 60000);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest_file__has_all_defaults),
        cmocka_unit_test(whole_house__every_key_arrives),
        cmocka_unit_test(dead_man__a_plain_url_will_do),
        cmocka_unit_test(word_that_means_no__stays_a_name),
        cmocka_unit_test(restart__needed_for_what_is_read_at_start_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
