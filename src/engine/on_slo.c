/* on_slo.c - a budget that burns too fast is an incident like any other, by the SLO's policy.
 *
 * One for each SLO and severity. It carries what all monitors of the SLO have in common, so that
 * routes, silences and groups of people find it; `slo=NAME` is always among its labels. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk.h"
#include "model/names.h"

#define LEAD "slo:"

struct alarm {
    char key[sizeof((struct incident *)0)->dedup_key];
    bool firing;
};

bool engine_is_slo(const struct incident *i)
{
    return !i->monitor[0] && text_starts(i->dedup_key, LEAD);
}

static const char *severity_word(bool page)
{
    return page ? "page" : "ticket";
}

static void slo_key(const char *slo, bool page, char *dst, size_t size)
{
    snprintf(dst, size, LEAD "%s:%s", slo, severity_word(page));
}

/* "slo:NAME:page" -> the SLO, or NULL when there is none any more that tells anybody. */
static const struct slo *slo_of(const struct engine *e, const struct incident *i)
{
    const char *name = i->dedup_key + strlen(LEAD), *end = strrchr(name, ':');
    char copy[NAME_SIZE];
    const struct slo *s;

    if (!end || (size_t)(end - name) >= sizeof copy)
        return NULL;
    text_printf(copy, sizeof copy, "%.*s", (int)(end - name), name);
    s = config_slo(e->config, copy);
    return s && s->alerts ? s : NULL;
}

const char *engine_slo_monitor(const struct engine *e, const struct incident *i)
{
    const struct slo *s = engine_is_slo(i) ? slo_of(e, i) : NULL;

    return s && s->n_monitors == 1 ? s->monitors[0]->name : i->monitor;
}

/* --- what it carries ----------------------------------------------------------------------- */

static const char *label_of(const struct monitor *m, const char *name)
{
    for (size_t i = 0; i < m->n_labels; i++)
        if (text_eq(m->labels[i].name, name))
            return m->labels[i].value;
    return NULL;
}

static bool all_have(const struct slo *s, const struct label *l)
{
    for (size_t i = 0; i < s->n_monitors; i++)
        if (!text_eq(label_of(s->monitors[i], l->name), l->value))
            return false;
    return true;
}

static void add_label(char *dst, size_t size, const char *name, const char *value)
{
    size_t used = strlen(dst);

    if (used + strlen(name) + strlen(value) + 3 <= size)
        snprintf(dst + used, size - used, "%s=%s\n", name, value);
}

/* Sorted by name, as they are in a monitor. What does not fit is left out. */
static void pack_labels(const struct slo *s, char *dst, size_t size)
{
    const struct monitor *m = s->monitors[0];
    bool own = false;

    dst[0] = '\0';
    for (size_t i = 0; i <= m->n_labels; i++) {
        const struct label *l = i < m->n_labels ? &m->labels[i] : NULL;

        if (!own && (!l || strcmp(l->name, "slo") >= 0)) {
            add_label(dst, size, "slo", s->name);
            own = true;
        }
        if (l && !text_eq(l->name, "slo") && all_have(s, l))
            add_label(dst, size, l->name, l->value);
    }
}

static bool same_group(const struct slo *s)
{
    for (size_t i = 0; i < s->n_monitors; i++)
        if (!text_eq(s->monitors[i]->group, s->monitors[0]->group))
            return false;
    return s->monitors[0]->group != NULL;
}

static void fill(struct incident *i, const struct slo *s, const struct slo_alert *a)
{
    const struct policy *p = a->page ? s->page_policy : s->ticket_policy;

    i->severity = a->page ? SEVERITY_CRITICAL : SEVERITY_WARNING;
    i->reason = REASON_FAIL;
    slo_key(s->name, a->page, i->dedup_key, sizeof i->dedup_key);
    text_copy(i->policy, sizeof i->policy, p->name);
    text_copy(i->title, sizeof i->title, a->title);
    i->count = a->bad;
    if (!s->n_monitors)
        return;
    if (same_group(s))
        text_copy(i->group, sizeof i->group, s->monitors[0]->group);
    if (s->n_monitors == 1 && s->monitors[0]->runbook)
        text_copy(i->runbook, sizeof i->runbook, s->monitors[0]->runbook);
    pack_labels(s, i->labels, sizeof i->labels);
}

