/* why_policy.c - which policy, whom its steps tell, and what would happen now. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "incident/match.h"
#include "model/names.h"
#include "oncall/oncall.h"
#include "parts.h"
#include "sched/window.h"
#include "why_private.h"

#define WINDOW_AHEAD_MS (7 * 24 * 3600 * INT64_C(1000))

const struct policy *why_policy(const struct why_facts *f)
{
    const struct policy *p = NULL;

    if (f->incident)
        p = config_policy(f->config, f->incident->policy);
    if (!p && f->monitor)
        p = f->monitor->policy;
    return p ? p : config_policy(f->config, "default");
}

/* --- what chose it ------------------------------------------------------------------------- */

static const char *value_of(const struct monitor *m, const char *name)
{
    if (text_eq(name, "severity"))
        return severity_name(m->severity);
    if (text_eq(name, "group"))
        return m->group;
    if (text_eq(name, "monitor"))
        return m->name;
    for (size_t i = 0; i < m->n_labels; i++)
        if (text_eq(m->labels[i].name, name))
            return m->labels[i].value;
    return NULL;
}

static bool route_fits(const struct route *r, const struct monitor *m)
{
    for (size_t i = 0; i < r->n_match; i++)
        if (!text_eq(value_of(m, r->match[i].name), r->match[i].value))
            return false;
    return true;
}

void why_choice(const struct why_facts *f, struct buf *out)
{
    for (size_t i = 0; i < f->config->n_routes; i++) {
        const struct route *r = &f->config->routes[i];

        if (!route_fits(r, f->monitor))
            continue;
        buf_printf(out, "route %zu of the file", i + 1);
        for (size_t k = 0; k < r->n_match; k++)
            buf_printf(out, "%s%s=%s", k ? ", " : ": ", r->match[k].name, r->match[k].value);
        return;
    }
    buf_str(out, "the monitor's own `policy` or the defaults");
}

/* --- whom a step tells --------------------------------------------------------------------- */

static const struct schedule *schedule_of(const struct why_facts *f, const struct contact *to)
{
    const struct schedule *s = NULL;

    if (f->schedule)
        s = f->schedule(f->schedule_arg, to->schedule->name);
    return s ? s : to->schedule;
}

static bool can_be_reached(const struct why_facts *f, const char *name)
{
    const struct person *p = config_person(f->config, name);

    return p && p->n_rules > 0;
}

static size_t put_schedule(const struct why_facts *f, const struct contact *to, int64_t at_ms,
                           struct buf *out)
{
    struct oncall who;
    size_t told = 0;

    oncall_who(schedule_of(f, to), at_ms, &who);
    buf_printf(out, "schedule %s (", to->schedule->name);
    for (size_t i = 0; i < who.n; i++) {
        bool reached = can_be_reached(f, who.people[i]);

        buf_printf(out, "%s%s%s", i ? ", " : "", who.people[i],
                   reached ? "" : " without a channel");
        told += reached;
    }
    if (who.n == 0)
        buf_str(out, "nobody on call");
    else if (who.layer)
        buf_printf(out, "; %s%s",
                   text_eq(who.layer, "override") || text_eq(who.layer, "temporary") ? "by "
                                                                                     : "layer ",
                   who.layer);
    buf_char(out, ')');
    return told;
}

static size_t put_contact(const struct why_facts *f, const struct contact *to, int64_t at_ms,
                          struct buf *out)
{
    if (to->kind == CONTACT_SCHEDULE)
        return put_schedule(f, to, at_ms, out);
    if (to->kind == CONTACT_CHANNEL) {
        buf_printf(out, "channel %s", to->channel->name);
        return 1;
    }
    buf_printf(out, "%s%s", to->person->name, to->person->n_rules ? "" : " (without a channel)");
    return to->person->n_rules > 0;
}

static size_t put_contacts(const struct why_facts *f, const struct step *s, int64_t at_ms,
                           struct buf *out)
{
    size_t told = 0;

    for (size_t i = 0; i < s->n_notify; i++) {
        if (i)
            buf_str(out, ", ");
        told += put_contact(f, &s->notify[i], at_ms, out);
    }
    return told;
}

