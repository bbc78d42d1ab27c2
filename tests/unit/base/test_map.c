/* test_map.c - a map is whatever an array of keys would be. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "random.h"
#include "unit.h"

#define KEYS 3000

static char keys[KEYS][8];

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++)
        snprintf(keys[i], sizeof keys[i], "k%d", i);
    return 0;
}

static void map__empty__holds_nothing(void **state)
{
    (void)state;
    struct map m;
    map_init(&m, 3);
    size_t i = 0;
    assert_null(map_get(&m, "x"));
    assert_null(map_get(&m, NULL));
    assert_null(map_del(&m, "x"));
    assert_false(map_next(&m, &i, NULL, NULL));
    map_done(&m);
}

static void map__random_puts_and_deletes__is_always_the_model(void **state)
{
    (void)state;
    static void *model[KEYS];
    struct dice d = {11};
    struct map m;
    size_t n = 0;
    map_init(&m, 99);
    for (int i = 0; i < 60000; i++) {
        int64_t k = dice_in(&d, 0, KEYS - 1), v = dice_in(&d, 0, KEYS - 1);
        if (dice_in(&d, 0, 2)) {
            map_put(&m, keys[k], keys[v]);
            n += model[k] == NULL;
            model[k] = keys[v];
        } else {
            assert_ptr_equal(map_del(&m, keys[k]), model[k]);
            n -= model[k] != NULL;
            model[k] = NULL;
        }
        assert_int_equal(m.n, n);
        k = dice_in(&d, 0, KEYS - 1);
        assert_ptr_equal(map_get(&m, keys[k]), model[k]);
    }
    for (int i = 0; i < KEYS; i++)
        assert_ptr_equal(map_get(&m, keys[i]), model[i]);
    map_done(&m);
}

static void map__walked__meets_every_entry_once(void **state)
{
    (void)state;
    struct map m;
    bool met[KEYS] = {false};
    const char *key;
    void *value;
    map_init(&m, 5);
    for (int i = 0; i < KEYS; i += 2)
        map_put(&m, keys[i], keys[i]);
    size_t count = 0;
    for (size_t i = 0; map_next(&m, &i, &key, &value); count++) {
        size_t which = (size_t)(((char(*)[8])value) - keys);
        assert_ptr_equal(key, value);
        assert_false(met[which]);
        met[which] = true;
    }
    assert_int_equal(count, KEYS / 2);
    map_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map__empty__holds_nothing),
        cmocka_unit_test(map__random_puts_and_deletes__is_always_the_model),
        cmocka_unit_test(map__walked__meets_every_entry_once),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
