/* The API's objects: every member as documented, nothing secret, and always JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/api.h"

static struct buf out;

static struct jw *begin(void)
{
    static struct jw w;

    buf_done(&out);
    buf_init(&out, 65536);
    jw_init(&w, &out);
    return &w;
}

static struct jv *parsed(void)
{
    struct jv *v;
    struct err e;

    if (jv_parse(buf_text(&out), out.len, &v, &e) < 0)
        fail_msg("%s: %s", e.text, buf_text(&out));
    return v;
}

static void monitor__whole__as_documented(void **state)
{
    struct label label = {"team", "payments"};
    struct policy policy = {.name = "payments"};
    struct monitor m = {.name = "api",
                        .kind = "http",
                        .group = "core",
                        .labels = &label,
                        .n_labels = 1,
                        .http = {.url = "https://u:secret@a/", .shown_url = "https://***@a/"},
                        .severity = SEVERITY_CRITICAL,
                        .policy = &policy,
                        .interval_ms = 10000,
                        .enabled = true};
    struct monitor_status s = {.state = MONITOR_DOWN,
                               .since_ms = 1795316635000,
                               .last = {.at_ms = 1795316645001,
                                        .verdict = VERDICT_DOWN,
                                        .reason = REASON_STATUS,
                                        .status = 503,
                                        .lateness_us = 412,
                                        .message = "status in 200..299: was 503",
                                        .phases = {100, 8400, -1, 41800, 200, 50500}}};
    uint64_t counts[4] = {8637, 0, 3, 0};
    (void)state;
    api_write_monitor(begin(), &(struct api_monitor){.monitor = &m,
                                                     .status = &s,
                                                     .shown = MONITOR_DOWN,
                                                     .incident = "1mgw",
                                                     .next_due_ms = 1795316655000,
                                                     .runs = 8640,
                                                     .missed = 1,
                                                     .by_verdict = counts,
                                                     .late_max_us = 1204});
    assert_string_equal(
        buf_text(&out),
        "{\"name\":\"api\",\"kind\":\"http\",\"target\":\"https://***@a/\",\"group\":\"core\","
        "\"labels\":{\"team\":\"payments\"},\"severity\":\"critical\",\"policy\":\"payments\","
        "\"enabled\":true,\"interval_ms\":10000,\"state\":\"down\",\"since\":\"2026-11-22T03:03:55."
        "000Z\","
        "\"incident\":\"1mgw\",\"next_at\":\"2026-11-22T03:04:15.000Z\",\"runs\":8640,\"missed\":1,"
        "\"lateness_max_ms\":1.204,\"results\":{\"up\":8637,\"degraded\":0,\"down\":3,\"unknown\":"
        "0},"
        "\"last\":{\"at\":\"2026-11-22T03:04:05.001Z\",\"verdict\":\"down\",\"reason\":\"status\","
        "\"message\":\"status in 200..299: was 503\",\"status\":503,\"phases_ms\":{\"resolve\":0.1,"
        "\"connect\":8.4,\"wait\":41.8,\"transfer\":0.2,\"total\":50.5},\"lateness_ms\":0.412}}");
}

static void monitor__never_probed__is_pending_without_last(void **state)
{
    struct monitor m = {.name = "n", .kind = "http"};
    (void)state;
    api_write_monitor(begin(), &(struct api_monitor){.monitor = &m});
    struct jv *v = parsed();
    assert_string_equal(jv_get_text(v, "state"), "pending");
    assert_int_equal(jv_type(jv_get(v, "since")), JV_NULL);
    assert_int_equal(jv_type(jv_get(v, "group")), JV_NULL);
    assert_null(jv_get(v, "last"));
    jv_free(v);
}

static void incident__members_and_labels__read_back(void **state)
{
    struct incident i = {.id = "1mgw",
                         .dedup_key = "monitor:api",
                         .monitor = "api",
                         .labels = "env=a=b\nteam=\"x\"\n",
                         .severity = SEVERITY_WARNING,
                         .state = INCIDENT_ACKNOWLEDGED,
                         .title = "api \x01 \xff down",
                         .reason = REASON_TLS,
                         .acked_ms = 1795316645678,
                         .acked_by = "ana",
                         .count = 3,
                         .step = -1};
    (void)state;
    api_write_incident(begin(), &i);
    struct jv *v = parsed();
    assert_string_equal(jv_get_text(v, "state"), "acknowledged");
    assert_string_equal(jv_get_text(v, "acknowledged_at"), "2026-11-22T03:04:05.678Z");
    assert_string_equal(jv_get_text(jv_get(v, "labels"), "env"), "a=b");
    assert_string_equal(jv_get_text(jv_get(v, "labels"), "team"), "\"x\"");
    assert_int_equal(jv_type(jv_get(v, "resolved_at")), JV_NULL);
    assert_int_equal(jv_type(jv_get(v, "group")), JV_NULL);
    assert_int_equal(jv_get_int(v, "step", 0), -1);
    jv_free(v);
}

static void incident__held_and_gathering__says_by_what_and_whom(void **state)
{
    struct incident i = {.id = "1mgw",
                         .hold = HOLD_SILENCE,
                         .hold_ref = "1mgq",
                         .hold_why = "silence 1mgq by bo",
                         .hold_until_ms = 1795316645678,
                         .urgency = URGENCY_LOW,
                         .assigned = "bo",
                         .note = "the pool",
                         .affected = "web shop",
                         .n_affected = 3,
                         .flapping = true,
                         .reopened = 2,
                         .cycle = 1};
    struct jv *v;
    (void)state;
    api_write_incident(begin(), &i);
    v = parsed();
    assert_string_equal(jv_get_text(jv_get(v, "hold"), "kind"), "silence");
    assert_string_equal(jv_get_text(jv_get(v, "hold"), "ref"), "1mgq");
    assert_string_equal(jv_get_text(jv_get(v, "hold"), "until"), "2026-11-22T03:04:05.678Z");
    assert_string_equal(jv_get_text(v, "urgency"), "low");
    assert_string_equal(jv_get_text(v, "assigned"), "bo");
    assert_string_equal(jv_get_text(v, "note"), "the pool");
    assert_int_equal(jv_len(jv_get(v, "affected")), 2);
    assert_string_equal(jv_text(jv_at(jv_get(v, "affected"), 1)), "shop");
    assert_int_equal(jv_get_int(v, "affected_count", 0), 3);
    assert_true(jv_get_bool(v, "flapping", false));
    assert_int_equal(jv_get_int(v, "reopened", 0), 2);
    assert_int_equal(jv_get_int(v, "cycle", 0), 1);
    assert_int_equal(jv_type(jv_get(v, "snoozed_until")), JV_NULL);
    jv_free(v);
    i.hold = HOLD_NONE;
    api_write_incident(begin(), &i);
    v = parsed();
    assert_int_equal(jv_type(jv_get(v, "hold")), JV_NULL);
    jv_free(v);
}

#define SECOND INT64_C(1000)

static void quiet__at_any_time__tells_its_state(void **state)
{
    static const struct {
        int64_t now_ms;
        const char *state;
    } cases[] = {{9 * SECOND, "pending"},
                 {10 * SECOND, "active"},
                 {20 * SECOND - 1, "active"},
                 {20 * SECOND, "over"}};
    struct quiet q = {.id = "q",
                      .kind = QUIET_MAINTENANCE,
                      .matchers = "team=payments\nmonitor=~api.*",
                      .start_ms = 10 * SECOND,
                      .end_ms = 20 * SECOND,
                      .author = "ana"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv *v;

        api_write_quiet(begin(), &q, cases[i].now_ms, 4, -1);
        v = parsed();
        assert_string_equal(jv_get_text(v, "state"), cases[i].state);
        assert_string_equal(jv_get_text(v, "kind"), "maintenance");
        assert_int_equal(jv_len(jv_get(v, "matchers")), 2);
        assert_string_equal(jv_text(jv_at(jv_get(v, "matchers"), 1)), "monitor=~api.*");
        assert_int_equal(jv_get_int(v, "holding", 0), 4);
        jv_free(v);
    }
}

static void override__of_each_kind__by_its_own_member(void **state)
{
    static const char *const keys[] = {"set", "replace", "add", "remove"};
    (void)state;
    for (int k = OVERRIDE_SET; k <= OVERRIDE_REMOVE; k++) {
        struct kept_override o = {.id = "o",
                                  .schedule = "primary",
                                  .kind = (enum override_kind)k,
                                  .people = "ana bo",
                                  .start_ms = 10 * SECOND,
                                  .end_ms = 20 * SECOND};
        struct jv *v;

        snprintf(o.with, sizeof o.with, "%s", k == OVERRIDE_REPLACE ? "chen" : "");
        api_write_override(begin(), &o, 15 * SECOND);
        v = parsed();
        assert_string_equal(jv_get_text(v, "state"), "active");
        assert_int_equal(jv_len(jv_get(v, keys[k])), 2);
        assert_int_equal(jv_len(jv_get(v, "with")), k == OVERRIDE_REPLACE);
        jv_free(v);
        o.end_ms = o.start_ms; /* taken back before it began */
        api_write_override(begin(), &o, 5 * SECOND);
        v = parsed();
        assert_string_equal(jv_get_text(v, "state"), "over");
        jv_free(v);
    }
}

