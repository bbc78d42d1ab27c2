/* deliveries.c - the ledger: who was told what, by which channel, and did it arrive? */
#include <stdio.h>
#include <string.h>

#include "ask_when.h"
#include "base/text.h"
#include "here.h"
#include "loop/loop.h"
#include "tell.h"

enum {
    OPTION_INCIDENT,
    OPTION_PERSON,
    OPTION_CHANNEL,
    OPTION_STATE,
    OPTION_DEAD,
    OPTION_FROM,
    OPTION_TO,
    OPTION_LIMIT,
    OPTION_BY
};
static const struct option_row options[] = {
    {"incident", 0, "INCIDENT", "of this one only: its id, a part of it, or its monitor"},
    {"person", 0, "PERSON", "to this person only"},
    {"channel", 0, "CHANNEL", "by this channel only"},
    {"state", 0, "STATE", "waiting, sending, delivered, refused, failed or overtaken"},
    {"dead", 0, NULL, "those that never arrived: refused or failed"},
    {"from", 0, "TIME", "since then: 18:00, 2026-11-22T18:00, or RFC 3339"},
    {"to", 0, "TIME", "before then"},
    {"limit", 0, "N", "so many, 1 to 500 (else 100)"},
    {"by", 0, "PERSON", "replay: who says so (else the token's person, or your login)"},
    {NULL, 0, NULL, NULL},
};

/* --- the list ------------------------------------------------------------------------- */

static void add_delivery(struct table *t, const struct jv *d, int64_t now_ms)
{
    const char *state = show_or(jv_get_text(d, "state"), "?"), *type = jv_get_text(d, "type");
    const char *dot = type ? strchr(type, '.') : NULL;
    char when[32], tries[32];

    show_time(d, "created_at", now_ms, when, sizeof when);
    snprintf(tries, sizeof tries, "%d", (int)jv_get_int(d, "attempts", 0));
    table_add(t, (const char *[]){when, show_or(jv_get_text(d, "id"), ""), dot ? dot + 1 : type,
                                  jv_get_text(d, "person"), jv_get_text(d, "channel"), state, tries,
                                  jv_get_text(d, "error")});
    table_tint(t, 5, show_tint(state));
}

