/* overrides.c - who stands in for whom: overrides that are not in the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "config/load.h"
#include "here.h"
#include "loop/loop.h"
#include "tell.h"

enum {
    OPTION_SET,
    OPTION_ADD,
    OPTION_REMOVE,
    OPTION_REPLACE,
    OPTION_WITH,
    OPTION_START,
    OPTION_END,
    OPTION_COMMENT,
    OPTION_ALL,
    OPTION_BY
};
static const struct option_row options[] = {
    {"set", 0, "PEOPLE", "these are on call, and nobody else: ana or ana,bo"},
    {"add", 0, "PEOPLE", "these are on call as well"},
    {"remove", 0, "PEOPLE", "these are not on call"},
    {"replace", 0, "PERSON", "whenever this one would be on call …"},
    {"with", 0, "PERSON", "… this one is instead"},
    {"start", 0, "TIME", "18:00, 2026-11-22T18:00 on the wall clock of the schedule (else now)"},
    {"end", 0, "TIME", "when it is over, likewise, or +8h: so long from now"},
    {"comment", 0, "TEXT", "what for"},
    {"all", 0, NULL, "list: also those that are over"},
    {"by", 0, "PERSON", "who says so (else the token's person, or your login)"},
    {NULL, 0, NULL, NULL},
};
#define PATH "/api/v1/overrides"

/* --- what there is -------------------------------------------------------------------- */

static void put_names(struct buf *out, const char *before, const struct jv *names)
{
    buf_str(out, before);
    for (size_t i = 0; i < jv_len(names); i++)
        buf_printf(out, "%s%s", i ? ", " : "", show_or(jv_text(jv_at(names, i)), "?"));
}

/* "ana is replaced by bo", "only ana, bo", "also chen", "without ana" */
static const char *words_of(const struct jv *o, char *dst, size_t size)
{
    struct buf out;

    buf_init(&out, size - 1);
    if (jv_get(o, "replace")) {
        put_names(&out, "", jv_get(o, "with"));
        put_names(&out, " for ", jv_get(o, "replace"));
    } else if (jv_get(o, "set")) {
        put_names(&out, "only ", jv_get(o, "set"));
    } else if (jv_get(o, "add")) {
        put_names(&out, "also ", jv_get(o, "add"));
    } else {
        put_names(&out, "without ", jv_get(o, "remove"));
    }
    text_copy(dst, size, buf_text(&out));
    buf_done(&out);
    return dst;
}

static void print_one(const struct jv *o)
{
    int64_t now_ms = loop_now_ms();
    char start[40], end[40], words[300];

    printf("override %s of %s: %s, from %s until %s (%s)\n", show_or(jv_get_text(o, "id"), "?"),
           show_or(jv_get_text(o, "schedule"), "?"), words_of(o, words, sizeof words),
           here_time(tell_instant(o, "start"), now_ms, start, sizeof start),
           here_time(tell_instant(o, "end"), now_ms, end, sizeof end), zone_name(here_zone()));
}

static void print_added(const struct jv *answer)
{
    if (jv_type(answer) == JV_OBJECT)
        print_one(answer);
    for (size_t i = 0; jv_type(answer) == JV_LIST && i < jv_len(answer); i++)
        print_one(jv_at(answer, i));
}

static int print_list(const struct jv *list)
{
    char from[80];
    const char *const heads[] = {"ID",    "STATE", "SCHEDULE", here_head("FROM", from, sizeof from),
                                 "UNTIL", "WHO",   "COMMENT",  "BY"};
    struct table *t = table_new(8, heads);
    int64_t now_ms = loop_now_ms();

    for (size_t i = 0; i < jv_len(list); i++) {
        const struct jv *o = jv_at(list, i);
        const char *state = show_or(jv_get_text(o, "state"), "?");
        char start[40], end[40], words[300];

        here_time(tell_instant(o, "start"), now_ms, start, sizeof start);
        here_time(tell_instant(o, "end"), now_ms, end, sizeof end);
        table_add(t, (const char *[]){jv_get_text(o, "id"), state, jv_get_text(o, "schedule"),
                                      start, end, words_of(o, words, sizeof words),
                                      jv_get_text(o, "comment"), jv_get_text(o, "author")});
        table_tint(t, 1, show_tint(state));
    }
    if (jv_len(list))
        table_print(t, cli_colour(1));
    else
        puts("none but those in the file");
    table_free(t);
    return EXIT_GOOD;
}

static int list(const struct args *a)
{
    return show_list(a, a->values[OPTION_ALL] ? PATH "?state=all" : PATH "?state=active,pending",
                     print_list);
}

/* --- add ------------------------------------------------------------------------------ */

/* "ana,bo" */
static void put_people(struct tell *t, const char *key, const char *people)
{
    if (!people)
        return;
    jw_kv_list(&t->w, key);
    while (*(people += strspn(people, ", "))) {
        size_t n = strcspn(people, ", ");

        jw_textn(&t->w, people, n);
        people += n;
    }
    jw_list_end(&t->w);
}

static void begin(struct tell *t, const struct args *a)
{
    tell_begin(t, a, a->values[OPTION_BY]);
    buf_str(&t->path, PATH);
    if (a->n_words > 1)
        jw_kv_text(&t->w, "schedule", a->words[1]);
    jw_kv_text_opt(&t->w, "comment", a->values[OPTION_COMMENT]);
}

