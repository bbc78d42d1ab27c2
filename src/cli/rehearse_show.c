/* rehearse_show.c - a rehearsal as a story for people: what was told, then incident by incident,
 * then who was woken how often and what reached nobody. */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "model/names.h"
#include "rehearse.h"
#include "show.h"

#define NIGHT_FROM_H 22
#define NIGHT_TO_H   6
#define WHAT_WIDEST  46

#define INCIDENTS_SHOWN 200

struct showing {
    const struct config *config;
    const struct story *story;
    const struct playbill *bill;
    const struct zone *zone;
    bool colour;
    int widest; /* of the column that says what happens */
};

static const char *tint(const struct showing *s, char which)
{
    if (!s->colour)
        return "";
    return which == 'r'   ? "\033[31m"
           : which == 'g' ? "\033[32m"
           : which == 'y' ? "\033[33m"
           : which == 'd' ? "\033[2m"
           : which == 'b' ? "\033[1m"
                          : "\033[0m";
}

/* --- one line --- */

static const struct zone *zone_of(const struct showing *s, const char *person)
{
    const struct person *p = person ? config_person(s->config, person) : NULL;

    return p && p->zone ? p->zone : s->zone;
}

/* "03:05", or "Mon 03:05" on another day than the first, or "03:05:20". */
static const char *clock_of(const struct showing *s, int64_t at_ms, const struct zone *z, char *dst,
                            size_t size)
{
    static const char *const days[] = {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "};
    int64_t local_s = zone_local(z, at_ms / 1000);
    int64_t first_s = zone_local(z, s->story->start_ms / 1000);
    struct civil c = civil_of(local_s);
    bool same = local_s / 86400 == first_s / 86400;

    if (c.second)
        text_printf(dst, size, "%s%02d:%02d:%02d", same ? "" : days[civil_weekday(local_s)], c.hour,
                    c.minute, c.second);
    else
        text_printf(dst, size, "%s%02d:%02d", same ? "" : days[civil_weekday(local_s)], c.hour,
                    c.minute);
    return dst;
}

static bool at_night(int64_t at_ms, const struct zone *z)
{
    struct civil c = civil_of(zone_local(z, at_ms / 1000));

    return c.hour >= NIGHT_FROM_H || c.hour < NIGHT_TO_H;
}

/* %w: who, a person or a channel; %c: "by CHANNEL" when a person is told. No template: the event
 * itself. */
static const struct phrase {
    const char *event, *text;
    char tint;
} phrases[] = {
    {"triggered", "triggered", 'r'},
    {"page", "%w is paged%c", 'b'},
    {"escalated", "the next step", 0},
    {"resolved", "%w hears%c that it is over", 'g'},
    {"closed", "over", 'g'},
    {"told", "%w is told%c", 'd'},
    {"reminder", "%w is reminded%c", 0},
    {"handoff", "%w inherits it%c", 0},
    {"updated", "%w hears%c how it goes on", 0},
    {"silence_ending", "%w hears%c that the silence ends", 0},
    {"undelivered", "%w is not reached%c", 'r'},
    {"acknowledged", "%w acknowledges", 'y'},
    {"unacknowledged", "not acknowledged any more", 'r'},
    {"suppressed", "held back", 'y'},
    {"released", "held back no longer", 0},
    {"inherited", "a new turn", 0},
    {"unsnoozed", "its snooze is over", 'r'},
    {"snoozed", "%w snoozes it", 'y'},
    {"reopened", "again", 'r'},
    {"noted", "%w notes", 0},
    {"reassigned", "%w hands it over", 0},
    {"urgent", "urgent now", 'r'},
    {"empty", "a step finds nobody", 'y'},
    {"nobody", "nobody could be told", 'r'},
    {"fallback", "the fallback", 'y'},
    {"refused", "%w cannot do that", 'r'},
    {"crash", "midwatch is killed", 'r'},
    {"started", "midwatch is up again", 'g'},
    {"store_away", "the store is away", 'r'},
    {"store_back", "the store is back", 'g'},
};

static const struct phrase *phrase_of(const char *event)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (text_eq(phrases[i].event, event))
            return &phrases[i];
    return NULL;
}

