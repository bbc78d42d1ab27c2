/* Silences, maintenance and overrides by the API. */
#include "base/civil.h"
#include "web_world.h"

/* --- silences ------------------------------------------------------------------------------- */

static void get_id(struct world *w, char id[32])
{
    struct jv *v = json(w);

    snprintf(id, 32, "%s", jv_get_text(v, "id"));
    jv_free(v);
}

static void silence__asked_for_listed_shown_ended(void **state)
{
    char id[32], path[128];
    struct world *w;
    struct jv *v;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "POST /api/v1/silences", JSON,
                         "{\"matchers\":[\"team = payments\",\"monitor=~api.*\"],\"for\":\"2h\","
                         "\"comment\":\"moving\",\"by\":\"ana\"}"),
                     201);
    v = json(w);
    assert_string_equal(jv_get_text(v, "kind"), "silence");
    assert_string_equal(jv_get_text(v, "state"), "active");
    assert_string_equal(jv_get_text(v, "author"), "ana");
    assert_string_equal(jv_get_text(v, "comment"), "moving");
    assert_string_equal(jv_text(jv_at(jv_get(v, "matchers"), 0)), "team=payments");
    assert_string_equal(jv_text(jv_at(jv_get(v, "matchers"), 1)), "monitor=~api.*");
    jv_free(v);
    get_id(w, id);
    assert_int_equal(ask(w, "GET /api/v1/silences", "", ""), 200);
    assert_non_null(strstr(w->body, id));
    assert_int_equal(ask(w, "GET /api/v1/silences?state=pending", "", ""), 200);
    assert_null(strstr(w->body, id));
    assert_int_equal(ask(w, "GET /api/v1/maintenance?state=all", "", ""), 200);
    assert_null(strstr(w->body, id));
    snprintf(path, sizeof path, "GET /api/v1/maintenance/%s", id);
    assert_int_equal(ask(w, path, "", ""), 404);
    snprintf(path, sizeof path, "GET /api/v1/silences/%s", id);
    assert_int_equal(ask(w, path, "", ""), 200);
    snprintf(path, sizeof path, "DELETE /api/v1/silences/%s", id);
    assert_int_equal(ask(w, path, JSON, "{\"by\":\"bo\"}"), 200);
    v = json(w);
    assert_string_equal(jv_get_text(v, "state"), "over");
    assert_string_equal(jv_get_text(v, "ended_by"), "bo");
    jv_free(v);
    assert_int_equal(ask(w, path, "", ""), 409);
    assert_int_equal(ask(w, "DELETE /api/v1/silences/never", "", ""), 404);
    assert_detail(w, "there is no silence never");
    assert_int_equal(ask(w, "GET /api/v1/silences?state=over", "", ""), 200);
    assert_non_null(strstr(w->body, id));
    assert_int_equal(ask(w, "GET /api/v1/silences?state=ended", "", ""), 400);
    close_world(w);
}

static void silence__fits__says_how_many_and_none_is_taken(void **state)
{
    static const struct {
        const char *matcher;
        int fits;
    } cases[] = {{"team=payments", 1}, {"group=~core|edge", -1}, {"team=paymnets", 0}};
    char body[128], id[32], path[64];
    struct world *w;
    struct jv *v;
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(body, sizeof body, "{\"matchers\":[\"%s\"],\"for\":\"2h\",\"comment\":\"x\"}",
                 cases[i].matcher);
        assert_int_equal(ask(w, "POST /api/v1/silences", JSON, body),
                         cases[i].fits < 0 ? 409 : 201);
        v = json(w);
        assert_int_equal(jv_get_int(v, "fits", -1), cases[i].fits);
        jv_free(v);
    }
    get_id(w, id);
    snprintf(path, sizeof path, "GET /api/v1/silences/%s", id);
    assert_int_equal(ask(w, path, "", ""), 200);
    assert_non_null(strstr(w->body, "\"fits\":0"));
    assert_int_equal(ask(w, "GET /api/v1/silences", "", ""), 200);
    assert_null(strstr(w->body, "\"fits\""));
    close_world(w);
}

