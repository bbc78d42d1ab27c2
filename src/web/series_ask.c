/* series_ask.c - who and when, out of the query of a request for series.
 *
 * Happy path: monitors by name, or by group and labels; window, step, percentiles, region.
 * Failures:   answered here: 400 with the bounds in words, 404 for what is not there, 503 when only
 *             the store could say. */
#include "series_ask.h"

#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "base/text.h"
#include "body.h"

#define SECOND_MS     INT64_C(1000)
#define WINDOW_MS     DAY_MS
#define LONGEST_MS    (3660 * DAY_MS)
#define POINTS        120 /* of a step that nobody chose, at most */
#define POINTS_MOST   2000
#define QUERY_SIZE    8192
#define PERCENTILES   "50,90,95,99"
#define INSTANT_WORDS "an instant like 2026-11-22T03:04:05Z, or relative to now, like -24h"

void series_ask_done(struct series_ask *x)
{
    for (size_t i = 0; i < x->names.n; i++) {
        mem_free((void *)(uintptr_t)x->names.items[i]);
        mem_free((void *)(uintptr_t)x->groups.items[i]);
    }
    vec_done(&x->names);
    vec_done(&x->groups);
}

static void add_name(struct series_ask *x, const char *name, const char *group)
{
    vec_push(&x->names, (const char *)mem_strdup(name));
    vec_push(&x->groups, (const char *)mem_strdup(group));
}

/* --- when ----------------------------------------------------------------------------- */

/* An instant, `now`, or `-24h`. 0 or -1 after answering; absent: *ret_ms stays. */
static int read_instant(struct call *c, const char *key, int64_t *ret_ms, bool *ret_relative)
{
    char text[48];
    bool has_offset;
    int64_t ms;

    *ret_relative = true;
    if (!request_query(c->v, key, text, sizeof text))
        return 0;
    if (text_eq(text, "now")) {
        *ret_ms = c->now_ms;
    } else if (text[0] == '-' && text_duration(text + 1, &ms, NULL) == 0) {
        *ret_ms = c->now_ms - ms;
    } else if (rfc3339_parse(text, &ms, &has_offset) == 0 && has_offset) {
        *ret_ms = ms;
        *ret_relative = false;
    } else {
        reply_problem(c->web, c->q, 400, "%s: " INSTANT_WORDS, key);
        return -1;
    }
    return 0;
}

static int64_t default_step_ms(int64_t length_ms, int64_t interval_ms, int64_t points)
{
    static const int64_t seconds[] = {1,     5,     10,        30,        60,        120,   300,
                                      600,   900,   1800,      3600,      7200,      10800, 21600,
                                      43200, 86400, 2 * 86400, 7 * 86400, 14 * 86400};
    size_t i = 0, last = sizeof seconds / sizeof *seconds - 1;

    while (i < last &&
           (seconds[i] * SECOND_MS * points < length_ms || seconds[i] * SECOND_MS < interval_ms))
        i++;
    return seconds[i] * SECOND_MS;
}

/* 0 or -1 after answering. `all`: one point. */
static int read_step(struct call *c, struct series_query *q, int64_t interval_ms)
{
    int64_t points = POINTS;
    char text[48];
    struct err e;

    if (request_query(c->v, "points", text, sizeof text) &&
        text_int(text, 1, POINTS_MOST, &points, &e) < 0) {
        reply_problem(c->web, c->q, 400, "points: %s", e.text);
        return -1;
    }
    if (!request_query(c->v, "step", text, sizeof text)) {
        q->step_ms = default_step_ms(q->to_ms - q->from_ms, interval_ms, points);
        return 0;
    }
    if (text_eq(text, "all")) {
        q->step_ms = 0;
        return 0;
    }
    if (text_duration(text, &q->step_ms, NULL) == 0 && q->step_ms >= SECOND_MS &&
        q->step_ms <= LONGEST_MS)
        return 0;
    reply_problem(c->web, c->q, 400,
                  "step: a duration like 5m, from 1s on, or `all`: one point for the whole time");
    return -1;
}

