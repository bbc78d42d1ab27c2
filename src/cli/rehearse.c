/* rehearse.c - midwatch rehearse: an outage that does not happen, through the real engine. */
#include "rehearse.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "config/story.h"
#include "loop/loop.h"

static const struct option_row options[] = {
    [OPTION_DOWN] = {"down", 0, "MONITOR…", "these fail"},
    [OPTION_AT] = {"at", 0, "TIME",
                   "from then on: 03:00, +2h, 2026-11-22T03:00 local to the first schedule, or RFC "
                   "3339 (else now)"},
    [OPTION_FOR] = {"for", 0, "DURATION", "and are well again after so long (else never)"},
    [OPTION_UNTIL] = {"until", 0, "TIME", "+2h or a time: when the story ends"},
    [OPTION_ACK] = {"ack", 0, "WHO@WHEN", "ana@+7m: ana acknowledges after 7 minutes"},
    [OPTION_UNACK] = {"unack", 0, "WHO@WHEN", "takes it back"},
    [OPTION_RESOLVE] = {"resolve", 0, "WHO@WHEN", "resolves"},
    [OPTION_SNOOZE] = {"snooze", 0, "LONG@WHEN", "1h@+9m: snoozed for an hour"},
    [OPTION_REASSIGN] = {"reassign", 0, "WHO@WHEN", "it is handed to somebody"},
    [OPTION_ESCALATE] = {"escalate", 0, "WHO@WHEN", "calls the next step at once"},
    [OPTION_STORE_AWAY] = {"store-away", 0, "LONG@WHEN", "the store does not answer"},
    [OPTION_CRASH] = {"crash", 0, "WHEN", "midwatch is killed and started again"},
    [OPTION_HISTORY] = {"history", 0, "FROM..TO", "what was recorded, through this file instead"},
    {NULL, 0, NULL, NULL},
};

const struct zone *rehearse_zone(const struct config *c)
{
    return c->n_schedules ? c->schedules[0].zone : zone_utc();
}

/* --- the answer --- */

static struct rehearsed *find_incident(struct rehearsed_list *l, const struct entry *e)
{
    for (size_t i = l->list.n; i-- > 0;)
        if (text_eq(l->list.items[i].incident, e->incident))
            return &l->list.items[i];
    vec_push(&l->list,
             ((struct rehearsed){.incident = e->incident, .monitor = e->monitor, .first = e}));
    return &l->list.items[l->list.n - 1];
}

static void sum_entry(struct rehearsed *r, const struct entry *e)
{
    static const char *const quiet[] = {"triggered", "suppressed", "released", "closed", NULL};
    bool known = false;

    for (const char *const *q = quiet; *q; q++)
        known |= text_eq(e->event, *q);
    r->busy |= !known;
    r->pages += entry_is_page(e);
    if (text_eq(e->event, "suppressed") && !r->hold)
        r->hold = e;
    if (text_eq(e->event, "nobody") || text_eq(e->event, "undelivered"))
        r->unheard = true;
}

void rehearse_sum_up(const struct playbill *b, struct rehearsed_list *ret)
{
    *ret = (struct rehearsed_list){0};
    for (size_t i = 0; i < b->entries.n; i++)
        if (b->entries.items[i].incident)
            sum_entry(find_incident(ret, &b->entries.items[i]), &b->entries.items[i]);
    for (size_t i = 0; i < ret->list.n; i++)
        if (ret->list.items[i].pages)
            ret->list.items[i].unheard = false;
}

static int answer_of(const struct playbill *b)
{
    struct rehearsed_list l;
    int rc = EXIT_GOOD;

    rehearse_sum_up(b, &l);
    for (size_t i = 0; i < l.list.n; i++)
        if (l.list.items[i].unheard)
            rc = EXIT_NO;
    vec_done(&l.list);
    return rc;
}

static void write_number(struct jw *w, const char *key, int n)
{
    jw_key(w, key);
    if (n < 0)
        jw_null(w);
    else
        jw_int(w, n);
}

