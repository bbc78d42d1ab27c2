/* why.c - the three questions, and the answer as JSON.
 *
 * Every part adds sentences with their instant; here they are put in order. Of a story that is
 * too long to be read the middle is left out. */
#include "incident/why.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/names.h"
#include "why_private.h"

#define TEXT_MAX     900
#define LINES_SHOWN  300
#define LINES_BEFORE 60 /* of them, before the gap */

void why_add(struct why *y, int64_t at_ms, const char *fmt, ...)
{
    struct why_line line = {.at_ms = at_ms, .number = y->lines.n};
    struct buf text;
    va_list ap;

    buf_init(&text, TEXT_MAX);
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    line.text = arena_strndup(&y->arena, buf_text(&text), utf8_whole(buf_text(&text), text.len));
    buf_done(&text);
    vec_push(&y->lines, line);
}

static bool is_named(const char *names, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = names; (p = strstr(p, name)); p += n)
        if ((p == names || p[-1] == ' ') && (p[n] == '\0' || p[n] == ','))
            return true;
    return false;
}

void why_name(struct buf *names, const char *name)
{
    if (is_named(buf_text(names), name))
        return;
    if (names->len)
        buf_str(names, ", ");
    buf_str(names, name);
}

const char *why_span(int64_t ms, char dst[WHY_SPAN_SIZE])
{
    if (ms <= 0)
        text_copy(dst, WHY_SPAN_SIZE, "0s");
    else
        text_human_ms((double)ms, dst, WHY_SPAN_SIZE);
    return dst;
}

/* --- the answer as JSON -------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct why_line *x = a, *y = b;
    bool x_timeless = x->at_ms == WHY_AT_NO_TIME, y_timeless = y->at_ms == WHY_AT_NO_TIME;

    if (x_timeless != y_timeless)
        return x_timeless ? 1 : -1;
    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static void write_line(struct jw *w, int64_t at_ms, const char *text)
{
    jw_object(w);
    jw_kv_time(w, "at", at_ms);
    jw_kv_text(w, "text", text);
    jw_object_end(w);
}

static void write_lines(struct jw *w, struct why *y)
{
    size_t left_out = y->lines.n > LINES_SHOWN ? y->lines.n - LINES_SHOWN : 0;
    char words[64];

    if (y->lines.n)
        qsort(y->lines.items, y->lines.n, sizeof *y->lines.items, by_time);
    jw_kv_list(w, "sentences");
    for (size_t i = 0; i < y->lines.n; i++) {
        if (left_out && i == LINES_BEFORE) {
            text_printf(words, sizeof words, "%zu more, left out here", left_out);
            write_line(w, y->lines.items[i].at_ms, words);
            i += left_out;
        }
        write_line(w, y->lines.items[i].at_ms, y->lines.items[i].text);
    }
    jw_list_end(w);
}

static void finish(struct jw *w, struct why *y, const char *kind, const char *subject)
{
    if (y->f->store_away)
        why_add(y, WHY_AT_NO_TIME,
                "the store is away: what it alone knows of the past is missing here");
    jw_object(w);
    jw_kv_text(w, "subject", subject);
    jw_kv_text(w, "kind", kind);
    jw_kv_text(w, "answer", y->answer);
    write_lines(w, y);
    jw_object_end(w);
    vec_done(&y->lines);
    arena_done(&y->arena);
}

static struct why begin(const struct why_facts *f)
{
    struct why y = {.f = f};

    arena_init(&y.arena);
    return y;
}

/* --- an incident, a delivery --------------------------------------------------------------- */

void why_incident(struct jw *w, const struct why_facts *f)
{
    struct why y = begin(f);

    why_answer_incident(&y);
    why_tell_incident(&y);
    finish(w, &y, "incident", f->incident->id);
}

void why_delivery(struct jw *w, const struct why_facts *f)
{
    struct why y = begin(f);

    why_answer_delivery(&y);
    why_tell_delivery(&y, f->delivery);
    finish(w, &y, "delivery", f->delivery->id);
}

/* --- a monitor ----------------------------------------------------------------------------- */

static bool is_open(const struct why_facts *f)
{
    return f->incident && f->incident->state != INCIDENT_RESOLVED;
}

/* "connection refused", or the reason's word when the result said nothing. */
static const char *message_of(const struct result *r)
{
    return r->message[0] ? r->message : reason_name(r->reason);
}