/* Where "a month ago" begins is not meant to the millisecond: whole units are cheap to read. */
static int64_t unit_of(const struct series_query *q)
{
    int64_t length_ms = q->to_ms - q->from_ms;

    if (q->step_ms > 0)
        return q->step_ms < DAY_MS ? q->step_ms : DAY_MS;
    return length_ms >= 7 * DAY_MS ? DAY_MS : length_ms >= DAY_MS / 2 ? HOUR_MS : MINUTE_MS;
}

static int read_window(struct call *c, struct series_ask *x, int64_t interval_ms)
{
    struct series_query *q = &x->query;
    bool relative, to_relative;

    q->to_ms = c->now_ms;
    q->from_ms = INT64_MIN;
    if (read_instant(c, "to", &q->to_ms, &to_relative) < 0 ||
        read_instant(c, "from", &q->from_ms, &relative) < 0)
        return -1;
    if (q->from_ms == INT64_MIN)
        q->from_ms = q->to_ms - WINDOW_MS;
    if (q->from_ms < 0 || q->from_ms >= q->to_ms || q->to_ms - q->from_ms > LONGEST_MS ||
        q->to_ms > c->now_ms + LONGEST_MS) {
        reply_problem(c->web, c->q, 400,
                      "from: an instant before `to` and not before 1970; both at most ten years "
                      "from each other and from now");
        return -1;
    }
    if (read_step(c, q, interval_ms) < 0)
        return -1;
    if (relative)
        q->from_ms -= q->from_ms % unit_of(q);
    return 0;
}

/* --- who ------------------------------------------------------------------------------ */

struct filter {
    char group[NAME_SIZE];
    struct label labels[16];
    char texts[16][256];
    size_t n_labels;
};

static int read_labels(struct call *c, struct filter *f)
{
    char text[QUERY_SIZE];

    for (const char *at = NULL; request_query_next(c->v, &at, "label", text, sizeof text);) {
        char *eq = strchr(text, '=');
        if (eq == NULL || eq == text || strlen(text) >= sizeof *f->texts ||
            f->n_labels == sizeof f->labels / sizeof *f->labels) {
            reply_problem(c->web, c->q, 400,
                          "label: NAME=VALUE, at most 255 bytes; at most 16 of them, which must "
                          "all fit");
            return -1;
        }
        text_copy(f->texts[f->n_labels], sizeof *f->texts, text);
        eq = strchr(f->texts[f->n_labels], '=');
        *eq = 0;
        f->labels[f->n_labels] = (struct label){f->texts[f->n_labels], eq + 1};
        f->n_labels++;
    }
    return 0;
}

static bool has_label(const struct monitor *m, const struct label *l)
{
    for (size_t i = 0; i < m->n_labels; i++)
        if (text_eq(m->labels[i].name, l->name))
            return text_eq(m->labels[i].value, l->value);
    return false;
}

static bool fits(const struct monitor *m, const struct filter *f)
{
    if (f->group[0] != 0 && !text_eq(m->group, f->group))
        return false;
    for (size_t i = 0; i < f->n_labels; i++)
        if (!has_label(m, &f->labels[i]))
            return false;
    return true;
}

/* One that is gone answers by name while anything of it is kept. */
static int add_monitor(struct call *c, struct series_ask *x, const char *name)
{
    const struct monitor *m = config_monitor(c->config, name);
    struct store *s = c->web->app->store(c->web->app_arg);
    struct store_facts facts = {.state = STORE_AWAY};

    if (s != NULL)
        store_read_facts(s, &facts);
    if (m == NULL && (s == NULL || !store_has_series(s, name))) {
        if (facts.state == STORE_UP)
            reply_problem(c->web, c->q, 404, "there is no monitor %s, nor anything kept of one",
                          name);
        else
            reply_problem(c->web, c->q, 503, "the store is away");
        return -1;
    }
    add_name(x, name, m != NULL ? m->group : NULL);
    return 0;
}