/* ", 21:00 in New York" */
static void say_elsewhere(const char *clock, const struct zone *z, struct buf *out)
{
    const char *name = zone_name(z), *city = strrchr(name, '/');

    buf_printf(out, ", %s in ", clock);
    for (const char *c = city ? city + 1 : name; *c; c++)
        buf_char(out, *c == '_' ? ' ' : *c);
}

static void say_channel(const struct entry *e, struct buf *out)
{
    if (e->person && e->channel)
        buf_printf(out, " by %s", e->channel);
}

static void say_what(const struct showing *s, const struct entry *e, struct buf *out)
{
    const struct phrase *p = phrase_of(e->event);
    const char *who = e->person ? e->person : e->channel ? e->channel : "midwatch";
    const struct zone *z = zone_of(s, e->person);
    char clock[32];

    for (const char *t = p ? p->text : e->event; *t; t++) {
        if (t[0] == '%' && t[1] == 'w')
            buf_str(out, who), t++;
        else if (t[0] == '%' && t[1] == 'c')
            say_channel(e, out), t++;
        else
            buf_char(out, *t == '_' ? ' ' : *t);
    }
    if (entry_is_page(e) && z != s->zone)
        say_elsewhere(clock_of(s, e->at_ms, z, clock, sizeof clock), z, out);
}

/* Offsets of an event, whole to the second when it can be. */
static const char *offset_of(const struct showing *s, int64_t at_ms, char *dst, size_t size)
{
    char text[32];

    text_printf(dst, size, "+%s",
                text_from_duration(at_ms - s->story->start_ms, text, sizeof text));
    return dst;
}

static void print_entry(const struct showing *s, const struct entry *e)
{
    const struct phrase *p = phrase_of(e->event);
    char offset[40], clock[32];
    struct buf what;
    int pad;

    buf_init(&what, 4096);
    say_what(s, e, &what);
    pad = s->widest - (int)utf8_width(buf_text(&what));
    printf("  %s%8s%s  %9s  %s%s%s", tint(s, 'd'), offset_of(s, e->at_ms, offset, sizeof offset),
           tint(s, 0), clock_of(s, e->at_ms, s->zone, clock, sizeof clock),
           p && p->tint ? tint(s, p->tint) : "", buf_text(&what), tint(s, 0));
    if (e->why && !text_eq(e->event, "triggered")) /* that is the headline */
        printf("%*s  %s%s%s", pad > 0 ? pad : 0, "", tint(s, 'd'), e->why, tint(s, 0));
    putchar('\n');
    buf_done(&what);
}

static void measure(struct showing *s)
{
    for (size_t i = 0; i < s->bill->entries.n; i++) {
        struct buf what;
        int width;

        buf_init(&what, 4096);
        say_what(s, &s->bill->entries.items[i], &what);
        width = (int)utf8_width(buf_text(&what));
        if (width > s->widest && width <= WHAT_WIDEST)
            s->widest = width;
        buf_done(&what);
    }
}

/* --- what is rehearsed --- */

static void name_event(const struct story_event *e, struct buf *out)
{
    static const char *const kinds[STORY_KINDS] = {
        [STORY_DOWN] = "down",
        [STORY_UP] = "well again",
        [STORY_FLAKY] = "down and up again",
        [STORY_STORE] = "the store is away",
        [STORY_DEAF] = "no answer",
        [STORY_REFUSE] = "refuses everything",
        [STORY_CRASH] = "midwatch is killed",
    };
    char text[32];

    for (size_t i = 0; i < e->n_names && i < 5; i++)
        buf_printf(out, "%s%s", i ? ", " : "", e->names[i]);
    if (e->n_names > 5)
        buf_printf(out, " and %zu others", e->n_names - 5);
    if (e->kind == STORY_DEED)
        buf_printf(out, "%s: %s%s%s", e->deed.who ? e->deed.who : STORY_SOMEBODY,
                   deed_name(e->deed.kind), e->deed.to ? " to " : "", e->deed.to ? e->deed.to : "");
    else if (e->quiet)
        buf_printf(out, "%s for %s", quiet_kind_name(e->quiet->kind),
                   text_from_duration(e->quiet->end_ms, text, sizeof text));
    else if (e->override)
        buf_printf(out, "override in %s", e->override->schedule);
    else
        buf_printf(out, "%s%s", e->n_names ? ": " : "", kinds[e->kind]);
    if (e->kind == STORY_DEED && e->deed.until_ms)
        buf_printf(out, " for %s", text_from_duration(e->deed.until_ms, text, sizeof text));
    if (e->for_ms && !e->quiet && !e->override)
        buf_printf(out, " for %s", text_from_duration(e->for_ms, text, sizeof text));
}

