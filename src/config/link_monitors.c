/* link_monitors.c - what monitors have to do with each other: shared windows, dependencies. */
#include <string.h>

#include "reader.h"

/* --- maintenance -------------------------------------------------------------------------- */

static void give(struct monitor *m, const struct window *w, bool count_only)
{
    if (!count_only)
        m->windows[m->n_windows] = w;
    m->n_windows++;
}

/* To its owner, or to all it fits. */
static void give_to_all(struct config *c, const struct planned *p, const struct window *w,
                        bool count_only)
{
    if (p->owner)
        give(p->owner, w, count_only);
    for (size_t i = 0; !p->owner && i < c->n_monitors; i++)
        if (labels_fit(p->match, p->n_match, &c->monitors[i]))
            give(&c->monitors[i], w, count_only);
}

static bool fits_any(const struct config *c, const struct planned *p)
{
    for (size_t i = 0; i < c->n_monitors; i++)
        if (labels_fit(p->match, p->n_match, &c->monitors[i]))
            return true;
    return c->n_monitors == 0;
}

static void link_windows(struct reader *r)
{
    struct config *c = r->config;
    const struct planned *planned = r->windows.items;
    c->n_windows = r->windows.n;
    c->windows = arena_calloc(&c->arena, c->n_windows + 1, sizeof *c->windows);
    for (size_t i = 0; i < c->n_windows; i++) {
        c->windows[i] = planned[i].window;
        give_to_all(c, &planned[i], &c->windows[i], true);
    }
    for (size_t i = 0; i < c->n_monitors; i++) {
        struct monitor *m = &c->monitors[i];
        m->windows = arena_calloc(&c->arena, m->n_windows + 1, sizeof *m->windows);
        m->n_windows = 0;
    }
    for (size_t i = 0; i < c->n_windows; i++)
        give_to_all(c, &planned[i], &c->windows[i], false);
}

static void warn_idle_windows(struct reader *r)
{
    if (r->d->errors > 0 || r->tree->incomplete)
        return;
    for (size_t i = 0; i < r->windows.n; i++)
        if (!r->windows.items[i].owner && !fits_any(r->config, &r->windows.items[i]))
            diag_warn(r->d, r->windows.items[i].place, "this window fits no monitor");
}

/* --- dependencies ------------------------------------------------------------------------- */

enum mark { UNSEEN, ON_THE_WAY, DONE };

/* A walk along `depends_on`, without recursion: chains may be as long as the file. */
struct walk {
    struct reader *r;
    const struct monitor *monitors;
    const struct node **places; /* of each monitor's `depends_on`, or NULL */
    enum mark *marks;
    bool *told;         /* part of a circle that has been complained about */
    size_t *way, *next; /* the monitors we are in, and which dependency of each comes next */
    size_t n;
};

/* Names may have come from `${…}`. */
static const char *shown(const struct walk *w, size_t i)
{
    return refs_find(w->r, TARGET_MONITOR, w->monitors[i].name)->place->shown;
}

#define SHOWN_MAX 12 /* names of a circle */

static const struct node *place_of(const struct walk *w, size_t from, size_t to)
{
    const struct node *list = w->places[from];
    if (list->kind != NODE_LIST)
        return list;
    node_each(e, list)
        if (e->value->kind == NODE_TEXT && strcmp(e->value->text, w->monitors[to].name) == 0)
            return e->value;
    return list;
}

/* The circle is the way from `first` on. */
static void complain_circle(struct walk *w, size_t first)
{
    struct buf names;
    size_t start = w->way[first], last = w->way[w->n - 1];
    buf_init(&names, SHOWN_MAX * (NAME_SIZE + 10) + 100);
    for (size_t i = first; i < w->n && i < first + SHOWN_MAX; i++)
        buf_printf(&names, "`%s` -> ", shown(w, w->way[i]));
    if (w->n - first > SHOWN_MAX)
        buf_printf(&names, "%zu more -> ", w->n - first - SHOWN_MAX);
    diag_error(w->r->d, place_of(w, last, start), "`depends_on` goes round in a circle: %s`%s`",
               buf_text(&names), shown(w, start));
    buf_done(&names);
}

/* The way from `start` leads back to it. Each monitor is told of one circle only. */
static void on_circle(struct walk *w, size_t start)
{
    size_t first = w->n - 1, last = w->way[w->n - 1];
    if (last == start) {
        diag_error(w->r->d, place_of(w, last, start), "`%s` cannot depend on itself",
                   shown(w, start));
        return;
    }
    if (w->told[last] || w->r->d->errors >= DIAGNOSTICS_MAX)
        return;
    while (w->way[first] != start)
        first--;
    complain_circle(w, first);
    for (size_t i = first; i < w->n; i++)
        w->told[w->way[i]] = true;
}

