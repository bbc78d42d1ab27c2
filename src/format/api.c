/* api.c - what the API says of monitors, incidents, deliveries and what people asked for. */
#include "format/api.h"

#include <string.h>

#include "format/labels.h"
#include "model/names.h"

static const char *or_null(const char *s)
{
    return s != NULL && s[0] != 0 ? s : NULL;
}

/* Microseconds as milliseconds with up to three decimals, exact. */
static void write_ms(struct jw *w, const char *key, int64_t us)
{
    char text[32], *at = text + sizeof text - 1;
    int left = 3;

    *at = 0;
    us = us > 0 ? us : 0;
    while (left > 0 && us % 10 == 0) {
        us /= 10;
        left--;
    }
    for (; left > 0; left--, us /= 10) {
        *--at = (char)('0' + us % 10);
        if (left == 1)
            *--at = '.';
    }
    do
        *--at = (char)('0' + us % 10);
    while ((us /= 10) != 0);
    jw_key(w, key);
    jw_raw(w, at);
}

/* --- monitors ------------------------------------------------------------------------- */

static void write_phases(struct jw *w, const struct phases *p)
{
    const struct {
        const char *key;
        int64_t us;
    } phases[] = {
        {"resolve", p->resolve_us}, {"connect", p->connect_us},   {"tls", p->tls_us},
        {"wait", p->wait_us},       {"transfer", p->transfer_us}, {"total", p->total_us},
    };

    jw_kv_object(w, "phases_ms");
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
        if (phases[i].us >= 0)
            write_ms(w, phases[i].key, phases[i].us);
    jw_object_end(w);
}

static void write_last(struct jw *w, const struct result *r)
{
    jw_kv_object(w, "last");
    jw_kv_time(w, "at", r->at_ms);
    jw_kv_text(w, "verdict", verdict_name(r->verdict));
    jw_kv_text(w, "reason", reason_name(r->reason));
    jw_kv_text(w, "message", or_null(r->message));
    if (r->status != 0)
        jw_kv_int(w, "status", r->status);
    write_phases(w, &r->phases);
    write_ms(w, "lateness_ms", r->lateness_us);
    jw_object_end(w);
}

static void write_monitor_labels(struct jw *w, const struct monitor *m)
{
    jw_kv_object(w, "labels");
    for (size_t i = 0; i < m->n_labels; i++)
        jw_kv_text(w, m->labels[i].name, m->labels[i].value);
    jw_object_end(w);
}

static void write_counts(struct jw *w, const struct api_monitor *m)
{
    jw_kv_time(w, "next_at", m->next_due_ms);
    jw_kv_int(w, "runs", (int64_t)m->runs);
    jw_kv_int(w, "missed", (int64_t)m->missed);
    write_ms(w, "lateness_max_ms", m->late_max_us);
    if (m->by_verdict == NULL)
        return;
    jw_kv_object(w, "results");
    for (int v = VERDICT_UP; v <= VERDICT_UNKNOWN; v++)
        jw_kv_int(w, verdict_name((enum verdict)v), (int64_t)m->by_verdict[v]);
    jw_object_end(w);
}

void api_write_monitor(struct jw *w, const struct api_monitor *a)
{
    const struct monitor *m = a->monitor;

    jw_object(w);
    jw_kv_text(w, "name", m->name);
    jw_kv_text(w, "kind", m->kind);
    jw_kv_text(w, "target", m->http.shown_url);
    jw_kv_text(w, "group", m->group);
    write_monitor_labels(w, m);
    jw_kv_text(w, "severity", severity_name(m->severity));
    jw_kv_text(w, "policy", m->policy != NULL ? m->policy->name : NULL);
    jw_kv_bool(w, "enabled", m->enabled);
    jw_kv_int(w, "interval_ms", m->interval_ms);
    jw_kv_text(w, "state", monitor_state_name(a->shown));
    jw_kv_time(w, "since", a->status != NULL ? a->status->since_ms : 0);
    jw_kv_text(w, "incident", a->incident);
    write_counts(w, a);
    if (a->status != NULL && a->status->last.at_ms != 0)
        write_last(w, &a->status->last);
    jw_object_end(w);
}

/* --- incidents and deliveries --------------------------------------------------------- */

