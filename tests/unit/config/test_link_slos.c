/* test_link_slos.c - who hears of an SLO, and whose it is. */
#include <stdio.h>

#include "loading.h"

#define FILE_HEAD                                                                                  \
    "monitors:\n"                                                                                  \
    "  - { name: api, http: http://h/, group: core, labels: { team: pay, tier: one } }\n"          \
    "  - { name: cart, http: http://h/, group: core, labels: { team: pay, tier: two } }\n"         \
    "  - { name: db, http: http://h/, policy: night }\n"                                           \
    "channels: { hook: { type: webhook, url: http://h/ } }\n"                                      \
    "policies:\n  default: { steps: [ { notify: \"channel:hook\" } ] }\n"                          \
    "  night: { steps: [ { notify: \"channel:hook\" } ] }\n"                                       \
    "  slow: { steps: [ { notify: \"channel:hook\" } ] }\n"

/* Routes see what all monitors have in common, and `slo`; then the policy they all have. */
static void policies__by_route_by_monitors_or_default(void **state)
{
    static const struct {
        const char *slo, *routes, *page, *ticket;
    } rows[] = {
        {"monitors: db", "", "night", "night"},
        {"monitors: [db, api]", "", "default", "default"},
        {"group: core", "routes: [ { match: { team: pay, severity: warning }, policy: slow } ]\n",
         "default", "slow"},
        {"group: core", "routes: [ { match: { tier: one }, policy: slow } ]\n", "default",
         "default"}, /* not of both */
        {"group: core", "routes: [ { match: { slo: x }, policy: slow } ]\n", "slow", "slow"},
        {"monitors: api", "routes: [ { match: { monitor: api }, policy: slow } ]\n", "slow",
         "slow"},
        {"group: core",
         "routes: [ { match: { group: core, severity: critical }, policy: night } ]\n", "night",
         "night"}, /* the route is its monitors' own */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[2000];
        struct config *c;

        snprintf(yaml, sizeof yaml, FILE_HEAD "%sslos: [ { name: x, %s, objective: 99%% } ]\n",
                 rows[i].routes, rows[i].slo);
        c = must_load(yaml);
        assert_string_equal(config_slo(c, "x")->page_policy->name, rows[i].page);
        assert_string_equal(config_slo(c, "x")->ticket_policy->name, rows[i].ticket);
        config_free(c);
    }
}

static void monitors__by_group_or_labels__in_the_order_of_the_file(void **state)
{
    struct config *c = must_load(FILE_HEAD "slos: [ { name: g, group: core, objective: 99% },\n"
                                           "        { name: m, match: {}, objective: 99% } ]\n");
    const struct slo *g = config_slo(c, "g"), *m = config_slo(c, "m");

    (void)state;
    assert_int_equal(g->n_monitors, 2);
    assert_string_equal(g->monitors[0]->name, "api");
    assert_string_equal(g->monitors[1]->name, "cart");
    assert_int_equal(m->n_monitors, 3); /* an empty mapping fits everything, as in routes */
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies__by_route_by_monitors_or_default),
        cmocka_unit_test(monitors__by_group_or_labels__in_the_order_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
