/* test_vault.c - texts in the vault stay where they are until it is wiped. */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "config/vault.h"

static void vault__keeps_small_and_large_texts_in_place(void **state)
{
    (void)state;
    struct vault *v = vault_new();
    static char large[100000];
    char *kept[1000];
    memset(large, 'x', sizeof large);
    for (size_t i = 0; i < 1000; i++) {
        kept[i] = vault_keep(v, large, i % 100 == 99 ? sizeof large : i);
        kept[i][0] = i % 100 == 99 || i > 0 ? (char)('a' + i % 26) : '\0';
    }
    for (size_t i = 1; i < 1000; i++) {
        assert_int_equal(kept[i][0], 'a' + i % 26);
        assert_int_equal(strlen(kept[i]), i % 100 == 99 ? sizeof large : i);
    }
    assert_string_equal(vault_keep(v, NULL, 0), "");
    vault_free(v);
    vault_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vault__keeps_small_and_large_texts_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