void api_write_words(struct jw *w, const char *key, const char *words, const char *between)
{
    jw_kv_list(w, key);
    while (*(words += strspn(words, between)) != 0) {
        size_t n = strcspn(words, between);

        jw_textn(w, words, n);
        words += n;
    }
    jw_list_end(w);
}

static void write_hold(struct jw *w, const struct incident *i)
{
    jw_key(w, "hold");
    if (i->hold == HOLD_NONE) {
        jw_null(w);
        return;
    }
    jw_object(w);
    jw_kv_text(w, "kind", hold_name(i->hold));
    jw_kv_text(w, "ref", or_null(i->hold_ref));
    jw_kv_text(w, "why", or_null(i->hold_why));
    jw_kv_time(w, "until", i->hold_until_ms);
    jw_object_end(w);
}

void api_write_incident(struct jw *w, const struct incident *i)
{
    jw_object(w);
    jw_kv_text(w, "id", i->id);
    jw_kv_text(w, "dedup_key", i->dedup_key);
    jw_kv_text(w, "state", incident_state_name(i->state));
    jw_kv_text(w, "severity", severity_name(i->severity));
    jw_kv_text(w, "title", i->title);
    jw_kv_text(w, "monitor", or_null(i->monitor));
    jw_kv_text(w, "group", or_null(i->group));
    labels_write(w, "labels", i->labels);
    jw_kv_text(w, "policy", or_null(i->policy));
    jw_kv_text(w, "runbook", or_null(i->runbook));
    jw_kv_text(w, "reason", reason_name(i->reason));
    jw_kv_time(w, "started_at", i->started_ms);
    jw_kv_time(w, "opened_at", i->opened_ms);
    jw_kv_time(w, "acknowledged_at", i->acked_ms);
    jw_kv_text(w, "acknowledged_by", or_null(i->acked_by));
    jw_kv_time(w, "resolved_at", i->resolved_ms);
    jw_kv_text(w, "resolved_by", or_null(i->resolved_by));
    jw_kv_time(w, "updated_at", i->updated_ms);
    jw_kv_int(w, "count", i->count);
    jw_kv_int(w, "step", i->step);
    jw_kv_int(w, "loop", i->loop);
    jw_kv_time(w, "next_step_at", i->step_due_ms);
    jw_kv_time(w, "acknowledgement_ends_at", i->ack_due_ms);
    jw_kv_int(w, "cycle", i->cycle);
    jw_kv_text(w, "urgency", urgency_name(i->urgency));
    jw_kv_time(w, "urgency_rises_at", i->urgency_due_ms);
    write_hold(w, i);
    jw_kv_time(w, "snoozed_until", i->snoozed_until_ms);
    jw_kv_text(w, "assigned", or_null(i->assigned));
    jw_kv_text(w, "note", or_null(i->note));
    jw_kv_int(w, "reopened", i->reopened);
    jw_kv_bool(w, "flapping", i->flapping);
    api_write_words(w, "affected", i->affected, " ");
    jw_kv_int(w, "affected_count", i->n_affected);
    jw_object_end(w);
}

static const char *const reached_names[] = {"no", "maybe", "yes"};

void api_put_delivery(struct jw *w, const struct delivery *d)
{
    const struct notice *n = &d->notice;

    jw_kv_text(w, "id", d->id);
    jw_kv_text(w, "state", delivery_state_name(d->state));
    jw_kv_text(w, "type", notice_name(n->type));
    jw_kv_text(w, "incident", or_null(n->incident));
    jw_kv_text(w, "monitor", or_null(n->monitor));
    jw_kv_text(w, "person", or_null(n->person));
    jw_kv_text(w, "channel", or_null(n->channel));
    jw_kv_text(w, "schedule", or_null(n->schedule));
    jw_kv_int(w, "step", n->step);
    jw_kv_int(w, "loop", n->loop);
    jw_kv_text(w, "why", or_null(n->why));
    jw_kv_int(w, "attempts", d->attempt);
    jw_kv_text(w, "reached", reached_names[d->reached]);
    jw_kv_int(w, "status", d->status);
    jw_kv_text(w, "error", or_null(d->error));
    jw_kv_time(w, "created_at", d->created_ms);
    jw_kv_time(w, "due_at", d->due_ms);
    jw_kv_time(w, "done_at", d->done_ms);
    jw_kv_bool(w, "replayed", d->replayed);
}

void api_write_delivery(struct jw *w, const struct delivery *d)
{
    jw_object(w);
    api_put_delivery(w, d);
    jw_object_end(w);
}

