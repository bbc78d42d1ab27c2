/* Documents that are none, or hardly. */
#include "hostile.h"

static void render_report__other_kinds_and_versions__refused(void **state)
{
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"{}", "is not an SLA report"},
        {"[]", "is not an SLA report"},
        {"{\"kind\":\"midwatch-sla-report\"}", "version 0"},
        {"{\"kind\":\"midwatch-sla-report\",\"version\":2}", "version 2"},
    };
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv *v = NULL;
        struct buf out;

        assert_int_equal(jv_parse(cases[i].json, strlen(cases[i].json), &v, &e), 0);
        buf_init(&out, RENDER_MAX_BYTES);
        assert_int_equal(render_report(v, RENDER_HTML, &out, &e), -1);
        assert_non_null(strstr(e.text, cases[i].says));
        buf_done(&out);
        jv_free(v);
    }
}

static void render_report__nearly_empty_document__rendered(void **state)
{
    static const char json[] =
        "{\"kind\":\"midwatch-sla-report\",\"version\":1,\"data\":{"
        "\"slos\":[1,{},{\"days\":[{}],\"trend\":[null],\"monitors\":[2]}],"
        "\"incidents\":{\"list\":[{}]},\"results\":[{}],\"maintenance\":[{}]}}";
    struct jv *v = NULL;
    struct err e;

    (void)state;
    assert_int_equal(jv_parse(json, sizeof json - 1, &v, &e), 0);
    for (int f = RENDER_MARKDOWN; f < RENDER_COUNT; f++) {
        struct buf out;

        buf_init(&out, RENDER_MAX_BYTES);
        assert_int_equal(render_report(v, (enum render_format)f, &out, &e), 0);
        buf_done(&out);
        buf_init(&out, 300); /* what does not fit is an error */
        assert_int_equal(render_report(v, (enum render_format)f, &out, &e),
                         f == RENDER_CSV ? 0 : -1);
        buf_done(&out);
    }
    jv_free(v);
}

static void render_from__names__and_back(void **state)
{
    (void)state;
    for (int f = 0; f < RENDER_COUNT; f++)
        assert_int_equal(render_from(render_name((enum render_format)f)), f);
    assert_int_equal(render_from("pdf"), -1);
    assert_non_null(strstr(render_type(RENDER_CSV), "text/csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(render_report__other_kinds_and_versions__refused),
        cmocka_unit_test(render_report__nearly_empty_document__rendered),
        cmocka_unit_test(render_from__names__and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
