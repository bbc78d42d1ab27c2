/* deeds.c - what people do to an incident: a command each, one request each. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "here.h"
#include "loop/loop.h"
#include "tell.h"

#define WHICH                                                                                      \
    "INCIDENT is its id, the name of its monitor, or three or more characters of the id's\n"       \
    "beginning or end. A monitor that is told together with others stands for all of them."

#define COMMON_ROWS                                                                                \
    {"by", 0, "PERSON", "who says so (else the token's person, or your login)"},                   \
    {                                                                                              \
        "comment", 0, "TEXT", "why, for everybody to read"                                         \
    }

enum { OPTION_BY, OPTION_COMMENT, OPTION_UNTIL };
static const struct option_row options[] = {COMMON_ROWS, {NULL, 0, NULL, NULL}};
static const struct option_row snooze_options[] = {
    COMMON_ROWS,
    {"until", 0, "TIME", "instead of a duration: 18:00, 2026-11-22T18:00, or RFC 3339"},
    {NULL, 0, NULL, NULL}};
static const struct option_row note_options[] = {
    {"by", 0, "PERSON", "who says so (else the token's person, or your login)"},
    {NULL, 0, NULL, NULL}};

/* --- one request ---------------------------------------------------------------------- */

static const char *said; /* the word of the command line */
static const char *done; /* what to say when it is done */

/* Several monitors may be told as one: then it says which one was meant, and a member that was
 * named by its id says what pages for it. */
static void print_together(const struct jv *incident)
{
    const struct jv *hold = jv_get(incident, "hold");
    const char *key = show_or(jv_get_text(incident, "dedup_key"), "");
    const char *id = show_or(jv_get_text(incident, "id"), "");
    const char *kind = show_or(jv_get_text(hold, "kind"), "");

    if ((text_starts(key, "group:") || text_starts(key, "storm:")) && !text_eq(said, id))
        printf("with all that %s tells together: %s\n", id,
               show_or(jv_get_text(incident, "title"), ""));
    else if (text_eq(kind, "group") || text_eq(kind, "storm"))
        printf("this one alone: what pages for it is %s\n",
               show_or(jv_get_text(hold, "ref"), "the one it is told with"));
}

static void print_done(const struct jv *incident)
{
    printf("%s %s\n", said, done);
    print_together(incident);
}

static int begin(struct tell *t, const struct args *a)
{
    tell_begin(t, a, a->values[OPTION_BY]);
    said = a->words[0];
    buf_str(&t->path, "/api/v1/incidents");
    if (tell_segment(t, "an incident", a->words[0]) < 0)
        return -1;
    buf_printf(&t->path, "/%s", text_eq(a->command->name, "note") ? "notes" : a->command->name);
    if (a->command->options != note_options)
        jw_kv_text_opt(&t->w, "comment", a->values[OPTION_COMMENT]);
    return 0;
}

static int plain(const struct args *a, const char *words)
{
    struct tell t;
    int rc = EXIT_USAGE;

    done = words;
    if (begin(&t, a) == 0)
        rc = tell_ask(&t, "POST", print_done, NULL);
    tell_end(&t);
    return rc;
}

static int run_ack(const struct args *a)
{
    return plain(a, "acknowledged");
}

static int run_unack(const struct args *a)
{
    return plain(a, "is triggered again");
}

static int run_resolve(const struct args *a)
{
    return plain(a, "resolved");
}

static int run_escalate(const struct args *a)
{
    return plain(a, "escalated: the next step is told now");
}

/* --- snooze --------------------------------------------------------------------------- */

static void print_snoozed(const struct jv *incident)
{
    int64_t now_ms = loop_now_ms(), until_ms = tell_instant(incident, "snoozed_until");
    char until[40], left[32];

    here_time(until_ms, now_ms, until, sizeof until);
    text_human_ms((double)((until_ms - now_ms + 500) / 1000 * 1000), left, sizeof left);
    printf("%s snoozed until %s (%s), then escalation begins anew\n", said, until, left);
    print_together(incident);
}

