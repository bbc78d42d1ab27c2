/* names.c - one table a noun. */
#include "model/names.h"

#include "model/deed.h"

#include <assert.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *const verdicts[] = {"up", "degraded", "down", "unknown"};

static const char *const reasons[] = {
    "ok",       "resolve", "connect", "timeout", "tls",    "protocol", "truncated",
    "redirect", "status",  "expect",  "exit",    "missed", "fail",     "local",
};
_Static_assert(COUNT(reasons) == REASON_COUNT, "one word for each reason");

static const char *const monitor_states[] = {"pending", "up", "degraded", "down", "unknown"};

static const char *const severities[] = {"info", "warning", "critical"};

static const char *const incident_states[] = {"triggered", "acknowledged", "snoozed", "resolved"};

static const char *const notices[] = {
    "incident.triggered", "incident.escalated", "incident.acknowledged", "incident.unacknowledged",
    "incident.resolved",  "incident.reminder",  "oncall.handoff",        "test",
    "incident.updated",   "incident.snoozed",   "silence.ending",
};
_Static_assert(COUNT(notices) == NOTICE_COUNT, "one word for each notice");

static const char *const holds[] = {"", "maintenance", "silence", "dependency", "storm", "group"};
_Static_assert(COUNT(holds) == HOLD_COUNT, "one word for each hold");

static const char *const urgencies[] = {"high", "low"};

static const char *const quiet_kinds[] = {"silence", "maintenance"};

static const char *const quiet_states[] = {"pending", "active", "over"};

static const char *const override_kinds[] = {"set", "replace", "add", "remove"};

static const char *const deeds[] = {"ack",      "unack",    "resolve", "snooze",
                                    "reassign", "escalate", "note"};
_Static_assert(COUNT(deeds) == DEED_COUNT, "one word for each deed");

static const char *const delivery_states[] = {"waiting", "sending", "delivered",
                                              "refused", "failed",  "overtaken"};

static const char *const causes[] = {"probe",    "person", "timer", "ack_timeout",
                                     "delivery", "reload", "self",  "start"};
_Static_assert(COUNT(causes) == CAUSE_COUNT, "one word for each cause");

static const char *word(const char *const *table, size_t n, unsigned value)
{
    assert(value < n);
    return table[value];
}

static int value_of(const char *const *table, size_t n, const char *s)
{
    for (size_t i = 0; s && i < n; i++)
        if (strcmp(table[i], s) == 0)
            return (int)i;
    return -1;
}

#define NOUN(noun, type, table)                                                                    \
    const char *noun##_name(enum type value)                                                       \
    {                                                                                              \
        return word(table, COUNT(table), (unsigned)value);                                         \
    }                                                                                              \
    int noun##_from(const char *s)                                                                 \
    {                                                                                              \
        return value_of(table, COUNT(table), s);                                                   \
    }

NOUN(verdict, verdict, verdicts)
NOUN(reason, reason, reasons)
NOUN(monitor_state, monitor_state, monitor_states)
NOUN(severity, severity, severities)
NOUN(incident_state, incident_state, incident_states)
NOUN(notice, notice_type, notices)
NOUN(delivery_state, delivery_state, delivery_states)
NOUN(cause, cause, causes)
NOUN(hold, hold, holds)
NOUN(urgency, urgency, urgencies)
NOUN(quiet_kind, quiet_kind, quiet_kinds)
NOUN(override_kind, override_kind, override_kinds)
NOUN(deed, deed_kind, deeds)

const char *quiet_state_name(enum quiet_state s)
{
    return word(quiet_states, COUNT(quiet_states), (unsigned)s);
}
