/* link.c - what needs the whole configuration: policies, routes, names, load.
 *
 * Monitors among each other: link_monitors.c. Who would be told: link_people.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/names.h"
#include "reader.h"
#include "stats/need.h"

#define PROBES_PER_SECOND 5000.0 /* what one process can start; docs/limits.md */

/* The node of a top-level key, or the file. */
static const struct node *top(const struct reader *r, const char *key)
{
    const struct node *n = node_get(r->root, key);
    return n ? n : r->root;
}

/* --- the policy `default` ----------------------------------------------------------------- */

/* One step that tells every channel. It takes the spare place at the end of the list. */
static void add_default_policy(struct reader *r)
{
    struct config *c = r->config;
    struct arena *a = &c->arena;
    if (!c->policies)
        c->policies = arena_new(a, struct policy);
    struct policy *p = &c->policies[c->n_policies++];
    read_normals(r, &shape_policy, r->root, p);
    p->name = "default";
    p->steps = arena_new(a, struct step);
    p->n_steps = 1;
    p->steps->notify = arena_calloc(a, c->n_channels + 1, sizeof *p->steps->notify);
    p->steps->n_notify = c->n_channels;
    for (size_t i = 0; i < c->n_channels; i++)
        p->steps->notify[i] = (struct contact){.kind = CONTACT_CHANNEL, .channel = &c->channels[i]};
}

/* Without any policy of its own, the file may name `default` all the same. */
static void define_default_policy(struct reader *r)
{
    if (r->config->n_policies > 0)
        return;
    add_default_policy(r);
    struct node *place = tree_node(r->tree, r->root->source, r->root->line, r->root->column);
    place->text = place->shown = "default";
    refs_define(r, TARGET_POLICY, place, r->config->policies);
}

/* --- routes ------------------------------------------------------------------------------- */

static const char *label_of(const struct monitor *m, const char *name)
{
    for (size_t i = 0; i < m->n_labels; i++)
        if (strcmp(m->labels[i].name, name) == 0)
            return m->labels[i].value;
    return NULL;
}

static const char *own_value(const struct monitor *m, const char *name)
{
    if (strcmp(name, "severity") == 0)
        return severity_name(m->severity);
    if (strcmp(name, "group") == 0)
        return m->group;
    if (strcmp(name, "monitor") == 0)
        return m->name;
    return label_of(m, name);
}

bool labels_fit(const struct label *match, size_t n, const struct monitor *m)
{
    for (size_t i = 0; i < n; i++)
        if (!text_eq(own_value(m, match[i].name), match[i].value))
            return false;
    return true;
}

const struct policy *route_of(const struct config *c, const struct monitor *m)
{
    for (size_t i = 0; i < c->n_routes; i++)
        if (labels_fit(c->routes[i].match, c->routes[i].n_match, m))
            return c->routes[i].policy;
    return NULL;
}

static void complain_no_default(struct reader *r, const char *first, size_t others)
{
    char more[40] = "";
    if (others > 0)
        snprintf(more, sizeof more, " (and %zu more)", others);
    diag_error(r->d, top(r, "policies"),
               "there is no policy `default`, and the monitor `%s`%s names no other", first, more);
}

/* Only a file with policies, but none called `default`, leaves a monitor without one. */
static void give_policies(struct reader *r)
{
    struct config *c = r->config;
    const struct policy *fallback = config_policy(c, "default");
    size_t without = 0;
    const char *first = NULL;
    for (size_t i = 0; i < c->n_monitors; i++) {
        struct monitor *m = &c->monitors[i];
        const struct policy *routed = route_of(c, m);
        m->policy = routed ? routed : m->policy ? m->policy : r->defaults.policy;
        if (!m->policy && !fallback && without++ == 0)
            first = m->name;
        m->policy = m->policy ? m->policy : fallback;
    }
    if (without > 0 && !r->tree->incomplete && r->d->errors == 0)
        complain_no_default(r, first, without - 1);
}

/* --- names -------------------------------------------------------------------------------- */

static void index_monitors(struct reader *r)
{
    struct config *c = r->config;
    for (size_t i = 0; i < c->n_monitors; i++)
        if (c->monitors[i].name)
            map_put(&c->by_name, c->monitors[i].name, &c->monitors[i]);
}

/* A former name must be free, and be claimed once: else whose history is it? */
static void check_former_names(struct reader *r)
{
    struct map claimed;
    const struct node *monitors = node_get(r->root, "monitors");
    if (!monitors || monitors->kind != NODE_LIST)
        return;
    map_init(&claimed, 0);
    node_each(e, monitors) {
        const struct node *was = node_get(e->value, "was");
        if (!was || was->kind != NODE_TEXT || was->broken)
            continue;
        if (refs_find(r, TARGET_MONITOR, was->text))
            diag_error(r->d, was, "`was`: there still is a monitor `%s`", was->shown);
        else if (map_get(&claimed, was->text))
            diag_error(r->d, was, "`was`: two monitors claim to be the former `%s`", was->shown);
        map_put(&claimed, was->text, (void *)was);
    }
    map_done(&claimed);
}

