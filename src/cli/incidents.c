/* incidents.c - what is open, and what holds it back. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "here.h"
#include "loop/loop.h"
#include "tell.h"

enum { OPTION_ALL };
static const struct option_row list_options[] = {
    {"all", 0, NULL, "also those already resolved"},
    {NULL, 0, NULL, NULL},
};

/* "triggered", "snoozed until 18:00", "triggered (silence)" */
static void state_of(const struct jv *i, int64_t now_ms, char *dst, size_t size)
{
    const char *state = show_or(jv_get_text(i, "state"), "?");
    const char *hold = jv_get_text(jv_get(i, "hold"), "kind");
    int64_t until_ms = tell_instant(i, "snoozed_until");
    char until[40];

    if (text_eq(state, "snoozed") && until_ms)
        snprintf(dst, size, "%s until %s", state, here_time(until_ms, now_ms, until, sizeof until));
    else if (hold && !text_eq(state, "resolved"))
        snprintf(dst, size, "%s (%s)", state, hold);
    else
        text_copy(dst, size, state);
}

static void add_incident(struct table *t, const struct jv *i, int64_t now_ms)
{
    const char *state = show_or(jv_get_text(i, "state"), "?");
    const char *by = jv_get_text(i, "acknowledged_by");
    char age[32], words[96];

    if (text_eq(state, "resolved"))
        by = jv_get_text(i, "resolved_by");
    show_age(i, "started_at", now_ms, age, sizeof age);
    state_of(i, now_ms, words, sizeof words);
    table_add(t, (const char *[]){show_or(jv_get_text(i, "id"), "?"), words,
                                  jv_get_text(i, "severity"), age, by, jv_get_text(i, "title")});
    table_tint(t, 1, show_tint(state));
}

static int print(const struct jv *list)
{
    static const char *const heads[] = {"INCIDENT", "STATE", "SEVERITY", "AGE", "BY", "TITLE"};
    struct table *t = table_new(6, heads);

    for (size_t i = 0; i < jv_len(list); i++)
        add_incident(t, jv_at(list, i), loop_now_ms());
    if (jv_len(list))
        table_print(t, cli_colour(1));
    else
        puts("no incidents");
    table_free(t);
    return EXIT_GOOD;
}

static int run_list(const struct args *a)
{
    return show_list(a, a->values[OPTION_ALL] ? "/api/v1/incidents?state=all" : "/api/v1/incidents",
                     print);
}

const struct command command_incidents = {
    .name = "incidents",
    .summary = "what is wrong now",
    .help =
        "Open incidents, oldest first; with --all the resolved ones too. What holds pages back\n"
        "stands in brackets: `midwatch why INCIDENT` tells more.",
    .options = list_options,
    .run = run_list,
};
