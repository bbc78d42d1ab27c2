/* test_names.c - every value has a word of its own, and the word leads back to it. */
#include "base/text.h"
#include "model/names.h"
#include "unit.h"

/* Every noun's functions, seen alike. */
#define NOUN(noun, type, count)                                                                    \
    static const char *noun##_word(int value)                                                      \
    {                                                                                              \
        return noun##_name((enum type)value);                                                      \
    }                                                                                              \
    enum { noun##_count = (count) }

NOUN(verdict, verdict, VERDICT_UNKNOWN + 1);
NOUN(reason, reason, REASON_COUNT);
NOUN(monitor_state, monitor_state, MONITOR_UNKNOWN + 1);
NOUN(severity, severity, SEVERITY_CRITICAL + 1);
NOUN(incident_state, incident_state, INCIDENT_RESOLVED + 1);
NOUN(notice, notice_type, NOTICE_TEST + 1);
NOUN(delivery_state, delivery_state, DELIVERY_OVERTAKEN + 1);
NOUN(cause, cause, CAUSE_COUNT);

static const struct {
    const char *(*word)(int value);
    int (*from)(const char *s);
    int count;
    const char *first, *last;
} nouns[] = {
    {verdict_word, verdict_from, verdict_count, "up", "unknown"},
    {reason_word, reason_from, reason_count, "ok", "local"},
    {monitor_state_word, monitor_state_from, monitor_state_count, "pending", "unknown"},
    {severity_word, severity_from, severity_count, "info", "critical"},
    {incident_state_word, incident_state_from, incident_state_count, "triggered", "resolved"},
    {notice_word, notice_from, notice_count, "incident.triggered", "test"},
    {delivery_state_word, delivery_state_from, delivery_state_count, "waiting", "overtaken"},
    {cause_word, cause_from, cause_count, "probe", "start"},
};
#define N_NOUNS (sizeof nouns / sizeof *nouns)

static void names__every_value__has_a_word_that_leads_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_NOUNS; i++) {
        for (int value = 0; value < nouns[i].count; value++) {
            assert_non_null(nouns[i].word(value));
            assert_int_equal(nouns[i].from(nouns[i].word(value)), value);
        }
        assert_string_equal(nouns[i].word(0), nouns[i].first);
        assert_string_equal(nouns[i].word(nouns[i].count - 1), nouns[i].last);
    }
}

static void names__other_words__are_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_NOUNS; i++) {
        assert_int_equal(nouns[i].from("nonsense"), -1);
        assert_int_equal(nouns[i].from(""), -1);
        assert_int_equal(nouns[i].from(NULL), -1);
        assert_int_equal(nouns[i].from("Up"), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names__every_value__has_a_word_that_leads_back),
        cmocka_unit_test(names__other_words__are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
