/* quiets.c - silences and maintenance: ask for one, list them, end one. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "here.h"
#include "loop/loop.h"
#include "model/quiet.h"
#include "tell.h"

enum { OPTION_FOR, OPTION_UNTIL, OPTION_START, OPTION_COMMENT, OPTION_ALL, OPTION_BY };
static const struct option_row options[] = {
    {"for", 0, "DURATION", "how long: 30m, 2h, 1d12h"},
    {"until", 0, "TIME", "or when it ends: 18:00, 2026-11-22T18:00, or RFC 3339"},
    {"start", 0, "TIME", "when it begins (else now)"},
    {"comment", 0, "TEXT", "what for; needed"},
    {"all", 0, NULL, "add: it may fit every monitor; list: also those that are over"},
    {"by", 0, "PERSON", "who says so (else the token's person, or your login)"},
    {NULL, 0, NULL, NULL},
};

/* "team=payments, monitor=~api.*", or "everything" */
static const char *words_of(const struct jv *quiet, char *dst, size_t size)
{
    const struct jv *list = jv_get(quiet, "matchers");
    struct buf out;

    buf_init(&out, size - 1);
    for (size_t i = 0; i < jv_len(list); i++)
        buf_printf(&out, "%s%s", i ? ", " : "", show_or(jv_text(jv_at(list, i)), ""));
    text_copy(dst, size, out.len ? buf_text(&out) : "everything");
    buf_done(&out);
    return dst;
}

/* --- add ------------------------------------------------------------------------------ */

static void print_added(const struct jv *quiet)
{
    int64_t now_ms = loop_now_ms(), start_ms = tell_instant(quiet, "start");
    int64_t end_ms = tell_instant(quiet, "end");
    char start[40], end[40], words[MATCHERS_SIZE];

    printf("%s %s: pages of %s are held back ", show_or(jv_get_text(quiet, "kind"), "?"),
           show_or(jv_get_text(quiet, "id"), "?"), words_of(quiet, words, sizeof words));
    if (start_ms > now_ms)
        printf("from %s ", here_time(start_ms, now_ms, start, sizeof start));
    printf("until %s\n", here_time(end_ms, now_ms, end, sizeof end));
    if (jv_get_int(quiet, "fits", 1) == 0) {
        fflush(stdout);
        fputs("midwatch: it fits no monitor and no SLO of the configuration: is there a typo in "
              "it?\n",
              stderr);
    }
}

static int fill(struct tell *t, const struct args *a, bool everything)
{
    const char *length = a->values[OPTION_FOR], *until = a->values[OPTION_UNTIL];
    const char *start = a->values[OPTION_START];
    int64_t ms;
    struct err e;

    jw_kv_text(&t->w, "comment", a->values[OPTION_COMMENT]);
    jw_kv_list(&t->w, "matchers");
    for (size_t i = 1; i < a->n_words; i++)
        jw_text(&t->w, a->words[i]);
    jw_list_end(&t->w);
    if (everything)
        jw_kv_bool(&t->w, "everything", true);
    if (length && text_duration(length, &ms, &e) < 0)
        return cli_usage(a->command, "--for: %s", e.text), -1;
    jw_kv_text_opt(&t->w, "for", length);
    if (until && tell_time(t, "end", "until", until) < 0)
        return -1;
    return start ? tell_time(t, "start", "start", start) : 0;
}

static int post(const struct args *a, bool everything, struct err *why)
{
    struct tell t;
    int rc = EXIT_USAGE;

    tell_begin(&t, a, a->values[OPTION_BY]);
    buf_printf(&t.path, "/api/v1/%s",
               text_eq(a->command->name, "silence") ? "silences" : "maintenance");
    if (fill(&t, a, everything) == 0)
        rc = tell_ask(&t, "POST", print_added, why);
    tell_end(&t);
    return rc;
}

/* How many monitors there are, when that is what the daemon stumbled over; else 0. */
static size_t fits_all(const struct err *why)
{
    size_t n = 0;

    return sscanf(why->text, "this fits all %zu monitors", &n) == 1 ? n : 0;
}

