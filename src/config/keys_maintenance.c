/* keys_maintenance.c - the keys of `maintenance`, of a monitor and of the file.
 *
 * All windows of the file lie in one list in the end, which monitors point into; until then they
 * are kept as struct planned, and link_monitors() moves them. */
#include <string.h>

#include "reader.h"

/* --- a window ----------------------------------------------------------------------------- */

#define AT(field) offsetof(struct planned, field)

/* `match` is for the file only. */
static const struct row maintenance_rows[] = {
    {"match", &type_labels, AT(match), AT(n_match), .example = "{ group: core }",
     .text = "Whose it is, as in `routes`. Empty or absent: every monitor's."},
    {"time_zone", &type_zone, AT(window.zone), .example = "UTC",
     .text = "Whose wall clock the times are on. Needed, unless all of them carry an offset or "
             "Z."},
    {"days", &type_days, AT(hours.days), .example = "[sun]",
     .text = "The days it begins on, every week. Without it, every day."},
    {"start", &type_window_time, AT(start), .example = "\"02:00\"",
     .text = "When it begins: a time of day, every such day; or a date and time such as "
             "2026-12-24T18:00, once."},
    {"end", &type_window_time, AT(end), .example = "\"04:00\"",
     .text = "When it is over, likewise. A time of day not after `start` is on the next day; the "
             "same is the whole day."},
    {"from", &type_week_time, AT(hours.start_s), .flags = ROW_INSTEAD, .example = "\"fri 18:00\"",
     .text = "When it begins each week, instead of days, start and end."},
    {"to", &type_week_time, AT(hours.end_s), .flags = ROW_INSTEAD, .example = "\"mon 08:00\"",
     .text = "When it ends."},
    {"comment", &type_line, AT(window.comment), .max = 255, .example = "vacuum of the database",
     .text = "What it is for; shown wherever it holds a page back."},
};
#define N_ROWS (sizeof maintenance_rows / sizeof *maintenance_rows)

/* --- what rows cannot say ----------------------------------------------------------------- */

static const char wanted[] = "a window has `start` and `end` (two times of day or two dates), or "
                             "`days`, or `from` and `to`";

/* A key that was written but could not be read has been complained about. */
static bool read_whole(const struct node *n, const struct planned *p)
{
    return (!node_get(n, "start") || p->start.given) && (!node_get(n, "end") || p->end.given);
}

static bool has_form(const struct node *n, const struct planned *p)
{
    bool start = node_get(n, "start"), end = node_get(n, "end"), days = node_get(n, "days");
    bool from = node_get(n, "from"), to = node_get(n, "to");
    if (from || to)
        return from && to && !start && !end && !days;
    if (start != end || (!start && !days))
        return false;
    return !start || (p->start.dated == p->end.dated && !(p->start.dated && days));
}

static void make_once(struct reader *r, const struct node *n, struct planned *p)
{
    p->window.once = true;
    p->window.start_ms = p->start.at_ms;
    p->window.end_ms = p->end.at_ms;
    if (p->window.end_ms <= p->window.start_ms)
        diag_error(r->d, node_get(n, "end"), "`end` must be after `start`");
}

static void make_recurring(struct reader *r, const struct node *n, struct planned *p)
{
    struct restriction *hours = arena_new(&r->config->arena, struct restriction);
    bool weekly = node_get(n, "from") != NULL;
    *hours = p->hours;
    hours->kind = weekly ? RESTRICT_WEEKLY : RESTRICT_DAILY;
    if (!weekly) {
        hours->days = node_get(n, "days") ? p->hours.days : 127;
        hours->start_s = p->start.day_s;
        hours->end_s = p->end.day_s;
    }
    p->window.start_ms = INT64_MIN;
    p->window.end_ms = INT64_MAX;
    p->window.hours = hours;
    p->window.n_hours = 1;
}

static void check_window(struct reader *r, const struct node *n, void *object)
{
    struct planned *p = object;
    p->place = n;
    match_check(r, node_get(n, "match"));
    if (!read_whole(n, p))
        return;
    if (!has_form(n, p)) {
        diag_error(r->d, n, "%s", wanted);
        return;
    }
    if (!node_get(n, "time_zone") && !(p->start.instant && p->end.instant))
        diag_error(r->d, n, "the window has no `time_zone`");
    if (!p->window.zone)
        p->window.zone = zone_utc();
    if (p->start.dated)
        make_once(r, n, p);
    else
        make_recurring(r, n, p);
}

const struct shape shape_maintenance = {
    .name = "window",
    ROWS(maintenance_rows),
    .check = check_window,
};
const struct shape shape_window = {
    .name = "window",
    .rows = maintenance_rows + 1, /* all but `match` */
    .n_rows = N_ROWS - 1,
    .check = check_window,
};

/* --- a list of them ----------------------------------------------------------------------- */

#define WINDOWS_MAX 1000

static void read_windows(struct reader *r, const struct row *row, const struct node *n,
                         void *object)
{
    if (node_is_null(n))
        return;
    if (n->kind != NODE_LIST) {
        read_refuse(r, row, n);
        return;
    }
    if (n->n > WINDOWS_MAX) {
        read_refuse_why(r, row, n, "more than 1000 windows");
        return;
    }
    node_each(e, n) {
        struct planned p = {.owner = row->of == &shape_window ? object : NULL};
        read_map(r, row->of, e->value, &p);
        vec_push(&r->windows, p);
    }
}

const struct type type_windows = {"list of mappings", "a list", .read = read_windows,
                                  .nested = true, .list = true};
