/* test_questions.c - what the API asks: one delivery, attempts, transitions. */
#include "../../../src/store/internal.h"
#include "puts.h"

static char answer[1 << 20];
static int answers;
static bool answer_away;

static void on_json(void *arg, const char *json, size_t n, bool away)
{
    (void)arg;
    snprintf(answer, sizeof answer, "%.*s", (int)n, json);
    answer_away = away;
    answers++;
}

static size_t count(const char *what)
{
    size_t n = 0;

    for (const char *p = answer; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

/* Asks and waits for the one answer. */
#define ASK(w, question)                                                                           \
    do {                                                                                           \
        answers = 0;                                                                               \
        question;                                                                                  \
        assert_int_equal(answers, 0); /* never from inside the call */                             \
        pump_until(w, answers == 1);                                                               \
    } while (0)

static void up(struct world *w, const char *more)
{
    redis_start(w, more);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
}

static void one_delivery__wherever_it_is__or_an_empty_list(void **state)
{
    struct world *w = *state;

    up(w, "");
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    ASK(w, store_read_delivery(w->store, "inc1-a", on_json, NULL));
    assert_true(text_starts(answer, "[{\"id\":\"inc1-a\",\"state\":\"waiting\""));
    put_incident(w, INCIDENT_RESOLVED);
    put_delivery(w, DELIVERY_FAILED);
    pump_until(w, w->kept == 3);
    assert_string_equal(length(w, "HLEN", KEY_OUTBOX), "0");
    ASK(w, store_read_delivery(w->store, "inc1-a", on_json, NULL));
    assert_true(text_starts(answer, "[{\"id\":\"inc1-a\",\"state\":\"failed\""));
    assert_int_equal(count("\"id\""), 1);
    ASK(w, store_read_delivery(w->store, "no such", on_json, NULL));
    assert_string_equal(answer, "[]");
    ASK(w, store_read_delivery(w->store, "", on_json, NULL));
    assert_string_equal(answer, "[]");
    assert_false(answer_away);
}

static void put_attempts(struct world *w, int n)
{
    struct commit c = {.at_ms = AT};

    for (int i = 0; i < n; i++) {
        struct attempt a = an_attempt(i % 2 ? "inc1-a" : "inc1-b", i + 1);
        a.at_ms = AT + i * 1000;
        vec_push(&c.attempts, a);
    }
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static void attempts__of_one_or_all__in_their_time__newest_first(void **state)
{
    struct world *w = *state;

    up(w, "");
    put_attempts(w, 10);
    pump_until(w, w->kept == 1);
    ASK(w, store_read_attempts(w->store, NULL, 0, INT64_MAX, 100, on_json, NULL));
    assert_int_equal(count("\"number\""), 10);
    assert_true(strstr(answer, "\"number\":10,") < strstr(answer, "\"number\":9,"));
    ASK(w, store_read_attempts(w->store, "inc1-a", 0, INT64_MAX, 2, on_json, NULL));
    assert_true(text_starts(answer, "[{\"delivery\":\"inc1-a\",\"number\":10,"));
    assert_non_null(strstr(answer, "\"number\":8,"));
    assert_int_equal(count("\"number\""), 2);
    ASK(w, store_read_attempts(w->store, NULL, AT + 3000, AT + 5000, 100, on_json, NULL));
    assert_int_equal(count("\"number\""), 2); /* half-open */
    assert_non_null(strstr(answer, "\"number\":4,"));
    assert_non_null(strstr(answer, "\"number\":5,"));
    ASK(w, store_read_attempts(w->store, "inc1", 0, INT64_MAX, 100, on_json, NULL));
    assert_string_equal(answer, "[]"); /* a whole name, not the beginning of one */
    ASK(w, store_read_attempts(w->store, NULL, AT + 5000, AT, 100, on_json, NULL));
    assert_string_equal(answer, "[]");
    ASK(w, store_read_attempts(w->store, NULL, INT64_MIN, INT64_MIN, 100, on_json, NULL));
    assert_string_equal(answer, "[]");
    ASK(w, store_read_attempts(w->store, NULL, 0, INT64_MAX, 0, on_json, NULL));
    assert_string_equal(answer, "[]");
}

/* Its entry is as late as the clock had been: the record's own instant counts. */
static void clock_was_set_back__entries_are_found_by_their_records_instant(void **state)
{
    struct world *w = *state;
    struct commit c = {.at_ms = AT};

    up(w, "");
    vec_push(&c.transitions, a_transition("api", "down", AT + 1800000));
    vec_push(&c.transitions, a_transition("api", "up", AT));
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
    pump_until(w, w->kept == 1);
    ASK(w, store_read_transitions(w->store, "api", AT - 5, AT + 5, 10, on_json, NULL));
    assert_int_equal(count("\"to\":\"up\""), 1);
    assert_int_equal(count("\"to\""), 1);
}

static void transitions__name_of_another_record_inside_a_text__is_not_it(void **state)
{
    struct world *w = *state;
    struct commit c = {.at_ms = AT};
    struct transition sly = a_transition("web", "down", AT);
    struct transition odd = a_transition("caf\xc3\xa9 \"x\"\n", "down", AT);

    up(w, "");
    snprintf(sly.text, sizeof sly.text, "{\"name\":\"api\"}");
    vec_push(&c.transitions, sly);
    vec_push(&c.transitions, odd);
    vec_push(&c.transitions, a_transition("api", "down", AT));
    vec_push(&c.transitions, a_transition("api2", "down", AT));
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
    pump_until(w, w->kept == 1);
    ASK(w, store_read_transitions(w->store, "api", 0, INT64_MAX, 10, on_json, NULL));
    assert_int_equal(count("\"at\""), 1);
    assert_non_null(strstr(answer, "\"name\":\"api\""));
    ASK(w, store_read_transitions(w->store, odd.name, 0, INT64_MAX, 10, on_json, NULL));
    assert_int_equal(count("\"at\""), 1);
    ASK(w, store_read_transitions(w->store, NULL, 0, INT64_MAX, 10, on_json, NULL));
    assert_int_equal(count("\"at\""), 4);
}

/* Entries straight into the stream: every hundredth is of `rare`. */
static void fill_audit(struct world *w, int n)
{
    static const char script[] =
        "for i = 1, ARGV[1] do\n"
        "  local name = i % 100 == 0 and 'rare' or 'often'\n"
        "  redis.call('XADD', KEYS[1], string.format('%.0f-%d', 1795316645678, i), 'j',\n"
        "    string.format('{\"at\":1795316645678,\"subject\":\"monitor\",\"name\":\"%s\",'\n"
        "      .. '\"to\":\"%d\",\"cause\":\"probe\",\"reason\":\"ok\"}', name, i))\n"
        "end";
    char many[16];

    snprintf(many, sizeof many, "%d", n);
    redis_say(w, "EVAL %s 1 mw:{test}:audit %s", script, many);
    assert_string_equal(length(w, "XLEN", KEY_AUDIT), many);
}

static void many_entries__are_paged_through__others_go_between(void **state)
{
    struct world *w = *state;

    up(w, "");
    fill_audit(w, 4550);
    answers = 0;
    store_read_transitions(w->store, "rare", 0, INT64_MAX, 100, on_json, NULL);
    put_all(w, INCIDENT_TRIGGERED, DELIVERY_WAITING);
    pump_until(w, w->kept == 1);
    assert_int_equal(answers, 0); /* kept while the question is still being answered */
    pump_until(w, answers == 1);
    assert_int_equal(count("\"name\":\"rare\""), 45);
    assert_int_equal(count("\"name\""), 45);
    assert_true(text_starts(strstr(answer, "\"to\""), "\"to\":\"4500\""));
    ASK(w, store_read_transitions(w->store, NULL, AT, AT + 1, 5000, on_json, NULL));
    assert_int_equal(count("\"name\""), 1000); /* no list is longer */
    /* exactly one page, and one entry more */
    redis_say(w, "XTRIM mw:{test}:audit MAXLEN 1000");
    ASK(w, store_read_transitions(w->store, "rare", 0, INT64_MAX, 100, on_json, NULL));
    assert_int_equal(count("\"name\":\"rare\""), 10);
}

static void more_entries_than_are_looked_at__what_is_in_the_newest_is_the_answer(void **state)
{
    struct world *w = *state;

    w->config.store.command_timeout_ms = 20000;
    up(w, "");
    fill_audit(w, 100550);
    redis_say(w, "XADD mw:{test}:audit 5-1 j %s", "{}"); /* refused: too old */
    ASK(w, store_read_transitions(w->store, "rare", 0, INT64_MAX, 1000, on_json, NULL));
    assert_int_equal(count("\"name\":\"rare\""), 1000);
    redis_say(w, "XTRIM mw:{test}:audit MAXLEN 99");
    ASK(w, store_read_transitions(w->store, "rare", 0, INT64_MAX, 1000, on_json, NULL));
    assert_int_equal(count("\"name\":\"rare\""), 1);
    redis_say(w, "DEL mw:{test}:audit");
    redis_say(
        w, "XADD mw:{test}:audit 1-1 j %s",
        "{\"at\":1795316645678,\"subject\":\"monitor\",\"name\":\"first\",\"cause\":\"probe\","
        "\"reason\":\"ok\"}");
    redis_say(w, "EVAL %s 1 mw:{test}:audit",
              "for i = 1, 99999 do redis.call('XADD', KEYS[1], '1795316645678-' .. i, 'j', '{}') "
              "end");
    redis_say(w, "XSETID mw:{test}:audit 1795316645678-200000");
    ASK(w, store_read_transitions(w->store, "first", 0, INT64_MAX, 10, on_json, NULL));
    assert_int_equal(count("\"name\""), 1); /* the hundred thousandth */
    redis_say(w, "XADD mw:{test}:audit 1795316645678-200001 j {}");
    ASK(w, store_read_transitions(w->store, "first", 0, INT64_MAX, 10, on_json, NULL));
    assert_string_equal(answer, "[]");
    w->config.store.command_timeout_ms = 1000;
}

static void entries_of_another_kind__are_passed_over(void **state)
{
    struct world *w = *state;

    up(w, "");
    put_attempts(w, 2);
    pump_until(w, w->kept == 1);
    redis_say(w, "XADD mw:{test}:ledger * j %s", "{\"delivery\":\"inc1-a\"");
    redis_say(w, "XADD mw:{test}:ledger * j %s", "");
    redis_say(w, "XADD mw:{test}:ledger * a b c d");
    redis_say(w, "XADD mw:{test}:ledger * j %s",
              "{\"delivery\":\"inc1-a\",\"outcome\":\"later\",\"reached\":\"no\"}");
    ASK(w, store_read_attempts(w->store, NULL, 0, INT64_MAX, 10, on_json, NULL));
    assert_int_equal(count("\"number\""), 2);
    assert_int_equal(count("later"), 0);
}

static void redis_killed_while_it_is_asked__away_once_each(void **state)
{
    struct world *w = *state;

    up(w, REDIS_AOF);
    fill_audit(w, 20000);
    answers = 0;
    store_read_transitions(w->store, "rare", 0, INT64_MAX, 1000, on_json, NULL);
    for (int i = 0; i < 4; i++)
        uv_run(&w->loop.uv, UV_RUN_ONCE);
    assert_int_equal(answers, 0);
    redis_kill(w);
    store_read_attempts(w->store, NULL, 0, INT64_MAX, 10, on_json, NULL);
    store_read_delivery(w->store, "x", on_json, NULL);
    pump_until(w, answers == 3);
    assert_true(answer_away);
    pump_until(w, w->state == STORE_AWAY);
    ASK(w, store_read_transitions(w->store, "rare", 0, INT64_MAX, 10, on_json, NULL));
    assert_true(answer_away);
    ASK(w, store_read_delivery(w->store, "x", on_json, NULL));
    assert_true(answer_away);
    redis_start(w, REDIS_AOF);
    pump_until(w, w->state == STORE_UP);
    ASK(w, store_read_transitions(w->store, "rare", 0, INT64_MAX, 1000, on_json, NULL));
    assert_false(answer_away);
    assert_int_equal(count("\"name\""), 200);
}

static void closing__the_question_ends_with_away(void **state)
{
    struct world *w = *state;

    up(w, "");
    fill_audit(w, 20000);
    answers = 0;
    store_read_transitions(w->store, "nobody", 0, INT64_MAX, 10, on_json, NULL);
    int64_t began = loop_mono_us();
    close_store(w);
    assert_int_equal(answers, 1);
    assert_true(answer_away);
    assert_true(loop_mono_us() - began < 2000000);
}

static void key_of_another_kind__away__and_the_session_goes_on(void **state)
{
    struct world *w = *state;

    up(w, "");
    redis_say(w, "SET mw:{test}:audit x");
    ASK(w, store_read_transitions(w->store, NULL, 0, INT64_MAX, 10, on_json, NULL));
    assert_true(answer_away);
    redis_say(w, "SET mw:{test}:outbox x");
    ASK(w, store_read_delivery(w->store, "x", on_json, NULL));
    assert_true(answer_away);
    assert_int_equal(w->state, STORE_UP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_delivery__wherever_it_is__or_an_empty_list),
        TEST(attempts__of_one_or_all__in_their_time__newest_first),
        TEST(clock_was_set_back__entries_are_found_by_their_records_instant),
        TEST(transitions__name_of_another_record_inside_a_text__is_not_it),
        TEST(many_entries__are_paged_through__others_go_between),
        TEST(more_entries_than_are_looked_at__what_is_in_the_newest_is_the_answer),
        TEST(entries_of_another_kind__are_passed_over),
        TEST(redis_killed_while_it_is_asked__away_once_each),
        TEST(closing__the_question_ends_with_away),
        TEST(key_of_another_kind__away__and_the_session_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