void api_write_attempt(struct jw *w, const struct attempt *a)
{
    static const char *const outcomes[] = {"accepted", "failed", "refused"};

    jw_object(w);
    jw_kv_int(w, "number", a->number);
    jw_kv_time(w, "at", a->at_ms);
    jw_kv_int(w, "took_ms", a->took_ms);
    jw_kv_text(w, "outcome", outcomes[a->outcome]);
    jw_kv_text(w, "reached", reached_names[a->reached]);
    jw_kv_int(w, "status", a->status);
    jw_kv_int(w, "retry_after_ms", a->retry_after_ms);
    jw_kv_text(w, "error", or_null(a->error));
    jw_kv_text(w, "answer", or_null(a->answer));
    jw_kv_text(w, "digest", or_null(a->digest));
    jw_object_end(w);
}

void api_write_transition(struct jw *w, const struct transition *t)
{
    jw_object(w);
    jw_kv_time(w, "at", t->at_ms);
    jw_kv_text(w, "name", t->name);
    jw_kv_text(w, "from", t->from);
    jw_kv_text(w, "to", t->to);
    jw_kv_text(w, "cause", cause_name(t->cause));
    jw_kv_text(w, "by", or_null(t->actor));
    jw_kv_text(w, "reason", t->reason != REASON_OK ? reason_name(t->reason) : NULL);
    jw_kv_text(w, "text", or_null(t->text));
    jw_object_end(w);
}

/* --- what people ask for -------------------------------------------------------------- */

void api_write_quiet(struct jw *w, const struct quiet *q, int64_t now_ms, size_t holding,
                     int64_t fits)
{
    jw_object(w);
    jw_kv_text(w, "id", q->id);
    jw_kv_text(w, "kind", quiet_kind_name(q->kind));
    jw_kv_text(w, "state", quiet_state_name(quiet_state_at(q->start_ms, q->end_ms, now_ms)));
    api_write_words(w, "matchers", q->matchers, "\n");
    jw_kv_time(w, "start", q->start_ms);
    jw_kv_time(w, "end", q->end_ms);
    jw_kv_text(w, "comment", or_null(q->comment));
    jw_kv_text(w, "author", or_null(q->author));
    jw_kv_text(w, "ended_by", or_null(q->ended_by));
    jw_kv_time(w, "created_at", q->created_ms);
    jw_kv_int(w, "holding", (int64_t)holding);
    if (fits >= 0)
        jw_kv_int(w, "fits", fits);
    jw_object_end(w);
}

void api_write_override(struct jw *w, const struct kept_override *o, int64_t now_ms)
{
    jw_object(w);
    jw_kv_text(w, "id", o->id);
    jw_kv_text(w, "schedule", o->schedule);
    jw_kv_text(w, "state", quiet_state_name(quiet_state_at(o->start_ms, o->end_ms, now_ms)));
    api_write_words(w, override_kind_name(o->kind), o->people, " ");
    if (o->kind == OVERRIDE_REPLACE)
        api_write_words(w, "with", o->with, " ");
    jw_kv_time(w, "start", o->start_ms);
    jw_kv_time(w, "end", o->end_ms);
    jw_kv_text(w, "comment", or_null(o->comment));
    jw_kv_text(w, "author", or_null(o->author));
    jw_kv_time(w, "created_at", o->created_ms);
    jw_object_end(w);
}

/* --- problems ------------------------------------------------------------------------- */

static const struct title {
    int status;
    const char *text;
} titles[] = {
    {400, "Bad request"},    {401, "A token is needed"},      {403, "Not allowed"},
    {404, "Not found"},      {405, "Method not allowed"},     {409, "Conflict"},
    {413, "Too large"},      {415, "Unsupported media type"}, {421, "Misdirected request"},
    {429, "Too many tries"}, {500, "Internal error"},         {503, "Not available"},
};

const char *api_problem_title(int status)
{
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (titles[i].status == status)
            return titles[i].text;
    return "Error";
}

void api_write_problem(struct buf *out, int status, const char *detail)
{
    struct jw w;

    jw_init(&w, out);
    jw_object(&w);
    jw_kv_text(&w, "type", "about:blank");
    jw_kv_text(&w, "title", api_problem_title(status));
    jw_kv_int(&w, "status", status);
    jw_kv_text_opt(&w, "detail", detail);
    jw_object_end(&w);
}
