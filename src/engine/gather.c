/* gather.c - many troubles, one page.
 *
 * A gathering is an incident without a monitor of its own. Those gathered are held under it and
 * listed in what it says; it is resolved when the last of them is. Two kinds: `group:POLICY:VALUE`
 * for what has the same values of the policy's `group_by`, from the first trouble on; and
 * `storm:POLICY` for too many at once, by number or by their share of all monitors. Each policy has
 * its own, so that nobody's page is told to somebody else. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "desk.h"
#include "format/labels.h"
#include "model/names.h"

#define TITLE_NAMES 200 /* bytes of names in a title */

/* --- the tide --- */

static struct tide *tide_of(struct engine *e, const char *policy)
{
    struct tide *t = map_get(&e->tides, policy);

    if (t)
        return t;
    t = mem_new(struct tide);
    text_copy(t->policy, sizeof t->policy, policy);
    map_put(&e->tides, t->policy, t);
    return t;
}

static void ebb(struct tide *t, int64_t since_ms)
{
    size_t old = 0;

    while (old < t->opened_ms.n && t->opened_ms.items[old] <= since_ms)
        old++;
    if (!old)
        return;
    t->opened_ms.n -= old;
    memmove(t->opened_ms.items, t->opened_ms.items + old,
            t->opened_ms.n * sizeof *t->opened_ms.items);
}

void engine_shift_tides(struct engine *e, int64_t delta_ms)
{
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->tides, &i, &key, &value);) {
        struct tide *t = value;

        for (size_t n = 0; n < t->opened_ms.n; n++)
            t->opened_ms.items[n] += delta_ms;
    }
}

/* Most of what we watch fails at once: an incident of all, whoever is paged for it first. */
static bool mass_failure(struct engine *e, int64_t since_ms)
{
    size_t suspects = e->unconfirmed;
    const char *key;
    void *value;

    if (!e->config->storm.share || e->enabled < STORM_LEAST)
        return false;
    for (size_t i = 0; map_next(&e->tides, &i, &key, &value);) {
        ebb(value, since_ms);
        suspects += ((struct tide *)value)->opened_ms.n;
    }
    return suspects * 100 > e->enabled * (size_t)e->config->storm.share;
}

static bool too_many(struct engine *e, const struct tide *t, int64_t since_ms)
{
    if (e->config->storm.incidents && t->opened_ms.n > (size_t)e->config->storm.incidents)
        return true;
    return mass_failure(e, since_ms);
}

/* --- what a gathering is called and says --- */

static void label_value(const struct incident *i, const char *name, char *dst, size_t size)
{
    const char *const own[][2] = {
        {"group", i->group}, {"severity", severity_name(i->severity)}, {"monitor", i->monitor}};
    size_t n = strlen(name);

    text_copy(dst, size, "");
    for (size_t f = 0; f < sizeof own / sizeof *own; f++) {
        if (text_eq(own[f][0], name)) {
            text_copy(dst, size, own[f][1]);
            return;
        }
    }
    for (const char *line = i->labels; *line; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, name, n) == 0 && line[n] == '=') {
            text_printf(dst, size, "%.*s", (int)strcspn(line + n + 1, "\n"), line + n + 1);
            return;
        }
    }
}

static void group_key(const struct incident *i, const struct policy *p, char *dst, size_t size)
{
    char values[160] = "", value[80], whole[sizeof values + 2 * NAME_SIZE];

    for (size_t n = 0; n < p->n_group_by; n++) {
        size_t used = strlen(values);

        label_value(i, p->group_by[n], value, sizeof value);
        text_printf(values + used, sizeof values - used, "%s%s", n ? "," : "", value);
    }
    text_printf(whole, sizeof whole, "group:%s:%s", p->name, values);
    if (strlen(whole) < size)
        text_copy(dst, size, whole);
    else
        snprintf(dst, size, "group:%.60s:%016" PRIx64, p->name, hash64_text(whole, 0));
}

/* "core: 3 monitors are down: api cart checkout" */
static void entitle(struct incident_case *lead)
{
    struct incident *i = &lead->incident;
    size_t cut = strlen(i->affected);
    bool storm = text_starts(i->dedup_key, "storm:");

    while (cut > TITLE_NAMES || (cut && i->affected[cut] && i->affected[cut] != ' '))
        cut--;
    text_printf(i->title, sizeof i->title, "%s%s%d monitor%s down%s: %.*s%s",
                i->group[0] && !storm ? i->group : "", i->group[0] && !storm ? ": " : "",
                i->n_affected, i->n_affected == 1 ? " is" : "s are", storm ? " at once" : "",
                (int)cut, i->affected, i->affected[cut] ? " …" : "");
    lead->dirty = true;
}

static struct incident_case *open_lead(struct engine *e, const struct incident_case *first,
                                       const struct policy *p, const char *key,
                                       const struct desk *k)
{
    struct incident i = {.severity = first->incident.severity,
                         .reason = first->incident.reason,
                         .started_ms = first->incident.started_ms,
                         .count = 1};

    text_copy(i.dedup_key, sizeof i.dedup_key, key);
    text_copy(i.policy, sizeof i.policy, p->name);
    if (text_starts(key, "group:")) {
        text_copy(i.group, sizeof i.group, first->incident.group);
        text_copy(i.labels, sizeof i.labels, first->incident.labels);
    }
    text_copy(i.runbook, sizeof i.runbook, first->incident.runbook);
    text_copy(i.affected, sizeof i.affected, first->incident.monitor);
    i.n_affected = 1;
    text_copy(i.title, sizeof i.title, first->incident.title);
    return engine_open(e, &i, k);
}

