/* deliveries.c - the ledger: who was told what, by which channel, and did it arrive? */
#include <stdio.h>
#include <string.h>

#include "loop/loop.h"
#include "show.h"

enum { OPTION_INCIDENT };
static const struct option_row options[] = {
    {"incident", 0, "ID", "of this incident only; its whole id"},
    {NULL, 0, NULL, NULL},
};

static void add_delivery(struct table *t, const struct jv *d, int64_t now_ms)
{
    const char *state = show_or(jv_get_text(d, "state"), "?"), *type = jv_get_text(d, "type");
    const char *dot = type ? strchr(type, '.') : NULL;
    char when[32], tries[32];

    show_time(d, "created_at", now_ms, when, sizeof when);
    snprintf(tries, sizeof tries, "%d", (int)jv_get_int(d, "attempts", 0));
    table_add(t,
              (const char *[]){when, show_or(jv_get_text(d, "incident"), ""), dot ? dot + 1 : type,
                               jv_get_text(d, "person"), jv_get_text(d, "channel"), state, tries,
                               jv_get_text(d, "error")});
    table_tint(t, 5, show_tint(state));
}

static int print(const struct jv *list)
{
    static const char *const heads[] = {"WHEN",    "INCIDENT", "WHAT",  "PERSON",
                                        "CHANNEL", "STATE",    "TRIES", "LAST ERROR"};
    struct table *t = table_new(8, heads);

    for (size_t i = 0; i < jv_len(list); i++)
        add_delivery(t, jv_at(list, i), loop_now_ms());
    if (jv_len(list))
        table_print(t, cli_colour(1));
    else
        puts("nobody has been told anything");
    table_free(t);
    return EXIT_GOOD;
}

static int run(const struct args *a)
{
    const char *incident = a->values[OPTION_INCIDENT];
    char path[256];

    if (incident && (strlen(incident) > 64 || strcspn(incident, "/?#%& ") != strlen(incident)))
        return cli_usage(a->command, "`%s` is not an incident", incident);
    snprintf(path, sizeof path, "/api/v1/deliveries%s%s", incident ? "?incident=" : "",
             incident ? incident : "");
    return show_list(a, path, print);
}

const struct command command_deliveries = {
    .name = "deliveries",
    .summary = "who was told what, and did it arrive?",
    .help = "The newest 100, newest first, from the ledger in the store.",
    .options = options,
    .run = run,
};