size_t why_step(const struct why_facts *f, const struct step *s, int64_t at_ms, struct buf *out)
{
    if (s->n_notify == 0)
        buf_str(out, "nobody");
    return put_contacts(f, s, at_ms, out);
}

static void put_silent(const struct why_facts *f, const struct contact *to, int64_t at_ms,
                       struct buf *out)
{
    struct oncall who;

    if (to->kind == CONTACT_PERSON) {
        buf_printf(out, "%s has no channel", to->person->name);
        return;
    }
    oncall_who(schedule_of(f, to), at_ms, &who);
    if (who.n == 0)
        buf_printf(out, "schedule %s had nobody", to->schedule->name);
    for (size_t i = 0; i < who.n; i++)
        buf_printf(out, "%s%s of schedule %s has no channel", i ? ", " : "", who.people[i],
                   to->schedule->name);
}

void why_nobody(const struct why_facts *f, const struct step *s, int64_t at_ms, struct buf *out)
{
    struct buf unused;
    size_t told;

    buf_init(&unused, 1);
    told = put_contacts(f, s, at_ms, &unused);
    buf_done(&unused);
    for (size_t i = 0; told == 0 && i < s->n_notify; i++) {
        if (i)
            buf_str(out, ", ");
        put_silent(f, &s->notify[i], at_ms, out);
    }
}

/* --- what would happen --------------------------------------------------------------------- */

static void foresee_rules(struct why *y, const char *name, bool low)
{
    const struct person *p = config_person(y->f->config, name);
    char span[WHY_SPAN_SIZE];
    struct buf out;

    if (!p || p->n_rules == 0)
        return;
    low = low && p->n_low_rules > 0;
    const struct notify_rule *rules = low ? p->low_rules : p->rules;
    size_t n = low ? p->n_low_rules : p->n_rules;
    buf_init(&out, 400);
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s%s %s%s", i ? ", " : "", rules[i].via->name,
                   rules[i].after_ms ? why_span(rules[i].after_ms, span) : "at once",
                   rules[i].after_ms ? " later" : "");
    why_add(y, WHY_AT_NO_TIME, "%s is reached by %s", name, buf_text(&out));
    buf_done(&out);
}

static void foresee_people(struct why *y, const struct step *s, bool low)
{
    struct oncall who;

    for (size_t i = 0; i < s->n_notify; i++) {
        if (s->notify[i].kind == CONTACT_PERSON)
            foresee_rules(y, s->notify[i].person->name, low);
        if (s->notify[i].kind != CONTACT_SCHEDULE)
            continue;
        oncall_who(schedule_of(y->f, &s->notify[i]), y->f->now_ms, &who);
        for (size_t k = 0; k < who.n; k++)
            foresee_rules(y, who.people[k], low);
    }
}

static void foresee_step(struct why *y, const struct policy *p, size_t n)
{
    const struct step *s = &p->steps[n];
    const char *next =
        n + 1 < p->n_steps ? "the next step would run at once" : "the fallback would be told";
    char when[WHY_SPAN_SIZE] = "at once";
    struct buf whom;

    buf_init(&whom, 600);
    if (s->after_ms)
        why_span(s->after_ms, when);
    if (why_step(y->f, s, y->f->now_ms, &whom))
        why_add(y, WHY_AT_NO_TIME, "step %zu, %s%s, would tell %s", n, when,
                s->after_ms ? " later" : "", buf_text(&whom));
    else
        why_add(y, WHY_AT_NO_TIME, "step %zu, %s%s, would find nobody: %s; %s", n, when,
                s->after_ms ? " later" : "", buf_text(&whom), next);
    buf_done(&whom);
}