/* The one runbook of those gathered, if there is only one. */
void engine_share_runbook(struct incident_case *lead, const struct incident *member)
{
    char *own = lead->incident.runbook;

    if (!member->runbook[0] || lead->runbooks_differ || text_eq(own, member->runbook))
        return;
    lead->runbooks_differ = own[0];
    text_copy(own, sizeof lead->incident.runbook, own[0] ? "" : member->runbook);
    lead->dirty = true;
}

bool engine_under(const struct incident_case *lead, struct hold_by *ret)
{
    bool storm = text_starts(lead->incident.dedup_key, "storm:");

    *ret = (struct hold_by){.hold = storm ? HOLD_STORM : HOLD_GROUP};
    text_copy(ret->ref, sizeof ret->ref, lead->incident.id);
    text_printf(ret->why, sizeof ret->why, "told together with others by incident %s",
                lead->incident.id);
    return true;
}

/* A storm gathers while it goes on. What fails long after, though some of it is still down and
 * perhaps acknowledged, is new trouble. */
bool engine_gather(struct engine *e, struct incident_case *c, const struct desk *k,
                   struct hold_by *ret)
{
    const struct policy *p = case_policy(c, k);
    struct tide *t = tide_of(e, p->name);
    int64_t since_ms = k->now_ms - e->config->storm.within_ms;
    char storm[NAME_SIZE + 16], group[NAME_SIZE + 16];
    struct incident_case *lead;

    snprintf(storm, sizeof storm, "storm:%.100s", p->name);
    lead = map_get(&e->by_key, storm);
    if (lead && lead->joined_ms > since_ms) {
        ebb(t, since_ms);
        vec_push(&t->opened_ms, k->now_ms);
        return engine_under(lead, ret);
    }
    if (p->n_group_by) {
        group_key(&c->incident, p, group, sizeof group);
        lead = map_get(&e->by_key, group);
        if (lead)
            return engine_under(lead, ret);
    }
    ebb(t, since_ms);
    vec_push(&t->opened_ms, k->now_ms);
    if (too_many(e, t, since_ms))
        return engine_under(open_lead(e, c, p, storm, k), ret);
    if (p->n_group_by)
        return engine_under(open_lead(e, c, p, group, k), ret);
    return false;
}

/* --- coming and going --- */

void engine_join(struct engine *e, struct incident_case *c, const struct desk *k)
{
    struct incident_case *root = map_get(&e->cases, c->incident.hold_ref);

    if (!root || !case_is_open(root) || root == c)
        return;
    case_affect(root, k, c->incident.monitor);
    if (engine_is_lead(root) && c->lead != root) {
        c->lead = root;
        text_copy(c->incident.lead, sizeof c->incident.lead, root->incident.id);
        c->dirty = true;
        root->members++;
        root->joined_ms = k->now_ms;
        engine_share_runbook(root, &c->incident);
        if (root->incident.n_affected > 1)
            entitle(root);
        case_raise(root, k, c->incident.severity);
    }
    engine_settle(e, root, k);
}

/* When all it tells of is held back, so is the telling; it is over only when they are. */
static void weigh_lead(struct engine *e, struct incident_case *lead, const struct incident *last,
                       const struct desk *k)
{
    struct hold_by h = {0};

    if (lead->members && lead->members_apart == lead->members) {
        h.hold = last->hold;
        h.until_ms = last->hold_until_ms;
        text_copy(h.ref, sizeof h.ref, last->hold_ref);
        text_printf(h.why, sizeof h.why, "all it tells of is held back; %s: %s", last->monitor,
                    last->hold_why);
    }
    if (h.hold && lead->incident.hold) /* held already: by what is no matter */
        return;
    case_hold(lead, k, &h);
    engine_settle(e, lead, k);
}

/* One of its members left it: perhaps only such are left that are held. */
void engine_weigh_remaining(struct engine *e, struct incident_case *lead, const struct desk *k)
{
    const char *key;
    void *value;

    if (e->restoring || lead->members_apart != lead->members)
        return;
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);) {
        const struct incident_case *c = value;

        if (c->lead != lead)
            continue;
        weigh_lead(e, lead, &c->incident, k);
        return;
    }
}

void engine_weigh(struct engine *e, struct incident_case *c, const struct desk *k)
{
    const struct incident *i = &c->incident;
    bool apart = i->hold && i->hold != HOLD_STORM && i->hold != HOLD_GROUP;

    if (!c->lead)
        return;
    if (apart != c->apart)
        c->lead->members_apart += apart ? 1 : (size_t)-1;
    c->apart = apart;
    if (!e->restoring && case_is_open(c->lead))
        weigh_lead(e, c->lead, i, k);
}

void engine_leave(struct engine *e, struct incident_case *c, const struct desk *k)
{
    struct incident_case *lead = c->lead;

    if (!lead)
        return;
    lead->members_apart -= c->apart;
    c->lead = NULL;
    c->apart = false;
    c->incident.lead[0] = '\0';
    c->dirty = true;
    lead->members--;
    if (!case_is_open(lead))
        return;
    if (lead->members > 0) {
        engine_weigh_remaining(e, lead, k);
        return;
    }
    case_resolve(lead, k, "the last of its monitors is back");
    engine_settle(e, lead, k);
}
