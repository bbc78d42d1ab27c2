/* on_reports.c - GET /api/v1/reports, GET and POST /api/v1/reports/sla?month=.
 *
 * Happy path: what is issued is answered as it is stored, rendered if another format is asked for.
 *             What is not, is gathered; of a month that is over it is issued and stored first, of
 *             the running month it is a draft. POST gathers in any case and issues a new revision
 *             when the inputs are others than those of the newest.
 * Failures:   400, 404 (nothing was measured, it has not begun, no such revision), 409 (POST for a
 *             month that is not over, or no longer kept), 503 (the store is away, or two reports
 *             are being gathered already). */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "body.h"
#include "loop/crypto.h"
#include "loop/log.h"
#include "report_job.h"
#include "sla/render.h"

#define GATHERED_MOST 2
#define GENERATOR     "midwatch " MW_VERSION

struct report_call {
    struct pending pending; /* first */
    struct month month;
    enum render_format format;
    int asked; /* revision; 0: the newest */
    bool revise;
    bool gathering;                  /* counted in web->reports */
    int newest;                      /* revision that there is; 0: none */
    char inputs[REPORT_DIGEST_SIZE]; /* of the newest */
    char by[NAME_SIZE];
    struct buf head; /* of the newest */
};

static struct request *end_call(struct report_call *x)
{
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);

    if (q != NULL && x->gathering)
        web->reports--;
    buf_done(&x->head);
    mem_free(x);
    return q;
}

/* Nobody waits any more: the web was closed. */
static bool is_gone(struct report_call *x)
{
    if (x->pending.q != NULL)
        return false;
    end_call(x);
    return true;
}

static void refuse(struct report_call *x, int status, const char *detail)
{
    struct web *web = x->pending.web;

    reply_problem(web, end_call(x), status, "%s", detail);
}

static const char *id_of(const struct report_call *x, int revision, char dst[48])
{
    char month[MONTH_TEXT_SIZE];

    text_printf(dst, 48, "sla:%s:%d", month_format(x->month, month), revision);
    return dst;
}

/* --- answering --------------------------------------------------------------------------- */

static void reply_format(struct web *web, struct request *q, enum render_format f, struct buf *body)
{
    if (f == RENDER_HTML)
        reply_html(web, q, render_html_policy(), body);
    else
        reply_text(web, q, 200, render_type(f), body);
}

static void answer(struct report_call *x, const char *doc, size_t n)
{
    struct web *web = x->pending.web;
    enum render_format f = x->format;
    struct jv *v = NULL;
    struct buf out;
    struct err e;
    int rc = 0;

    buf_init(&out, RENDER_MAX_BYTES);
    if (f == RENDER_JSON)
        buf_put(&out, doc, n);
    else if ((rc = jv_parse(doc, n, &v, &e)) == 0)
        rc = render_report(v, f, &out, &e);
    jv_free(v);
    if (rc == 0) {
        reply_format(web, end_call(x), f, &out);
        return;
    }
    buf_done(&out);
    refuse(x, 500, e.text);
}

/* POST: which revision holds now, and whether it is a new one. */
static void answer_head(struct report_call *x, const char *head, size_t n, bool is_new)
{
    struct web *web = x->pending.web;
    struct buf out;

    buf_init(&out, REPORT_MAX_BYTES);
    buf_put(&out, head, n > 0 ? n - 1 : 0); /* without the brace */
    buf_printf(&out, ",\"new\":%s}", is_new ? "true" : "false");
    reply_json(web, end_call(x), is_new ? 201 : 200, &out);
}

static void on_read(void *arg, const char *json, size_t n, bool away)
{
    struct report_call *x = arg;

    if (is_gone(x))
        return;
    if (away)
        refuse(x, 503, "the store is away");
    else if (n == 0)
        refuse(x, 404, "there is no such report");
    else
        answer(x, json, n);
}

static void read_issued(struct report_call *x, int revision)
{
    struct store *s = x->pending.web->app->store(x->pending.web->app_arg);
    char id[48];

    store_read_report(s, id_of(x, revision, id), on_read, x);
}

/* --- issuing ----------------------------------------------------------------------------- */

static void digest_of(const struct buf *b, char hex[REPORT_DIGEST_SIZE])
{
    unsigned char sum[32];

    crypto_sha256(buf_text(b), b->len, sum);
    hex_encode(sum, sizeof sum, hex);
}

/* What is hashed and sealed of one report. */
struct edition {
    struct report_head head;
    char inputs[REPORT_DIGEST_SIZE], digest[REPORT_DIGEST_SIZE];
    struct buf data, doc;
};

static void edition_init(struct edition *e, const struct sla_report *r)
{
    buf_init(&e->data, REPORT_MAX_BYTES);
    buf_init(&e->doc, REPORT_MAX_BYTES);
    report_write_data(r, &e->data);
    digest_of(&e->data, e->inputs);
}

