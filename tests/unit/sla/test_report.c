/* The document: stable, sealed, and every input is in it. */
#include "october.h"
#include "unit.h"

static void document_of(const struct sla_report *r, char hex[REPORT_DIGEST_SIZE])
{
    struct buf doc;

    buf_init(&doc, REPORT_MAX_BYTES);
    october_document(r, &doc);
    october_digest(&doc, hex);
    buf_done(&doc);
}

static void report__same_inputs__same_bytes(void **state)
{
    char a[REPORT_DIGEST_SIZE], b[REPORT_DIGEST_SIZE];
    struct sla_report r, s;

    (void)state;
    october(&r);
    october(&s);
    document_of(&r, a);
    document_of(&s, b);
    assert_string_equal(a, b);
    report_done(&r);
    report_done(&s);
}

/* Every input, changed a little: the digest of the inputs is another one. */
typedef void change_fn(struct sla_report *r);
#define CHANGE(name, what)                                                                         \
    static void name(struct sla_report *r)                                                         \
    {                                                                                              \
        what;                                                                                      \
    }
CHANGE(title, r->title = "Acme")
CHANGE(zone, r->zone_name = "UTC")
CHANGE(month, r->month.month = 9)
CHANGE(from, r->from_ms++)
CHANGE(to, r->to_ms++)
CHANGE(until, r->until_ms--)
CHANGE(offset, r->offsets.items[0].seconds = 0)
CHANGE(offset_at, r->offsets.items[1].from_ms++)
CHANGE(fewer_slos, r->slos.n--)
CHANGE(name_, r->slos.items[0].promise.name = "wob")
CHANGE(description, r->slos.items[0].promise.description = NULL)
CHANGE(of, r->slos.items[0].promise.of = SLO_LATENCY)
CHANGE(limit, r->slos.items[1].promise.limit_us++)
CHANGE(by, r->slos.items[0].promise.by = SLO_BY_TIME)
CHANGE(objective, r->slos.items[0].promise.objective_ppm++)
CHANGE(calendar, r->slos.items[0].promise.calendar = false)
CHANGE(days, r->slos.items[1].promise.days++)
CHANGE(maintenance, r->slos.items[0].promise.count_maintenance = true)
CHANGE(unknown_bad, r->slos.items[0].promise.unknown_is_bad = true)
CHANGE(coverage, r->slos.items[0].promise.coverage_least--)
CHANGE(credit, r->slos.items[0].promise.n_credits--)
CHANGE(monitor, r->slos.items[0].n_monitors--)
CHANGE(interval, r->slos.items[0].interval_ms++)
CHANGE(slo_zone, r->slos.items[0].zone_name = "UTC")
CHANGE(slo_from, r->slos.items[0].from_ms++)
CHANGE(slo_to, r->slos.items[0].to_ms++)
CHANGE(slo_until, r->slos.items[0].until_ms++)
CHANGE(good, r->slos.items[0].count.good++)
CHANGE(bad, r->slos.items[0].count.bad++)
CHANGE(excluded, r->slos.items[0].count.excluded++)
CHANGE(unknown, r->slos.items[0].count.unknown++)
CHANGE(expected, r->slos.items[0].count.expected++)
CHANGE(latency, r->slos.items[0].latency.us[3]++)
CHANGE(latency_n, r->slos.items[0].latency.n++)
CHANGE(day_count, r->slos.items[0].days[30].count.unknown++)
CHANGE(day_latency, r->slos.items[0].days[3].latency.us[0]++)
CHANGE(day_from, r->slos.items[0].days[3].from_ms++)
CHANGE(fewer_days, r->slos.items[0].n_days--)
CHANGE(trend, r->slos.items[0].trend[7].count.bad++)
CHANGE(row_kind, r->rows.items[1].kind = SLA_ROW_MONITOR)
CHANGE(row_name, r->rows.items[2].name = "apj")
CHANGE(row_group, r->rows.items[2].group = NULL)
CHANGE(row_good, r->rows.items[2].good++)
CHANGE(row_bad, r->rows.items[2].bad++)
CHANGE(row_unknown, r->rows.items[2].unknown++)
CHANGE(row_maintenance, r->rows.items[2].maintenance++)
CHANGE(row_expected, r->rows.items[2].expected++)
CHANGE(row_latency, r->rows.items[2].latency.us[1]++)
CHANGE(window_id, r->windows.items[0].id = "2KP112")
CHANGE(window_what, r->windows.items[0].what = "group=edge")
CHANGE(window_start, r->windows.items[0].start_ms++)
CHANGE(window_end, r->windows.items[0].end_ms++)
CHANGE(window_announced, r->windows.items[0].announced_ms++)
CHANGE(window_author, r->windows.items[0].author = "bo")
CHANGE(window_comment, r->windows.items[0].comment = NULL)
CHANGE(window_excluded, r->windows.items[0].excluded = false)
CHANGE(windows_more, r->windows_more++)
CHANGE(incident_id, r->incidents.items[0].id = "2KQ7M4")
CHANGE(incident_monitor, r->incidents.items[0].monitor = "db")
CHANGE(incident_title, r->incidents.items[0].title = "db is down")
CHANGE(incident_severity, r->incidents.items[0].severity = SEVERITY_INFO)
CHANGE(incident_state_, r->incidents.items[0].state = INCIDENT_ACKNOWLEDGED)
CHANGE(incident_started, r->incidents.items[0].started_ms++)
CHANGE(incident_opened, r->incidents.items[0].opened_ms++)
CHANGE(incident_acked, r->incidents.items[0].acked_ms++)
CHANGE(incident_acker, r->incidents.items[0].acked_by = "bo")
CHANGE(incident_resolved, r->incidents.items[0].resolved_ms++)
CHANGE(incident_resolver, r->incidents.items[0].resolved_by = "bo")
CHANGE(incident_held, r->incidents.items[0].held = true)
CHANGE(incidents_more, r->incidents_more++)
CHANGE(note, r->notes.items[0] = "")