static void silence__that_cannot_be__refused_in_clear_words(void **state)
{
    static const struct {
        const char *body;
        int status;
        const char *words;
    } cases[] = {
        {"{\"comment\":\"x\",\"for\":\"2h\"}", 409, "\"everything\": true"},
        {"{\"matchers\":[],\"comment\":\"x\",\"for\":\"2h\"}", 409, "\"everything\": true"},
        {"{\"matchers\":[\"team=a\"],\"for\":\"2h\"}", 400, "comment is missing"},
        {"{\"matchers\":[\"team\"],\"for\":\"2h\",\"comment\":\"x\"}", 400, "matchers: "},
        {"{\"matchers\":[\"team=~(\"],\"for\":\"2h\",\"comment\":\"x\"}", 400, "matchers: "},
        {"{\"matchers\":[1],\"for\":\"2h\",\"comment\":\"x\"}", 400, "a list of texts"},
        {"{\"matchers\":[\"team=a\"],\"comment\":\"x\"}", 400, "either \"end\" or \"for\""},
        {"{\"matcher\":[\"team=a\"],\"comment\":\"x\"}", 400, "did you mean `matchers`?"},
        {"{\"matchers\":[\"team=a\"],\"end\":\"2026-01-01T00:00:00Z\",\"comment\":\"x\"}", 409, ""},
        {"{\"matchers\":[\"team=a\"],\"start\":\"tomorrow\",\"for\":\"1h\",\"comment\":\"x\"}", 400,
         "start: an instant"},
    };
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ask(w, "POST /api/v1/silences", JSON, cases[i].body) != cases[i].status)
            fail_msg("%s: %s", cases[i].body, w->text);
        assert_detail(w, cases[i].words);
    }
    assert_int_equal(ask(w, "GET /api/v1/silences?state=pending", "", ""), 200);
    assert_string_equal(w->body, "[]");
    close_world(w);
}

static void maintenance__of_everything_and_later__pending_until_it_begins(void **state)
{
    char body[256], at[40], id[32];
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    rfc3339_format(loop_now_ms() + 3600000, at, sizeof at);
    snprintf(body, sizeof body,
             "{\"everything\":true,\"start\":\"%s\",\"for\":\"1h\",\"comment\":\"move\"}", at);
    assert_int_equal(ask(w, "POST /api/v1/maintenance", JSON, body), 201);
    get_id(w, id);
    assert_non_null(strstr(w->body, "\"kind\":\"maintenance\",\"state\":\"pending\""));
    assert_int_equal(ask(w, "GET /api/v1/maintenance", "", ""), 200);
    assert_null(strstr(w->body, id));
    assert_int_equal(ask(w, "GET /api/v1/maintenance?state=pending", "", ""), 200);
    assert_non_null(strstr(w->body, id));
    close_world(w);
}

/* --- overrides ------------------------------------------------------------------------------ */

/* Turns begin on Mondays at 09:00 UTC, ana's first on 2026-01-05: hers are the even weeks. */
static int64_t begin_of_turn(int64_t at_ms, bool of_ana)
{
    const int64_t anchor_ms = 1767603600000, week_ms = INT64_C(7) * 86400000;
    int64_t turn = (at_ms - anchor_ms) / week_ms;

    return anchor_ms + (turn + (turn % 2 == (of_ana ? 0 : 1) ? 0 : 1)) * week_ms;
}

static const char *text_of(int64_t at_ms)
{
    static char texts[4][40];
    static unsigned n;

    return rfc3339_format(at_ms, texts[++n % 4], sizeof texts[0]);
}

static void override__each_kind__added_and_listed(void **state)
{
    static const struct {
        const char *members, *shown;
    } cases[] = {
        {"\"set\":[\"bo\"]", "\"set\":[\"bo\"]"},
        {"\"add\":\"bo\"", "\"add\":[\"bo\"]"},
        {"\"remove\":[\"ana\",\"bo\"]", "\"remove\":[\"ana\",\"bo\"]"},
        {"\"replace\":\"ana\",\"with\":\"bo\"", "\"replace\":[\"ana\"],\"with\":[\"bo\"]"},
    };
    int64_t now_s = loop_now_ms() / 1000;
    char body[512], id[32];
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct civil c = civil_of(now_s + 86400);

        snprintf(body, sizeof body,
                 "{\"schedule\":\"primary\",%s,\"start\":\"%s\",\"end\":\"%04d-%02d-%02dT18:00\","
                 "\"comment\":\"out\"}",
                 cases[i].members, text_of(now_s * 1000), c.year, c.month, c.day);
        assert_int_equal(ask(w, "POST /api/v1/overrides", JSON, body), 201);
        assert_non_null(strstr(w->body, cases[i].shown));
        assert_non_null(strstr(w->body, "T18:00:00.000Z")); /* the schedule's zone is UTC */
        get_id(w, id);
        assert_int_equal(ask(w, "GET /api/v1/overrides", "", ""), 200);
        assert_non_null(strstr(w->body, id));
    }
    snprintf(body, sizeof body, "DELETE /api/v1/overrides/%s", id);
    assert_int_equal(ask(w, body, "", ""), 200);
    assert_non_null(strstr(w->body, "\"state\":\"over\""));
    assert_int_equal(ask(w, "GET /api/v1/overrides", "", ""), 200);
    assert_null(strstr(w->body, id));
    assert_int_equal(ask(w, "DELETE /api/v1/overrides/never", "", ""), 404);
    close_world(w);
}

