/* nouns.h - monitors, incidents and deliveries to put into commits. */
#ifndef TESTS_UNIT_STORE_NOUNS_H
#define TESTS_UNIT_STORE_NOUNS_H

#include <stdio.h>

#include "model/commit.h"

#define AT INT64_C(1795316645678) /* 2026-11-22T03:04:05.678Z */

static inline struct monitor_status a_status(enum monitor_state state)
{
    struct monitor_status s = {.state = state, .since_ms = AT, .bad = 2, .streak_ms = AT};

    s.last = (struct result){.due_ms = AT,
                             .at_ms = AT + 3,
                             .verdict = VERDICT_DOWN,
                             .reason = REASON_CONNECT,
                             .phases = PHASES_NONE,
                             .message = "connection refused"};
    return s;
}

static inline struct incident an_incident(const char *id, enum incident_state state)
{
    struct incident i = {.severity = SEVERITY_CRITICAL,
                         .state = state,
                         .reason = REASON_CONNECT,
                         .started_ms = AT,
                         .opened_ms = AT + 1,
                         .updated_ms = AT + 1,
                         .count = 2,
                         .version = 1,
                         .step = -1};

    snprintf(i.id, sizeof i.id, "%s", id);
    snprintf(i.dedup_key, sizeof i.dedup_key, "monitor:api");
    snprintf(i.monitor, sizeof i.monitor, "api");
    snprintf(i.policy, sizeof i.policy, "default");
    snprintf(i.labels, sizeof i.labels, "team=payments\n");
    snprintf(i.title, sizeof i.title, "api is down: connection refused \"quoted\" \xc3\xa9");
    if (state == INCIDENT_RESOLVED)
        i.resolved_ms = AT + 60000;
    return i;
}

static inline struct delivery a_delivery(const char *id, const char *incident,
                                         enum delivery_state state)
{
    struct delivery d = {
        .state = state, .attempt = 1, .created_ms = AT + 2, .due_ms = AT + 2, .rule = -1};

    snprintf(d.id, sizeof d.id, "%s", id);
    d.notice = (struct notice){.type = NOTICE_TRIGGERED,
                               .at_ms = AT + 2,
                               .severity = SEVERITY_CRITICAL,
                               .reason = REASON_CONNECT,
                               .started_ms = AT,
                               .count = 2};
    snprintf(d.notice.incident, sizeof d.notice.incident, "%s", incident);
    snprintf(d.notice.channel, sizeof d.notice.channel, "ops");
    snprintf(d.notice.person, sizeof d.notice.person, "ana");
    return d;
}

static inline struct attempt an_attempt(const char *delivery, int number)
{
    struct attempt a = {.number = number,
                        .at_ms = AT + 10 + number,
                        .took_ms = 12,
                        .outcome = OUTCOME_OK,
                        .reached = REACHED_YES,
                        .status = 200};

    snprintf(a.delivery, sizeof a.delivery, "%s", delivery);
    return a;
}

static inline struct transition a_transition(const char *name, const char *to, int64_t at_ms)
{
    struct transition t = {.at_ms = at_ms,
                           .subject = SUBJECT_INCIDENT,
                           .cause = CAUSE_PROBE,
                           .reason = REASON_CONNECT};

    snprintf(t.name, sizeof t.name, "%s", name);
    snprintf(t.from, sizeof t.from, "up");
    snprintf(t.to, sizeof t.to, "%s", to);
    snprintf(t.text, sizeof t.text, "%s became %s", name, to);
    return t;
}

static inline struct quiet a_quiet(const char *id, int64_t end_ms)
{
    struct quiet q = {.kind = QUIET_SILENCE,
                      .start_ms = end_ms - 3600000,
                      .end_ms = end_ms,
                      .created_ms = end_ms - 3600000};

    snprintf(q.id, sizeof q.id, "%s", id);
    snprintf(q.matchers, sizeof q.matchers, "monitor=api\nteam=~pay.*");
    snprintf(q.author, sizeof q.author, "ana");
    snprintf(q.comment, sizeof q.comment, "moving \"db\" \xc3\xa9");
    return q;
}

static inline struct kept_override an_override(const char *id, int64_t end_ms)
{
    struct kept_override o = {.kind = OVERRIDE_REPLACE,
                              .start_ms = end_ms - 3600000,
                              .end_ms = end_ms,
                              .created_ms = end_ms - 3600000};

    snprintf(o.id, sizeof o.id, "%s", id);
    snprintf(o.schedule, sizeof o.schedule, "primary");
    snprintf(o.people, sizeof o.people, "ana");
    snprintf(o.with, sizeof o.with, "bo chen");
    return o;
}

static inline struct result a_result(int64_t due_ms)
{
    return (struct result){.due_ms = due_ms,
                           .at_ms = due_ms,
                           .verdict = VERDICT_UP,
                           .status = 200,
                           .phases = {0, 0, 0, 0, 0, 12345}};
}

#endif
