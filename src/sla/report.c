/* report.c - the document: head, data, digest.
 *
 * Happy path: report_write_data() -> its digest -> report_write() -> its digest -> report_seal().
 * The digests are the caller's to reckon: nothing here hashes.
 * Failures:   what does not fit the caller's buffer sets its `over`. */
#include "sla/report.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "model/names.h"
#include "parts.h"
#include "sla/figures.h"

const int report_quantiles[REPORT_QUANTILES] = {50, 90, 95, 99};

void report_init(struct sla_report *r)
{
    *r = (struct sla_report){.title = "", .zone_name = "UTC"};
    arena_init(&r->arena);
}

void report_done(struct sla_report *r)
{
    vec_done(&r->offsets);
    vec_done(&r->slos);
    vec_done(&r->rows);
    vec_done(&r->windows);
    vec_done(&r->incidents);
    vec_done(&r->notes);
    arena_done(&r->arena);
}

/* --- parts of the data ------------------------------------------------------------------- */

static void put_period(struct jw *w, const struct sla_report *r)
{
    char month[MONTH_TEXT_SIZE];

    jw_kv_object(w, "period");
    jw_kv_text(w, "month", month_format(r->month, month));
    jw_kv_text(w, "time_zone", r->zone_name);
    jw_kv_time(w, "from", r->from_ms);
    jw_kv_time(w, "to", r->to_ms);
    jw_kv_time(w, "measured_until", r->until_ms);
    jw_kv_list(w, "offsets");
    for (size_t i = 0; i < r->offsets.n; i++) {
        jw_object(w);
        jw_kv_time(w, "from", r->offsets.items[i].from_ms);
        jw_kv_int(w, "seconds", r->offsets.items[i].seconds);
        jw_object_end(w);
    }
    jw_list_end(w);
    jw_object_end(w);
}

void latency_write(struct jw *w, const struct sla_latency *l)
{
    jw_kv_object(w, "latency");
    jw_kv_int(w, "count", (int64_t)l->n);
    for (int i = 0; i < REPORT_QUANTILES; i++) {
        static const char *const names[REPORT_QUANTILES] = {"p50_us", "p90_us", "p95_us", "p99_us"};

        jw_key(w, names[i]);
        if (l->us[i] >= 0)
            jw_int(w, l->us[i]);
        else
            jw_null(w);
    }
    jw_object_end(w);
}

static void put_row(struct jw *w, const struct sla_row *row)
{
    static const char *const kinds[] = {"all", "group", "monitor"};
    uint64_t valid = row->good + row->bad;
    struct sla_count c = {row->good, row->bad, row->maintenance, row->unknown, row->expected};

    jw_object(w);
    jw_kv_text(w, "kind", kinds[row->kind]);
    jw_kv_text(w, "name", row->name);
    jw_kv_text(w, "group", row->group);
    jw_kv_int(w, "good", (int64_t)row->good);
    jw_kv_int(w, "bad", (int64_t)row->bad);
    jw_kv_int(w, "maintenance", (int64_t)row->maintenance);
    jw_kv_int(w, "unknown", (int64_t)row->unknown);
    jw_kv_int(w, "expected", (int64_t)row->expected);
    jw_kv_real(w, "availability", figures_ratio(&c), 9);
    jw_kv_real(w, "error_rate", valid > 0 ? (double)row->bad / (double)valid : NAN, 9);
    jw_kv_real(w, "coverage", figures_coverage(&c), 6);
    latency_write(w, &row->latency);
    jw_object_end(w);
}

static void put_window(struct jw *w, const struct sla_window *x)
{
    jw_object(w);
    jw_kv_text(w, "id", x->id);
    jw_kv_text(w, "what", x->what);
    jw_kv_time(w, "start", x->start_ms);
    jw_kv_time(w, "end", x->end_ms);
    jw_kv_time(w, "announced", x->announced_ms);
    jw_kv_text(w, "author", x->author);
    jw_kv_text(w, "comment", x->comment);
    jw_kv_bool(w, "excluded", x->excluded);
    jw_object_end(w);
}

/* --- incidents --------------------------------------------------------------------------- */

/* From when somebody was to be told to when somebody said that he knows; -1: nobody has. */
static int64_t acknowledge_ms(const struct sla_incident *i)
{
    return i->acked_ms > 0 && i->acked_ms >= i->opened_ms ? i->acked_ms - i->opened_ms : -1;
}

/* From the first failure to the end; -1: it is open. */
static int64_t restore_ms(const struct sla_incident *i)
{
    return i->resolved_ms > 0 && i->resolved_ms >= i->started_ms ? i->resolved_ms - i->started_ms
                                                                 : -1;
}

static void put_span(struct jw *w, const char *key, int64_t ms)
{
    jw_key(w, key);
    if (ms >= 0)
        jw_real(w, (double)ms / 1000, 3);
    else
        jw_null(w);
}

static void put_incident(struct jw *w, const struct sla_incident *i)
{
    jw_object(w);
    jw_kv_text(w, "id", i->id);
    jw_kv_text(w, "monitor", i->monitor);
    jw_kv_text(w, "severity", severity_name(i->severity));
    jw_kv_text(w, "state", incident_state_name(i->state));
    jw_kv_text(w, "title", i->title);
    jw_kv_time(w, "started_at", i->started_ms);
    jw_kv_time(w, "opened_at", i->opened_ms);
    jw_kv_time(w, "acknowledged_at", i->acked_ms);
    jw_kv_text(w, "acknowledged_by", i->acked_by);
    jw_kv_time(w, "resolved_at", i->resolved_ms);
    jw_kv_text(w, "resolved_by", i->resolved_by);
    jw_kv_bool(w, "held", i->held);
    put_span(w, "acknowledged_after_s", acknowledge_ms(i));
    put_span(w, "restored_after_s", restore_ms(i));
    jw_object_end(w);
}