/* Asked on a terminal; nowhere else does anybody hear the question. */
static bool agrees(const struct args *a, size_t n)
{
    bool silence = text_eq(a->command->name, "silence");
    char answer[16];

    if (!isatty(0) || !isatty(2))
        return false;
    fprintf(stderr, "%s all %zu monitors? [y/N] ", silence ? "Silence" : "Maintenance of", n);
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int add(const struct args *a)
{
    bool everything = a->values[OPTION_ALL] != NULL;
    struct err why = {0};
    int rc;
    size_t n;

    if (!a->values[OPTION_COMMENT])
        return cli_usage(a->command, "needs --comment TEXT: what is it for?");
    if (!a->values[OPTION_FOR] == !a->values[OPTION_UNTIL])
        return cli_usage(a->command, "needs either --for DURATION or --until TIME");
    if (a->n_words == 1 && !everything)
        return cli_usage(a->command, "needs a matcher such as team=payments, or --all");
    rc = post(a, everything, &why);
    n = fits_all(&why);
    if (rc == EXIT_NO && n && agrees(a, n))
        return post(a, true, NULL);
    if (rc == EXIT_NO && n)
        fprintf(stderr, "midwatch: this fits all %zu monitors; if that is meant, add --all\n", n);
    else if (rc == EXIT_NO && why.text[0])
        fprintf(stderr, "midwatch: %s\n", why.text);
    return rc;
}

/* --- list, end ------------------------------------------------------------------------ */

static void add_row(struct table *t, const struct jv *quiet, int64_t now_ms)
{
    const char *state = show_or(jv_get_text(quiet, "state"), "?");
    char start[40], end[40], words[MATCHERS_SIZE], holding[24];

    here_time(tell_instant(quiet, "start"), now_ms, start, sizeof start);
    here_time(tell_instant(quiet, "end"), now_ms, end, sizeof end);
    snprintf(holding, sizeof holding, "%d", (int)jv_get_int(quiet, "holding", 0));
    table_add(t, (const char *[]){jv_get_text(quiet, "id"), state, start, end, holding,
                                  show_or(jv_get_text(quiet, "author"), ""),
                                  words_of(quiet, words, sizeof words),
                                  show_or(jv_get_text(quiet, "comment"), "")});
    table_tint(t, 1, show_tint(state));
}

static int print_list(const struct jv *list)
{
    char from[80];
    const char *const heads[] = {"ID",    "STATE",  here_head("FROM", from, sizeof from),
                                 "UNTIL", "HOLDS",  "BY",
                                 "FITS",  "COMMENT"};
    struct table *t = table_new(8, heads);

    for (size_t i = 0; i < jv_len(list); i++)
        add_row(t, jv_at(list, i), loop_now_ms());
    if (jv_len(list))
        table_print(t, cli_colour(1));
    else
        puts("none");
    table_free(t);
    return EXIT_GOOD;
}

static int list(const struct args *a, const char *path)
{
    char query[64];

    snprintf(query, sizeof query, "%s?state=%s", path,
             a->values[OPTION_ALL] ? "all" : "active,pending");
    return show_list(a, query, print_list);
}

static void print_ended(const struct jv *quiet)
{
    printf("%s %s is over: pages go out again\n", show_or(jv_get_text(quiet, "kind"), "?"),
           show_or(jv_get_text(quiet, "id"), "?"));
}

static int end(const struct args *a, const char *path)
{
    struct tell t;
    int rc = EXIT_USAGE;

    if (a->n_words != 2)
        return cli_usage(a->command, "end needs the ID of one; `list` shows them");
    tell_begin(&t, a, a->values[OPTION_BY]);
    buf_str(&t.path, path);
    if (tell_segment(&t, "an id", a->words[1]) == 0)
        rc = tell_ask(&t, "DELETE", print_ended, NULL);
    tell_end(&t);
    return rc;
}

static int run(const struct args *a)
{
    bool silence = text_eq(a->command->name, "silence");
    const char *path = silence ? "/api/v1/silences" : "/api/v1/maintenance";

    if (text_eq(a->words[0], "add"))
        return add(a);
    if (text_eq(a->words[0], "end"))
        return end(a, path);
    if (!text_eq(a->words[0], "list"))
        return tell_unknown_verb(a, "add, list and end");
    if (a->n_words > 1)
        return cli_usage(a->command, "does not know what to do with `%s`", a->words[1]);
    return list(a, path);
}

#define MATCHING                                                                                   \
    "MATCHER is NAME=VALUE, NAME!=VALUE, or with =~ and !~ a regular expression that fits the\n"   \
    "whole value; NAME is monitor, group, severity, policy or a label. All must fit. What fits\n"  \
    "every monitor needs --all. Probing goes on; whoever was paged before hears of the end."

const struct command command_silence = {
    .name = "silence",
    .words = "add MATCHER… | list | end ID",
    .least = 1,
    .most = 64,
    .summary = "hold back the pages of some monitors for a while",
    .help = MATCHING,
    .options = options,
    .run = run,
};

const struct command command_maintenance = {
    .name = "maintenance",
    .words = "add MATCHER… | list | end ID",
    .least = 1,
    .most = 64,
    .summary = "announce work: no pages, and no time counted as down",
    .help = MATCHING,
    .options = options,
    .run = run,
};