/* On the wall clock of the schedule when the file is at hand; else the daemon reads it. */
static void put_time(struct tell *t, const char *key, const char *text)
{
    const char *env = getenv("MIDWATCH_LISTEN");
    struct config *c = NULL;
    const struct schedule *s = NULL;
    char instant[40];
    int64_t ms;

    if (!(env && *env) && cli_load_without_secrets(t->args, &c) == 0)
        s = config_schedule(c, t->args->words[1]);
    if (here_read_in(s ? s->zone : here_zone(), text, loop_now_ms(), &ms) == 0 &&
        (s || text[0] == '+'))
        text = rfc3339_format(ms / 1000 * 1000, instant, sizeof instant);
    jw_kv_text(&t->w, key, text);
    config_free(c);
}

static int check_add(const struct args *a)
{
    int kinds = 0;

    for (int k = OPTION_SET; k <= OPTION_REPLACE; k++)
        kinds += a->values[k] != NULL;
    if (a->n_words != 2)
        return cli_usage(a->command, "add needs a SCHEDULE");
    if (kinds != 1)
        return cli_usage(a->command, "needs one of --set, --add, --remove and --replace");
    if (!a->values[OPTION_REPLACE] != !a->values[OPTION_WITH])
        return cli_usage(a->command, "--replace and --with belong together");
    if (!a->values[OPTION_END])
        return cli_usage(a->command, "needs --end TIME");
    return EXIT_GOOD;
}

static int add(const struct args *a)
{
    static const char *const keys[] = {"set", "add", "remove", "replace", "with"};
    int rc = check_add(a);
    struct tell t;

    if (rc != EXIT_GOOD)
        return rc;
    begin(&t, a);
    for (int k = OPTION_SET; k <= OPTION_WITH; k++)
        put_people(&t, keys[k], a->values[k]);
    put_time(&t, "start", a->values[OPTION_START] ? a->values[OPTION_START] : "+0s");
    put_time(&t, "end", a->values[OPTION_END]);
    rc = tell_ask(&t, "POST", print_added, NULL);
    tell_end(&t);
    return rc;
}

/* --- swap, remove, export ------------------------------------------------------------- */

/* "ana@2026-11-24T12:00" */
static int put_pair(struct tell *t, const char *pair)
{
    const char *at = strchr(pair, '@');

    if (!at || at == pair || !at[1])
        return cli_usage(t->args->command, "`%s` is not PERSON@TIME, a time of their shift", pair),
               -1;
    jw_object(&t->w);
    jw_key(&t->w, "person");
    jw_textn(&t->w, pair, (size_t)(at - pair));
    jw_kv_text(&t->w, "at", at + 1);
    jw_object_end(&t->w);
    return 0;
}

static int swap(const struct args *a)
{
    struct tell t;
    int rc = EXIT_USAGE;
    bool good;

    if (a->n_words != 4)
        return cli_usage(a->command, "swap needs SCHEDULE PERSON@TIME PERSON@TIME");
    begin(&t, a);
    jw_kv_list(&t.w, "swap");
    good = put_pair(&t, a->words[2]) == 0 && put_pair(&t, a->words[3]) == 0;
    jw_list_end(&t.w);
    if (good)
        rc = tell_ask(&t, "POST", print_added, NULL);
    tell_end(&t);
    return rc;
}

static void print_removed(const struct jv *o)
{
    printf("override %s of %s is over\n", show_or(jv_get_text(o, "id"), "?"),
           show_or(jv_get_text(o, "schedule"), "?"));
}

static int take_back(const struct args *a)
{
    struct tell t;
    int rc = EXIT_USAGE;

    if (a->n_words != 2)
        return cli_usage(a->command, "remove needs the ID of one; `list` shows them");
    tell_begin(&t, a, a->values[OPTION_BY]);
    buf_str(&t.path, PATH);
    if (tell_segment(&t, "an id", a->words[1]) == 0)
        rc = tell_ask(&t, "DELETE", print_removed, NULL);
    tell_end(&t);
    return rc;
}

static int export(const struct args *a)
{
    char *body;
    int rc = cli_ask(a, "GET", a->json ? PATH : PATH "?format=yaml", NULL, &body);

    if (rc != EXIT_GOOD)
        return rc;
    fputs(body, stdout);
    if (a->json)
        putchar('\n');
    mem_free(body);
    return rc;
}

static int run(const struct args *a)
{
    static const struct {
        const char *name;
        size_t most; /* words */
        int (*run)(const struct args *a);
    } verbs[] = {
        {"add", 2, add},          {"swap", 4, swap},     {"list", 1, list},
        {"remove", 2, take_back}, {"export", 1, export},
    };

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!text_eq(a->words[0], verbs[i].name))
            continue;
        if (a->n_words > verbs[i].most)
            return cli_usage(a->command, "does not know what to do with `%s`",
                             a->words[verbs[i].most]);
        return verbs[i].run(a);
    }
    return tell_unknown_verb(a, "add, swap, list, remove and export");
}

const struct command command_override = {
    .name = "override",
    .words = "add SCHEDULE | swap SCHEDULE PERSON@TIME PERSON@TIME | list | remove ID | export",
    .least = 1,
    .most = 4,
    .summary = "who stands in for whom, beside what the file says",
    .help =
        "swap: each takes the shift of the other that contains that time, whole. remove ends one\n"
        "now, or takes it back before it has begun. export prints them as the file has them.\n"
        "Times are on the wall clock of the schedule, or carry an offset or Z.",
    .options = options,
    .run = run,
};
