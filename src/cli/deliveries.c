/* deliveries.c - the ledger: who was told what, by which channel, and did it arrive? */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "loop/loop.h"
#include "show.h"

enum { OPTION_INCIDENT };
static const struct option_row options[] = {
    {"incident", 0, "INCIDENT", "of this one only: its id, a part of it, or its monitor"},
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

/* The incident meant: its id, a beginning or end of it, or the newest of a monitor. */
static const char *find(const struct jv *incidents, const char *word)
{
    const char *found = NULL, *newest = "";

    for (size_t i = 0; i < jv_len(incidents); i++) {
        const struct jv *o = jv_at(incidents, i);
        const char *id = show_or(jv_get_text(o, "id"), ""), *monitor = jv_get_text(o, "monitor");
        const char *opened = show_or(jv_get_text(o, "opened_at"), "");
        bool named = strlen(word) >= 3 && (text_starts(id, word) || text_ends(id, word));

        if ((!named && !text_eq(monitor, word)) || strcmp(opened, newest) < 0)
            continue;
        found = id;
        newest = opened;
    }
    return found;
}

/* Writes the id into `id`. An exit status; what is wrong has been said. */
static int look_up(const struct args *a, const char *word, char *id, size_t size)
{
    struct jv *v = NULL;
    const char *found;
    char *body;
    int rc = cli_ask(a, "GET", "/api/v1/incidents?state=all", NULL, &body);

    if (rc != EXIT_GOOD)
        return rc;
    found = jv_parse(body, strlen(body), &v, NULL) == 0 ? find(v, word) : NULL;
    if (found)
        text_copy(id, size, found);
    else
        fprintf(stderr, "midwatch: no incident `%s`, open or kept\n", word);
    jv_free(v);
    mem_free(body);
    return found ? EXIT_GOOD : EXIT_NO;
}

static int run(const struct args *a)
{
    const char *word = a->values[OPTION_INCIDENT];
    char path[256] = "/api/v1/deliveries", id[INCIDENT_ID_SIZE];
    int rc;

    if (word) {
        rc = look_up(a, word, id, sizeof id);
        if (rc != EXIT_GOOD)
            return rc;
        snprintf(path, sizeof path, "/api/v1/deliveries?incident=%s", id);
    }
    return show_list(a, path, print);
}

const struct command command_deliveries = {
    .name = "deliveries",
    .summary = "who was told what, and did it arrive?",
    .help = "The newest 100, newest first, from the ledger in the store.",
    .options = options,
    .run = run,
};
