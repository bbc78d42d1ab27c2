/* test_view.c - arguments as bytes, and the state as the sum of commits. */
#include <string.h>

#include "nouns.h"
#include "unit.h"

#include "../../../src/store/resp.h"
#include "../../../src/store/view.h"
#include "format/state.h"

static void arguments__written__are_walked_again(void **state)
{
    struct buf b;
    const char *p, *got;
    size_t n;

    (void)state;
    buf_init(&b, 4096);
    resp_text(&b, "");
    resp_bulk(&b, "a\r\n$1\0b", 7);
    resp_int(&b, -42);
    p = b.p;
    assert_int_equal(resp_next(&p, b.p + b.len, &got, &n), 1);
    assert_int_equal(n, 0);
    assert_int_equal(resp_next(&p, b.p + b.len, &got, &n), 1);
    assert_int_equal(n, 7);
    assert_memory_equal(got, "a\r\n$1\0b", 7);
    assert_int_equal(resp_next(&p, b.p + b.len, &got, &n), 1);
    assert_memory_equal(got, "-42", 3);
    assert_int_equal(resp_next(&p, b.p + b.len, &got, &n), 0);
    buf_clear(&b);
    resp_open(&b, 12);
    assert_string_equal(b.p, "*12\r\n");
    buf_done(&b);
}

static void arguments__cut_anywhere__are_an_error_not_a_crash(void **state)
{
    static const char whole[] = "$5\r\nhello\r\n";
    const char *got;
    size_t n;

    (void)state;
    for (size_t cut = 1; cut < sizeof whole - 1; cut++) {
        char *copy = mem_strndup(whole, cut);
        const char *p = copy;
        assert_int_equal(resp_next(&p, copy + cut, &got, &n), -1);
        mem_free(copy);
    }
    static const char *const bad[] = {"$\r\n\r\n",       "*1\r\na\r\n",
                                      "$-1\r\n\r\n",     "$99999999999\r\na\r\n",
                                      "$4\r\nhello\r\n", "$2\r\nhello\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *p = bad[i];
        assert_int_equal(resp_next(&p, bad[i] + strlen(bad[i]), &got, &n), -1);
    }
}

static void put(struct view *v, const struct incident *i, const struct delivery *d)
{
    struct buf b;

    buf_init(&b, 1 << 16);
    if (i != NULL) {
        state_write_incident(&b, i);
        view_put_incident(v, b.p, b.len);
    }
    buf_clear(&b);
    if (d != NULL) {
        state_write_delivery(&b, d);
        view_put_delivery(v, b.p, b.len);
    }
    buf_done(&b);
}

static void later_records__replace_earlier__and_what_is_over_is_left_out(void **state)
{
    static const char up[] = "{\"state\":\"up\",\"last\":{\"verdict\":\"up\",\"reason\":\"ok\"}}";
    struct view v;
    struct stored s;
    struct incident open = an_incident("a", INCIDENT_TRIGGERED),
                    closed = an_incident("b", INCIDENT_TRIGGERED);
    struct delivery of_open = a_delivery("a-1", "a", DELIVERY_DELIVERED);
    struct delivery of_closed = a_delivery("b-1", "b", DELIVERY_DELIVERED);
    struct delivery test = a_delivery("t-1", "", DELIVERY_WAITING);

    (void)state;
    view_init(&v);
    put(&v, &open, &of_open);
    put(&v, &closed, &of_closed);
    put(&v, NULL, &test);
    closed.state = INCIDENT_RESOLVED;
    put(&v, &closed, NULL);
    open.count = 7;
    put(&v, &open, NULL);
    view_put_monitor(&v, "m", 1, up, strlen(up));
    view_put_monitor(&v, "gone", 4, up, strlen(up));
    view_put_monitor(&v, "gone", 4, "", 0);
    view_put_monitor(&v, "bad", 3, "{", 1);
    assert_int_equal(v.damaged, 1);
    view_take(&v, INT64_MAX, &s);
    assert_int_equal(s.incidents.n, 1);
    assert_string_equal(s.incidents.items[0].id, "a");
    assert_int_equal(s.incidents.items[0].count, 7);
    assert_int_equal(s.deliveries.n, 2);
    assert_int_equal(s.monitors.n, 1);
    stored_done(&s);
}

static void put_resolved(struct view *v, int number, int64_t at_ms, int n)
{
    char id[20], delivery[32];

    snprintf(id, sizeof id, "r%d", number);
    struct incident i = an_incident(id, INCIDENT_RESOLVED);
    i.resolved_ms = at_ms;
    put(v, &i, NULL);
    for (int k = 0; k < n; k++) {
        snprintf(delivery, sizeof delivery, "%s-%d", id, k);
        struct delivery d = a_delivery(delivery, id, DELIVERY_DELIVERED);
        put(v, NULL, &d);
    }
}

static void resolved__since_then__stay_with_their_deliveries(void **state)
{
    struct view v;
    struct stored s;
    struct delivery late = a_delivery("r2-late", "r2", DELIVERY_WAITING);

    (void)state;
    view_init(&v);
    put_resolved(&v, 0, 99, 2);
    put_resolved(&v, 1, 100, 2);
    put_resolved(&v, 2, 5, 1); /* long ago, but its news is not out */
    put(&v, NULL, &late);
    view_take(&v, 100, &s);
    assert_int_equal(s.incidents.n, 2);
    assert_int_equal(s.deliveries.n, 4);
    for (size_t i = 0; i < s.deliveries.n; i++)
        assert_string_not_equal(s.deliveries.items[i].notice.incident, "r0");
    stored_done(&s);
}

static void resolved__too_many_deliveries__older_ones_are_left_out_whole(void **state)
{
    struct view v;
    struct stored s;

    (void)state;
    view_init(&v);
    put_resolved(&v, 0, 1, 3);
    put_resolved(&v, 1, 3, RESTORE_DELIVERIES_MAX / 2);
    put_resolved(&v, 2, 2, RESTORE_DELIVERIES_MAX / 2 - 2);
    view_take(&v, 0, &s);
    assert_int_equal(s.incidents.n, 2);
    assert_int_equal(s.deliveries.n, RESTORE_DELIVERIES_MAX - 2);
    stored_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments__written__are_walked_again),
        cmocka_unit_test(arguments__cut_anywhere__are_an_error_not_a_crash),
        cmocka_unit_test(later_records__replace_earlier__and_what_is_over_is_left_out),
        cmocka_unit_test(resolved__since_then__stay_with_their_deliveries),
        cmocka_unit_test(resolved__too_many_deliveries__older_ones_are_left_out_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
