/* rehearse_line.c - the options of `midwatch rehearse` as the file they stand for, so that both are
 * read by one reader. */
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "here.h"
#include "loop/loop.h"
#include "rehearse.h"
#include "show.h"

/* Options that are an event of their own. */
static const struct act {
    int option;
    const char *key;   /* of the event */
    const char *value; /* of that key; NULL: what stands before the @ */
    bool lasts;        /* what stands before the @ is a duration */
    const char *example;
} acts[] = {
    {OPTION_ACK, "ack", NULL, false, "ana@+7m"},
    {OPTION_UNACK, "unack", NULL, false, "ana@+10m"},
    {OPTION_RESOLVE, "resolve", NULL, false, "ana@+12m"},
    {OPTION_SNOOZE, "snooze", NULL, true, "1h@+9m"},
    {OPTION_REASSIGN, "reassign", NULL, false, "bo@+5m"},
    {OPTION_ESCALATE, "escalate", NULL, false, "ana@+3m"},
    {OPTION_STORE_AWAY, "store", "away", true, "5m@+15m"},
    {OPTION_CRASH, "crash", "midwatch", false, "+1h"},
};

static bool is_duration(const char *text)
{
    int64_t ms;

    return text_duration(text, &ms, NULL) == 0;
}

/* `+7m`, or an instant. */
static bool is_time(const char *text, const struct zone *z)
{
    int64_t ms;

    return text[0] == '+' ? is_duration(text + 1) : show_read_time(text, z, &ms) == 0;
}

/* WHAT@WHEN in its parts; a crash is only WHEN. */
static bool split_act(const struct act *act, const char *value, char *what, size_t size,
                      const char **ret_when)
{
    const char *at = strrchr(value, '@');

    what[0] = '\0';
    *ret_when = value;
    if (act->option == OPTION_CRASH)
        return true;
    if (!at || (size_t)(at - value) >= size)
        return false;
    memcpy(what, value, (size_t)(at - value));
    what[at - value] = '\0';
    *ret_when = at + 1;
    return !act->lasts || is_duration(what);
}

static int write_act(const struct args *a, const struct act *act, const char *value,
                     const struct zone *z, struct jw *w)
{
    const struct option_row *o = &a->command->options[act->option];
    char what[NAME_SIZE + 16];
    const char *when;

    if (!split_act(act, value, what, sizeof what, &when) || !is_time(when, z))
        return cli_usage(a->command, "--%s takes %s such as %s, not `%s`", o->name, o->value,
                         act->example, value);
    jw_object(w);
    jw_kv_text(w, "at", when);
    jw_kv_text(w, act->key, act->value ? act->value : what);
    if (act->option == OPTION_STORE_AWAY)
        jw_kv_text(w, "for", what);
    jw_object_end(w);
    return EXIT_GOOD;
}

/* `--down a --down b`, `--down a b` and `--down a,b` are the same. */
static void write_names(struct jw *w, const char *names)
{
    while (*names) {
        size_t n = strcspn(names, ",");

        if (n)
            jw_textn(w, names, n);
        names += n + (names[n] == ',');
    }
}

static void write_down(const struct args *a, struct jw *w)
{
    jw_object(w);
    jw_kv_text(w, "at", "+0s");
    jw_kv_list(w, "down");
    for (size_t i = 0; i < a->n_given; i++)
        if (a->given[i].row == OPTION_DOWN)
            write_names(w, a->given[i].value);
    for (size_t i = 0; i < a->n_words; i++)
        write_names(w, a->words[i]);
    jw_list_end(w);
    jw_kv_text_opt(w, "for", a->values[OPTION_FOR]);
    jw_object_end(w);
}

static int write_acts(const struct args *a, const struct zone *z, struct jw *w)
{
    for (size_t i = 0; i < a->n_given; i++)
        for (size_t n = 0; n < sizeof acts / sizeof *acts; n++)
            if (a->given[i].row == (size_t)acts[n].option &&
                write_act(a, &acts[n], a->given[i].value, z, w) != EXIT_GOOD)
                return EXIT_USAGE;
    return EXIT_GOOD;
}

static int check_times(const struct args *a, const struct zone *z)
{
    const char *at = a->values[OPTION_AT], *until = a->values[OPTION_UNTIL];
    const char *for_ = a->values[OPTION_FOR];
    int64_t ms;

    if (at && here_read_in(z, at, loop_now_ms(), &ms) < 0)
        return cli_usage(a->command,
                         "--at is a time such as 03:00, +2h or 2026-11-22T03:00, not `%s`", at);
    if (until && !is_time(until, z))
        return cli_usage(a->command, "--until is a time such as +2h or 2026-11-22T05:00, not `%s`",
                         until);
    if (for_ && !is_duration(for_))
        return cli_usage(a->command, "--for is a duration such as 40m, not `%s`", for_);
    return EXIT_GOOD;
}

int rehearse_write_story(const struct args *a, const struct zone *z, struct buf *out)
{
    const char *at = a->values[OPTION_AT];
    char start[40];
    int64_t at_ms;
    struct jw w;

    if (check_times(a, z) != EXIT_GOOD)
        return EXIT_USAGE;
    jw_init(&w, out);
    jw_object(&w);
    if (at && here_read_in(z, at, loop_now_ms(), &at_ms) == 0)
        jw_kv_text(&w, "start", rfc3339_format(at_ms, start, sizeof start));
    jw_kv_text_opt(&w, "until", a->values[OPTION_UNTIL]);
    jw_kv_list(&w, "events");
    write_down(a, &w);
    if (write_acts(a, z, &w) != EXIT_GOOD)
        return EXIT_USAGE;
    jw_list_end(&w);
    jw_object_end(&w);
    return EXIT_GOOD;
}
