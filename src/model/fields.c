/* fields.c - the tables of the kept nouns, and the words that only they use. */
#include "model/fields.h"

#include <string.h>

#include "model/names.h"

#define AT(type, member)    .offset = offsetof(struct type, member)
#define SIZED(type, member) AT(type, member), .size = sizeof(((struct type *)0)->member)
#define I64(k, type, member)                                                                       \
    {                                                                                              \
        .key = k, .kind = FIELD_INT64, AT(type, member)                                            \
    }
#define INT(k, type, member)                                                                       \
    {                                                                                              \
        .key = k, .kind = FIELD_INT, AT(type, member)                                              \
    }
#define INDEX(k, type, member)                                                                     \
    {                                                                                              \
        .key = k, .kind = FIELD_INT, AT(type, member), .absent = -1                                \
    }
#define BOOL(k, type, member)                                                                      \
    {                                                                                              \
        .key = k, .kind = FIELD_BOOL, AT(type, member)                                             \
    }
#define NAME(k, type, member)                                                                      \
    {                                                                                              \
        .key = k, .kind = FIELD_TEXT, SIZED(type, member)                                          \
    }
#define PROSE(k, type, member)                                                                     \
    {                                                                                              \
        .key = k, .kind = FIELD_TEXT, SIZED(type, member), .prose = true                           \
    }
#define ID(k, type, member)                                                                        \
    {                                                                                              \
        .key = k, .kind = FIELD_TEXT, SIZED(type, member), .required = true                        \
    }
#define WORD(k, type, member, noun)                                                                \
    {                                                                                              \
        .key = k, .kind = FIELD_WORD, AT(type, member), .required = true, .word = noun##_word,     \
        .from = noun##_value                                                                       \
    }
#define OPTION(k, type, member, noun)                                                              \
    {                                                                                              \
        .key = k, .kind = FIELD_WORD, AT(type, member), .word = noun##_word, .from = noun##_value  \
    }
#define TIMES(k, type, member)                                                                     \
    {                                                                                              \
        .key = k, .kind = FIELD_TIMES, SIZED(type, member)                                         \
    }
#define OBJECT(k, type, member, fields)                                                            \
    {                                                                                              \
        .key = k, .kind = FIELD_OBJECT, AT(type, member), .object = fields                         \
    }
#define PHASE(k, member)                                                                           \
    {                                                                                              \
        .key = k, .kind = FIELD_INT64, AT(result, phases.member), .absent = -1                     \
    }

/* --- words --- */

#define NAMED(noun, type, name, back)                                                              \
    static const char *noun##_word(int value)                                                      \
    {                                                                                              \
        return name((enum type)value);                                                             \
    }                                                                                              \
    static int noun##_value(const char *word)                                                      \
    {                                                                                              \
        return back(word);                                                                         \
    }
NAMED(verdict, verdict, verdict_name, verdict_from)
NAMED(reason, reason, reason_name, reason_from)
NAMED(monitor_state, monitor_state, monitor_state_name, monitor_state_from)
NAMED(severity, severity, severity_name, severity_from)
NAMED(incident_state, incident_state, incident_state_name, incident_state_from)
NAMED(notice, notice_type, notice_name, notice_from)
NAMED(delivery_state, delivery_state, delivery_state_name, delivery_state_from)
NAMED(cause, cause, cause_name, cause_from)
NAMED(hold, hold, hold_name, hold_from)
NAMED(urgency, urgency, urgency_name, urgency_from)
NAMED(quiet_kind, quiet_kind, quiet_kind_name, quiet_kind_from)
NAMED(override_kind, override_kind, override_kind_name, override_kind_from)

static const char *const reached_words[] = {"no", "maybe", "yes", NULL};
static const char *const outcome_words[] = {"ok", "retry", "permanent", NULL};
static const char *const subject_words[] = {"monitor", "incident", "delivery", "config",
                                            "quiet",   "override", "schedule", NULL};

static int word_in(const char *const *words, const char *word)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return -1;
}

