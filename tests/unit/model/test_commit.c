/* test_commit.c - a commit is empty until something is in it, and again when cleared. */
#include "model/commit.h"
#include "unit.h"

static void commit__filled_and_cleared__keeps_its_memory_and_is_empty(void **state)
{
    (void)state;
    struct commit c = {.at_ms = 5};
    struct incident incident = {.version = 1};
    struct delivery delivery = {.attempt = 1};
    assert_true(commit_empty(&c));
    vec_push(&c.monitors, ((struct monitor_put){.name = "api"}));
    assert_false(commit_empty(&c));
    commit_clear(&c);
    vec_push(&c.incidents, &incident);
    assert_false(commit_empty(&c));
    commit_clear(&c);
    vec_push(&c.deliveries, &delivery);
    assert_false(commit_empty(&c));
    commit_clear(&c);
    vec_push(&c.attempts, (struct attempt){0});
    assert_false(commit_empty(&c));
    commit_clear(&c);
    vec_push(&c.transitions, (struct transition){0});
    assert_false(commit_empty(&c));
    commit_clear(&c);
    assert_true(commit_empty(&c) && c.transitions.cap > 0 && c.at_ms == 0);
    commit_done(&c);
    assert_int_equal(c.transitions.cap, 0);
}

static void stored__ended__is_empty(void **state)
{
    (void)state;
    struct stored s = {0};
    vec_push(&s.monitors, (struct stored_monitor){.name = "api"});
    vec_push(&s.incidents, (struct incident){.version = 1});
    vec_push(&s.deliveries, (struct delivery){.attempt = 1});
    stored_done(&s);
    assert_int_equal(s.monitors.n + s.incidents.n + s.deliveries.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commit__filled_and_cleared__keeps_its_memory_and_is_empty),
        cmocka_unit_test(stored__ended__is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
