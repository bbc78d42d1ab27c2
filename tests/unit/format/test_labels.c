/* Packed labels as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/labels.h"

static void labels__of_each_shape__become_members(void **state)
{
    static const struct {
        const char *packed, *json;
    } cases[] = {
        {"", "{\"l\":{}}"},
        {"a=b\n", "{\"l\":{\"a\":\"b\"}}"},
        {"a=b", "{\"l\":{\"a\":\"b\"}}"},
        {"a=\nb=c=d\n", "{\"l\":{\"a\":\"\",\"b\":\"c=d\"}}"},
        {"nonsense\na=\"\n", "{\"l\":{\"a\":\"\\\"\"}}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        struct jw w;

        buf_init(&out, 1024);
        jw_init(&w, &out);
        jw_object(&w);
        labels_write(&w, "l", cases[i].packed);
        jw_object_end(&w);
        assert_string_equal(buf_text(&out), cases[i].json);
        buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(labels__of_each_shape__become_members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