static void attempt_and_transition__members__read_back(void **state)
{
    struct attempt a = {.number = 2,
                        .at_ms = 1795316645678,
                        .took_ms = 12,
                        .outcome = OUTCOME_PERMANENT,
                        .status = 404,
                        .answer = "no such hook"};
    struct transition t = {.at_ms = 1795316645678,
                           .name = "1mgw",
                           .from = "triggered",
                           .to = "acknowledged",
                           .cause = CAUSE_PERSON,
                           .actor = "ana"};
    struct jv *v;
    (void)state;
    api_write_attempt(begin(), &a);
    v = parsed();
    assert_string_equal(jv_get_text(v, "outcome"), "refused");
    assert_string_equal(jv_get_text(v, "answer"), "no such hook");
    assert_int_equal(jv_type(jv_get(v, "digest")), JV_NULL);
    jv_free(v);
    api_write_transition(begin(), &t);
    v = parsed();
    assert_string_equal(jv_get_text(v, "cause"), "person");
    assert_string_equal(jv_get_text(v, "by"), "ana");
    assert_int_equal(jv_type(jv_get(v, "reason")), JV_NULL);
    jv_free(v);
}

static void delivery__each_state__is_named(void **state)
{
    (void)state;
    for (int k = DELIVERY_WAITING; k <= DELIVERY_OVERTAKEN; k++) {
        struct delivery d = {
            .id = "d",
            .state = (enum delivery_state)k,
            .reached = REACHED_MAYBE,
            .attempt = 2,
            .notice = {.type = NOTICE_ESCALATED, .incident = "i", .person = "ana"}};

        api_write_delivery(begin(), &d);
        struct jv *v = parsed();
        assert_non_null(jv_get_text(v, "state"));
        assert_string_equal(jv_get_text(v, "type"), "incident.escalated");
        assert_string_equal(jv_get_text(v, "reached"), "maybe");
        assert_int_equal(jv_get_int(v, "attempts", 0), 2);
        jv_free(v);
    }
}

