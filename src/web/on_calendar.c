/* on_calendar.c - GET /oncall/{name}.ics and /oncall/person/{name}.ics: who is on call, as a
 * calendar to subscribe to. Whole stretches, 60 days back and 180 ahead. */
#include <stdio.h>
#include <string.h>

#include "format/icalendar.h"
#include "oncall/stretch.h"
#include "web_private.h"

#define BACK_MS     (60 * DAY_MS)
#define AHEAD_MS    (180 * DAY_MS)
#define EDGES_MOST  200000
#define EVENTS_MOST 20000

struct feed {
    struct call *call;
    struct buf body;
    size_t events;
    const struct schedule *schedule; /* whose stretches are coming */
    const struct person *person;     /* NULL: everybody */
};

static const char *full_name(const struct config *c, const char *person)
{
    const struct person *p = config_person(c, person);

    return p && p->full_name && p->full_name[0] ? p->full_name : person;
}

static bool on_stretch(void *arg, const struct stretch *s)
{
    struct feed *f = arg;
    const struct config *c = f->call->config;
    char uid[512], title[300], text[400];

    if (f->person && strcmp(s->person, f->person->name) != 0)
        return true;
    snprintf(uid, sizeof uid, "%lld-%s-%s@%s.midwatch", (long long)(s->start_ms / 1000), s->person,
             f->schedule->name, c->name);
    if (f->person)
        snprintf(title, sizeof title, "On call: %s", f->schedule->name);
    else
        snprintf(title, sizeof title, "%s", full_name(c, s->person));
    snprintf(text, sizeof text, "%s is on call in %s (%s)", full_name(c, s->person),
             f->schedule->name, c->name);
    icalendar_event(&f->body, &(struct ical_entry){.uid = uid,
                                                   .summary = title,
                                                   .description = text,
                                                   .start_ms = s->start_ms,
                                                   .end_ms = s->end_ms,
                                                   .stamp_ms = f->call->now_ms});
    return ++f->events < EVENTS_MOST;
}

/* As it stands now, overrides kept at run time included. */
static void add_schedule(struct feed *f, const struct schedule *s)
{
    int64_t now_ms = f->call->now_ms;

    if (s == NULL)
        return;
    f->schedule = s;
    stretch_each(s, now_ms - BACK_MS, now_ms + AHEAD_MS, EDGES_MOST, on_stretch, f);
}

static void begin(struct feed *f, struct call *c, const char *title)
{
    char text[400];

    *f = (struct feed){.call = c};
    buf_init(&f->body, WEB_MAX_ANSWER);
    snprintf(text, sizeof text, "On call: %s (%s)", title, c->config->name);
    icalendar_begin(&f->body, text);
}

static void end(struct feed *f)
{
    icalendar_end(&f->body);
    reply_text(f->call->web, f->call->q, 200, "text/calendar; charset=utf-8", &f->body);
}

void on_schedule_calendar(struct call *c)
{
    const struct schedule *s = engine_schedule(c->engine, c->arg);
    struct feed f;

    if (s == NULL) {
        reply_problem(c->web, c->q, 404, "there is no schedule %s", c->arg);
        return;
    }
    begin(&f, c, s->name);
    add_schedule(&f, s);
    end(&f);
}

void on_person_calendar(struct call *c)
{
    const struct person *p = config_person(c->config, c->arg);
    struct feed f;

    if (p == NULL) {
        reply_problem(c->web, c->q, 404, "there is no person %s", c->arg);
        return;
    }
    begin(&f, c, full_name(c->config, p->name));
    f.person = p;
    for (size_t i = 0; i < c->config->n_schedules; i++)
        add_schedule(&f, engine_schedule(c->engine, c->config->schedules[i].name));
    end(&f);
}