void rehearse_write_entry(struct jw *w, const struct entry *e, int64_t start_ms)
{
    jw_object(w);
    jw_kv_time(w, "at", e->at_ms);
    jw_kv_real(w, "offset_s", (double)(e->at_ms - start_ms) / 1000, 3);
    jw_kv_text(w, "event", e->event);
    jw_kv_text(w, "incident", e->incident);
    jw_kv_text(w, "monitor", e->monitor);
    write_number(w, "step", e->step);
    write_number(w, "loop", e->loop);
    jw_kv_text(w, "person", e->person);
    jw_kv_text(w, "channel", e->channel);
    jw_kv_text(w, "why", e->why);
    jw_object_end(w);
}

static void print_json(const struct story *s, const struct playbill *b)
{
    struct buf out;
    struct jw w;

    buf_init(&out, 1 << 29);
    jw_init(&w, &out);
    jw_list(&w);
    for (size_t i = 0; i < b->entries.n; i++)
        rehearse_write_entry(&w, &b->entries.items[i], s->start_ms);
    jw_list_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
}

/* --- the story --- */

/* A file's faults with their place; those of the command line have none. */
static void complain(const struct args *a, const struct diagnostics *d)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    if (a->n_words && !a->values[OPTION_DOWN])
        diagnostics_print(d, &out);
    else
        for (size_t i = 0; i < d->n; i++)
            buf_printf(&out, "midwatch rehearse: %s\n", d->items[i].text);
    fputs(buf_text(&out), stderr);
    buf_done(&out);
}

static int read_story(const struct args *a, const struct config *c, struct story *ret)
{
    struct story_frame f = {.config = c, .zone = rehearse_zone(c), .now_ms = loop_now_ms()};
    struct diagnostics d = {0};
    struct buf line;
    int rc = EXIT_GOOD;

    if (!a->values[OPTION_DOWN]) {
        f.path = a->words[0];
        rc = story_load(&f, ret, &d) < 0 ? EXIT_NO : EXIT_GOOD;
    } else {
        f.path = "command line";
        buf_init(&line, STORY_BYTES_MAX);
        rc = rehearse_write_story(a, f.zone, &line);
        if (rc == EXIT_GOOD && story_parse(buf_text(&line), line.len, &f, ret, &d) < 0)
            rc = EXIT_NO;
        buf_done(&line);
    }
    complain(a, &d);
    diagnostics_done(&d);
    return rc;
}

static int play(const struct args *a, const struct config *c, const struct story *s)
{
    struct playbill b;
    struct err e;
    int rc = EXIT_NO;

    if (rehearse(c, s, &b, &e) < 0) {
        fprintf(stderr, "midwatch rehearse: %s\n", e.text);
    } else {
        if (a->json)
            print_json(s, &b);
        else
            rehearse_print(c, s, &b, cli_colour(1));
        rc = answer_of(&b);
    }
    playbill_done(&b);
    return rc;
}

static int run_story(const struct args *a, const struct config *c)
{
    struct story s;
    int rc = read_story(a, c, &s);

    if (rc != EXIT_GOOD)
        return rc;
    rc = play(a, c, &s);
    story_done(&s);
    return rc;
}

static int run(const struct args *a)
{
    bool history = a->values[OPTION_HISTORY] != NULL, down = a->values[OPTION_DOWN] != NULL;
    struct config *c;
    int rc;

    if (history && (down || a->n_words || a->n_given > 1))
        return cli_usage(a->command, "--history stands alone");
    if (!history && !down && a->n_words != 1)
        return cli_usage(a->command, "needs --down MONITOR, FILE or --history FROM..TO");
    if (!history && !down && a->n_given)
        return cli_usage(a->command, "FILE says all; no option stands beside it");
    if (cli_load_without_secrets(a, &c) < 0)
        return EXIT_NO;
    rc = history ? rehearse_history(a, c) : run_story(a, c);
    config_free(c);
    return rc;
}

const struct command command_rehearse = {
    .name = "rehearse",
    .words = "[FILE]",
    .most = 64,
    .summary = "an outage that does not happen: who would be woken, when, by what, and why",
    .help =
        "Runs a story through the real engine in virtual time, from the file alone: nothing is\n"
        "probed and nobody is told. The story is what --down and the options say, or a FILE:\n"
        "start, until, and events such as { at: +0s, down: [api], for: 40m } and\n"
        "{ at: +7m, ack: ana }; docs/rehearsal.md has all of them. Exit status 1 also when an\n"
        "incident was told to nobody and nothing held it back.",
    .options = options,
    .run = run,
};