static void answer_failing(struct why *y)
{
    const struct monitor *m = y->f->monitor;
    const struct monitor_status *s = y->f->status;

    if (s->state == MONITOR_DOWN)
        text_printf(y->answer, sizeof y->answer,
                    "%s is down without an incident: %d of the %d bad results that open the next",
                    m->name, s->bad, m->fail_after);
    else
        text_printf(y->answer, sizeof y->answer,
                    "%s is failing but not confirmed: %d bad result%s of %d", m->name, s->bad,
                    s->bad == 1 ? "" : "s", m->fail_after);
}

static void answer_state(struct why *y)
{
    const struct monitor *m = y->f->monitor;
    const struct monitor_status *s = y->f->status;

    if (y->f->shown == MONITOR_UNKNOWN)
        text_printf(y->answer, sizeof y->answer,
                    "%s is unknown: midwatch is blind (%s), and pages nobody by what it cannot see",
                    m->name, message_of(&s->last));
    else if (s->bad || s->state == MONITOR_DOWN)
        answer_failing(y);
    else if (s->state == MONITOR_DEGRADED)
        text_printf(y->answer, sizeof y->answer, "%s is degraded, which wakes nobody: %s", m->name,
                    message_of(&s->last));
    else
        text_printf(y->answer, sizeof y->answer, "%s has no incident: its last result was %s",
                    m->name, verdict_name(s->last.verdict));
}

static void answer_monitor(struct why *y)
{
    const struct monitor *m = y->f->monitor;

    if (is_open(y->f))
        why_answer_incident(y);
    else if (!m->enabled)
        text_printf(y->answer, sizeof y->answer,
                    "%s is disabled in the file: it is not probed and pages nobody", m->name);
    else if (!y->f->status || !y->f->status->last.at_ms)
        text_printf(y->answer, sizeof y->answer, "%s has no result yet", m->name);
    else
        answer_state(y);
}

static void tell_last(struct why *y, const struct monitor_status *s)
{
    char took[WHY_SPAN_SIZE] = "";
    const struct result *r = &s->last;

    if (r->phases.total_us >= 0)
        text_human_ms((double)r->phases.total_us / 1000, took, sizeof took);
    why_add(y, r->at_ms, "the last result: %s%s%s%s%s%s", verdict_name(r->verdict),
            r->message[0] ? ", " : "", r->message, took[0] ? ", after " : "", took,
            r->verdict == VERDICT_UNKNOWN ? "; it counts neither for nor against" : "");
}

static void tell_streak(struct why *y, const struct monitor *m, const struct monitor_status *s)
{
    if (s->since_ms && s->state != MONITOR_PENDING)
        why_add(y, s->since_ms, "%s since then", monitor_state_name(s->state));
    if (s->bad && s->state != MONITOR_DOWN)
        why_add(y, s->streak_ms, "the first bad result; %d in a row make it down (fail_after)",
                m->fail_after);
    if (s->good && s->state == MONITOR_DOWN)
        why_add(y, s->streak_ms,
                "the first good result; %d in a row end it (recover_after), %d so far",
                m->recover_after, s->good);
}

static void tell_status(struct why *y)
{
    const struct monitor_status *s = y->f->status;

    if (!s || !s->last.at_ms)
        return;
    tell_last(y, s);
    if (y->f->monitor->enabled)
        tell_streak(y, y->f->monitor, s);
}

static void tell_moves(struct why *y)
{
    for (size_t i = 0; i < y->f->n_transitions; i++) {
        const struct transition *t = &y->f->transitions[i];

        if (t->subject == SUBJECT_MONITOR)
            why_add(y, t->at_ms, "%s, was %s%s%s", t->to, t->from, t->text[0] ? ": " : "", t->text);
    }
}

static void tell_last_incident(struct why *y)
{
    const struct incident *i = y->f->incident;

    if (i)
        why_add(y, i->resolved_ms, "its last incident, %s (%s), was resolved%s%s", i->id, i->title,
                i->resolved_by[0] ? " by " : "", i->resolved_by);
}

void why_monitor(struct jw *w, const struct why_facts *f)
{
    struct why y = begin(f);

    answer_monitor(&y);
    tell_status(&y);
    if (is_open(f)) {
        why_tell_incident(&y);
    } else {
        tell_moves(&y);
        tell_last_incident(&y);
        if (f->monitor->enabled)
            why_foresee(&y);
    }
    finish(w, &y, "monitor", f->monitor->name);
}
