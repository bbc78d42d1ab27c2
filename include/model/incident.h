/* incident.h - states, incidents, notices and deliveries: what the engine decides about
 * and what the store keeps. All of it is plain values with text in fixed arrays, so that
 * copying one is an assignment. */
#ifndef MODEL_INCIDENT_H
#define MODEL_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/result.h"

#define NAME_MAX_BYTES   100 /* names of monitors, people, channels, schedules, policies */
#define NAME_SIZE        (NAME_MAX_BYTES + 1)
#define INCIDENT_ID_SIZE 20
#define DELIVERY_ID_SIZE 40

/*   pending --- first good result ---> up <--- recover_after good --- down
 *      |                               |^ warn held / not held         ^
 *      |                               v| (same thresholds)            |
 *      |                            degraded                           |
 *      +------ fail_after bad -----------+----- fail_after bad --------+
 * `unknown` lies over any of them while we are blind: it is shown, it moves nothing. */
enum monitor_state { MONITOR_PENDING, MONITOR_UP, MONITOR_DEGRADED, MONITOR_DOWN, MONITOR_UNKNOWN };

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };

/* What the engine keeps of one monitor, by name; survives reload and restart. */
struct monitor_status {
    enum monitor_state state; /* confirmed; never MONITOR_UNKNOWN */
    int64_t since_ms;         /* of the state; dated back to the first result of the streak */
    int bad, good, warned,
        clean;          /* streaks: bad results; good ones; good ones with / without a warning */
    int64_t streak_ms;  /* first result of the current bad or good streak */
    int64_t shade_ms;   /* first result of the current warned or clean streak */
    int unknown;        /* unknown results in a row */
    struct result last; /* newest result; last.at_ms 0: none yet */
};

enum incident_state {
    INCIDENT_TRIGGERED,
    INCIDENT_ACKNOWLEDGED,
    INCIDENT_SNOOZED,
    INCIDENT_RESOLVED
};

/* Why an incident that is open pages nobody. Only paging is held back: probing goes on, and
 * whoever had been paged before hears of the end. */
enum hold {
    HOLD_NONE,
    HOLD_MAINTENANCE, /* of the file, or asked for */
    HOLD_SILENCE,
    HOLD_DEPENDENCY, /* something it depends on is down; hold_ref is the incident of the root */
    HOLD_STORM,      /* too many at once; hold_ref is the incident that gathers them */
    HOLD_GROUP,      /* likewise, by the policy's `group_by` */
    HOLD_COUNT
};

/* Low urgency goes to step 0 by the people's low rules, and no further. */
enum urgency { URGENCY_HIGH, URGENCY_LOW };

/* What moved something. */
enum cause {
    CAUSE_PROBE,
    CAUSE_PERSON,
    CAUSE_TIMER,
    CAUSE_ACK_TIMEOUT,
    CAUSE_DELIVERY,
    CAUSE_RELOAD,
    CAUSE_SELF,
    CAUSE_START,
    CAUSE_COUNT
};

enum notice_type {
    NOTICE_TRIGGERED,
    NOTICE_ESCALATED,
    NOTICE_ACKNOWLEDGED,
    NOTICE_UNACKNOWLEDGED,
    NOTICE_RESOLVED,
    NOTICE_REMINDER,
    NOTICE_HANDOFF,
    NOTICE_TEST,
    NOTICE_UPDATED,        /* a note: what was gathered under it, how it flaps */
    NOTICE_SNOOZED,        /* a note */
    NOTICE_SILENCE_ENDING, /* to the author, while it holds something back */
    NOTICE_COUNT
};

#define CHANGES_MAX   8   /* changes remembered to tell flapping */
#define AFFECTED_SIZE 512 /* names of monitors, separated by blanks; cut at a name */

/* Labels packed as lines "name=value\n", sorted by name; config refuses a set that does not fit. */
#define LABELS_SIZE 512

struct incident {
    char id[INCIDENT_ID_SIZE];
    char dedup_key[NAME_SIZE + 16]; /* "monitor:api", "self:store" */
    char monitor[NAME_SIZE], group[NAME_SIZE], policy[NAME_SIZE];
    char labels[LABELS_SIZE];
    enum severity severity;
    enum incident_state state;
    char title[320]; /* "api is down: connection refused" */
    char runbook[256];
    enum reason reason;
    int64_t started_ms; /* of the trouble, dated back */
    int64_t opened_ms, acked_ms, resolved_ms, updated_ms;
    char acked_by[NAME_SIZE], resolved_by[NAME_SIZE];
    int64_t count;       /* bad results so far */
    int64_t version;     /* grows with every transition */
    int cycle;           /* times escalation began: 0, then +1 for each ack timeout, unack … */
    int step, loop;      /* the step executed last; -1 before the first */
    int64_t step_due_ms; /* next escalation step; 0 none */
    int64_t ack_due_ms;  /* acknowledgement runs out; 0 none */