static void enter(struct walk *w, size_t i)
{
    w->marks[i] = ON_THE_WAY;
    w->next[w->n] = 0;
    w->way[w->n++] = i;
}

/* One step along the way, or back. */
static void step(struct walk *w)
{
    size_t here = w->way[w->n - 1];
    const struct monitor *m = &w->monitors[here];
    if (w->next[w->n - 1] == m->n_depends_on) {
        w->marks[here] = DONE;
        w->n--;
        return;
    }
    const struct monitor *on = m->depends_on[w->next[w->n - 1]++];
    size_t there = on ? (size_t)(on - w->monitors) : 0;
    if (on && w->marks[there] == UNSEEN)
        enter(w, there);
    else if (on && w->marks[there] == ON_THE_WAY)
        on_circle(w, there);
}

static void walk_all(struct walk *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (w->marks[i] != UNSEEN)
            continue;
        enter(w, i);
        while (w->n > 0)
            step(w);
    }
}

/* The monitors stand in the order of their nodes. */
static void find_places(const struct walk *w, size_t n)
{
    const struct node *list = node_get(w->r->root, "monitors");
    size_t i = 0;
    if (!list || list->kind != NODE_LIST)
        return;
    node_each(e, list) {
        if (i == n)
            return;
        w->places[i++] = node_get(e->value, "depends_on");
    }
}

static void warn_disabled(const struct walk *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct monitor *m = &w->monitors[i];
        for (size_t k = 0; k < m->n_depends_on; k++) {
            const struct monitor *on = m->depends_on[k];
            if (on && !on->enabled)
                diag_warn(w->r->d, place_of(w, i, (size_t)(on - w->monitors)),
                          "`%s` is not enabled: it never holds anything back",
                          shown(w, (size_t)(on - w->monitors)));
        }
    }
}

static void check_dependencies(struct reader *r)
{
    size_t n = r->config->n_monitors;
    struct walk w = {.r = r,
                     .monitors = r->config->monitors,
                     .places = mem_calloc(n + 1, sizeof *w.places),
                     .marks = mem_calloc(n + 1, sizeof *w.marks),
                     .told = mem_calloc(n + 1, sizeof *w.told),
                     .way = mem_calloc(n + 1, sizeof *w.way),
                     .next = mem_calloc(n + 1, sizeof *w.next)};
    find_places(&w, n);
    walk_all(&w, n);
    warn_disabled(&w, n);
    mem_free(w.places);
    mem_free(w.marks);
    mem_free(w.told);
    mem_free(w.way);
    mem_free(w.next);
}

/* --- grouping ----------------------------------------------------------------------------- */

static void collect_labels(const struct reader *r, struct map *names)
{
    const struct config *c = r->config;
    static const char *const own[] = {"group", "severity", "monitor"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        map_put(names, own[i], (void *)own[i]);
    for (size_t i = 0; i < c->n_monitors; i++)
        for (size_t k = 0; k < c->monitors[i].n_labels; k++)
            map_put(names, c->monitors[i].labels[k].name, (void *)c);
    if (r->slos.n > 0) /* their incidents carry it */
        map_put(names, "slo", (void *)c);
}

static void warn_group_by(struct reader *r, const struct map *names, const struct node *group_by)
{
    const struct node *list = group_by ? read_as_list(r, group_by) : NULL;
    for (const struct entry *e = list ? list->first : NULL; e; e = e->next)
        if (!map_get(names, e->value->text))
            diag_warn(r->d, e->value, "`group_by`: no monitor has a label `%s`", e->value->shown);
}

/* A label that no monitor has is the same for all of them: everything would be one group. */
static void warn_group_labels(struct reader *r)
{
    const struct config *c = r->config;
    const struct node *policies = node_get(r->root, "policies");
    struct map names;
    if (c->n_monitors == 0 || !policies || policies->kind != NODE_MAP || r->d->errors > 0)
        return;
    map_init(&names, 0);
    collect_labels(r, &names);
    node_each(e, policies)
        warn_group_by(r, &names, node_get(e->value, "group_by"));
    map_done(&names);
}

void link_monitors(struct reader *r)
{
    link_windows(r);
    warn_idle_windows(r);
    check_dependencies(r);
    warn_group_labels(r);
}