#define EVENTS_SHOWN 20

static void print_events(const struct showing *s)
{
    char offset[40];

    for (size_t i = 0; i < s->story->n_events && i < EVENTS_SHOWN; i++) {
        struct buf what;

        buf_init(&what, 4096);
        name_event(&s->story->events[i], &what);
        printf("  %8s  %s\n", offset_of(s, s->story->events[i].at_ms, offset, sizeof offset),
               buf_text(&what));
        buf_done(&what);
    }
    if (s->story->n_events > EVENTS_SHOWN)
        printf("            and %zu more\n", s->story->n_events - EVENTS_SHOWN);
}

/* A rehearsal probes at the very instant; the daemon comes by at its slot. */
static int64_t latest_notice_ms(const struct showing *s)
{
    int64_t most = 0;

    for (size_t i = 0; i < s->story->n_events; i++)
        for (size_t n = 0;
             s->story->events[i].kind == STORY_DOWN && n < s->story->events[i].n_names; n++) {
            const struct monitor *m = config_monitor(s->config, s->story->events[i].names[n]);

            if (m && m->interval_ms > most)
                most = m->interval_ms;
        }
    return most;
}

static void print_head(const struct showing *s)
{
    char from[40], length[32], every[32];
    int64_t most = latest_notice_ms(s);

    printf("%sA rehearsal by %s%s: from %s (%s) for %s. Nobody is told anything.\n", tint(s, 'b'),
           s->config->path, tint(s, 0), show_local(s->story->start_ms, s->zone, from, sizeof from),
           zone_name(s->zone),
           text_human_ms((double)(s->story->until_ms - s->story->start_ms), length, sizeof length));
    print_events(s);
    if (most)
        printf("%sIn earnest it is noticed up to %s later: probes come every %s.%s\n", tint(s, 'd'),
               text_from_duration(most, every, sizeof every), every, tint(s, 0));
}

/* --- incident by incident --- */

static const char *title_of(const struct showing *s, const char *incident)
{
    for (size_t i = 0; i < s->bill->entries.n; i++) {
        const struct entry *e = &s->bill->entries.items[i];

        if (text_eq(e->incident, incident) && text_eq(e->event, "triggered"))
            return e->why;
    }
    return NULL;
}

static void print_group(const struct showing *s, const char *incident, const char *head)
{
    bool begun = false;

    for (size_t i = 0; i < s->bill->entries.n; i++) {
        const struct entry *e = &s->bill->entries.items[i];

        if (!text_eq(e->incident, incident))
            continue;
        if (!begun)
            printf("\n%s%s%s\n", tint(s, 'b'), head, tint(s, 0));
        begun = true;
        print_entry(s, e);
    }
}

static bool only_held(const struct rehearsed *r)
{
    return r->hold && !r->busy;
}

static void print_incidents(const struct showing *s, const struct rehearsed_list *l)
{
    int shown = 0;

    print_group(s, NULL, "Apart from incidents");
    for (size_t i = 0; i < l->list.n; i++) {
        const struct rehearsed *r = &l->list.items[i];
        const char *title = title_of(s, r->incident);
        char head[500];

        if (only_held(r))
            continue;
        if (shown++ == INCIDENTS_SHOWN) {
            printf("\nThere are more incidents than %d; --json has them all.\n", INCIDENTS_SHOWN);
            return;
        }
        text_printf(head, sizeof head, "%zu. %s  (%s)", i + 1,
                    title ? title : show_or(r->monitor, "an incident"), r->incident);
        print_group(s, r->incident, head);
    }
}

