/* test_config.c - things by name, with and without the index. */
#include "model/config.h"
#include "unit.h"

static void config__by_name__finds_each_and_no_other(void **state)
{
    (void)state;
    struct monitor monitors[] = {{.name = "api"}, {.name = "db"}};
    struct person people[] = {{.name = "ana"}, {.name = "bo"}};
    struct channel channels[] = {{.name = "hook"}};
    struct schedule schedules[] = {{.name = "primary"}, {.name = "secondary"}};
    struct policy policies[] = {{.name = "default"}};
    struct config c = {.monitors = monitors,
                       .n_monitors = 2,
                       .people = people,
                       .n_people = 2,
                       .channels = channels,
                       .n_channels = 1,
                       .schedules = schedules,
                       .n_schedules = 2,
                       .policies = policies,
                       .n_policies = 1};
    for (int indexed = 0; indexed < 2; indexed++) {
        assert_ptr_equal(config_monitor(&c, "db"), &monitors[1]);
        assert_null(config_monitor(&c, "ana"));
        assert_ptr_equal(config_person(&c, "bo"), &people[1]);
        assert_null(config_person(&c, "api"));
        assert_ptr_equal(config_channel(&c, "hook"), &channels[0]);
        assert_null(config_channel(&c, ""));
        assert_ptr_equal(config_schedule(&c, "secondary"), &schedules[1]);
        assert_null(config_schedule(&c, "tertiary"));
        assert_ptr_equal(config_policy(&c, "default"), &policies[0]);
        assert_null(config_policy(&c, "other"));
        for (size_t i = 0; i < 2; i++)
            map_put(&c.by_name, monitors[i].name, &monitors[i]);
    }
    map_done(&c.by_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config__by_name__finds_each_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