static void override__that_cannot_be__refused_in_clear_words(void **state)
{
#define SPAN "\"start\":\"2099-01-01T09:00\",\"end\":\"2099-01-02T09:00\""
    static const struct {
        const char *body;
        int status;
        const char *words;
    } cases[] = {
        {"{\"schedule\":\"primary\",\"set\":[\"stranger\"]," SPAN "}", 409,
         "there is no person `stranger`"},
        {"{\"schedule\":\"primary\",\"set\":[\"ana bo\"]," SPAN "}", 409,
         "there is no person `ana bo`"},
        {"{\"schedule\":\"other\",\"set\":[\"bo\"]," SPAN "}", 409, "there is no schedule other"},
        {"{\"set\":[\"bo\"]," SPAN "}", 400, "schedule is missing"},
        {"{\"schedule\":\"primary\"," SPAN "}", 400, "one of `set`"},
        {"{\"schedule\":\"primary\",\"set\":[\"bo\"],\"add\":[\"bo\"]," SPAN "}", 400, "one of"},
        {"{\"schedule\":\"primary\",\"replace\":\"ana\"," SPAN "}", 400, "belong together"},
        {"{\"schedule\":\"primary\",\"set\":[\"bo\"],\"with\":\"ana\"," SPAN "}", 400,
         "belong together"},
        {"{\"schedule\":\"primary\",\"set\":[]," SPAN "}", 400, "set: names nobody"},
        {"{\"schedule\":\"primary\",\"replace\":\"ana\",\"with\":[]," SPAN "}", 400, "with: names"},
        {"{\"schedule\":\"primary\",\"set\":[\"bo\"],\"start\":\"2026-01-01T09:00\"}", 400,
         "end: a time like"},
        {"{\"schedule\":\"primary\",\"set\":[\"bo\"],\"start\":\"2026-01-01T09:00\","
         "\"end\":\"2026-01-02T09:00\"}",
         409, ""},
        {"{\"schedule\":\"primary\",\"swap\":[{\"person\":\"ana\",\"at\":\"2099-01-01T09:00\"}]}",
         400, "swap: two of"},
        {"{\"schedule\":\"primary\",\"swap\":[{\"person\":\"ana\",\"at\":\"2099-01-01T09:00\"},"
         "{\"person\":\"ana\",\"at\":\"2099-01-01T09:00\"}]}",
         400, "two people"},
        {"{\"schedule\":\"primary\",\"swap\":[{\"person\":\"ana\",\"at\":\"2099-01-01T09:00\"},"
         "{\"persn\":\"bo\",\"at\":\"2099-01-01T09:00\"}]}",
         400, "each has \"person\" and \"at\""},
        {"{\"schedule\":\"primary\",\"swap\":[{\"person\":\"ana\",\"at\":\"2026-01-06T09:00\"},"
         "{\"person\":\"bo\",\"at\":\"2099-01-01T09:00\"}]}",
         409, "that shift of ana is over"},
        {"{\"schedule\":\"primary\",\"swap\":[{\"person\":\"bo\",\"at\":\"2026-01-06T09:00\"},"
         "{\"person\":\"ana\",\"at\":\"2099-01-01T09:00\"}]}",
         409, "bo is not on call in primary then"},
    };
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ask(w, "POST /api/v1/overrides", JSON, cases[i].body) != cases[i].status)
            fail_msg("%s: %s", cases[i].body, w->text);
        assert_detail(w, cases[i].words);
    }
    close_world(w);
}

