/* calendar.c - the keys `calendar` and `overrides_calendar`: a file beside the configuration.
 *
 * The files are read at the end, when all people are known, and count for the digest of the
 * configuration. How far recurring events are followed depends on when the file is read, which
 * whoever loads says (load_options.now_ms); without that, on the first event. */
#include "calendar.h"

#include <string.h>

#include "base/hash.h"
#include "files.h"
#include "reader.h"

#define DAY_MS         ((int64_t)86400000)
#define BACK_MS        (366 * DAY_MS)
#define AHEAD_MS       (3653 * DAY_MS)
#define OVERRIDES_MOST 5000

/* --- the keys ------------------------------------------------------------------------------ */

static void read_use(struct reader *r, const struct row *row, const struct node *n,
                     struct layer *layer)
{
    struct calendar_use use = {.place = n, .zone = r->zone, .layer = layer};
    const char *text = read_text(r, row, n);

    if (text && *text)
        vec_push(&r->calendars, use);
    else if (text)
        read_refuse(r, row, n);
}

static void read_layer_calendar(struct reader *r, const struct row *row, const struct node *n,
                                void *object)
{
    struct layer *l = object;

    l->imported = true;
    read_use(r, row, n, l);
}

static void read_overrides_calendar(struct reader *r, const struct row *row, const struct node *n,
                                    void *object)
{
    (void)object;
    read_use(r, row, n, NULL);
}

const struct type type_calendar = {"calendar", "an iCalendar file", .read = read_layer_calendar};
const struct type type_overrides_calendar = {"calendar", "an iCalendar file",
                                             .read = read_overrides_calendar};

void calendar_adopt(struct reader *r, const struct node *n, struct schedule *s)
{
    for (size_t i = r->calendars.n; i-- > 0 && !r->calendars.items[i].schedule;) {
        r->calendars.items[i].schedule = s;
        r->calendars.items[i].of = n;
    }
}

/* --- how far ------------------------------------------------------------------------------- */

static int64_t first_event_ms(const struct calendar *c)
{
    int64_t first_s = INT64_MAX;

    for (size_t i = 0; i < c->events.n; i++)
        if (c->events.items[i].start.local_s < first_s)
            first_s = c->events.items[i].start.local_s;
    return first_s == INT64_MAX ? 0 : first_s * 1000;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void set_window(struct import *m)
{
    const struct load_options *o = m->reader->tree->options;
    int64_t now_ms = o && o->now_ms ? o->now_ms : first_event_ms(m->calendar);

    m->from_ms = now_ms - BACK_MS;
    m->to_ms = now_ms + AHEAD_MS;
    if (m->use->layer) {
        m->from_ms = larger(m->from_ms, m->use->layer->from_ms);
        m->to_ms = smaller(m->to_ms, m->use->layer->until_ms);
    }
}

/* --- what becomes of them ------------------------------------------------------------------ */

/* Those of the file come first, so that one listed in the configuration lies over them. */
static int add_overrides(struct import *m, struct err *e)
{
    struct schedule *s = m->use->schedule;
    size_t n = m->n_shifts + s->n_overrides;

    if (m->n_shifts > OVERRIDES_MOST)
        return err_set(e, "gives %zu overrides, at most %d may be", m->n_shifts, OVERRIDES_MOST);
    struct override *all = arena_calloc(&m->reader->config->arena, n + 1, sizeof *all);

    for (size_t i = 0; i < m->n_shifts; i++)
        all[i] = (struct override){.kind = OVERRIDE_SET,
                                   .start_ms = m->shifts[i].start_ms,
                                   .end_ms = m->shifts[i].end_ms,
                                   .people = m->shifts[i].people};
    if (s->n_overrides)
        memcpy(all + m->n_shifts, s->overrides, s->n_overrides * sizeof *all);
    s->overrides = all;
    s->n_overrides = n;
    return 0;
}

static int fill(struct import *m, struct err *e)
{
    set_window(m);
    if (import_run(m, e) < 0)
        return -1;
    if (!m->use->layer)
        return add_overrides(m, e);
    m->use->layer->shifts = m->shifts;
    m->use->layer->n_shifts = m->n_shifts;
    return 0;
}

static int read_calendar(struct reader *r, const char *path, struct calendar *ret, struct err *e)
{
    struct bytes b;

    if (files_read(path, CALENDAR_BYTES_MAX, &b, e) < 0)
        return -1;
    r->digest = hash64(b.p, b.n, r->digest);
    int rc = calendar_read(b.p, b.n, ret, e);

    bytes_wipe(&b);
    return rc;
}

static void import_use(struct reader *r, const struct calendar_use *use)
{
    struct calendar calendar = {0};
    struct import m = {.reader = r, .use = use, .calendar = &calendar, .name = use->place->shown};
    struct err e;
    char *path = files_beside(use->place->source->path, use->place->text);

    if (read_calendar(r, path, &calendar, &e) < 0)
        diag_error(r->d, use->place, "calendar `%s`: %s", m.name,
                   use->place->secret ? "cannot be read" : e.text);
    else if (fill(&m, &e) < 0)
        diag_error(r->d, use->place, "calendar `%s`: %s", m.name, e.text);
    calendar_done(&calendar);
    mem_free(path);
}

void calendar_link(struct reader *r)
{
    for (size_t i = 0; i < r->calendars.n; i++) {
        const struct calendar_use *use = &r->calendars.items[i];

        if (!use->place->broken && use->schedule && use->zone)
            import_use(r, use);
    }
    for (size_t i = 0; i < r->calendars.n; i++)
        if (r->calendars.items[i].schedule)
            schedule_check_crowd(r, r->calendars.items[i].of, r->calendars.items[i].schedule);
    vec_done(&r->calendars);
}
