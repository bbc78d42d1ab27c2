/* test_reports.c - reports as issued, and incidents and quiets of a time that is past. */
#include "../../../src/store/internal.h"
#include "puts.h"

static char answer[1 << 20];
static int answers;
static bool answer_away;

static void on_json(void *arg, const char *json, size_t n, bool away)
{
    (void)arg;
    snprintf(answer, sizeof answer, "%.*s", (int)n, json != NULL ? json : "");
    answer_away = away;
    answers++;
}

static void on_put(void *arg, bool kept)
{
    (void)arg;
    answer_away = !kept;
    answers++;
}

/* Asks and waits for the one answer. */
#define ASK(w, question)                                                                           \
    do {                                                                                           \
        answers = 0;                                                                               \
        question;                                                                                  \
        assert_int_equal(answers, 0); /* never from inside the call */                             \
        pump_until(w, answers == 1);                                                               \
    } while (0)

static void up(struct world *w)
{
    redis_start(w, "");
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

static void put(struct world *w, const char *id, const char *report, const char *head)
{
    ASK(w, store_put_report(w->store, id, &(struct report_bytes){report, strlen(report)},
                            &(struct report_bytes){head, strlen(head)}, on_put, NULL));
}

static void report__put_twice__the_first_stays(void **state)
{
    struct world *w = *state;

    up(w);
    ASK(w, store_list_reports(w->store, on_json, NULL));
    assert_string_equal(answer, "[]");
    ASK(w, store_read_report(w->store, "sla:2026-10:1", on_json, NULL));
    assert_string_equal(answer, "");
    assert_false(answer_away);
    put(w, "sla:2026-10:1", "{\"first\":true}", "{\"head\":1}");
    assert_false(answer_away);
    put(w, "sla:2026-10:1", "{\"second\":true}", "{\"head\":2}");
    assert_false(answer_away);
    ASK(w, store_read_report(w->store, "sla:2026-10:1", on_json, NULL));
    assert_string_equal(answer, "{\"first\":true}");
    ASK(w, store_list_reports(w->store, on_json, NULL));
    assert_string_equal(answer, "[{\"head\":1}]");
}

/* Larger than Redis answers in one page of a hash. */
static void reports__many__all_in_the_list(void **state)
{
    struct world *w = *state;
    size_t n = 0;

    up(w);
    for (int i = 1; i <= 60; i++) {
        char id[48], report[4096], head[48];

        snprintf(id, sizeof id, "sla:2026-10:%d", i);
        snprintf(head, sizeof head, "{\"revision\":%d}", i);
        memset(report, 'x', sizeof report - 1);
        report[sizeof report - 1] = 0;
        put(w, id, report, head);
    }
    ASK(w, store_list_reports(w->store, on_json, NULL));
    for (const char *p = answer; (p = strstr(p, "\"revision\"")) != NULL; p++)
        n++;
    assert_int_equal(n, 60);
}

static void put_one(struct world *w, const char *id, int64_t started_ms, int64_t resolved_ms)
{
    struct incident i = an_incident(id, INCIDENT_RESOLVED);
    struct commit c = {.at_ms = AT};

    i.started_ms = i.opened_ms = started_ms;
    i.resolved_ms = resolved_ms;
    vec_push(&c.incidents, (const struct incident *)&i);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static void resolved_between__those_that_touch_the_time__bounded(void **state)
{
    struct world *w = *state;
    struct period_query p = {AT, AT + 1000, 10};

    up(w);
    put_one(w, "before", AT - 100, AT - 1);
    put_one(w, "into", AT - 100, AT);
    put_one(w, "within", AT + 1, AT + 2);
    put_one(w, "out", AT + 999, AT + 5000);
    put_one(w, "behind", AT + 1000, AT + 5000);
    ASK(w, store_read_resolved_between(w->store, &p, on_json, NULL));
    assert_null(strstr(answer, "\"before\""));
    assert_non_null(strstr(answer, "\"into\""));
    assert_non_null(strstr(answer, "\"within\""));
    assert_non_null(strstr(answer, "\"out\""));
    assert_null(strstr(answer, "\"behind\""));
    assert_null(strstr(answer, "null]"));
    p.limit = 2;
    ASK(w, store_read_resolved_between(w->store, &p, on_json, NULL));
    assert_non_null(strstr(answer, ",null]")); /* there were more */
}

/* Three pages and a bit, one record in two outside of the time. */
static void resolved_between__more_than_a_page__all_of_them(void **state)
{
    struct world *w = *state;
    size_t n = 0;

    up(w);
    for (int k = 0; k < 800; k++) {
        char id[INCIDENT_ID_SIZE];

        snprintf(id, sizeof id, "i%d", k);
        put_one(w, id, k % 2 ? AT : AT + 100000, AT + 200000 + k);
    }
    ASK(w, store_read_resolved_between(w->store, &(struct period_query){AT, AT + 1000, 5000},
                                       on_json, NULL));
    for (const char *p = answer; (p = strstr(p, "\"id\":")) != NULL; p++)
        n++;
    assert_int_equal(n, 400);
}

static void quiets_between__those_that_held_then(void **state)
{
    struct world *w = *state;
    struct quiet q = {.id = "early", .kind = QUIET_MAINTENANCE, .comment = "x"};

    up(w);
    q.start_ms = AT - 100;
    q.end_ms = AT;
    put_quiet(w, &q);
    text_copy(q.id, sizeof q.id, "inside");
    q.end_ms = AT + 1;
    put_quiet(w, &q);
    text_copy(q.id, sizeof q.id, "taken-back");
    q.start_ms = q.end_ms = AT + 5;
    put_quiet(w, &q);
    text_copy(q.id, sizeof q.id, "late");
    q.start_ms = AT + 10;
    q.end_ms = AT + 20;
    put_quiet(w, &q);
    ASK(w, store_read_quiets_between(w->store, &(struct period_query){AT, AT + 10, 10}, on_json,
                                     NULL));
    assert_non_null(strstr(answer, "\"inside\""));
    assert_null(strstr(answer, "\"early\""));
    assert_null(strstr(answer, "\"taken-back\""));
    assert_null(strstr(answer, "\"late\""));
}

static void all_questions__store_away__said_once(void **state)
{
    struct world *w = *state;
    struct period_query p = {AT, AT + 10, 10};

    up(w);
    redis_kill(w);
    pump_until(w, w->state == STORE_AWAY);
    ASK(w, store_list_reports(w->store, on_json, NULL));
    assert_true(answer_away);
    ASK(w, store_read_report(w->store, "sla:2026-10:1", on_json, NULL));
    assert_true(answer_away);
    put(w, "sla:2026-10:1", "{}", "{}");
    assert_true(answer_away);
    ASK(w, store_read_resolved_between(w->store, &p, on_json, NULL));
    assert_true(answer_away);
    ASK(w, store_read_quiets_between(w->store, &p, on_json, NULL));
    assert_true(answer_away);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(report__put_twice__the_first_stays),
        TEST(reports__many__all_in_the_list),
        TEST(resolved_between__those_that_touch_the_time__bounded),
        TEST(resolved_between__more_than_a_page__all_of_them),
        TEST(quiets_between__those_that_held_then),
        TEST(all_questions__store_away__said_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
