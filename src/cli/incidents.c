/* incidents.c - what is open, and what people say to it. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "loop/loop.h"
#include "show.h"

enum { OPTION_ALL };
static const struct option_row list_options[] = {
    {"all", 0, NULL, "also those already resolved"},
    {NULL, 0, NULL, NULL},
};

static void add_incident(struct table *t, const struct jv *i, int64_t now_ms)
{
    const char *state = show_or(jv_get_text(i, "state"), "?");
    const char *by = jv_get_text(i, "acknowledged_by");
    char age[32];

    if (text_eq(state, "resolved"))
        by = jv_get_text(i, "resolved_by");
    show_age(i, "started_at", now_ms, age, sizeof age);
    table_add(t, (const char *[]){show_or(jv_get_text(i, "id"), "?"), state,
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
    .help = "Open incidents, oldest first; with --all the resolved ones too.",
    .options = list_options,
    .run = run_list,
};

/* --- verbs --- */

enum { OPTION_BY };
static const struct option_row verb_options[] = {
    {"by", 0, "PERSON", "who says so (else the token's person, or your login)"},
    {NULL, 0, NULL, NULL},
};

/* With a token the daemon knows who speaks; only without one does the login name say it. */
static const char *default_actor(void)
{
    const char *token = getenv("MIDWATCH_TOKEN");
    const struct passwd *me = token && *token ? NULL : getpwuid(getuid());

    return me ? me->pw_name : NULL;
}

static int tell(const struct args *a, const char *done)
{
    const char *by = a->values[OPTION_BY];
    struct buf path, body;
    struct jw w;
    char *answer;
    int rc;

    buf_init(&path, 1024);
    buf_init(&body, 1024);
    if (!a->words[0][0] || strcspn(a->words[0], "/?#% ") != strlen(a->words[0]))
        return cli_usage(a->command, "`%s` is not an incident", a->words[0]);
    buf_printf(&path, "/api/v1/incidents/%s/%s", a->words[0], a->command->name);
    jw_init(&w, &body);
    jw_object(&w);
    jw_kv_text_opt(&w, "by", by ? by : default_actor());
    jw_object_end(&w);
    rc = cli_ask(a, "POST", buf_text(&path), buf_text(&body), &answer);
    if (rc == EXIT_GOOD && a->json)
        puts(answer);
    else if (rc == EXIT_GOOD)
        printf("%s %s\n", a->words[0], done);
    if (rc == EXIT_GOOD)
        mem_free(answer);
    buf_done(&path);
    buf_done(&body);
    return rc;
}

static int run_ack(const struct args *a)
{
    return tell(a, "acknowledged");
}

static int run_unack(const struct args *a)
{
    return tell(a, "is triggered again");
}

static int run_resolve(const struct args *a)
{
    return tell(a, "resolved");
}

#define WHICH                                                                                      \
    "INCIDENT is its id, the name of its monitor, or three or more characters of the id's\n"       \
    "beginning or end."

const struct command command_ack = {
    .name = "ack",
    .words = "INCIDENT",
    .least = 1,
    .most = 1,
    .summary = "I have it: stop waking people",
    .help =
        "Stops escalation and tells those who were paged. Refused when somebody has it.\n" WHICH,
    .options = verb_options,
    .run = run_ack,
};

const struct command command_unack = {
    .name = "unack",
    .words = "INCIDENT",
    .least = 1,
    .most = 1,
    .summary = "take an acknowledgement back",
    .help = "Escalation starts over at step 0, with whoever is on call now.\n" WHICH,
    .options = verb_options,
    .run = run_unack,
};

const struct command command_resolve = {
    .name = "resolve",
    .words = "INCIDENT",
    .least = 1,
    .most = 1,
    .summary = "close an incident by hand",
    .help =
        "Tells exactly those who had been paged. A monitor that goes on failing opens a new one\n"
        "after another fail_after results.\n" WHICH,
    .options = verb_options,
    .run = run_resolve,
};
