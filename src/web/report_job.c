/* report_job.c - one question after the other, until the report has all it needs.
 *
 * Happy path: of each SLO its cells over twelve months, then the hours of its monitors over the
 *             month; the month of all monitors, a piece at a time; incidents, quiets.
 * Failures:   the store away at any of them: the whole is. What is damaged, or kept no longer, is
 *             said in a note of the report. */
#include "report_job.h"

#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "base/text.h"
#include "wire/state.h"

#define PIECE  100 /* monitors in one question */
#define LISTED (REPORT_INCIDENTS + 500)

enum question { ASK_CELLS, ASK_HOURS, ASK_MONITORS, ASK_INCIDENTS, ASK_QUIETS, ASK_NOTHING };

struct report_job {
    struct sla_report report;
    struct store *store;
    enum question next;
    size_t slo, monitor; /* the next one */
    struct gather_slo gather;
    struct gather_rows rows;
    VEC(const char *) names, groups; /* of all monitors; in the report's arena */
    bool damaged, coarse, cut;
    report_job_fn *done;
    void *arg;
};

static void ask_next(struct report_job *j);

static void end_job(struct report_job *j, bool away)
{
    report_job_fn *done = j->done;
    void *arg = j->arg;
    struct sla_report report;

    gather_rows_end(&j->rows, &j->report);
    mem_free(j->gather.days);
    vec_done(&j->names);
    vec_done(&j->groups);
    if (away) {
        report_done(&j->report);
        mem_free(j);
        done(arg, NULL);
        return;
    }
    if (j->damaged)
        gather_note(&j->report,
                    "Some of what was kept cannot be read any more. It is not counted.");
    if (j->coarse)
        gather_note(&j->report,
                    "Of this month only whole days of UTC are kept: latencies, coverage and the "
                    "results of monitors are told by those.");
    if (j->cut)
        gather_note(&j->report, "There are more incidents or windows than are listed here.");
    gather_end(&j->report);
    report = j->report;
    mem_free(j);
    done(arg, &report);
}

/* --- SLOs -------------------------------------------------------------------------------- */

static void on_cells(void *arg, const struct slo_history *h)
{
    struct report_job *j = arg;
    struct sla_slo *s = &j->report.slos.items[j->slo];

    if (h == NULL) {
        end_job(j, true);
        return;
    }
    gather_slo_begin(&j->gather, s);
    for (size_t i = 0; i < h->n_units; i++)
        gather_unit(&j->gather, h->units[i].at_ms, &h->units[i].cell);
    j->next = ASK_HOURS;
    ask_next(j);
}

static void ask_cells(struct report_job *j)
{
    const struct sla_slo *s = &j->report.slos.items[j->slo];

    store_slo_read(j->store, s->promise.name, s->trend[0].from_ms, s->until_ms, on_cells, j);
}

static void note_answer(struct report_job *j, const struct series_answer *a)
{
    j->damaged = j->damaged || a->damaged > 0;
    j->coarse = j->coarse || (a->coarsest == TIER_DAY && !a->exact);
}

static void take_hours(struct report_job *j, const struct series_answer *a)
{
    int64_t until_ms = j->gather.slo->until_ms;

    for (size_t i = 0; i < a->points; i++) {
        int64_t from_ms = a->from_ms + (int64_t)i * a->step_ms, to_ms = from_ms + a->step_ms;

        gather_hour(&j->gather, &(struct gather_hour){.from_ms = from_ms,
                                                      .to_ms = to_ms < until_ms ? to_ms : until_ms,
                                                      .tally = &a->cells[i].tally,
                                                      .expected = a->cells[i].expected});
    }
}

static void end_slo(struct report_job *j)
{
    char since[32];

    gather_slo_end(&j->gather);
    if (gather_slo_since_ms(&j->gather) > 0)
        gather_note(&j->report, "%s has been counted since %s: its figures say nothing of before.",
                    j->gather.slo->promise.name,
                    rfc3339_format(gather_slo_since_ms(&j->gather), since, sizeof since));
    j->slo++;
    j->next = j->slo < j->report.slos.n ? ASK_CELLS : ASK_MONITORS;
    ask_next(j);
}

static void on_hours(void *arg, const struct series_answer *a)
{
    struct report_job *j = arg;

    if (a == NULL) {
        end_job(j, true);
        return;
    }
    note_answer(j, a);
    j->coarse = j->coarse || a->step_ms > HOUR_MS;
    take_hours(j, a);
    end_slo(j);
}

static void ask_hours(struct report_job *j)
{
    const struct sla_slo *s = j->gather.slo;
    struct series_query q = {.monitors = s->monitors,
                             .n_monitors = s->n_monitors,
                             .from_ms = s->from_ms,
                             .to_ms = s->until_ms,
                             .step_ms = HOUR_MS};

    if (s->n_monitors == 0 || q.from_ms >= q.to_ms)
        end_slo(j);
    else
        store_query(j->store, &q, on_hours, j);
}