/* Nobody hears of these: a line each. */
static void print_held(const struct showing *s, const struct rehearsed_list *l)
{
    bool begun = false;

    for (size_t i = 0; i < l->list.n; i++) {
        const struct rehearsed *r = &l->list.items[i];
        char offset[40], clock[32];

        if (!only_held(r))
            continue;
        if (!begun)
            printf("\n%sHeld back, nobody is paged%s\n", tint(s, 'b'), tint(s, 0));
        begun = true;
        printf("  %s%8s%s  %9s  %zu. %s%s: %s%s\n", tint(s, 'd'),
               offset_of(s, r->first->at_ms, offset, sizeof offset), tint(s, 0),
               clock_of(s, r->first->at_ms, s->zone, clock, sizeof clock), i + 1,
               show_or(r->monitor, "an incident"), tint(s, 'd'), show_or(r->hold->why, ""),
               tint(s, 0));
    }
}

/* --- the sum --- */

struct woken {
    size_t pages, nights;
    const struct entry *first;
};

static struct woken woken_of(const struct showing *s, const char *person, const char *channel)
{
    struct woken w = {0};

    for (size_t i = 0; i < s->bill->entries.n; i++) {
        const struct entry *e = &s->bill->entries.items[i];

        if (!entry_is_page(e) || !text_eq(e->person, person) ||
            (!person && !text_eq(e->channel, channel)))
            continue;
        w.pages++;
        w.nights += at_night(e->at_ms, zone_of(s, person));
        if (!w.first)
            w.first = e;
    }
    return w;
}

static bool print_woken(const struct showing *s, const char *name, struct woken w)
{
    char count[32], offset[40], clock[32], night[48] = "";

    if (!w.pages)
        return false;
    if (w.nights == w.pages)
        text_copy(night, sizeof night, ", at night");
    else if (w.nights)
        text_printf(night, sizeof night, ", %zu at night", w.nights);
    printf("  %-16s %s%s, the first after %s (%s)\n", name,
           show_count(w.pages, "page", "pages", count, sizeof count), night,
           offset_of(s, w.first->at_ms, offset, sizeof offset) + 1,
           clock_of(s, w.first->at_ms, zone_of(s, w.first->person), clock, sizeof clock));
    return true;
}

static void print_everybody(const struct showing *s)
{
    const struct config *c = s->config;
    bool any = false;

    for (size_t i = 0; i < c->n_people; i++)
        any |= print_woken(s, c->people[i].name, woken_of(s, c->people[i].name, NULL));
    for (size_t i = 0; i < c->n_channels; i++)
        any |= print_woken(s, c->channels[i].name, woken_of(s, NULL, c->channels[i].name));
    if (!any)
        printf("  nobody is paged\n");
}

static void print_unheard(const struct showing *s, const struct rehearsed_list *l)
{
    for (size_t i = 0; i < l->list.n; i++) {
        const struct rehearsed *r = &l->list.items[i];

        if (r->pages || only_held(r))
            continue;
        if (r->hold && r->hold->why && text_starts(r->hold->why, "told together"))
            continue; /* the one that gathers it speaks for it */
        printf("  %sincident %zu%s%s%s: %s%s\n", tint(s, r->unheard ? 'r' : 'y'), i + 1,
               r->monitor ? " (" : "", r->monitor ? r->monitor : "", r->monitor ? ")" : "",
               r->unheard ? "NOBODY IS PAGED, and nothing holds it back"
               : r->hold  ? "nobody is paged: it is held back"
                          : "nobody is paged: it ends before anybody is due",
               tint(s, 0));
    }
}

void rehearse_print(const struct config *c, const struct story *story, const struct playbill *b,
                    bool colour)
{
    struct showing s = {
        .config = c, .story = story, .bill = b, .zone = rehearse_zone(c), .colour = colour};
    struct rehearsed_list l;

    rehearse_sum_up(b, &l);
    measure(&s);
    print_head(&s);
    print_incidents(&s, &l);
    print_held(&s, &l);
    printf("\n%sIn short%s\n", tint(&s, 'b'), tint(&s, 0));
    print_everybody(&s);
    print_unheard(&s, &l);
    vec_done(&l.list);
}
