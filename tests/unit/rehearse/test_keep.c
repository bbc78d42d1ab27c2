/* test_keep.c - what a start reads back of what was committed. */
#include "staging.h"

#include "rehearse/world.h"

#define HOUR_MS 3600000LL

static struct incident incident(const char *id, bool resolved, int64_t at_ms)
{
    struct incident i = {.state = resolved ? INCIDENT_RESOLVED : INCIDENT_TRIGGERED,
                         .resolved_ms = resolved ? at_ms : 0};

    text_copy(i.id, sizeof i.id, id);
    return i;
}

static struct delivery delivery(const char *id, const char *of, enum delivery_state state)
{
    struct delivery d = {.state = state};

    text_copy(d.id, sizeof d.id, id);
    text_copy(d.notice.incident, sizeof d.notice.incident, of);
    return d;
}

static void keep_incident(struct keep *k, struct incident i)
{
    struct commit c = {0};

    vec_push(&c.incidents, (const struct incident *)&i);
    keep_commit(k, &c, STAGE_START_MS);
    commit_done(&c);
}

static void keep_delivery(struct keep *k, struct delivery d)
{
    struct commit c = {0};

    vec_push(&c.deliveries, (const struct delivery *)&d);
    keep_commit(k, &c, STAGE_START_MS);
    commit_done(&c);
}

static void start__reads_what_is_open_or_not_done_or_of_the_last_day(void **state)
{
    struct keep *k = keep_new();
    struct stored s = {0};

    (void)state;
    keep_incident(k, incident("open", false, 0));
    keep_incident(k, incident("new", true, STAGE_START_MS - HOUR_MS));
    keep_incident(k, incident("old", true, STAGE_START_MS - 25 * HOUR_MS));
    keep_delivery(k, delivery("d1", "open", DELIVERY_DELIVERED));
    keep_delivery(k, delivery("d2", "new", DELIVERY_DELIVERED));
    keep_delivery(k, delivery("d3", "old", DELIVERY_DELIVERED));
    keep_delivery(k, delivery("d4", "old", DELIVERY_WAITING));
    keep_read(k, STAGE_START_MS, &s);
    assert_int_equal(s.incidents.n, 2);
    assert_string_equal(s.incidents.items[0].id, "open");
    assert_string_equal(s.incidents.items[1].id, "new");
    assert_int_equal(s.deliveries.n, 3);
    for (size_t i = 0; i < s.deliveries.n; i++)
        assert_string_not_equal(s.deliveries.items[i].id, "d3");
    stored_done(&s);
    keep_free(k);
}

static void commit__of_the_same_again__replaces(void **state)
{
    struct monitor_status up = {.state = MONITOR_UP}, down = {.state = MONITOR_DOWN};
    struct keep *k = keep_new();
    struct commit c = {0};
    struct stored s = {0};

    (void)state;
    vec_push(&c.monitors, ((struct monitor_put){"api", &up}));
    vec_push(&c.monitors, ((struct monitor_put){"db", &up}));
    vec_push(&c.monitors, ((struct monitor_put){"api", &down}));
    vec_push(&c.monitors, ((struct monitor_put){"db", NULL}));
    keep_commit(k, &c, STAGE_START_MS);
    keep_read(k, STAGE_START_MS, &s);
    assert_int_equal(s.monitors.n, 1);
    assert_int_equal(s.monitors.items[0].status.state, MONITOR_DOWN);
    commit_done(&c);
    stored_done(&s);
    keep_free(k);
}

static void deliveries__of_long_ago__are_swept(void **state)
{
    struct keep *k = keep_new();
    char id[32];

    (void)state;
    keep_incident(k, incident("old", true, STAGE_START_MS - 25 * HOUR_MS));
    for (int i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "d%d", i);
        keep_delivery(k, delivery(id, "old", DELIVERY_DELIVERED));
        assert_in_range(k->deliveries.n, 0, 1001);
    }
    keep_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start__reads_what_is_open_or_not_done_or_of_the_last_day),
        cmocka_unit_test(commit__of_the_same_again__replaces),
        cmocka_unit_test(deliveries__of_long_ago__are_swept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