static void put_times(struct jw *w, const char *key, const struct sla_report *r,
                      int64_t (*time_of)(const struct sla_incident *))
{
    VEC(int64_t) ms = {0};
    struct figures_times t = {0};

    for (size_t i = 0; i < r->incidents.n; i++) {
        int64_t one = time_of(&r->incidents.items[i]);

        if (one >= 0)
            vec_push(&ms, one);
    }
    if (ms.n > 0)
        t = figures_times(ms.items, ms.n);
    jw_kv_object(w, key);
    jw_kv_int(w, "count", (int64_t)t.n);
    put_span(w, "median_s", t.n > 0 ? t.median_ms : -1);
    put_span(w, "mean_s", t.n > 0 ? t.mean_ms : -1);
    put_span(w, "longest_s", t.n > 0 ? t.longest_ms : -1);
    jw_object_end(w);
    vec_done(&ms);
}

static void put_incidents(struct jw *w, const struct sla_report *r)
{
    jw_kv_object(w, "incidents");
    jw_kv_int(w, "count", (int64_t)(r->incidents.n + r->incidents_more));
    put_times(w, "time_to_acknowledge", r, acknowledge_ms);
    put_times(w, "time_to_restore", r, restore_ms);
    jw_kv_list(w, "list");
    for (size_t i = 0; i < r->incidents.n; i++)
        put_incident(w, &r->incidents.items[i]);
    jw_list_end(w);
    jw_object_end(w);
}

void report_write_data(const struct sla_report *r, struct buf *out)
{
    struct jw w;

    jw_init(&w, out);
    jw_object(&w);
    jw_kv_text(&w, "title", r->title);
    put_period(&w, r);
    jw_kv_list(&w, "slos");
    for (size_t i = 0; i < r->slos.n; i++)
        slo_write(&w, &r->slos.items[i]);
    jw_list_end(&w);
    put_incidents(&w, r);
    jw_kv_list(&w, "maintenance");
    for (size_t i = 0; i < r->windows.n; i++)
        put_window(&w, &r->windows.items[i]);
    jw_list_end(&w);
    jw_kv_int(&w, "maintenance_more", (int64_t)r->windows_more);
    jw_kv_list(&w, "results");
    for (size_t i = 0; i < r->rows.n; i++)
        put_row(&w, &r->rows.items[i]);
    jw_list_end(&w);
    jw_kv_list(&w, "notes");
    for (size_t i = 0; i < r->notes.n; i++)
        jw_text(&w, r->notes.items[i]);
    jw_list_end(&w);
    jw_object_end(&w);
}

/* --- the document ------------------------------------------------------------------------ */

void report_write(const struct sla_report *r, const struct report_head *h, const struct buf *data,
                  struct buf *out)
{
    char month[MONTH_TEXT_SIZE];
    struct jw w;

    jw_init(&w, out);
    jw_object(&w);
    jw_kv_text(&w, "kind", "midwatch-sla-report");
    jw_kv_int(&w, "version", REPORT_VERSION);
    jw_kv_text(&w, "month", month_format(r->month, month));
    jw_kv_bool(&w, "draft", h->revision == 0);
    jw_kv_int(&w, "revision", h->revision);
    jw_key(&w, "corrects");
    if (h->corrects > 0)
        jw_int(&w, h->corrects);
    else
        jw_null(&w);
    jw_kv_time(&w, "issued_at", h->issued_ms);
    jw_kv_text(&w, "generator", h->generator);
    jw_kv_text(&w, "config_digest", h->config_digest);
    jw_kv_text(&w, "inputs_digest", h->inputs_digest);
    jw_key(&w, "data");
    jw_raw(&w, buf_text(data));
    jw_object_end(&w);
    out->over = out->over || data->over;
}

#define SEAL_BEFORE ",\"digest\":\"sha256:"
#define SEAL_AFTER  "\"}"
#define SEAL_BYTES  (sizeof SEAL_BEFORE - 1 + REPORT_DIGEST_SIZE - 1 + sizeof SEAL_AFTER - 1)

void report_seal(struct buf *out, const char *digest)
{
    if (out->len > 0 && !out->over)
        out->len--; /* the last brace */
    buf_str(out, SEAL_BEFORE);
    buf_str(out, digest);
    buf_str(out, SEAL_AFTER);
}

int report_unseal(const char *p, size_t n, struct buf *out, char digest[REPORT_DIGEST_SIZE],
                  struct err *e)
{
    const char *seal;

    while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL && p[n - 1] != 0)
        n--;
    if (n <= SEAL_BYTES || n > REPORT_MAX_BYTES || p[0] != '{')
        return err_set(e, "is not an SLA report in JSON as midwatch issues it");
    seal = p + n - SEAL_BYTES;
    if (memcmp(seal, SEAL_BEFORE, sizeof SEAL_BEFORE - 1) != 0 ||
        memcmp(p + n - 2, SEAL_AFTER, 2) != 0)
        return err_set(e, "does not end with a digest, as a report in JSON does");
    memcpy(digest, seal + sizeof SEAL_BEFORE - 1, REPORT_DIGEST_SIZE - 1);
    digest[REPORT_DIGEST_SIZE - 1] = 0;
    buf_put(out, p, (size_t)(seal - p));
    buf_char(out, '}');
    return 0;
}
