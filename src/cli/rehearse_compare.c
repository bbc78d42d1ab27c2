/* rehearse_compare.c - a replay beside what was: who was paged how often, and who would be. */
#include <stdio.h>

#include "base/text.h"
#include "rehearse.h"
#include "show.h"

static const char *const caveats[] = {
    "nobody acknowledges in a replay: what was acknowledged then goes on to its next steps here",
    "expectations are judged as recorded, not as this file has them",
    "retries between two slots are not kept: an outage may be confirmed up to an interval later",
    "what was asked for at run time (silences, overrides) and midwatch's own trouble are left out",
};
#define N_CAVEATS (sizeof caveats / sizeof *caveats)

struct counts {
    size_t was, is;
};

static size_t pages_of(const struct history *h)
{
    size_t n = 0;

    for (size_t i = 0; i < h->bill.entries.n; i++)
        n += entry_is_page(&h->bill.entries.items[i]);
    return n;
}

/* By person, or by channel for those who are none. */
static struct counts count(const struct history *h, const char *person, const char *channel)
{
    struct counts n = {0};

    for (size_t i = 0; i < h->recorded.n; i++) {
        const struct recorded *r = &h->recorded.items[i];

        n.was +=
            person ? text_eq(r->person, person) : !r->person[0] && text_eq(r->channel, channel);
    }
    for (size_t i = 0; i < h->bill.entries.n; i++) {
        const struct entry *e = &h->bill.entries.items[i];

        if (entry_is_page(e))
            n.is +=
                person ? text_eq(e->person, person) : !e->person && text_eq(e->channel, channel);
    }
    return n;
}

/* Whoever was or would be paged; also one who has left the file. */
static void each_recipient(const struct history *h,
                           void (*each)(void *arg, const char *person, const char *channel,
                                        struct counts n),
                           void *arg)
{
    const struct config *c = h->config;

    for (size_t i = 0; i < c->n_people; i++)
        each(arg, c->people[i].name, NULL, count(h, c->people[i].name, NULL));
    for (size_t i = 0; i < c->n_channels; i++)
        each(arg, NULL, c->channels[i].name, count(h, NULL, c->channels[i].name));
    for (size_t i = 0; i < h->recorded.n; i++) {
        const char *person = h->recorded.items[i].person;
        bool before = !person[0] || config_person(c, person);

        for (size_t n = 0; n < i; n++)
            before |= text_eq(h->recorded.items[n].person, person);
        if (!before)
            each(arg, person, NULL, count(h, person, NULL));
    }
}

/* --- JSON --- */

static void write_recipient(void *arg, const char *person, const char *channel, struct counts n)
{
    struct jw *w = arg;

    if (!n.was && !n.is)
        return;
    jw_object(w);
    jw_kv_text(w, "person", person);
    jw_kv_text(w, "channel", channel);
    jw_kv_int(w, "recorded", (int64_t)n.was);
    jw_kv_int(w, "replayed", (int64_t)n.is);
    jw_object_end(w);
}

static void write_recorded(struct jw *w, const struct recorded *r)
{
    jw_object(w);
    jw_kv_time(w, "at", r->at_ms);
    jw_kv_text(w, "person", r->person[0] ? r->person : NULL);
    jw_kv_text(w, "channel", r->channel);
    jw_kv_text(w, "monitor", r->monitor[0] ? r->monitor : NULL);
    jw_object_end(w);
}

static void write_lists(struct jw *w, const struct history *h)
{
    jw_kv_list(w, "recorded");
    for (size_t i = 0; i < h->recorded.n; i++)
        write_recorded(w, &h->recorded.items[i]);
    jw_list_end(w);
    jw_kv_list(w, "replayed");
    for (size_t i = 0; i < h->bill.entries.n; i++)
        rehearse_write_entry(w, &h->bill.entries.items[i], h->from_ms);
    jw_list_end(w);
    jw_kv_list(w, "not_recorded");
    for (size_t i = 0; i < h->unknown.n; i++)
        jw_text(w, h->unknown.items[i]);
    jw_list_end(w);
    jw_kv_list(w, "not_replayed");
    for (size_t i = 0; i < N_CAVEATS; i++)
        jw_text(w, caveats[i]);
    jw_list_end(w);
}

