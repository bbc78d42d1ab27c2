/* rehearse_history.c - what was recorded, through this file instead of the one that was running.
 *
 * Happy path: the running daemon is asked which monitors it knows, for their raw results and for
 *             the pages that went out; the results go through the engine in the order of time.
 * Failures:   no daemon, no store: said by cli_ask(). A monitor the daemon does not know, neither
 *             by its name nor by its `was`, is named and left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "loop/loop.h"
#include "model/names.h"
#include "rehearse.h"
#include "show.h"

#define WEEK_MS    (7 * 24 * 3600 * INT64_C(1000))
#define LEDGER_ROW 500

/* One result, as small as can be: there may be millions. */
struct sample {
    int64_t due_ms;
    uint32_t monitor;
    uint8_t verdict, reason;
};

struct replay {
    const struct args *args;
    struct history *history;
    VEC(struct sample) samples;
};

/* --- what span --- */

/* `now`, a duration (so long ago), or a time. */
static int read_end(const char *text, const struct zone *z, int64_t now_ms, int64_t *ret_ms)
{
    int64_t ago_ms = 0;

    if (text_eq(text, "now") || text_duration(text, &ago_ms, NULL) == 0) {
        *ret_ms = now_ms - ago_ms;
        return 0;
    }
    return show_read_time(text, z, ret_ms);
}

static int read_span(const struct args *a, struct history *h)
{
    const char *span = a->values[OPTION_HISTORY], *dots = strstr(span, "..");
    const struct zone *z = rehearse_zone(h->config);
    int64_t now_ms = loop_now_ms();
    char from[64];

    if (dots && (size_t)(dots - span) < sizeof from) {
        memcpy(from, span, (size_t)(dots - span));
        from[dots - span] = '\0';
        if (read_end(from, z, now_ms, &h->from_ms) == 0 &&
            read_end(dots + 2, z, now_ms, &h->to_ms) == 0 && h->from_ms < h->to_ms)
            return EXIT_GOOD;
    }
    return cli_usage(
        a->command,
        "--history takes FROM..TO such as 48h..now or 2026-11-22T00:00..2026-11-23T00:00,"
        " not `%s`",
        span);
}

/* --- asking --- */

static int ask(const struct replay *r, const char *path, struct jv **ret)
{
    struct err e;
    char *body;
    int rc = cli_ask(r->args, "GET", path, NULL, &body);

    if (rc != EXIT_GOOD)
        return rc;
    if (jv_parse(body, strlen(body), ret, &e) < 0) {
        fprintf(stderr, "midwatch: the daemon's answer cannot be read: %s\n", e.text);
        rc = EXIT_UNREACHABLE;
    }
    mem_free(body);
    return rc;
}

static bool lists(const struct jv *monitors, const char *name)
{
    for (size_t i = 0; name && i < jv_len(monitors); i++)
        if (text_eq(jv_get_text(jv_at(monitors, i), "name"), name))
            return true;
    return false;
}

static int64_t keep_samples(struct replay *r, const struct jv *list, uint32_t monitor)
{
    int64_t last_ms = INT64_MIN;

    for (size_t i = 0; i < jv_len(list); i++) {
        const struct jv *one = jv_at(list, i);
        const char *verdict = jv_text(jv_at(one, 1)), *reason = jv_text(jv_at(one, 2));
        struct sample s = {jv_int(jv_at(one, 0), INT64_MIN), monitor, 0, 0};
        int v = verdict ? verdict_from(verdict) : -1, why = reason ? reason_from(reason) : -1;

        if (s.due_ms <= last_ms || v < 0)
            continue;
        s.verdict = (uint8_t)v;
        s.reason = (uint8_t)(why < 0 ? REASON_FAIL : why);
        last_ms = s.due_ms;
        vec_push(&r->samples, s);
    }
    return last_ms;
}

/* A week at most in one answer; a full answer goes on after its last. */
static int ask_results(struct replay *r, const char *name, uint32_t monitor)
{
    int64_t at_ms = r->history->from_ms, to_ms = r->history->to_ms;

    while (at_ms < to_ms) {
        int64_t until_ms = to_ms - at_ms > WEEK_MS ? at_ms + WEEK_MS : to_ms, last_ms;
        char from[32], to[32], path[NAME_SIZE + 128];
        struct jv *list = NULL;
        int rc;

        text_printf(path, sizeof path, "/api/v1/monitors/%s/results?from=%s&to=%s", name,
                    rfc3339_format_ms(at_ms, from, sizeof from),
                    rfc3339_format_ms(until_ms, to, sizeof to));
        rc = ask(r, path, &list);
        if (rc != EXIT_GOOD)
            return rc;
        last_ms = keep_samples(r, list, monitor);
        jv_free(list);
        at_ms = last_ms == INT64_MIN ? until_ms : last_ms + 1;
    }
    return EXIT_GOOD;
}

static int ask_monitors(struct replay *r)
{
    const struct config *c = r->history->config;
    struct jv *known = NULL;
    int rc = ask(r, "/api/v1/monitors", &known);

    for (size_t i = 0; i < c->n_monitors && rc == EXIT_GOOD; i++) {
        const struct monitor *m = &c->monitors[i];
        const char *name = lists(known, m->name) ? m->name : m->was;

        if (!m->enabled)
            continue;
        if (!lists(known, name)) {
            vec_push(&r->history->unknown, m->name);
            continue;
        }
        r->history->n_monitors++;
        rc = ask_results(r, name, (uint32_t)i);
    }
    jv_free(known);
    return rc;
}