static void foresee_policy(struct why *y)
{
    const struct monitor *m = y->f->monitor;
    const struct policy *p = m->policy;
    bool low = urgency_at(&p->urgency, m->severity, y->f->now_ms) == URGENCY_LOW;
    char span[WHY_SPAN_SIZE];
    struct buf choice;

    buf_init(&choice, 300);
    why_choice(y->f, &choice);
    why_add(y, WHY_AT_NO_TIME,
            "if it went down now: after %d bad result%s in a row policy %s, by %s", m->fail_after,
            m->fail_after == 1 ? "" : "s", p->name, buf_text(&choice));
    buf_done(&choice);
    if (p->group_wait_ms)
        why_add(y, WHY_AT_NO_TIME, "it would wait %s for others that fail with it (group_wait)",
                why_span(p->group_wait_ms, span));
    if (p->n_steps == 0)
        return;
    foresee_step(y, p, 0);
    foresee_people(y, &p->steps[0], low);
    if (low)
        why_add(y, WHY_AT_NO_TIME, "low urgency at this hour: nobody after step 0");
    for (size_t i = 1; i < p->n_steps && !low; i++)
        foresee_step(y, p, i);
}

static void foresee_dependencies(struct why *y)
{
    const struct monitor *m = y->f->monitor;
    struct buf names;

    if (m->n_depends_on == 0)
        return;
    buf_init(&names, 400);
    for (size_t i = 0; i < m->n_depends_on; i++)
        buf_printf(&names, "%s%s", i ? " or " : "", m->depends_on[i]->name);
    why_add(y, WHY_AT_NO_TIME, "while %s is down, %s pages nobody (depends_on)", buf_text(&names),
            m->name);
    buf_done(&names);
}

/* --- what would hold it back --------------------------------------------------------------- */

static void pack_labels(const struct monitor *m, char dst[LABELS_SIZE])
{
    size_t n = 0;

    dst[0] = '\0';
    for (size_t i = 0; i < m->n_labels && n < LABELS_SIZE; i++)
        n += (size_t)snprintf(dst + n, LABELS_SIZE - n, "%s=%s\n", m->labels[i].name,
                              m->labels[i].value);
}

static bool quiet_fits(const struct quiet *q, const struct monitor *m)
{
    char labels[LABELS_SIZE];
    struct match_subject s = {m->name, m->group, severity_name(m->severity), m->policy->name,
                              labels};
    struct match *match;

    if (match_compile(q->matchers, &match, NULL) != 0)
        return false;
    pack_labels(m, labels);
    bool fits = match_fits(match, &s);
    match_free(match);
    return fits;
}

/* One that holds already is what engine_holds() speaks of. */
static void foresee_quiets(struct why *y)
{
    for (size_t i = 0; i < y->f->n_quiets; i++) {
        const struct quiet *q = y->f->quiets[i];

        if (quiet_state_at(q->start_ms, q->end_ms, y->f->now_ms) == QUIET_PENDING &&
            quiet_fits(q, y->f->monitor))
            why_add(y, q->start_ms, "%s %s by %s begins and holds pages back%s%s",
                    quiet_kind_name(q->kind), q->id, q->author, q->comment[0] ? ": " : "",
                    q->comment);
    }
}

static void foresee_windows(struct why *y)
{
    int64_t now_ms = y->f->now_ms;

    for (size_t i = 0; i < y->f->monitor->n_windows; i++) {
        const struct window *w = y->f->monitor->windows[i];
        int64_t at_ms = now_ms;

        while (at_ms <= now_ms + WINDOW_AHEAD_MS && (at_ms == now_ms || !window_holds(w, at_ms)))
            at_ms = window_next_edge(w, at_ms);
        if (window_holds(w, now_ms) || at_ms > now_ms + WINDOW_AHEAD_MS)
            continue;
        why_add(y, at_ms, "a maintenance of the file begins and holds pages back%s%s",
                w->comment ? ": " : "", w->comment ? w->comment : "");
    }
}

void why_foresee(struct why *y)
{
    if (y->f->hold != HOLD_NONE)
        why_add(y, y->f->now_ms, "a page would be held back now: %s",
                y->f->hold_why && y->f->hold_why[0] ? y->f->hold_why : hold_name(y->f->hold));
    foresee_quiets(y);
    foresee_windows(y);
    foresee_policy(y);
    foresee_dependencies(y);
}