static int add_named(struct call *c, struct series_ask *x)
{
    char name[QUERY_SIZE];

    for (const char *at = NULL; request_query_next(c->v, &at, "monitor", name, sizeof name);) {
        for (size_t i = 0; i < x->names.n; i++)
            if (text_eq(x->names.items[i], name)) {
                reply_problem(c->web, c->q, 400, "monitor: %.100s is named twice", name);
                return -1;
            }
        if (add_monitor(c, x, name) < 0)
            return -1;
    }
    return 0;
}

static int add_fitting(struct call *c, struct series_ask *x, const struct filter *f)
{
    for (size_t i = 0; i < c->config->n_monitors; i++)
        if (fits(&c->config->monitors[i], f))
            add_name(x, c->config->monitors[i].name, c->config->monitors[i].group);
    if (x->names.n > 0 || (f->group[0] == 0 && f->n_labels == 0))
        return 0;
    reply_problem(c->web, c->q, 404, "there is no monitor with %s",
                  f->group[0] != 0 && f->n_labels ? "this group and label"
                  : f->group[0] != 0              ? "this group"
                                                  : "this label");
    return -1;
}

static int find_monitors(struct call *c, struct series_ask *x)
{
    struct filter f = {.n_labels = 0};

    if (query_name(c, "group", f.group, sizeof f.group) < 0 || read_labels(c, &f) < 0 ||
        add_named(c, x) < 0)
        return -1;
    if (x->names.n > 0 && (f.group[0] != 0 || f.n_labels > 0)) {
        reply_problem(c->web, c->q, 400, "monitor: either names, or `group` and `label`");
        return -1;
    }
    return x->names.n > 0 ? 0 : add_fitting(c, x, &f);
}

/* --- both ----------------------------------------------------------------------------- */

/* The longest, so that a step has something of each. */
static int64_t interval_of(const struct call *c, const struct series_ask *x)
{
    int64_t interval_ms = 0;

    for (size_t i = 0; i < x->names.n; i++) {
        const struct monitor *m = config_monitor(c->config, x->names.items[i]);
        if (m != NULL && m->interval_ms > interval_ms)
            interval_ms = m->interval_ms;
    }
    return interval_ms;
}

static int read_rest(struct call *c, struct series_ask *x)
{
    char text[QUERY_SIZE];
    struct err e;

    if (query_name(c, "region", x->region, sizeof x->region) < 0)
        return -1;
    x->query.region = x->region[0] != 0 ? x->region : NULL;
    x->query.monitors = x->names.items;
    x->query.n_monitors = x->names.n;
    if (!request_query(c->v, "percentiles", text, sizeof text))
        text_copy(text, sizeof text, PERCENTILES);
    if (percentiles_read(text, &x->percentiles, &e) < 0) {
        reply_problem(c->web, c->q, 400, "percentiles: %s", e.text);
        return -1;
    }
    return 0;
}

static int check_size(struct call *c, const struct series_ask *x)
{
    size_t rows = x->query.apart ? x->query.n_monitors : 1, points = series_points(&x->query);

    if (points * rows <= SERIES_CELLS_MAX)
        return 0;
    reply_problem(c->web, c->q, 400,
                  "step: %zu points for each of %zu series is more than %d in all; ask for a "
                  "longer step or a shorter time",
                  points, rows, SERIES_CELLS_MAX);
    return -1;
}

int series_ask_read(struct call *c, struct series_ask *x)
{
    char text[8];

    if (c->arg[0] == 0 && request_query(c->v, "apart", text, sizeof text))
        x->query.apart = text_eq(text, "true") || text_eq(text, "1");
    if (c->arg[0] != 0 ? add_monitor(c, x, c->arg) < 0 : find_monitors(c, x) < 0)
        return -1;
    if (read_rest(c, x) < 0 || read_window(c, x, interval_of(c, x)) < 0)
        return -1;
    return check_size(c, x);
}
