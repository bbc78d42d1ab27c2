/* link_slos.c - which monitors an SLO is about, and who hears of it. */
#include <string.h>

#include "base/text.h"
#include "reader.h"

#define DAY INT64_C(86400000)

/* --- its monitors -------------------------------------------------------------------------- */

static bool is_meant(const struct planned_slo *p, const struct monitor *m)
{
    if (p->group)
        return text_eq(p->group, m->group);
    return labels_fit(p->match, p->n_match, m);
}

static void choose_monitors(struct reader *r, struct planned_slo *p)
{
    struct config *c = r->config;

    if (p->slo.monitors || (!p->group && !p->match))
        return;
    p->slo.monitors = arena_calloc(&c->arena, c->n_monitors + 1, sizeof *p->slo.monitors);
    for (size_t i = 0; i < c->n_monitors; i++)
        if (is_meant(p, &c->monitors[i]))
            p->slo.monitors[p->slo.n_monitors++] = &c->monitors[i];
}

/* --- who is told --------------------------------------------------------------------------- */

static bool all_have(const struct slo *s, const struct label *l)
{
    for (size_t i = 0; i < s->n_monitors; i++)
        if (!labels_fit(l, 1, s->monitors[i]))
            return false;
    return true;
}

/* A monitor that has what all of them have in common: what routes look at. */
static struct monitor in_common(struct reader *r, const struct slo *s, enum severity severity)
{
    const struct monitor *first = s->monitors[0];
    struct monitor m = {.severity = severity, .name = s->n_monitors == 1 ? first->name : NULL};
    struct label group = {"group", first->group};

    m.group = first->group && all_have(s, &group) ? first->group : NULL;
    m.labels = arena_calloc(&r->tree->arena, first->n_labels + 2, sizeof *m.labels);
    for (size_t i = 0; i < first->n_labels; i++)
        if (all_have(s, &first->labels[i]))
            m.labels[m.n_labels++] = first->labels[i];
    m.labels[m.n_labels++] = (struct label){"slo", s->name};
    return m;
}

static const struct policy *own_policy(const struct slo *s)
{
    const struct policy *p = s->monitors[0]->policy;

    for (size_t i = 1; i < s->n_monitors; i++)
        if (s->monitors[i]->policy != p)
            return NULL;
    return p;
}

static const struct policy *policy_for(struct reader *r, const struct slo *s,
                                       enum severity severity)
{
    struct monitor m = in_common(r, s, severity);
    const struct policy *p = route_of(r->config, &m);

    p = p ? p : own_policy(s);
    return p ? p : config_policy(r->config, "default");
}

/* --- all of them --------------------------------------------------------------------------- */

static void settle(struct reader *r, struct planned_slo *p)
{
    struct slo *s = &p->slo;

    s->of = p->indicator.of;
    s->limit_us = p->indicator.limit_us;
    s->by = p->by;
    s->calendar = p->calendar;
    s->days = (int)(p->rolling_ms / DAY);
    s->count_maintenance = p->maintenance;
    s->unknown_is_bad = p->unknown;
    choose_monitors(r, p);
}

static void say_empty(struct reader *r, const struct node *slo)
{
    const struct node *group = node_get(slo, "group"), *match = node_get(slo, "match");

    if (group)
        diag_error(r->d, group, "this SLO fits no monitor: none is in the group `%s`",
                   group->shown);
    else
        diag_error(r->d, match ? match : slo, "this SLO fits no monitor: none has all of this");
}

static void complain(struct reader *r, const struct planned_slo *p, const struct map *names)
{
    const struct node *name = node_get(p->place, "name");
    const struct planned_slo *first = p->slo.name ? map_get(names, p->slo.name) : NULL;
    char where[PLACE_SIZE];

    if (first)
        diag_error(r->d, name, "the SLO `%s` is defined twice; the first is at %s", name->shown,
                   node_place(node_get(first->place, "name"), where, sizeof where));
    if (r->d->errors == 0 && p->slo.n_monitors == 0 && !r->tree->incomplete)
        say_empty(r, p->place);
}

/* Without an error everything is there: names, monitors, policies. */
static void give(struct reader *r)
{
    struct config *c = r->config;

    c->slos = arena_calloc(&c->arena, r->slos.n + 1, sizeof *c->slos);
    for (size_t i = 0; i < r->slos.n; i++) {
        struct slo *s = &c->slos[c->n_slos++];

        *s = r->slos.items[i]->slo;
        s->page_policy = s->page_policy ? s->page_policy : policy_for(r, s, SEVERITY_CRITICAL);
        s->ticket_policy = s->ticket_policy ? s->ticket_policy : policy_for(r, s, SEVERITY_WARNING);
    }
}

void link_slos(struct reader *r)
{
    struct map names;

    map_init(&names, 0);
    for (size_t i = 0; i < r->slos.n; i++) {
        struct planned_slo *p = r->slos.items[i];

        if (!p->place) /* no mapping: said already */
            continue;
        settle(r, p);
        complain(r, p, &names);
        if (p->slo.name)
            map_put(&names, p->slo.name, p);
    }
    map_done(&names);
    if (r->d->errors == 0)
        give(r);
}