static void edition_seal(struct edition *e, struct report_call *x, const struct sla_report *r,
                         int revision)
{
    struct web *web = x->pending.web;

    e->head = (struct report_head){.revision = revision,
                                   .corrects = revision > 1 ? revision - 1 : 0,
                                   .issued_ms = loop_now_ms(),
                                   .generator = GENERATOR,
                                   .config_digest = web->app->config(web->app_arg)->digest,
                                   .inputs_digest = e->inputs};
    report_write(r, &e->head, &e->data, &e->doc);
    digest_of(&e->doc, e->digest);
    report_seal(&e->doc, e->digest);
}

static void edition_done(struct edition *e)
{
    buf_done(&e->data);
    buf_done(&e->doc);
}

static void write_head(struct buf *out, const struct report_call *x, const struct edition *e)
{
    char id[48], month[MONTH_TEXT_SIZE], digest[REPORT_DIGEST_SIZE + 8];
    struct jw w;

    text_printf(digest, sizeof digest, "sha256:%s", e->digest);
    jw_init(&w, out);
    jw_object(&w);
    jw_kv_text(&w, "id", id_of(x, e->head.revision, id));
    jw_kv_text(&w, "kind", "sla");
    jw_kv_text(&w, "period", month_format(x->month, month));
    jw_kv_int(&w, "revision", e->head.revision);
    jw_key(&w, "corrects");
    if (e->head.corrects > 0)
        jw_int(&w, e->head.corrects);
    else
        jw_null(&w);
    jw_kv_time(&w, "issued_at", e->head.issued_ms);
    jw_kv_text(&w, "inputs_digest", e->inputs);
    jw_kv_text(&w, "digest", digest);
    jw_kv_int(&w, "bytes", (int64_t)e->doc.len);
    jw_object_end(&w);
}

/* Perhaps another one was quicker: what is there now is what holds. */
static void on_kept(void *arg, bool kept)
{
    struct report_call *x = arg;
    char id[48];

    if (kept)
        log_info("web", "report %s issued%s%s", id_of(x, x->newest + 1, id),
                 x->by[0] != 0 ? " by " : "", x->by);
    if (is_gone(x))
        return;
    if (!kept)
        refuse(x, 503, "the store did not take the report");
    else if (x->revise)
        answer_head(x, buf_text(&x->head), x->head.len, true);
    else
        read_issued(x, x->newest + 1);
}

static void issue(struct report_call *x, const struct sla_report *r, struct edition *e)
{
    struct store *s = x->pending.web->app->store(x->pending.web->app_arg);
    char id[48];

    edition_seal(e, x, r, x->newest + 1);
    if (e->doc.over) {
        refuse(x, 500, "the report is larger than 8 MiB");
        return;
    }
    write_head(&x->head, x, e);
    id_of(x, e->head.revision, id);
    store_put_report(s, id, &(struct report_bytes){e->doc.p, e->doc.len},
                     &(struct report_bytes){x->head.p, x->head.len}, on_kept, x);
}

static void draft(struct report_call *x, const struct sla_report *r, struct edition *e)
{
    edition_seal(e, x, r, 0);
    answer(x, buf_text(&e->doc), e->doc.len);
}

static void decide(struct report_call *x, const struct sla_report *r, struct edition *e)
{
    char month[MONTH_TEXT_SIZE], text[120];
    bool over = gather_over(r, loop_now_ms());

    month_format(x->month, month);
    if (gather_empty(r) && x->newest == 0) {
        text_printf(text, sizeof text, "nothing was measured in %s", month);
        refuse(x, 404, text);
    } else if (!over && x->revise) {
        text_printf(text, sizeof text, "%s is not over, or has been for less than an hour", month);
        refuse(x, 409, text);
    } else if (!over) {
        draft(x, r, e);
    } else if (x->revise && x->newest > 0 && strcmp(e->inputs, x->inputs) == 0) {
        answer_head(x, buf_text(&x->head), x->head.len, false);
    } else {
        buf_clear(&x->head);
        issue(x, r, e);
    }
}

static void on_gathered(void *arg, struct sla_report *r)
{
    struct report_call *x = arg;
    struct edition e;

    if (r == NULL) {
        if (!is_gone(x))
            refuse(x, 503, "the store is away");
        return;
    }
    if (!is_gone(x)) {
        edition_init(&e, r);
        decide(x, r, &e);
        edition_done(&e);
    }
    report_done(r);
}

/* --- what is there ----------------------------------------------------------------------- */

static void on_head(void *arg, const char *record, size_t n)
{
    struct report_call *x = arg;
    char month[MONTH_TEXT_SIZE];
    struct jv *v = NULL;
    int64_t revision;

    if (jv_parse(record, n, &v, NULL) < 0)
        return;
    revision = jv_get_int(v, "revision", 0);
    if (text_eq(jv_get_text(v, "kind"), "sla") &&
        text_eq(jv_get_text(v, "period"), month_format(x->month, month)) && revision > x->newest &&
        revision < 1000000) {
        x->newest = (int)revision;
        text_copy(x->inputs, sizeof x->inputs,
                  jv_get_text(v, "inputs_digest") ? jv_get_text(v, "inputs_digest") : "");
        buf_clear(&x->head);
        buf_put(&x->head, record, n);
    }
    jv_free(v);
}

