/* test_names.c - every value has a word of its own, and the word leads back to it. */
#include "base/text.h"
#include "model/deed.h"
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
NOUN(notice, notice_type, NOTICE_COUNT);
NOUN(delivery_state, delivery_state, DELIVERY_OVERTAKEN + 1);
NOUN(cause, cause, CAUSE_COUNT);
NOUN(hold, hold, HOLD_COUNT);
NOUN(urgency, urgency, URGENCY_LOW + 1);
NOUN(quiet_kind, quiet_kind, QUIET_MAINTENANCE + 1);
NOUN(override_kind, override_kind, OVERRIDE_REMOVE + 1);
NOUN(deed, deed_kind, DEED_COUNT);

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
    {notice_word, notice_from, notice_count, "incident.triggered", "silence.ending"},
    {delivery_state_word, delivery_state_from, delivery_state_count, "waiting", "overtaken"},
    {cause_word, cause_from, cause_count, "probe", "start"},
    {hold_word, hold_from, hold_count, "", "group"},
    {urgency_word, urgency_from, urgency_count, "high", "low"},
    {quiet_kind_word, quiet_kind_from, quiet_kind_count, "silence", "maintenance"},
    {override_kind_word, override_kind_from, override_kind_count, "set", "remove"},
    {deed_word, deed_from, deed_count, "ack", "note"},
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
        assert_int_equal(nouns[i].from(""), nouns[i].first[0] ? -1 : 0); /* no hold is no word */
        assert_int_equal(nouns[i].from(NULL), -1);
        assert_int_equal(nouns[i].from("Up"), -1);
    }
}

static void names__of_a_quiet_state__are_said(void **state)
{
    (void)state;
    assert_string_equal(quiet_state_name(QUIET_PENDING), "pending");
    assert_string_equal(quiet_state_name(QUIET_ACTIVE), "active");
    assert_string_equal(quiet_state_name(QUIET_OVER), "over");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names__every_value__has_a_word_that_leads_back),
        cmocka_unit_test(names__other_words__are_none),
        cmocka_unit_test(names__of_a_quiet_state__are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
