/* Routes: found, not found, wrong method; each one in the document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/web_private.h"

static void route__by_method_and_path(void **state)
{
    static const struct {
        const char *method, *path;
        int status;
        const char *text; /* what stood for {}, or Allow */
    } cases[] = {
        {"GET", "/", 0, ""},
        {"HEAD", "/healthz", 0, ""},
        {"GET", "/healthz/", 404, NULL},
        {"GET", "", 404, NULL},
        {"GET", "/api/v1/monitors/a.b-c_1", 0, "a.b-c_1"},
        {"GET", "/api/v1/monitors/", 404, NULL},
        {"GET", "/api/v1/monitors/a/b", 404, NULL},
        {"POST", "/api/v1/incidents/x/ack", 0, "x"},
        {"GET", "/oncall/primary.ics", 0, "primary"},
        {"GET", "/oncall/a.b.ics.ics", 0, "a.b.ics"},
        {"GET", "/oncall/person/ana.ics", 0, "ana"},
        {"GET", "/oncall/.ics", 404, NULL},
        {"GET", "/oncall/primary", 404, NULL},
        {"GET", "/oncall/primary.ics/", 404, NULL},
        {"GET", "/oncall/primary.icsx", 404, NULL},
        {"POST", "/oncall/primary.ics", 405, "GET, HEAD"},
        {"POST", "/api/v1/incidents//ack", 404, NULL},
        {"GET", "/api/v1/incidents/x/ack", 405, "POST"},
        {"POST", "/api/v1/incidents/x", 405, "GET, HEAD"},
        {"DELETE", "/", 405, "GET, HEAD"},
        {"get", "/", 405, "GET, HEAD"},
        {"OPTIONS", "*", 404, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct web_route *r = NULL;
        char text[ROUTE_ARG_SIZE];

        assert_int_equal(routes_find(cases[i].method, cases[i].path, &r, text), cases[i].status);
        if (cases[i].text != NULL)
            assert_string_equal(text, cases[i].text);
        assert_int_equal(r != NULL, cases[i].status == 0);
    }
}

static void argument__too_long__is_not_found(void **state)
{
    char path[ROUTE_ARG_SIZE + 64] = "/api/v1/monitors/", text[ROUTE_ARG_SIZE];
    const struct web_route *r;
    (void)state;
    memset(path + strlen(path), 'a', ROUTE_ARG_SIZE - 1);
    assert_int_equal(routes_find("GET", path, &r, text), 0);
    strcat(path, "a");
    assert_int_equal(routes_find("GET", path, &r, text), 404);
}

/* In the document {} is {name} or {id}. */
static void route__each__has_a_row_in_the_document(void **state)
{
    static char text[1 << 17];
    FILE *f = fopen("docs/api.md", "r");
    (void)state;
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    for (const struct web_route *r = routes; r->path != NULL; r++) {
        static const char *const words[] = {"{name}", "{id}"};
        bool found = false;

        for (size_t k = 0; k < 2; k++) {
            const char *hole = strstr(r->path, "{}");
            int before = hole ? (int)(hole - r->path) : (int)strlen(r->path);
            char row[160];

            snprintf(row, sizeof row, "\n| `%s %.*s%s%s` |", r->method, before, r->path,
                     hole ? words[k] : "", hole ? hole + 2 : "");
            found = found || strstr(text, row) != NULL;
        }
        if (!found)
            fail_msg("docs/api.md has no row for %s %s", r->method, r->path);
    }
}

static void route__that_changes_anything__needs_a_role(void **state)
{
    (void)state;
    for (const struct web_route *r = routes; r->path != NULL; r++)
        assert_int_equal(strcmp(r->method, "GET") != 0, r->access == ACCESS_ACT);
}

static size_t n_records;
static char last[64];

static void on_record(void *arg, const char *record, size_t n)
{
    (void)arg;
    n_records++;
    snprintf(last, sizeof last, "%.*s", (int)n, record);
}

static void records__of_each_shape__come_one_by_one(void **state)
{
    static const struct {
        const char *json;
        size_t n;
        const char *last;
    } cases[] = {
        {"", 0, ""},
        {"[]", 0, ""},
        {"[{}]", 1, "{}"},
        {"[{\"a\":1},{\"b\":{\"c\":\"}{\"}}]", 2, "{\"b\":{\"c\":\"}{\"}}"},
        {"[{\"a\":\"\\\"}\"}]", 1, "{\"a\":\"\\\"}\"}"},
        {"[{\"a\":\"", 0, ""},
        {"[{\"a\":\"\\", 0, ""},
        {"}}}[{\"a\"", 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n_records = 0;
        last[0] = 0;
        records_each(cases[i].json, strlen(cases[i].json), on_record, NULL);
        assert_int_equal(n_records, cases[i].n);
        assert_string_equal(last, cases[i].last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(route__by_method_and_path),
        cmocka_unit_test(argument__too_long__is_not_found),
        cmocka_unit_test(route__each__has_a_row_in_the_document),
        cmocka_unit_test(route__that_changes_anything__needs_a_role),
        cmocka_unit_test(records__of_each_shape__come_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