static bool would_fit(const struct slo *s, bool page, const struct match *m)
{
    const struct slo_alert a = {.slo = s->name, .page = page, .title = ""};
    const char *monitor = s->n_monitors == 1 ? s->monitors[0]->name : "";
    struct incident i = {.count = 0};

    fill(&i, s, &a);
    return match_fits(m, &(struct match_subject){monitor, i.group, severity_name(i.severity),
                                                 i.policy, i.labels});
}

size_t engine_slos_fitting(const struct engine *e, const struct match *m)
{
    size_t n = 0;

    for (size_t i = 0; i < e->config->n_slos; i++) {
        const struct slo *s = &e->config->slos[i];

        n += s->alerts && (would_fit(s, true, m) || would_fit(s, false, m));
    }
    return n;
}

/* --- its life ------------------------------------------------------------------------------ */

static struct alarm *alarm_of(struct engine *e, const char *key)
{
    struct alarm *a = map_get(&e->alarms, key);

    if (a)
        return a;
    a = mem_new(struct alarm);
    text_copy(a->key, sizeof a->key, key);
    map_put(&e->alarms, a->key, a);
    return a;
}

bool engine_slo_fires(const struct engine *e, const struct incident *i)
{
    const struct alarm *a = map_get(&e->alarms, i->dedup_key);

    return a && a->firing;
}

static void explain(struct engine *e, struct incident_case *c, const struct slo_alert *a,
                    const struct desk *k)
{
    if (!a->why[0])
        return;
    case_record(c, k, incident_state_name(c->incident.state), "burning", a->why);
    engine_settle(e, c, k);
}

static void begin(struct engine *e, const struct slo *s, const struct slo_alert *a,
                  const struct desk *k)
{
    struct incident i = {.started_ms = k->now_ms};
    struct incident_case *c;

    fill(&i, s, a);
    c = engine_reopen(e, i.dedup_key, k->now_ms);
    if (!c) {
        explain(e, engine_open(e, &i, k), a, k);
        return;
    }
    text_copy(c->incident.title, sizeof c->incident.title, a->title);
    c->incident.count += a->bad;
    case_reopen(c, k);
    c->incident.step = -1;
    engine_rehold(e, c, k);
    case_begin_anew(c, k, NOTICE_TRIGGERED);
    explain(e, c, a, k);
}

void engine_slo(struct engine *e, const struct slo_alert *a, int64_t now_ms, struct effects *fx)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_PROBE, "", fx);
    const struct slo *s = config_slo(e->config, a->slo);
    char key[sizeof((struct incident *)0)->dedup_key];
    struct incident_case *c;
    struct alarm *alarm;
    bool moved;

    engine_begin(e);
    slo_key(a->slo, a->page, key, sizeof key);
    alarm = alarm_of(e, key);
    moved = alarm->firing != a->firing;
    alarm->firing = a->firing;
    c = map_get(&e->by_key, key);
    if (c && c->incident.flapping) {
        if (moved)
            case_waver(c, &k);
        engine_settle(e, c, &k);
    } else if (!a->firing) {
        engine_resolve_key(e, key, "the budget no longer burns too fast", &k);
    } else if (!c && s && s->alerts) {
        begin(e, s, a, &k);
    }
    engine_tell_channels(e, &k);
}

bool engine_slo_is_gone(const struct engine *e, const struct incident *i)
{
    return engine_is_slo(i) && !slo_of(e, i);
}

void engine_forget_slos(struct engine *e, const struct desk *k)
{
    VEC(struct incident_case *) gone = {0};
    const char *key;
    void *value;

    for (size_t i = 0; map_next(&e->by_key, &i, &key, &value);)
        if (engine_slo_is_gone(e, &((struct incident_case *)value)->incident))
            vec_push(&gone, (struct incident_case *)value);
    for (size_t i = 0; i < gone.n; i++)
        engine_resolve_key(e, gone.items[i]->key, "the SLO is gone, or tells nobody any more", k);
    vec_done(&gone);
}
