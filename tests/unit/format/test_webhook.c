/* test_webhook.c - the body of our own webhook, member by member. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "format/webhook.h"

static struct notice sample(void)
{
    struct notice n = {.type = NOTICE_TRIGGERED,
                       .at_ms = 1795316645678LL,
                       .incident = "1mh5v3q7abcd",
                       .dedup_key = "monitor:api",
                       .monitor = "api",
                       .group = "core",
                       .labels = "team=payments\ntier=a=b\n",
                       .state = INCIDENT_TRIGGERED,
                       .severity = SEVERITY_CRITICAL,
                       .reason = REASON_CONNECT,
                       .title = "api is down: \"refused\"\n\x01",
                       .started_ms = 1795316640000LL,
                       .count = 3,
                       .person = "ana",
                       .person_name = "Ana Ruiz",
                       .schedule = "primary",
                       .channel = "hook",
                       .step = 1};

    return n;
}

static struct jv *render(const struct notice *n, const char *url)
{
    struct jv *v = NULL;
    struct buf out;

    buf_init(&out, 20000);
    webhook_body(&out, n, url);
    assert_false(out.over);
    assert_int_equal(jv_parse(out.p, out.len, &v, NULL), 0);
    buf_done(&out);
    return v;
}

static void body__of_a_trigger__has_every_member_of_the_contract(void **state)
{
    struct notice n = sample();
    struct jv *v = render(&n, "https://status.example");
    const struct jv *data = jv_get(v, "data"), *i = jv_get(data, "incident");
    const struct jv *r = jv_get(data, "recipient"), *labels = jv_get(i, "labels");

    (void)state;
    assert_string_equal(jv_get_text(v, "type"), "incident.triggered");
    assert_string_equal(jv_get_text(v, "timestamp"), "2026-11-22T03:04:05.678Z");
    assert_string_equal(jv_get_text(i, "id"), "1mh5v3q7abcd");
    assert_string_equal(jv_get_text(i, "dedup_key"), "monitor:api");
    assert_string_equal(jv_get_text(i, "state"), "triggered");
    assert_string_equal(jv_get_text(i, "severity"), "critical");
    assert_string_equal(jv_get_text(i, "title"), n.title);
    assert_string_equal(jv_get_text(i, "reason"), "connect");
    assert_string_equal(jv_get_text(i, "started_at"), "2026-11-22T03:04:00.000Z");
    assert_int_equal(jv_get_int(i, "count", 0), 3);
    assert_string_equal(jv_get_text(labels, "team"), "payments");
    assert_string_equal(jv_get_text(labels, "tier"), "a=b");
    assert_string_equal(jv_get_text(r, "person"), "ana");
    assert_string_equal(jv_get_text(r, "name"), "Ana Ruiz");
    assert_string_equal(jv_get_text(r, "schedule"), "primary");
    assert_string_equal(jv_get_text(r, "channel"), "hook");
    assert_int_equal(jv_get_int(r, "step", -1), 1);
    assert_int_equal(jv_get_int(r, "loop", -1), 0);
    assert_string_equal(jv_get_text(jv_get(data, "links"), "view"),
                        "https://status.example/#1mh5v3q7abcd");
    jv_free(v);
}

static void body__of_one_notice__is_the_same_bytes_each_time(void **state)
{
    struct notice n = sample();
    struct buf a, b;

    (void)state;
    buf_init(&a, 20000);
    buf_init(&b, 20000);
    webhook_body(&a, &n, NULL);
    webhook_body(&b, &n, NULL);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.p, b.p, a.len);
    buf_done(&a);
    buf_done(&b);
}

/* Byte for byte: what receivers parse today does not change under them. */
static void body__of_a_plain_incident__has_not_changed(void **state)
{
    static const char wanted[] =
        "{\"type\":\"incident.triggered\",\"timestamp\":\"2026-11-22T03:04:05.678Z\",\"data\":{"
        "\"incident\":{\"id\":\"1mh5v3q7abcd\",\"dedup_key\":\"monitor:api\",\"state\":"
        "\"triggered\","
        "\"severity\":\"critical\",\"title\":\"api is down: refused\",\"monitor\":\"api\","
        "\"group\":\"core\",\"labels\":{\"team\":\"payments\",\"tier\":\"a=b\"},"
        "\"started_at\":\"2026-11-22T03:04:00.000Z\",\"reason\":\"connect\",\"count\":3},"
        "\"recipient\":{\"person\":\"ana\",\"name\":\"Ana Ruiz\",\"schedule\":\"primary\","
        "\"channel\":\"hook\",\"step\":1,\"loop\":0},"
        "\"links\":{\"view\":\"https://status.example/#1mh5v3q7abcd\"}}}";
    struct notice n = sample();
    struct buf out;

    (void)state;
    text_copy(n.title, sizeof n.title, "api is down: refused");
    buf_init(&out, 20000);
    webhook_body(&out, &n, "https://status.example");
    assert_string_equal(buf_text(&out), wanted);
    buf_done(&out);
}

static void body__of_one_that_gathers_others__names_and_counts_them(void **state)
{
    struct notice n = sample();
    struct jv *v;
    const struct jv *i, *affected;

    (void)state;
    n.type = NOTICE_UPDATED;
    n.urgency = URGENCY_LOW;
    n.n_affected = 40; /* more than fit */
    text_copy(n.affected, sizeof n.affected, "web  queue mail ");
    text_copy(n.note, sizeof n.note, "the \"db\" is full");
    v = render(&n, NULL);
    i = jv_get(jv_get(v, "data"), "incident");
    affected = jv_get(i, "affected");
    assert_string_equal(jv_get_text(v, "type"), "incident.updated");
    assert_string_equal(jv_get_text(i, "urgency"), "low");
    assert_string_equal(jv_get_text(i, "note"), "the \"db\" is full");
    assert_int_equal(jv_get_int(i, "affected_count", 0), 40);
    assert_int_equal(jv_len(affected), 3);
    assert_string_equal(jv_text(jv_at(affected, 0)), "web");
    assert_string_equal(jv_text(jv_at(affected, 1)), "queue");
    assert_string_equal(jv_text(jv_at(affected, 2)), "mail");
    jv_free(v);
}

static void body__without_an_incident__has_its_text(void **state)
{
    struct notice n = {.type = NOTICE_HANDOFF,
                       .at_ms = 1,
                       .title = "you are on call in primary",
                       .person = "ana",
                       .channel = "hook"};
    struct jv *v = render(&n, NULL);
    const struct jv *data = jv_get(v, "data");

    (void)state;
    assert_string_equal(jv_get_text(v, "type"), "oncall.handoff");
    assert_string_equal(jv_get_text(data, "text"), "you are on call in primary");
    assert_null(jv_get(data, "incident"));
    jv_free(v);
}

static void body__of_a_test__says_so_and_names_no_incident(void **state)
{
    struct notice n = {.type = NOTICE_TEST, .at_ms = 1, .title = "only a test", .channel = "hook"};
    struct jv *v = render(&n, NULL);

    (void)state;
    assert_string_equal(jv_get_text(v, "type"), "test");
    assert_null(jv_get(jv_get(v, "data"), "incident"));
    jv_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body__of_a_trigger__has_every_member_of_the_contract),
        cmocka_unit_test(body__of_one_notice__is_the_same_bytes_each_time),
        cmocka_unit_test(body__of_a_plain_incident__has_not_changed),
        cmocka_unit_test(body__of_one_that_gathers_others__names_and_counts_them),
        cmocka_unit_test(body__without_an_incident__has_its_text),
        cmocka_unit_test(body__of_a_test__says_so_and_names_no_incident),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