    enum notice_type opening; /* what step 0 of this cycle says */
    enum severity paged;      /* the highest severity a page has told of */
    int born_cycle;           /* the cycle with which it was opened, again or for the first time */
    enum urgency urgency;
    int64_t urgency_due_ms;   /* low urgency becomes high; 0: not by time */
    int64_t snoozed_until_ms; /* 0: not snoozed */
    int64_t remind_due_ms;    /* 0 none */
    int reminded;
    char assigned[NAME_SIZE]; /* the person it was reassigned to; empty: as the policy says */
    char note[256];           /* the latest */

    char lead[INCIDENT_ID_SIZE]; /* the incident that tells of it, until it is resolved */
    enum hold hold;
    char hold_ref[NAME_SIZE]; /* id of a silence or incident, name of a monitor; may be empty */
    char hold_why[192];       /* one sentence */
    int64_t hold_until_ms;    /* when known; else 0 */
    int64_t hold_bad;         /* its root recovered: held until so many bad results; 0: not so */

    int reopened;
    int64_t changes_ms[CHANGES_MAX]; /* of the state, newest last; 0: none */
    bool flapping;
    int64_t flap_due_ms; /* steady by then: flapping is over */

    char affected[AFFECTED_SIZE]; /* monitors whose incidents were held under this one */
    int n_affected;
    int64_t update_due_ms;   /* those who were paged hear of new ones; 0: nothing to tell */
    int64_t updated_note_ms; /* when they last did */
    int64_t expires_ms;      /* resolved by itself then, unless heard of again; 0: never */
};

/* The news, as it was when it was decided. A retry sends the same. */
struct notice {
    enum notice_type type;
    int64_t at_ms;
    char incident[INCIDENT_ID_SIZE], dedup_key[NAME_SIZE + 16];
    char monitor[NAME_SIZE], group[NAME_SIZE];
    char labels[LABELS_SIZE];
    enum incident_state state;
    enum severity severity;
    enum reason reason;
    char title[320], runbook[256];
    int64_t started_ms, resolved_ms;
    int64_t count;
    char actor[NAME_SIZE]; /* who acknowledged or resolved; empty: midwatch */
    char person[NAME_SIZE], person_name[128], schedule[NAME_SIZE], channel[NAME_SIZE];
    int step, loop;
    char why[192]; /* "step 1 of policy default: schedule primary, layer weekly" */
    enum urgency urgency;
    char affected[AFFECTED_SIZE];
    int n_affected;
    char note[256];
};

/*   waiting -> sending -> delivered
 *      ^          |-----> waiting (retry)       refused: permanent, the next contact has taken over
 *      |          |-----> refused               overtaken: acknowledged or resolved before it got
 * out created       +-----> failed                failed: given up after the last retry */
enum delivery_state {
    DELIVERY_WAITING,
    DELIVERY_SENDING,
    DELIVERY_DELIVERED,
    DELIVERY_REFUSED,
    DELIVERY_FAILED,
    DELIVERY_OVERTAKEN
};

/* Did the receiver get it? After a timeout nobody knows. */
enum reached { REACHED_NO, REACHED_MAYBE, REACHED_YES };

struct delivery {
    char id[DELIVERY_ID_SIZE]; /* the same on every retry; sent as webhook-id */
    struct notice notice;
    enum delivery_state state;
    enum reached reached;
    int attempt;        /* attempts begun */
    int64_t created_ms; /* when it should first go out (a personal rule's `after` counted in) */
    int64_t due_ms;     /* when the next attempt may begin */
    int64_t done_ms;
    bool handed_on;  /* the next contact was already told */
    int status;      /* of the last attempt; 0 none */
    int cycle;       /* of the incident, when it was decided */
    int rule;        /* index of the personal rule; -1 for a channel contact */
    bool replayed;   /* sent again by hand: goes out whatever became of its incident */
    char error[160]; /* the last attempt's fact */
};

/* One try, for the ledger. */
enum outcome { OUTCOME_OK, OUTCOME_RETRY, OUTCOME_PERMANENT };

struct attempt {
    char delivery[DELIVERY_ID_SIZE];
    int number; /* from 1 */
    int64_t at_ms, took_ms;
    enum outcome outcome;
    enum reached reached;
    int status;             /* HTTP status; 0 none */
    int64_t retry_after_ms; /* as asked by the receiver; 0 none */
    char error[160];
    char answer[160]; /* first bytes of the answer, printable */
    char digest[65];  /* SHA-256 of the request's body, hex */
};

/* One transition: the same record is the log line, the audit entry and the API's event. */
struct transition {
    int64_t at_ms;
    enum {
        SUBJECT_MONITOR,
        SUBJECT_INCIDENT,
        SUBJECT_DELIVERY,
        SUBJECT_CONFIG,
        SUBJECT_QUIET,    /* a silence or maintenance */
        SUBJECT_OVERRIDE, /* a kept override */
        SUBJECT_SCHEDULE  /* who is on call changed by a reload or an override */
    } subject;
    char name[NAME_SIZE];  /* monitor name, incident id, delivery id, … */
    char from[16], to[16]; /* docs/escalation.md lists the words */
    enum cause cause;
    char actor[NAME_SIZE];
    enum reason reason;
    char text[320]; /* one sentence */
};

#endif