void history_write(const struct history *h)
{
    struct buf out;
    struct jw w;

    buf_init(&out, 1 << 29);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kv_time(&w, "from", h->from_ms);
    jw_kv_time(&w, "to", h->to_ms);
    jw_kv_int(&w, "monitors", (int64_t)h->n_monitors);
    jw_kv_int(&w, "results", (int64_t)h->n_results);
    jw_kv_int(&w, "pages_recorded", (int64_t)h->recorded.n);
    jw_kv_int(&w, "pages_replayed", (int64_t)pages_of(h));
    jw_kv_bool(&w, "ledger_cut", h->more);
    jw_kv_list(&w, "by_recipient");
    each_recipient(h, write_recipient, &w);
    jw_list_end(&w);
    write_lists(&w, h);
    jw_object_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
}

/* --- for people --- */

static void add_recipient(void *arg, const char *person, const char *channel, struct counts n)
{
    char was[24], is[24];

    if (!n.was && !n.is)
        return;
    snprintf(was, sizeof was, "%zu", n.was);
    snprintf(is, sizeof is, "%zu", n.is);
    table_add(arg, (const char *[]){person ? person : channel, was, is});
}

static void print_pages(const struct history *h)
{
    static const char *const heads[] = {"WHEN", "WHO", "CHANNEL", "MONITOR", "WHY"};
    struct table *t = table_new(5, heads);
    char when[40];

    for (size_t i = 0; i < h->bill.entries.n; i++) {
        const struct entry *e = &h->bill.entries.items[i];

        if (entry_is_page(e))
            table_add(t, (const char *[]){
                             show_local(e->at_ms, rehearse_zone(h->config), when, sizeof when),
                             e->person, e->channel, e->monitor, e->why});
    }
    printf("\nThe pages of the replay:\n");
    table_print(t, cli_colour(1));
    table_free(t);
}

static void print_unknown(const struct history *h)
{
    if (h->unknown.n)
        printf("\nNothing was recorded of %zu of this file's monitors:", h->unknown.n);
    for (size_t i = 0; i < h->unknown.n && i < 20; i++)
        printf(" %s", h->unknown.items[i]);
    if (h->unknown.n)
        printf("%s\n", h->unknown.n > 20 ? " …" : "");
}

void history_print(const struct history *h)
{
    static const char *const heads[] = {"WHO", "THEN", "WITH THIS FILE"};
    struct table *t = table_new(3, heads);
    size_t pages = pages_of(h);
    char from[40], to[40], times[40];

    printf("%zu results of %zu monitors, %s to %s (%s), through %s:\n\n", h->n_results,
           h->n_monitors, show_local(h->from_ms, rehearse_zone(h->config), from, sizeof from),
           show_local(h->to_ms, rehearse_zone(h->config), to, sizeof to),
           zone_name(rehearse_zone(h->config)), h->config->path);
    printf("With this file there would have been %s instead of %zu.\n\n",
           show_count(pages, "page", "pages", times, sizeof times), h->recorded.n);
    each_recipient(h, add_recipient, t);
    if (pages || h->recorded.n)
        table_print(t, cli_colour(1));
    table_free(t);
    if (pages)
        print_pages(h);
    print_unknown(h);
    printf("\nWhat a replay cannot know:\n");
    for (size_t i = 0; i < N_CAVEATS; i++)
        printf("  - %s\n", caveats[i]);
    if (h->more)
        printf("  - the ledger shows the newest 1,000 deliveries only; there may have been more "
               "pages\n");
}