static int print(const struct jv *list)
{
    static const char *const heads[] = {"WHEN",    "DELIVERY", "WHAT",  "PERSON",
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

/* --- the filter ----------------------------------------------------------------------- */

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

static int add_filter(const struct args *a, struct buf *path)
{
    static const struct {
        int option;
        const char *key;
    } plain[] = {{OPTION_PERSON, "person"},
                 {OPTION_CHANNEL, "channel"},
                 {OPTION_STATE, "state"},
                 {OPTION_LIMIT, "limit"}};
    char id[INCIDENT_ID_SIZE];
    int rc = EXIT_GOOD;

    if (a->values[OPTION_STATE] && a->values[OPTION_DEAD])
        return cli_usage(a->command, "--state and --dead do not go together");
    if (a->values[OPTION_INCIDENT])
        rc = look_up(a, a->values[OPTION_INCIDENT], id, sizeof id);
    if (rc == EXIT_GOOD && a->values[OPTION_INCIDENT])
        query_add(path, "incident", id);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (a->values[plain[i].option])
            query_add(path, plain[i].key, a->values[plain[i].option]);
    if (a->values[OPTION_DEAD])
        query_add(path, "state", "dead");
    if (rc == EXIT_GOOD)
        rc = query_add_past(a, path, "from", a->values[OPTION_FROM]);
    return rc == EXIT_GOOD ? query_add_past(a, path, "to", a->values[OPTION_TO]) : rc;
}

static int list(const struct args *a)
{
    struct buf path;
    int rc;

    buf_init(&path, 4096);
    buf_str(&path, "/api/v1/deliveries");
    rc = add_filter(a, &path);
    if (rc == EXIT_GOOD)
        rc = show_list(a, buf_text(&path), print);
    buf_done(&path);
    return rc;
}

/* --- one of them ---------------------------------------------------------------------- */

static void print_fact(const char *name, const char *value)
{
    if (value && *value)
        printf("  %-10s %s\n", name, value);
}

static void add_try(struct table *t, const struct jv *attempt, int64_t now_ms)
{
    const char *outcome = show_or(jv_get_text(attempt, "outcome"), "?");
    const char *error = jv_get_text(attempt, "error");
    char number[16], when[40], status[16], took[32], digest[13];

    snprintf(number, sizeof number, "%d", (int)jv_get_int(attempt, "number", 0));
    snprintf(status, sizeof status, "%d", (int)jv_get_int(attempt, "status", 0));
    snprintf(took, sizeof took, "%d ms", (int)jv_get_int(attempt, "took_ms", 0));
    text_copy(digest, sizeof digest, show_or(jv_get_text(attempt, "digest"), ""));
    show_time(attempt, "at", now_ms, when, sizeof when);
    table_add(t, (const char *[]){number, when, outcome, status, took,
                                  show_or(error, jv_get_text(attempt, "answer")), digest});
    table_tint(t, 2, show_tint(outcome));
}

static int print_delivery(const struct jv *d)
{
    static const char *const heads[] = {"TRY", "WHEN", "OUTCOME", "STATUS", "TOOK", "SAID", "SENT"};
    static const char *const facts[] = {"type",    "incident", "monitor", "person",
                                        "channel", "state",    "reached", "why"};
    const struct jv *tries = jv_get(d, "tries");
    int64_t now_ms = loop_now_ms();
    char when[40];
    struct table *t = table_new(7, heads);

    printf("%s\n", show_or(jv_get_text(d, "id"), "?"));
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        print_fact(facts[i], jv_get_text(d, facts[i]));
    print_fact("created", here_time(tell_instant(d, "created_at"), now_ms, when, sizeof when));
    for (size_t i = 0; i < jv_len(tries); i++)
        add_try(t, jv_at(tries, i), now_ms);
    putchar('\n');
    if (jv_len(tries))
        table_print(t, cli_colour(1));
    else
        puts("not tried yet, or its attempts are not kept any more");
    table_free(t);
    return EXIT_GOOD;
}

static int show(const struct args *a)
{
    struct tell t;
    int rc = EXIT_USAGE;

    tell_begin(&t, a, NULL);
    buf_str(&t.path, "/api/v1/deliveries");
    if (tell_segment(&t, "a delivery", a->words[1]) == 0)
        rc = show_list(a, buf_text(&t.path), print_delivery);
    tell_end(&t);
    return rc;
}

static void print_replayed(const struct jv *d)
{
    printf("%s is sent again to %s by %s\n", show_or(jv_get_text(d, "id"), "?"),
           show_or(jv_get_text(d, "person"), "whoever reads there"),
           show_or(jv_get_text(d, "channel"), "?"));
}

static int replay(const struct args *a)
{
    struct tell t;
    int rc = EXIT_USAGE;

    tell_begin(&t, a, a->values[OPTION_BY]);
    buf_str(&t.path, "/api/v1/deliveries");
    if (tell_segment(&t, "a delivery", a->words[1]) == 0) {
        buf_str(&t.path, "/replay");
        rc = tell_ask(&t, "POST", print_replayed, NULL);
    }
    tell_end(&t);
    return rc;
}

static int run(const struct args *a)
{
    bool shows = a->n_words > 0 && text_eq(a->words[0], "show");

    if (a->n_words == 0 || (a->n_words == 1 && text_eq(a->words[0], "list")))
        return list(a);
    if (!shows && !text_eq(a->words[0], "replay"))
        return tell_unknown_verb(a, "list, show and replay");
    if (a->n_words != 2)
        return cli_usage(a->command, "%s needs the ID of a delivery", a->words[0]);
    return shows ? show(a) : replay(a);
}

const struct command command_deliveries = {
    .name = "deliveries",
    .words = "[list | show ID | replay ID]",
    .most = 2,
    .summary = "who was told what, and did it arrive?",
    .help =
        "The newest 100, newest first, from the ledger in the store. show: every attempt, with\n"
        "the beginning of the digest of what was sent; replay: sends one that has ended again,\n"
        "under its id, whatever became of its incident.",
    .options = options,
    .run = run,
};
