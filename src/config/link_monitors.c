/* link_monitors.c - what monitors have to do with each other: shared windows, dependencies. */
#include <string.h>

#include "reader.h"

/* --- maintenance -------------------------------------------------------------------------- */

static bool window_is_of(const struct planned *p, const struct monitor *m)
{
    return p->owner ? p->owner == m : labels_fit(p->match, p->n_match, m);
}

static void give_windows(struct reader *r, struct monitor *m, bool *fits)
{
    struct config *c = r->config;
    size_t n = 0;
    for (size_t i = 0; i < c->n_windows; i++)
        n += window_is_of(&r->windows.items[i], m);
    if (n == 0)
        return;
    m->windows = arena_calloc(&c->arena, n, sizeof *m->windows);
    for (size_t i = 0; i < c->n_windows; i++) {
        if (!window_is_of(&r->windows.items[i], m))
            continue;
        m->windows[m->n_windows++] = &c->windows[i];
        fits[i] = true;
    }
}

static void link_windows(struct reader *r)
{
    struct config *c = r->config;
    size_t n = r->windows.n;
    bool *fits = mem_calloc(n + 1, sizeof *fits);
    c->windows = arena_calloc(&c->arena, n + 1, sizeof *c->windows);
    c->n_windows = n;
    for (size_t i = 0; i < n; i++)
        c->windows[i] = r->windows.items[i].window;
    for (size_t i = 0; n > 0 && i < c->n_monitors; i++)
        give_windows(r, &c->monitors[i], fits);
    for (size_t i = 0; i < n; i++)
        if (!fits[i] && c->n_monitors > 0 && !r->tree->incomplete && r->d->errors == 0)
            diag_warn(r->d, r->windows.items[i].place, "this window fits no monitor");
    mem_free(fits);
}

/* --- dependencies ------------------------------------------------------------------------- */

enum mark { UNSEEN, ON_THE_WAY, DONE };

/* A walk along `depends_on`, without recursion: chains may be as long as the file. */
struct walk {
    struct reader *r;
    const struct monitor *monitors;
    const struct node **places; /* of each monitor's `depends_on`, or NULL */
    enum mark *marks;
    size_t *way, *next; /* the monitors we are in, and which dependency of each comes next */
    size_t n;
};

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

/* The way from `start` leads back to it. */
static void complain_circle(struct walk *w, size_t start)
{
    struct buf names;
    size_t first = w->n - 1, last = w->way[w->n - 1];
    while (w->way[first] != start)
        first--;
    if (last == start) {
        diag_error(w->r->d, place_of(w, last, start), "`%s` cannot depend on itself",
                   w->monitors[start].name);
        return;
    }
    buf_init(&names, SHOWN_MAX * (NAME_SIZE + 10) + 100);
    for (size_t i = first; i < w->n && i < first + SHOWN_MAX; i++)
        buf_printf(&names, "`%s` -> ", w->monitors[w->way[i]].name);
    if (w->n - first > SHOWN_MAX)
        buf_printf(&names, "%zu more -> ", w->n - first - SHOWN_MAX);
    diag_error(w->r->d, place_of(w, last, start), "`depends_on` goes round in a circle: %s`%s`",
               buf_text(&names), w->monitors[start].name);
    buf_done(&names);
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
        complain_circle(w, there);
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
                          "`%s` is not enabled: it never holds anything back", on->name);
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
                     .way = mem_calloc(n + 1, sizeof *w.way),
                     .next = mem_calloc(n + 1, sizeof *w.next)};
    find_places(&w, n);
    walk_all(&w, n);
    warn_disabled(&w, n);
    mem_free(w.places);
    mem_free(w.marks);
    mem_free(w.way);
    mem_free(w.next);
}

void link_monitors(struct reader *r)
{
    link_windows(r);
    check_dependencies(r);
}