static void problem__foreign_detail__stays_a_text(void **state)
{
    (void)begin();
    (void)state;
    api_write_problem(&out, 404, "there is no \"\n\xff");
    struct jv *v = parsed();
    assert_int_equal(jv_get_int(v, "status", 0), 404);
    assert_string_equal(jv_get_text(v, "title"), "Not found");
    assert_string_equal(jv_get_text(v, "detail"), "there is no \"\n\xef\xbf\xbd");
    jv_free(v);
    buf_clear(&out);
    api_write_problem(&out, 499, NULL);
    assert_string_equal(buf_text(&out),
                        "{\"type\":\"about:blank\",\"title\":\"Error\",\"status\":499}");
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monitor__whole__as_documented),
        cmocka_unit_test(monitor__never_probed__is_pending_without_last),
        cmocka_unit_test(incident__members_and_labels__read_back),
        cmocka_unit_test(incident__held_and_gathering__says_by_what_and_whom),
        cmocka_unit_test(quiet__at_any_time__tells_its_state),
        cmocka_unit_test(override__of_each_kind__by_its_own_member),
        cmocka_unit_test(attempt_and_transition__members__read_back),
        cmocka_unit_test(delivery__each_state__is_named),
        cmocka_unit_test(problem__foreign_detail__stays_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