static void gather(struct report_call *x)
{
    struct web *web = x->pending.web;
    const struct config *c = web->app->config(web->app_arg);
    int64_t now_ms = loop_now_ms();

    if (web->reports >= GATHERED_MOST) {
        refuse(x, 503, "two reports are being made already; ask again in a moment");
        return;
    }
    if (x->newest > 0 &&
        month_from_ms(x->month, zone_utc()) < now_ms - c->store.retention.incidents_ms) {
        refuse(x, 409, "what this report was made from is kept no longer: it cannot be revised");
        return;
    }
    x->gathering = true;
    web->reports++;
    report_job_start(&(struct report_ask){web->app->store(web->app_arg), c,
                                          web->app->engine(web->app_arg), x->month, now_ms},
                     on_gathered, x);
}

static void on_heads(void *arg, const char *json, size_t n, bool away)
{
    struct report_call *x = arg;

    if (is_gone(x))
        return;
    if (away) {
        refuse(x, 503, "the store is away");
        return;
    }
    records_each(json, n, on_head, x);
    if (x->asked > 0)
        read_issued(x, x->asked);
    else if (x->newest > 0 && !x->revise)
        read_issued(x, x->newest);
    else
        gather(x);
}

/* --- requests ---------------------------------------------------------------------------- */

static int read_month(struct call *c, struct month *ret)
{
    const struct zone *z = gather_zone(c->config);
    char text[32];
    struct err e;

    *ret = month_add(month_at(z, c->now_ms), -1);
    if (request_query(c->v, "month", text, sizeof text) && month_parse(text, ret, &e) < 0) {
        reply_problem(c->web, c->q, 400, "month: %s", e.text);
        return -1;
    }
    if (month_from_ms(*ret, z) > c->now_ms) {
        reply_problem(c->web, c->q, 404, "%s has not begun", month_format(*ret, text));
        return -1;
    }
    return 0;
}

static int read_format(struct call *c, enum render_format *ret)
{
    char text[32] = "json";
    int f;

    request_query(c->v, "format", text, sizeof text);
    f = render_from(text);
    if (f < 0) {
        reply_problem(c->web, c->q, 400, "format: json, markdown, html or csv");
        return -1;
    }
    *ret = (enum render_format)f;
    return 0;
}

static int read_revision(struct call *c, int *ret)
{
    char text[16];
    int64_t revision = 0;
    struct err e;

    if (request_query(c->v, "revision", text, sizeof text) &&
        text_int(text, 1, 999999, &revision, &e) < 0) {
        reply_problem(c->web, c->q, 400, "revision: %s", e.text);
        return -1;
    }
    *ret = (int)revision;
    return 0;
}

static void begin(struct call *c, const struct report_call *draft_of)
{
    struct report_call *x = mem_new(struct report_call);
    struct store *s = c->web->app->store(c->web->app_arg);

    *x = *draft_of;
    buf_init(&x->head, 4096);
    pending_begin(&x->pending, c->web, c->q);
    if (s != NULL)
        store_list_reports(s, on_heads, x);
    else
        on_heads(x, NULL, 0, true);
}

void on_report(struct call *c)
{
    struct report_call x = {.revise = false};

    if (read_month(c, &x.month) < 0 || read_format(c, &x.format) < 0 ||
        read_revision(c, &x.asked) < 0)
        return;
    begin(c, &x);
}

static const struct member revise_members[] = {{0}};

void on_report_revise(struct call *c)
{
    struct report_call x = {.revise = true};
    struct jv *body = NULL;
    int rc;

    if (read_month(c, &x.month) < 0 || body_read(c, revise_members, &body) < 0)
        return;
    rc = body_actor(c, body, x.by);
    jv_free(body);
    if (rc == 0)
        begin(c, &x);
}

/* --- the list ---------------------------------------------------------------------------- */

static void on_list(void *arg, const char *json, size_t n, bool away)
{
    struct pending *p = arg;
    struct web *web = p->web;
    struct request *q = pending_end(p);
    struct buf body;

    mem_free(p);
    if (q == NULL)
        return;
    if (away) {
        reply_problem(web, q, 503, "the store is away");
        return;
    }
    buf_init(&body, WEB_MAX_ANSWER);
    buf_put(&body, json, n);
    reply_json(web, q, 200, &body);
}

void on_reports(struct call *c)
{
    struct store *s = c->web->app->store(c->web->app_arg);
    struct pending *p = mem_new(struct pending);

    pending_begin(p, c->web, c->q);
    if (s != NULL)
        store_list_reports(s, on_list, p);
    else
        on_list(p, NULL, 0, true);
}