static int fill_snooze(struct tell *t, const struct args *a)
{
    const char *until = a->values[OPTION_UNTIL];
    int64_t ms;
    struct err e;

    if ((a->n_words == 2) == (until != NULL))
        return cli_usage(a->command, "needs either a duration such as 2h, or --until TIME"), -1;
    if (until)
        return tell_time(t, "until", "until", until);
    if (text_duration(a->words[1], &ms, &e) < 0)
        return cli_usage(a->command, "%s", e.text), -1;
    jw_kv_text(&t->w, "for", a->words[1]);
    return 0;
}

static int run_snooze(const struct args *a)
{
    struct tell t;
    int rc = EXIT_USAGE;

    if (begin(&t, a) == 0 && fill_snooze(&t, a) == 0)
        rc = tell_ask(&t, "POST", print_snoozed, NULL);
    tell_end(&t);
    return rc;
}

/* --- reassign, note ------------------------------------------------------------------- */

static void print_reassigned(const struct jv *incident)
{
    printf("%s is now for %s\n", said, show_or(jv_get_text(incident, "assigned"), "somebody else"));
    print_together(incident);
}

static int run_reassign(const struct args *a)
{
    struct tell t;
    int rc = EXIT_USAGE;

    if (begin(&t, a) == 0) {
        jw_kv_text(&t.w, "to", a->words[1]);
        rc = tell_ask(&t, "POST", print_reassigned, NULL);
    }
    tell_end(&t);
    return rc;
}

/* The words behind the incident are one text: no quotes are needed. */
static int run_note(const struct args *a)
{
    struct buf text;
    struct tell t;
    int rc = EXIT_USAGE;

    done = "noted";
    buf_init(&text, 4096);
    for (size_t i = 1; i < a->n_words; i++)
        buf_printf(&text, "%s%s", i > 1 ? " " : "", a->words[i]);
    if (begin(&t, a) == 0) {
        jw_kv_text(&t.w, "text", buf_text(&text));
        rc = tell_ask(&t, "POST", print_done, NULL);
    }
    tell_end(&t);
    buf_done(&text);
    return rc;
}

/* --- the commands --------------------------------------------------------------------- */

const struct command command_ack = {
    .name = "ack",
    .words = "INCIDENT",
    .least = 1,
    .most = 1,
    .summary = "I have it: stop waking people",
    .help =
        "Stops escalation and tells those who were paged. Refused when somebody has it.\n" WHICH,
    .options = options,
    .run = run_ack,
};

const struct command command_unack = {
    .name = "unack",
    .words = "INCIDENT",
    .least = 1,
    .most = 1,
    .summary = "take an acknowledgement back",
    .help = "Escalation starts over at step 0, with whoever is on call now.\n" WHICH,
    .options = options,
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
        "after another fail_after results. Told together with others, only its own is closed.\n"
        "INCIDENT is its id, the name of its monitor, or three or more characters of the id's\n"
        "beginning or end.",
    .options = options,
    .run = run_resolve,
};

const struct command command_snooze = {
    .name = "snooze",
    .words = "INCIDENT [DURATION]",
    .least = 1,
    .most = 2,
    .summary = "not now: wake nobody for this one for a while",
    .help =
        "For 2h, 30m, 1d12h; or --until a time. Then escalation begins anew, unless it has been\n"
        "resolved by then.\n" WHICH,
    .options = snooze_options,
    .run = run_snooze,
};

const struct command command_reassign = {
    .name = "reassign",
    .words = "INCIDENT PERSON",
    .least = 2,
    .most = 2,
    .summary = "hand an incident to another person",
    .help = "The person is paged by their own rules, instead of whoever the policy names.\n" WHICH,
    .options = options,
    .run = run_reassign,
};

const struct command command_escalate = {
    .name = "escalate",
    .words = "INCIDENT",
    .least = 1,
    .most = 1,
    .summary = "tell the next step now",
    .help = "As if the time of the next step had come.\n" WHICH,
    .options = options,
    .run = run_escalate,
};

const struct command command_note = {
    .name = "note",
    .words = "INCIDENT TEXT…",
    .least = 2,
    .most = 64,
    .summary = "write something down, for everybody to read",
    .help = "At most 255 bytes; it is in the timeline, and in what is sent from now on.\n" WHICH,
    .options = note_options,
    .run = run_note,
};