static void swap__of_two_turns__each_has_the_other_whole_one(void **state)
{
    const int64_t week_ms = INT64_C(7) * 86400000;
    int64_t ana_ms = begin_of_turn(loop_now_ms() + week_ms, true), bo_ms = ana_ms + week_ms;
    char body[512], bounds[128];
    struct world *w;
    struct jv *v;
    (void)state;
    open_world_with(&w, "");
    snprintf(body, sizeof body,
             "{\"schedule\":\"primary\",\"swap\":[{\"person\":\"ana\",\"at\":\"%s\"},"
             "{\"person\":\"bo\",\"at\":\"%s\"}]}",
             text_of(ana_ms + 3600000), text_of(bo_ms + week_ms - 1000));
    assert_int_equal(ask(w, "POST /api/v1/overrides", JSON, body), 201);
    v = json(w);
    assert_int_equal(jv_len(v), 2);
    jv_free(v);
    snprintf(bounds, sizeof bounds,
             "\"replace\":[\"ana\"],\"with\":[\"bo\"],\"start\":\"%.19s.000Z\"", text_of(ana_ms));
    assert_non_null(strstr(w->body, bounds));
    snprintf(
        bounds, sizeof bounds,
        "\"replace\":[\"bo\"],\"with\":[\"ana\"],\"start\":\"%.19s.000Z\",\"end\":\"%.19s.000Z\"",
        text_of(bo_ms), text_of(bo_ms + week_ms));
    assert_non_null(strstr(w->body, bounds));
    close_world(w);
}

static void swap__of_two_who_are_on_call_together__refused(void **state)
{
    const int64_t week_ms = INT64_C(7) * 86400000;
    int64_t ana_ms = begin_of_turn(loop_now_ms() + week_ms, true);
    char body[512];
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    snprintf(body, sizeof body,
             "{\"schedule\":\"primary\",\"add\":\"bo\",\"start\":\"%s\",\"end\":\"%s\"}",
             text_of(ana_ms + 86400000), text_of(ana_ms + 2 * 86400000));
    assert_int_equal(ask(w, "POST /api/v1/overrides", JSON, body), 201);
    snprintf(body, sizeof body,
             "{\"schedule\":\"primary\",\"swap\":[{\"person\":\"ana\",\"at\":\"%s\"},"
             "{\"person\":\"bo\",\"at\":\"%s\"}]}",
             text_of(ana_ms + 3600000), text_of(ana_ms + 86400000));
    assert_int_equal(ask(w, "POST /api/v1/overrides", JSON, body), 409);
    assert_detail(w, "the two shifts overlap: ana and bo are on call together");
    close_world(w);
}

static void overrides__as_yaml__what_the_file_would_say(void **state)
{
    struct world *w;
    (void)state;
    open_world_with(&w, "");
    assert_int_equal(ask(w, "POST /api/v1/overrides", JSON,
                         "{\"schedule\":\"primary\",\"replace\":\"ana\",\"with\":\"bo\","
                         "\"start\":\"2099-03-01T09:00\",\"end\":\"2099-03-02T09:00:30\","
                         "\"comment\":\"away\"}"),
                     201);
    assert_int_equal(ask(w, "GET /api/v1/overrides?format=yaml", "", ""), 200);
    assert_non_null(strstr(w->body, "schedules:\n  primary:\n    overrides:\n"));
    assert_non_null(strstr(w->body, "      - { start: 2099-03-01T09:00, end: 2099-03-02T09:00:30, "
                                    "replace: [\"ana\"], with: [\"bo\"] } # away\n"));
    assert_int_equal(ask(w, "GET /api/v1/overrides?format=toml", "", ""), 400);
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence__asked_for_listed_shown_ended),
        cmocka_unit_test(silence__fits__says_how_many_and_none_is_taken),
        cmocka_unit_test(silence__that_cannot_be__refused_in_clear_words),
        cmocka_unit_test(maintenance__of_everything_and_later__pending_until_it_begins),
        cmocka_unit_test(override__each_kind__added_and_listed),
        cmocka_unit_test(override__that_cannot_be__refused_in_clear_words),
        cmocka_unit_test(swap__of_two_turns__each_has_the_other_whole_one),
        cmocka_unit_test(swap__of_two_who_are_on_call_together__refused),
        cmocka_unit_test(overrides__as_yaml__what_the_file_would_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