#define LISTED(noun)                                                                               \
    static const char *noun##_word(int value)                                                      \
    {                                                                                              \
        return noun##_words[value];                                                                \
    }                                                                                              \
    static int noun##_value(const char *word)                                                      \
    {                                                                                              \
        return word_in(noun##_words, word);                                                        \
    }
LISTED(reached)
LISTED(outcome)
LISTED(subject)

/* --- tables --- */

static const struct field result_fields[] = {
    I64("due", result, due_ms),
    I64("at", result, at_ms),
    I64("late_us", result, lateness_us),
    WORD("verdict", result, verdict, verdict),
    WORD("reason", result, reason, reason),
    BOOL("maintenance", result, maintenance),
    INT("status", result, status),
    PHASE("resolve_us", resolve_us),
    PHASE("connect_us", connect_us),
    PHASE("tls_us", tls_us),
    PHASE("wait_us", wait_us),
    PHASE("transfer_us", transfer_us),
    PHASE("total_us", total_us),
    PROSE("message", result, message),
    {0},
};

const struct field monitor_status_fields[] = {
    WORD("state", monitor_status, state, monitor_state),
    I64("since", monitor_status, since_ms),
    INT("bad", monitor_status, bad),
    INT("good", monitor_status, good),
    INT("warned", monitor_status, warned),
    INT("clean", monitor_status, clean),
    I64("streak", monitor_status, streak_ms),
    I64("shade", monitor_status, shade_ms),
    INT("unknown", monitor_status, unknown),
    OBJECT("last", monitor_status, last, result_fields),
    {0},
};

const struct field incident_fields[] = {
    ID("id", incident, id),
    NAME("dedup_key", incident, dedup_key),
    NAME("monitor", incident, monitor),
    NAME("group", incident, group),
    NAME("policy", incident, policy),
    NAME("labels", incident, labels),
    WORD("severity", incident, severity, severity),
    WORD("state", incident, state, incident_state),
    PROSE("title", incident, title),
    PROSE("runbook", incident, runbook),
    WORD("reason", incident, reason, reason),
    I64("started", incident, started_ms),
    I64("opened", incident, opened_ms),
    I64("acked", incident, acked_ms),
    I64("resolved", incident, resolved_ms),
    I64("updated", incident, updated_ms),
    NAME("acked_by", incident, acked_by),
    NAME("resolved_by", incident, resolved_by),
    I64("count", incident, count),
    I64("version", incident, version),
    INT("cycle", incident, cycle),
    INDEX("step", incident, step),
    INT("loop", incident, loop),
    I64("step_due", incident, step_due_ms),
    I64("ack_due", incident, ack_due_ms),
    OPTION("opening", incident, opening, notice),
    OPTION("paged", incident, paged, severity),
    INT("born_cycle", incident, born_cycle),
    OPTION("urgency", incident, urgency, urgency),
    I64("urgency_due", incident, urgency_due_ms),
    I64("snoozed_until", incident, snoozed_until_ms),
    I64("remind_due", incident, remind_due_ms),
    INT("reminded", incident, reminded),
    NAME("assigned", incident, assigned),
    PROSE("note", incident, note),
    NAME("lead", incident, lead),
    OPTION("hold", incident, hold, hold),
    NAME("hold_ref", incident, hold_ref),
    PROSE("hold_why", incident, hold_why),
    I64("hold_until", incident, hold_until_ms),
    I64("hold_bad", incident, hold_bad),
    INT("reopened", incident, reopened),
    TIMES("changes", incident, changes_ms),
    BOOL("flapping", incident, flapping),
    I64("flap_due", incident, flap_due_ms),
    PROSE("affected", incident, affected),
    INT("n_affected", incident, n_affected),
    I64("update_due", incident, update_due_ms),
    I64("updated_note", incident, updated_note_ms),
    I64("expires", incident, expires_ms),
    {0},
};

static const struct field notice_fields[] = {
    WORD("type", notice, type, notice),
    I64("at", notice, at_ms),
    NAME("incident", notice, incident),
    NAME("dedup_key", notice, dedup_key),
    NAME("monitor", notice, monitor),
    NAME("group", notice, group),
    NAME("labels", notice, labels),
    WORD("state", notice, state, incident_state),
    WORD("severity", notice, severity, severity),
    WORD("reason", notice, reason, reason),
    PROSE("title", notice, title),
    PROSE("runbook", notice, runbook),
    I64("started", notice, started_ms),
    I64("resolved", notice, resolved_ms),
    I64("count", notice, count),
    NAME("actor", notice, actor),
    NAME("person", notice, person),
    PROSE("person_name", notice, person_name),
    NAME("schedule", notice, schedule),
    NAME("channel", notice, channel),
    INT("step", notice, step),
    INT("loop", notice, loop),
    PROSE("why", notice, why),
    OPTION("urgency", notice, urgency, urgency),
    PROSE("affected", notice, affected),
    INT("n_affected", notice, n_affected),
    PROSE("note", notice, note),
    {0},
};

const struct field delivery_fields[] = {
    ID("id", delivery, id),
    WORD("state", delivery, state, delivery_state),
    WORD("reached", delivery, reached, reached),
    INT("attempt", delivery, attempt),
    I64("created", delivery, created_ms),
    I64("due", delivery, due_ms),
    I64("done", delivery, done_ms),
    BOOL("handed_on", delivery, handed_on),
    INT("status", delivery, status),
    INT("cycle", delivery, cycle),
    INDEX("rule", delivery, rule),
    BOOL("replayed", delivery, replayed),
    PROSE("error", delivery, error),
    OBJECT("notice", delivery, notice, notice_fields),
    {0},
};

const struct field attempt_fields[] = {
    ID("delivery", attempt, delivery),
    INT("number", attempt, number),
    I64("at", attempt, at_ms),
    I64("took_ms", attempt, took_ms),
    WORD("outcome", attempt, outcome, outcome),
    WORD("reached", attempt, reached, reached),
    INT("status", attempt, status),
    I64("retry_after_ms", attempt, retry_after_ms),
    PROSE("error", attempt, error),
    PROSE("answer", attempt, answer),
    NAME("digest", attempt, digest),
    {0},
};

const struct field transition_fields[] = {
    I64("at", transition, at_ms),     WORD("subject", transition, subject, subject),
    ID("name", transition, name),     NAME("from", transition, from),
    NAME("to", transition, to),       WORD("cause", transition, cause, cause),
    NAME("actor", transition, actor), WORD("reason", transition, reason, reason),
    PROSE("text", transition, text),  {0},
};

const struct field quiet_fields[] = {
    ID("id", quiet, id),
    WORD("kind", quiet, kind, quiet_kind),
    NAME("matchers", quiet, matchers),
    I64("start", quiet, start_ms),
    I64("end", quiet, end_ms),
    I64("created", quiet, created_ms),
    NAME("author", quiet, author),
    NAME("ended_by", quiet, ended_by),
    PROSE("comment", quiet, comment),
    BOOL("warned", quiet, warned),
    BOOL("everything", quiet, everything),
    {0},
};

const struct field override_fields[] = {
    ID("id", kept_override, id),
    NAME("schedule", kept_override, schedule),
    WORD("kind", kept_override, kind, override_kind),
    I64("start", kept_override, start_ms),
    I64("end", kept_override, end_ms),
    I64("created", kept_override, created_ms),
    NAME("people", kept_override, people),
    NAME("with", kept_override, with),
    NAME("author", kept_override, author),
    PROSE("comment", kept_override, comment),
    {0},
};