/* --- the ledger --- */

static bool is_page(const char *type)
{
    return text_eq(type, notice_name(NOTICE_TRIGGERED)) ||
           text_eq(type, notice_name(NOTICE_ESCALATED)) ||
           text_eq(type, notice_name(NOTICE_UNACKNOWLEDGED));
}

static bool has(const struct history *h, const char *id)
{
    for (size_t i = 0; i < h->recorded.n; i++)
        if (text_eq(h->recorded.items[i].id, id))
            return true;
    return false;
}

static int64_t time_of(const struct jv *o, const char *key)
{
    const char *text = jv_get_text(o, key);
    int64_t ms;
    bool zoned;

    return text && rfc3339_parse(text, &ms, &zoned) == 0 ? ms : 0;
}

static void keep_page(struct history *h, const struct jv *d)
{
    struct recorded x = {.at_ms = time_of(d, "done_at")};

    text_copy(x.id, sizeof x.id, show_or(jv_get_text(d, "id"), ""));
    text_copy(x.person, sizeof x.person, show_or(jv_get_text(d, "person"), ""));
    text_copy(x.channel, sizeof x.channel, show_or(jv_get_text(d, "channel"), ""));
    text_copy(x.monitor, sizeof x.monitor, show_or(jv_get_text(d, "monitor"), ""));
    if (is_page(jv_get_text(d, "type")) && !has(h, x.id))
        vec_push(&h->recorded, x);
}

static int by_time(const void *a, const void *b)
{
    const struct recorded *x = a, *y = b;

    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* Newest first, page by page: each goes on before the oldest of the one before. */
static int ask_ledger(struct replay *r)
{
    struct history *h = r->history;
    int64_t to_ms = h->to_ms;
    size_t got;

    do {
        char from[32], to[32], path[160];
        struct jv *list = NULL;
        int64_t oldest_ms;
        int rc;

        text_printf(path, sizeof path, "/api/v1/deliveries?state=delivered&limit=%d&from=%s&to=%s",
                    LEDGER_ROW, rfc3339_format_ms(h->from_ms, from, sizeof from),
                    rfc3339_format_ms(to_ms, to, sizeof to));
        rc = ask(r, path, &list);
        if (rc != EXIT_GOOD)
            return rc;
        got = jv_len(list);
        for (size_t i = 0; i < got; i++)
            keep_page(h, jv_at(list, i));
        oldest_ms = got ? time_of(jv_at(list, got - 1), "created_at") : to_ms;
        jv_free(list);
        h->more |= got == LEDGER_ROW;
        if (oldest_ms >= to_ms)
            break;
        to_ms = oldest_ms + 1;
    } while (got == LEDGER_ROW);
    if (h->recorded.n > 1)
        qsort(h->recorded.items, h->recorded.n, sizeof *h->recorded.items, by_time);
    return EXIT_GOOD;
}

/* --- through the engine --- */

static int by_due(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    if (x->due_ms != y->due_ms)
        return x->due_ms < y->due_ms ? -1 : 1;
    return x->monitor < y->monitor ? -1 : x->monitor > y->monitor;
}

static int feed(const struct replay *r, struct rehearsal *through, const struct sample *s,
                struct err *e)
{
    struct result res = {.due_ms = s->due_ms,
                         .at_ms = s->due_ms,
                         .verdict = (enum verdict)s->verdict,
                         .reason = (enum reason)s->reason,
                         .phases = PHASES_NONE};

    if (res.reason != REASON_OK)
        text_copy(res.message, sizeof res.message, reason_name(res.reason));
    return rehearsal_result(through, r->history->config->monitors[s->monitor].name, &res, s->due_ms,
                            e);
}

static int run_through(struct replay *r)
{
    struct history *h = r->history;
    struct rehearsal *through;
    struct err e;
    int rc = 0;

    if (r->samples.n > 1)
        qsort(r->samples.items, r->samples.n, sizeof *r->samples.items, by_due);
    h->n_results = r->samples.n;
    through = rehearsal_new(h->config, h->from_ms, &h->bill);
    for (size_t i = 0; i < r->samples.n && rc == 0; i++)
        rc = feed(r, through, &r->samples.items[i], &e);
    if (rc == 0)
        rc = rehearsal_until(through, h->to_ms, &e);
    rehearsal_free(through);
    if (rc < 0)
        fprintf(stderr, "midwatch rehearse: %s\n", e.text);
    return rc < 0 ? EXIT_NO : EXIT_GOOD;
}

int rehearse_history(const struct args *a, const struct config *c)
{
    struct history h = {.config = c};
    struct replay r = {.args = a, .history = &h};
    int rc = read_span(a, &h);

    if (rc == EXIT_GOOD)
        rc = ask_monitors(&r);
    if (rc == EXIT_GOOD)
        rc = ask_ledger(&r);
    if (rc == EXIT_GOOD)
        rc = run_through(&r);
    if (rc == EXIT_GOOD && a->json)
        history_write(&h);
    else if (rc == EXIT_GOOD)
        history_print(&h);
    playbill_done(&h.bill);
    vec_done(&h.recorded);
    vec_done(&h.unknown);
    vec_done(&r.samples);
    return rc;
}
