/* link_people.c - who would be told: people nothing reaches, policies that reach nobody. */
#include "reader.h"

/* --- who would be told -------------------------------------------------------------------- */

static void page_slot(struct map *paged, const struct slot *s, const struct schedule *from)
{
    for (size_t i = 0; i < s->n; i++)
        map_put(paged, s->people[i], (void *)from->name);
}

static void page_layer(struct map *paged, const struct layer *l, const struct schedule *s)
{
    for (size_t i = 0; i < l->n_members; i++)
        page_slot(paged, &l->members[i], s);
    for (size_t i = 0; i < l->n_shifts; i++)
        page_slot(paged, &l->shifts[i].people, s);
}

static void page_schedule(struct map *paged, const struct schedule *s)
{
    for (size_t i = 0; i < s->n_layers; i++)
        page_layer(paged, &s->layers[i], s);
    for (size_t i = 0; i < s->n_overrides; i++) {
        page_slot(paged,
                  s->overrides[i].kind == OVERRIDE_REPLACE ? &s->overrides[i].with
                                                           : &s->overrides[i].people,
                  s);
    }
    for (size_t i = 0; i < s->n_temporary; i++)
        for (size_t k = 0; k < s->temporary[i].n_shifts; k++)
            page_slot(paged, &s->temporary[i].shifts[k].people, s);
}

static void page_contacts(struct map *paged, const struct contact *contacts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (contacts[i].schedule)
            page_schedule(paged, contacts[i].schedule);
        if (contacts[i].person)
            map_put(paged, contacts[i].person->name, (void *)contacts[i].person->name);
    }
}

static void warn_unreachable(struct reader *r, const struct map *paged)
{
    for (size_t i = 0; i < r->config->n_people; i++) {
        const struct person *p = &r->config->people[i];
        const struct definition *d = refs_find(r, TARGET_PERSON, p->name);
        if (p->n_rules == 0 && d && map_get(paged, p->name))
            diag_warn(r->d, d->place,
                      "`%s` can be paged but has no `notify`: nothing would reach them", p->name);
    }
}

static void page_policy(struct map *paged, const struct policy *p)
{
    for (size_t i = 0; i < p->n_steps; i++)
        page_contacts(paged, p->steps[i].notify, p->steps[i].n_notify);
    page_contacts(paged, p->fallback, p->n_fallback);
}

/* --- policies that tell nobody ------------------------------------------------------------ */

/* A calendar may bring somebody tomorrow. */
static bool is_open(const struct contact *c)
{
    for (size_t i = 0; c->schedule && i < c->schedule->n_layers; i++)
        if (c->schedule->layers[i].imported)
            return true;
    return c->channel != NULL;
}

static bool any_open(const struct policy *p)
{
    for (size_t i = 0; i < p->n_steps; i++)
        for (size_t k = 0; k < p->steps[i].n_notify; k++)
            if (is_open(&p->steps[i].notify[k]))
                return true;
    for (size_t i = 0; i < p->n_fallback; i++)
        if (is_open(&p->fallback[i]))
            return true;
    return false;
}

static bool any_reachable(const struct reader *r, const struct policy *p)
{
    struct map paged;
    const char *name;
    void *from;
    bool found = false;
    map_init(&paged, 0);
    page_policy(&paged, p);
    for (size_t i = 0; !found && map_next(&paged, &i, &name, &from);) {
        const struct definition *d = refs_find(r, TARGET_PERSON, name);
        const struct person *person = d ? d->object : NULL;
        found = person && person->n_rules + person->n_low_rules > 0;
    }
    map_done(&paged);
    return found;
}

/* Only what can be seen without a clock: a schedule may have gaps all the same. */
static void refuse_hopeless(struct reader *r, const struct policy *p)
{
    const struct definition *d = refs_find(r, TARGET_POLICY, p->name);
    if (d && !any_open(p) && !any_reachable(r, p))
        diag_error(r->d, d->place,
                   "the policy `%s` can never reach anybody: nobody in its steps %s",
                   d->place->shown,
                   p->n_fallback > 0 ? "or its `fallback` has a `notify`"
                                     : "has a `notify`, and there is no `fallback`");
}

/* Names that are not there have been complained about: that is enough. */
void link_people(struct reader *r)
{
    const struct config *c = r->config;
    bool whole = r->d->errors == 0 && !r->tree->incomplete;
    struct map paged;
    map_init(&paged, 0);
    for (size_t i = 0; i < c->n_policies; i++) {
        page_policy(&paged, &c->policies[i]);
        if (whole)
            refuse_hopeless(r, &c->policies[i]);
    }
    warn_unreachable(r, &paged);
    map_done(&paged);
}