/* --- load --------------------------------------------------------------------------------- */

struct pace {
    int64_t interval_ms;
    size_t n;
};

static double rate_of(const struct pace *p)
{
    return 1000.0 * (double)p->n / (double)p->interval_ms;
}

static int compare_intervals(const void *a, const void *b)
{
    const struct pace *p = a, *q = b;
    return (p->interval_ms > q->interval_ms) - (p->interval_ms < q->interval_ms);
}

/* Monitors by interval, the shortest first. */
static size_t paces_of(const struct config *c, struct pace *paces)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < c->n_monitors; i++)
        if (c->monitors[i].enabled && c->monitors[i].interval_ms > 0)
            paces[n++] = (struct pace){c->monitors[i].interval_ms, 1};
    qsort(paces, n, sizeof *paces, compare_intervals);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && paces[kept - 1].interval_ms == paces[i].interval_ms)
            paces[kept - 1].n++;
        else
            paces[kept++] = paces[i];
    }
    return kept;
}

#define PACES_SHOWN 3

/* "9000 every 1s + 500 every 5s + …" */
static const char *sum_of(const struct pace *paces, size_t n, char *dst, size_t size)
{
    struct buf b;
    char interval[32];
    buf_init(&b, size - 1);
    for (size_t i = 0; i < n && i < PACES_SHOWN; i++)
        buf_printf(&b, "%s%zu every %s", i ? " + " : "", paces[i].n,
                   text_from_duration(paces[i].interval_ms, interval, sizeof interval));
    if (n > PACES_SHOWN)
        buf_str(&b, " + …");
    text_copy(dst, size, buf_text(&b));
    buf_done(&b);
    return dst;
}

/* A plan that cannot be kept is refused, with the arithmetic. */
static void check_load(struct reader *r)
{
    const struct load_options *o = r->tree->options;
    double limit = o && o->max_probes_per_second > 0 ? o->max_probes_per_second : PROBES_PER_SECOND;
    struct pace *paces = mem_calloc(r->config->n_monitors + 1, sizeof *paces);
    size_t n = paces_of(r->config, paces);
    double rate = 0;
    char sum[200];
    for (size_t i = 0; i < n; i++)
        rate += rate_of(&paces[i]);
    if (rate > limit)
        diag_error(r->d, top(r, "monitors"),
                   "%.1f probes per second are planned (%s), but one process can start %.1f", rate,
                   sum_of(paces, n, sum, sizeof sum), limit);
    mem_free(paces);
}

/* --- memory ------------------------------------------------------------------------------- */

/* What is kept and will not fit is refused before it is there. */
static void check_memory(struct reader *r)
{
    const int64_t most = r->config->store.memory;
    const struct node *store = node_get(r->root, "store");
    const struct node *at = store != NULL ? node_get(store, "memory") : NULL;
    struct need n;

    if (most <= 0 || at == NULL)
        return;
    need_of(r->config, &n);
    if (n.total > most)
        diag_error(
            r->d, at,
            "the store will need %.1f MB (raw %.1f + minute %.1f + hour %.1f + day %.1f + "
            "other %.1f), but `memory` is %.1f MB: keep less (`retention`), probe less often, or "
            "allow more",
            (double)n.total / 1e6, (double)n.raw / 1e6, (double)n.minute / 1e6,
            (double)n.hour / 1e6, (double)n.day / 1e6, (double)n.other / 1e6, (double)most / 1e6);
}

/* --- regions ------------------------------------------------------------------------------ */

static void check_regions(struct reader *r)
{
    const struct config *c = r->config;
    const struct node *own = node_get(r->root, "region");
    for (size_t i = 0; i < c->n_regions; i++)
        if (text_eq(c->regions[i], c->region))
            return;
    if (c->n_regions > 0 && c->region)
        diag_error(r->d, top(r, "regions"),
                   "`regions` must hold the `region` of this process, `%s`",
                   own ? own->shown : c->region);
}

void link_config(struct reader *r)
{
    define_default_policy(r);
    refs_resolve(r);
    calendar_link(r);
    index_monitors(r);
    give_policies(r);
    if (!config_policy(r->config, "default"))
        add_default_policy(r);
    check_former_names(r);
    link_monitors(r);
    link_slos(r);
    check_load(r);
    check_memory(r);
    check_regions(r);
    if (r->config->n_channels == 0)
        diag_warn(r->d, r->root, "there are no `channels`: nobody will be told");
    else
        link_people(r);
}