static change_fn *const changes[] = {
    title,
    zone,
    month,
    from,
    to,
    until,
    offset,
    offset_at,
    fewer_slos,
    name_,
    description,
    of,
    limit,
    by,
    objective,
    calendar,
    days,
    maintenance,
    unknown_bad,
    coverage,
    credit,
    monitor,
    interval,
    slo_zone,
    slo_from,
    slo_to,
    slo_until,
    good,
    bad,
    excluded,
    unknown,
    expected,
    latency,
    latency_n,
    day_count,
    day_latency,
    day_from,
    fewer_days,
    trend,
    row_kind,
    row_name,
    row_group,
    row_good,
    row_bad,
    row_unknown,
    row_maintenance,
    row_expected,
    row_latency,
    window_id,
    window_what,
    window_start,
    window_end,
    window_announced,
    window_author,
    window_comment,
    window_excluded,
    windows_more,
    incident_id,
    incident_monitor,
    incident_title,
    incident_severity,
    incident_state_,
    incident_started,
    incident_opened,
    incident_acked,
    incident_acker,
    incident_resolved,
    incident_resolver,
    incident_held,
    incidents_more,
    note,
};

static void report__any_input_changed__other_digests(void **state)
{
    char plain[REPORT_DIGEST_SIZE], changed[REPORT_DIGEST_SIZE];
    struct sla_report r;
    struct buf data;

    (void)state;
    for (size_t i = 0; i <= sizeof changes / sizeof *changes; i++) {
        october(&r);
        if (i > 0)
            changes[i - 1](&r);
        buf_init(&data, REPORT_MAX_BYTES);
        report_write_data(&r, &data);
        assert_false(data.over);
        october_digest(&data, i > 0 ? changed : plain);
        if (i > 0 && strcmp(plain, changed) == 0)
            fail_msg("change %zu is not seen", i - 1);
        buf_done(&data);
        report_done(&r);
    }
}

static void report_unseal__one_bit_changed__digest_does_not_hold(void **state)
{
    char claimed[REPORT_DIGEST_SIZE], real[REPORT_DIGEST_SIZE];
    struct sla_report r;
    struct buf doc, body;
    struct err e;

    (void)state;
    october(&r);
    buf_init(&doc, REPORT_MAX_BYTES);
    october_document(&r, &doc);
    buf_str(&doc, " \r\n"); /* what an editor leaves behind */
    for (size_t i = 0; i < doc.len - 200; i += 97) {
        buf_init(&body, REPORT_MAX_BYTES);
        doc.p[i] ^= i > 0; /* the first time it is whole */
        assert_int_equal(report_unseal(doc.p, doc.len, &body, claimed, &e), 0);
        doc.p[i] ^= i > 0;
        october_digest(&body, real);
        assert_int_equal(strcmp(claimed, real) == 0, i == 0);
        buf_done(&body);
    }
    buf_done(&doc);
    report_done(&r);
}

static void report_unseal__no_report__refused(void **state)
{
    static const char *const bad[] = {"", "{}", "x", "{\"digest\":\"sha256:00\"}", "   \n"};
    char digest[REPORT_DIGEST_SIZE];
    struct buf body;
    struct err e;

    (void)state;
    buf_init(&body, REPORT_MAX_BYTES);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(report_unseal(bad[i], strlen(bad[i]), &body, digest, &e), -1);
    assert_int_equal(body.len, 0);
    buf_done(&body);
}

static void report__document__is_strict_json_and_says_what_it_is(void **state)
{
    struct sla_report r;
    struct jv *v = NULL;
    struct buf doc;
    struct err e;

    (void)state;
    october(&r);
    buf_init(&doc, REPORT_MAX_BYTES);
    october_document(&r, &doc);
    assert_int_equal(jv_parse(doc.p, doc.len, &v, &e), 0);
    assert_string_equal(jv_get_text(v, "kind"), "midwatch-sla-report");
    assert_int_equal(jv_get_int(v, "revision", 0), 2);
    assert_int_equal(jv_get_int(v, "corrects", 0), 1);
    assert_false(jv_get_bool(v, "draft", true));
    jv_free(v);
    buf_done(&doc);
    report_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report__same_inputs__same_bytes),
        cmocka_unit_test(report__any_input_changed__other_digests),
        cmocka_unit_test(report_unseal__one_bit_changed__digest_does_not_hold),
        cmocka_unit_test(report_unseal__no_report__refused),
        cmocka_unit_test(report__document__is_strict_json_and_says_what_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