/* --- monitors ---------------------------------------------------------------------------- */

static void on_results_of(void *arg, const struct series_answer *a)
{
    struct report_job *j = arg;

    if (a == NULL) {
        end_job(j, true);
        return;
    }
    note_answer(j, a);
    for (size_t i = 0; i < a->rows && j->monitor < j->names.n; i++, j->monitor++) {
        const struct series_cell *c = &a->cells[i * a->points];
        struct sla_row who = {.name = j->names.items[j->monitor],
                              .group = j->groups.items[j->monitor],
                              .expected = c->expected};

        gather_monitor(&j->rows, &j->report, &who, &c->tally);
    }
    ask_next(j);
}

static void ask_monitors(struct report_job *j)
{
    size_t left = j->names.n - j->monitor;
    struct series_query q = {.monitors = j->names.items + j->monitor,
                             .n_monitors = left < PIECE ? left : PIECE,
                             .from_ms = j->report.from_ms,
                             .to_ms = j->report.until_ms,
                             .apart = true};

    if (left > 0 && q.from_ms < q.to_ms) {
        store_query(j->store, &q, on_results_of, j);
        return;
    }
    j->next = ASK_INCIDENTS;
    ask_next(j);
}

/* --- incidents, quiets ------------------------------------------------------------------- */

static void on_incident_record(void *arg, const char *record, size_t n)
{
    struct report_job *j = arg;
    struct incident i;

    if (state_read_incident(record, n, &i, NULL) == 0)
        gather_incident(&j->report, &i);
    else
        j->damaged = true;
}

static void on_quiet_record(void *arg, const char *record, size_t n)
{
    struct report_job *j = arg;
    struct quiet q;

    if (state_read_quiet(record, n, &q, NULL) == 0)
        gather_quiet(&j->report, &q);
}

static void take_list(struct report_job *j, const char *json, size_t n,
                      void (*each)(void *arg, const char *record, size_t n), enum question next)
{
    static const char more[] = "null]";
    size_t len = sizeof more - 1;

    j->cut = j->cut || (n >= len && memcmp(json + n - len, more, len) == 0);
    records_each(json, n, each, j);
    j->next = next;
    ask_next(j);
}

static void on_incidents_read(void *arg, const char *json, size_t n, bool away)
{
    if (away)
        end_job(arg, true);
    else
        take_list(arg, json, n, on_incident_record, ASK_QUIETS);
}

static void on_quiets_read(void *arg, const char *json, size_t n, bool away)
{
    if (away)
        end_job(arg, true);
    else
        take_list(arg, json, n, on_quiet_record, ASK_NOTHING);
}

static void ask_period(struct report_job *j)
{
    struct period_query p = {j->report.from_ms, j->report.to_ms, LISTED};

    if (j->next == ASK_INCIDENTS)
        store_read_resolved_between(j->store, &p, on_incidents_read, j);
    else
        store_read_quiets_between(j->store, &p, on_quiets_read, j);
}

/* --- the way ----------------------------------------------------------------------------- */

static void ask_next(struct report_job *j)
{
    switch (j->next) {
    case ASK_CELLS:
        ask_cells(j);
        return;
    case ASK_HOURS:
        ask_hours(j);
        return;
    case ASK_MONITORS:
        ask_monitors(j);
        return;
    case ASK_INCIDENTS:
    case ASK_QUIETS:
        ask_period(j);
        return;
    case ASK_NOTHING:
        end_job(j, false);
        return;
    }
}

static void note_retention(struct sla_report *r, const struct config *c, int64_t now_ms)
{
    int64_t kept_ms = now_ms - c->store.retention.incidents_ms;
    char at[32];

    if (r->from_ms < kept_ms)
        gather_note(r, "Incidents that were resolved before %.10s are kept no longer.",
                    rfc3339_format(kept_ms, at, sizeof at));
}

void report_job_start(const struct report_ask *ask, report_job_fn *done, void *arg)
{
    struct report_job *j = mem_new(struct report_job);
    const struct incident *const *open;
    size_t n = engine_incidents(ask->engine, &open);

    *j = (struct report_job){.store = ask->store, .done = done, .arg = arg};
    gather_begin(&j->report, ask->config, ask->month, ask->now_ms);
    note_retention(&j->report, ask->config, ask->now_ms);
    gather_file_windows(&j->report, ask->config);
    for (size_t i = 0; i < n; i++)
        gather_incident(&j->report, open[i]);
    for (size_t i = 0; i < ask->config->n_monitors; i++) {
        const struct monitor *m = &ask->config->monitors[i];

        vec_push(&j->names, (const char *)arena_strdup(&j->report.arena, m->name));
        vec_push(&j->groups, (const char *)arena_strdup(&j->report.arena, m->group));
    }
    j->next = j->report.slos.n > 0 ? ASK_CELLS : ASK_MONITORS;
    if (j->store != NULL)
        ask_next(j);
    else
        end_job(j, true);
}
