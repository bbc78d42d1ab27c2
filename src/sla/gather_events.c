/* gather_events.c - incidents and maintenance that have to do with the month. */
#include <string.h>

#include "base/text.h"
#include "sched/window.h"
#include "sla/gather.h"

#define EDGES_MAX 20000 /* of one window of the file, looked at for a month */

static const char *kept(struct sla_report *r, const char *s)
{
    return s != NULL && *s != 0 ? arena_strdup(&r->arena, s) : NULL;
}

static bool has_incident(const struct sla_report *r, const char *id)
{
    for (size_t i = 0; i < r->incidents.n; i++)
        if (strcmp(r->incidents.items[i].id, id) == 0)
            return true;
    return false;
}

void gather_incident(struct sla_report *r, const struct incident *i)
{
    struct sla_incident x = {.severity = i->severity,
                             .state = i->state,
                             .started_ms = i->started_ms,
                             .opened_ms = i->opened_ms,
                             .acked_ms = i->acked_ms,
                             .resolved_ms = i->state == INCIDENT_RESOLVED ? i->resolved_ms : 0,
                             .held = i->hold != HOLD_NONE};

    if (i->started_ms >= r->until_ms || (x.resolved_ms > 0 && x.resolved_ms < r->from_ms) ||
        has_incident(r, i->id))
        return;
    if (r->incidents.n == REPORT_INCIDENTS) {
        r->incidents_more++;
        return;
    }
    x.id = arena_strdup(&r->arena, i->id);
    x.title = arena_strdup(&r->arena, i->title);
    x.monitor = kept(r, i->monitor);
    x.acked_by = kept(r, i->acked_by);
    x.resolved_by = kept(r, i->resolved_by);
    vec_push(&r->incidents, x);
}

/* --- maintenance ------------------------------------------------------------------------- */

static void add_window(struct sla_report *r, const struct sla_window *x)
{
    if (r->windows.n == REPORT_WINDOWS)
        r->windows_more++;
    else
        vec_push(&r->windows, *x);
}

/* "group=core, team=payments" */
static const char *matchers_words(struct sla_report *r, const char *matchers)
{
    char text[MATCHERS_SIZE * 2];
    size_t n = 0;

    for (; *matchers != 0 && n + 3 < sizeof text; matchers++) {
        if (*matchers == '\n') {
            if (matchers[1] != 0) {
                text[n++] = ',';
                text[n++] = ' ';
            }
        } else {
            text[n++] = *matchers;
        }
    }
    text[n] = 0;
    return arena_strdup(&r->arena, n > 0 ? text : "everything");
}

static bool has_quiet(const struct sla_report *r, const char *id)
{
    for (size_t i = 0; i < r->windows.n; i++)
        if (text_eq(r->windows.items[i].id, id))
            return true;
    return false;
}

/* Announced when it was asked for: before it began, or it excludes nothing. */
void gather_quiet(struct sla_report *r, const struct quiet *q)
{
    struct sla_window x = {.start_ms = q->start_ms,
                           .end_ms = q->end_ms,
                           .announced_ms = q->created_ms,
                           .excluded = q->created_ms <= q->start_ms};

    if (q->kind != QUIET_MAINTENANCE || q->start_ms >= r->to_ms || q->end_ms <= r->from_ms ||
        q->end_ms <= q->start_ms || has_quiet(r, q->id))
        return;
    x.id = arena_strdup(&r->arena, q->id);
    x.what = matchers_words(r, q->matchers);
    x.author = kept(r, q->author);
    x.comment = kept(r, q->comment);
    add_window(r, &x);
}

/* Names of the monitors that have it. */
static const char *names_of(struct sla_report *r, const struct config *c, const struct window *w)
{
    struct buf names;
    const char *text;
    size_t n = 0, more = 0;

    buf_init(&names, 300);
    for (size_t i = 0; i < c->n_monitors; i++) {
        bool has = false;

        for (size_t k = 0; k < c->monitors[i].n_windows && !has; k++)
            has = c->monitors[i].windows[k] == w;
        if (has && names.len < 150)
            buf_printf(&names, "%s%s", n++ > 0 ? ", " : "", c->monitors[i].name);
        else
            more += has;
    }
    if (more > 0)
        buf_printf(&names, " and %zu more", more);
    text = arena_strdup(&r->arena, buf_text(&names));
    buf_done(&names);
    return text;
}

/* A time that holds is told once, though the clock jumps or entries meet within it. */
static void add_file_window(struct sla_report *r, const struct config *c, const struct window *w)
{
    struct sla_window x = {.excluded = true, .comment = kept(r, w->comment)};
    int64_t at_ms = r->from_ms;

    x.what = names_of(r, c, w);
    if (*x.what == 0)
        return; /* of no monitor */
    for (int i = 0; i < EDGES_MAX && at_ms < r->to_ms; i++) {
        bool holds = window_holds(w, at_ms);

        if (holds && x.start_ms == 0)
            x.start_ms = at_ms;
        if (!holds && x.start_ms != 0) {
            x.end_ms = at_ms;
            add_window(r, &x);
            x.start_ms = 0;
        }
        at_ms = window_next_edge(w, at_ms);
    }
    x.end_ms = at_ms < r->to_ms ? at_ms : r->to_ms;
    if (x.start_ms != 0)
        add_window(r, &x);
}

void gather_file_windows(struct sla_report *r, const struct config *c)
{
    for (size_t i = 0; i < c->n_windows; i++)
        add_file_window(r, c, &c->windows[i]);
}
