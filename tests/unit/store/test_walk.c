/* test_walk.c - answers of Redis, cut anywhere. */
#include <stdio.h>
#include <string.h>

#include "store/walk.h"
#include "unit.h"

static char seen[4096];

static void on_item(void *arg, const struct walk_item *i)
{
    static const char *const kinds[] = {"text", "number", "nil", "error", "list"};
    size_t n = strlen(seen);

    (void)arg;
    if (i->kind == WALK_LIST)
        snprintf(seen + n, sizeof seen - n, "%d:list %zu|", i->depth, i->n);
    else
        snprintf(seen + n, sizeof seen - n, "%d:%s %.*s|", i->depth, kinds[i->kind], (int)i->n,
                 i->p != NULL ? i->p : "");
}

/* Fed `step` bytes at a time; the number of answers, -1 when refused. */
static int feed(const char *text, size_t step)
{
    struct walk w;
    struct err e;
    size_t n = strlen(text);
    int rc = 0;

    seen[0] = '\0';
    walk_init(&w, 20, on_item, NULL);
    for (size_t at = 0; at < n && rc == 0; at += step)
        rc = walk_feed(&w, text + at, n - at < step ? n - at : step, &e);
    rc = rc == 0 ? (int)w.answers : -1;
    walk_done(&w);
    return rc;
}

static void answers__cut_anywhere__come_value_by_value(void **state)
{
    static const struct {
        const char *text, *items;
        int answers;
    } cases[] = {
        {"+OK\r\n", "0:text OK|", 1},
        {"-ERR no\r\n:12\r\n", "0:error ERR no|0:number 12|", 2},
        {"$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n", "0:text a\r\nbc|0:text |0:nil |", 3},
        {"*-1\r\n*0\r\n", "0:nil |0:list 0|", 2},
        {"*2\r\n*1\r\n$1\r\nx\r\n*0\r\n+OK\r\n", "0:list 2|1:list 1|2:text x|1:list 0|0:text OK|",
         2},
        {"*2\r\n$1\r\na\r\n", "0:list 2|1:text a|", 0},
        {"*1\r\n*1\r\n*1\r\n:7\r\n:8\r\n", "0:list 1|1:list 1|2:list 1|3:number 7|0:number 8|", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t step = 1; step < 40; step++) {
            assert_int_equal(feed(cases[i].text, step), cases[i].answers);
            assert_string_equal(seen, cases[i].items);
        }
    }
}

static void answers__no_protocol_or_too_long__are_refused(void **state)
{
    static const char *const bad[] = {
        "hello\r\n",
        "\r\n",
        "+OK\rx",
        "$x\r\n",
        "$21\r\n",
        "$-2\r\n",
        "*-2\r\n",
        "*2000000000\r\n",
        "$1\r\nab\r\n",
        "$99999999999999999999999\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        for (size_t step = 1; step < 60; step++)
            assert_int_equal(feed(bad[i], step), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers__cut_anywhere__come_value_by_value),
        cmocka_unit_test(answers__no_protocol_or_too_long__are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
