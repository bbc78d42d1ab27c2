/* test_page.c - a real test notification from this very process; the daemon need not run. */
#include <stdio.h>
#include <string.h>

#include "app/test_page.h"
#include "base/json.h"
#include "cli.h"
#include "config/load.h"
#include "world.h"

struct test_run {
    struct world world;
    char *json;
    bool ok;
};

static void on_tested(void *arg, const char *json, bool ok)
{
    struct test_run *t = arg;

    t->json = mem_strdup(json);
    t->ok = ok;
    world_stop(&t->world);
}

static void print_outcomes(const char *json)
{
    static const char *const heads[] = {"CHANNEL", "OUTCOME", "STATUS", "TOOK", "ERROR"};
    struct table *t = table_new(5, heads);
    struct jv *list = NULL;

    if (jv_parse(json, strlen(json), &list, NULL) < 0)
        list = NULL;
    for (size_t i = 0; i < jv_len(list); i++) {
        const struct jv *o = jv_at(list, i);
        const char *outcome = jv_get_text(o, "outcome"), *error = jv_get_text(o, "error");
        char status[16], took[32];

        snprintf(status, sizeof status, "%d", (int)jv_get_int(o, "status", 0));
        snprintf(took, sizeof took, "%d ms", (int)jv_get_int(o, "took_ms", 0));
        table_add(t, (const char *[]){jv_get_text(o, "channel"), outcome, status, took, error});
        table_tint(t, 1, strcmp(outcome, "accepted") == 0 ? 'g' : 'r');
    }
    table_print(t, cli_colour(1));
    table_free(t);
    jv_free(list);
}

static int send_tests(const struct args *a, const struct config *c)
{
    struct test_run t = {.ok = false};
    struct err e;

    if (world_init(&t.world, c->web.public_url, &e) < 0) {
        fprintf(stderr, "midwatch test-page: %s\n", e.text);
        return EXIT_UNREACHABLE;
    }
    if (test_page(c, t.world.notifier, a->words[0], on_tested, &t, &e) < 0) {
        fprintf(stderr, "midwatch test-page: %s\n", e.text);
        world_stop(&t.world);
    }
    world_run(&t.world);
    world_done(&t.world);
    if (t.json && a->json)
        puts(t.json);
    else if (t.json)
        print_outcomes(t.json);
    mem_free(t.json);
    return t.ok ? EXIT_GOOD : EXIT_NO;
}

static int run(const struct args *a)
{
    struct config *c;
    int rc;

    if (cli_load(a, &c) < 0)
        return EXIT_NO;
    rc = send_tests(a, c);
    config_free(c);
    return rc;
}

const struct command command_test_page = {
    .name = "test-page",
    .words = "PERSON|CHANNEL",
    .least = 1,
    .most = 1,
    .summary = "send a real test notification",
    .help =
        "To one channel, or to every channel of a person's rules, an attempt each, and says what\n"
        "became of it. Exit status 1 unless all were accepted.",
    .run = run,
};
