/* quiet.h - a night in which much is meant to be quiet, and what the test itself knows of it.
 *
 * Twelve monitors: a chain of dependencies, a group, two with windows, one of low urgency. What
 * holds whom is worked out here from the script of what was asked for and from the times below,
 * without a look at the engine's own holds. */
#ifndef TESTS_QUIET_H
#define TESTS_QUIET_H

#include <stdlib.h>

#include "sim.h"

#define MINUTE   60000LL
#define START_MS 1795312800000LL /* 2026-11-22T02:00:00Z */
#define TARGETS  12
#define FILES    3
#define NOBODY   (-1)

enum target { NET, DB, API, WEB, G1, G2, G3, G4, DAILY, ONCE, LONE, LOW };

static const struct {
    const char *name, *policy, *group;
    int parents[FILES][2];
} targets[TARGETS] = {
    [NET] = {"net", "flat", "", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [DB] = {"db", "ladder", "", {{NET, NOBODY}, {NET, NOBODY}, {NET, NOBODY}}},
    [API] = {"api", "ladder", "", {{DB, NOBODY}, {DB, NOBODY}, {DB, NOBODY}}},
    [WEB] = {"web", "ladder", "", {{DB, NET}, {NET, NOBODY}, {DB, NET}}},
    [G1] = {"g1", "group", "core", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [G2] = {"g2", "group", "core", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [G3] = {"g3", "group", "core", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [G4] = {"g4", "group", "edge", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [DAILY] = {"daily", "flat", "", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [ONCE] = {"once", "flat", "", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [LONE] = {"lone", "ladder", "", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
    [LOW] = {"low", "low", "", {{NOBODY, NOBODY}, {NOBODY, NOBODY}, {NOBODY, NOBODY}}},
};

/* Which are not watched by which file: DB is disabled in the third, LOW missing in the second. */
static bool watched(int file, size_t target)
{
    return !(file == 1 && (target == LOW || target == G3)) && !(file == 2 && target == DB);
}

#define HEAD                                                                                       \
    "defaults: { interval: 40s, fail_after: 2, recover_after: 2 }\n"                               \
    "storm: { incidents: 4, within: 90s }\n"                                                       \
    "channels:\n"                                                                                  \
    "  a1: { type: webhook, url: 'http://127.0.0.1:3/' }\n"                                        \
    "  a2: { type: webhook, url: 'http://127.0.0.1:4/' }\n"                                        \
    "  b1: { type: webhook, url: 'http://127.0.0.1:5/' }\n"                                        \
    "  c1: { type: webhook, url: 'http://127.0.0.1:6/' }\n"                                        \
    "  ops: { type: webhook, url: 'http://127.0.0.1:7/' }\n"                                       \
    "people:\n"                                                                                    \
    "  ana: { notify: [ { via: a1 }, { via: a2, after: 2m } ] }\n"                                 \
    "  bo: { notify: [ { via: b1 } ], notify_low: [ { via: ops } ] }\n"                            \
    "  cy: { notify: [ { via: c1 } ] }\n"                                                          \
    "schedules:\n"                                                                                 \
    "  primary: { time_zone: UTC, layers: [ { name: l, anchor: 2026-01-01T02:50, every: 1 day, "   \
    "members: [ana, bo, null] } ] }\n"                                                             \
    "policies:\n"                                                                                  \
    "  ladder:\n"                                                                                  \
    "    steps: [ { notify: ['schedule:primary'] }, { after: 5m, notify: ['person:bo', "           \
    "'channel:ops'] } ]\n"                                                                         \
    "    repeat: { times: 1, every: 10m }\n"                                                       \
    "    ack_timeout: 15m\n"                                                                       \
    "    remind: 6m\n"                                                                             \
    "    fallback: ['channel:ops']\n"                                                              \
    "  group: { group_by: [group], group_wait: 20s, steps: [ { notify: ['person:cy'] } ], "        \
    "fallback: ['channel:ops'] }\n"                                                                \
    "  flat: { steps: [ { notify: ['person:ana'] } ], fallback: ['person:bo'], "                   \
    "flap: { changes: 3, within: 20m, stable: 5m } }\n"                                            \
    "  low: { reopen_window: 0s, urgency: { outside: low, time_zone: UTC, "                        \
    "hours: [ { start: '03:00', end: '03:20' } ] }, "                                              \
    "steps: [ { notify: ['person:bo'] }, { after: 3m, notify: ['channel:ops'] } ] }\n"             \
    "  default: { steps: [ { notify: ['channel:ops'] } ] }\n"
#define NODE(name, more) "  - { name: " name ", http: 'http://127.0.0.1:1/'" more " }\n"
#define ONE_OFF                                                                                    \
    ", policy: flat, maintenance: [ { start: '2026-11-22T03:10:00', end: '2026-11-22T03:25:00', "  \
    "time_zone: UTC } ]"
#define EVERY_DAY(from, to)                                                                        \
    ", policy: flat, maintenance: [ { start: '" from "', end: '" to "', time_zone: UTC } ]"

static const char *const files[FILES] = {
    HEAD "monitors:\n" NODE("net", ", policy: flat")
        NODE("db", ", policy: ladder, depends_on: [net]")
            NODE("api", ", policy: ladder, depends_on: [db]")
                NODE("web", ", policy: ladder, depends_on: [db, net]")
                    NODE("g1", ", policy: group, group: core")
                        NODE("g2", ", policy: group, group: core")
                            NODE("g3", ", policy: group, group: core, severity: warning")
                                NODE("g4", ", policy: group, group: edge")
                                    NODE("daily", EVERY_DAY("02:30", "03:00")) NODE("once", ONE_OFF)
                                        NODE("lone", ", policy: ladder, interval: 15s")
                                            NODE("low", ", policy: low"),
    HEAD "monitors:\n" NODE("net", ", policy: flat")
        NODE("db", ", policy: ladder, depends_on: [net]")
            NODE("api", ", policy: ladder, depends_on: [db]")
                NODE("web", ", policy: ladder, depends_on: [net]")
                    NODE("g1", ", policy: group, group: core")
                        NODE("g2", ", policy: group, group: core")
                            NODE("g3", ", policy: group, group: core, enabled: false")
                                NODE("g4", ", policy: group, group: edge")
                                    NODE("daily", EVERY_DAY("02:45", "03:15")) NODE("once", ONE_OFF)
                                        NODE("lone", ", policy: ladder, interval: 15s"),
    HEAD "monitors:\n" NODE("net", ", policy: flat")
        NODE("db", ", policy: ladder, depends_on: [net], enabled: false")
            NODE("api", ", policy: ladder, depends_on: [db]")
                NODE("web", ", policy: ladder, depends_on: [db, net]")
                    NODE("g1", ", policy: group, group: core")
                        NODE("g2", ", policy: group, group: core")
                            NODE("g3", ", policy: group, group: core, severity: critical")
                                NODE("g4", ", policy: group, group: edge")
                                    NODE("daily", EVERY_DAY("02:30", "03:00")) NODE("once", ONE_OFF)
                                        NODE("lone", ", policy: ladder, interval: 15s")
                                            NODE("low", ", policy: low"),
};

/* --- what was asked for --- */

static const char *const matchers[] = {
    "monitor=lone\n", "monitor=net\n",        "group=core\n",   "policy=ladder\n",
    "policy=flat\n",  "monitor=~g[12]|api\n", "monitor!=net\n", "",
};
#define MATCHERS (sizeof matchers / sizeof *matchers)

static bool fits(size_t matcher, size_t t)
{
    switch (matcher) {
    case 0:
        return t == LONE;
    case 1:
        return t == NET;
    case 2:
        return t == G1 || t == G2 || t == G3;
    case 3:
        return t == DB || t == API || t == WEB || t == LONE;
    case 4:
        return t == NET || t == DAILY || t == ONCE;
    case 5:
        return t == G1 || t == G2 || t == API;
    case 6:
        return t != NET;
    default:
        return true;
    }
}

struct asked {
    char id[QUIET_ID_SIZE];
    size_t matcher;
    int64_t start_ms, end_ms;
};

/* A page that somebody asked for in spite of a hold. */
struct wanted {
    char incident[INCIDENT_ID_SIZE];
    int cycle;
};

/* One target, as the test sees it. */
struct view {
    bool hushed;       /* by a quiet or a window, when last looked */
    bool under;        /* a parent of it is down, likewise */
    int64_t free_ms;   /* nothing keeps it from being told of since then */
    int64_t hushed_ms; /* last seen to be so */
};

struct night {
    struct sim s; /* first: hooks are given this one */
    uint64_t number;
    int file;
    bool amnesia;   /* started without its store: it cannot know what was asked for */
    bool clock_set; /* times of before mean nothing */
    int crashes;
    VEC(struct asked) asked;
    VEC(struct wanted) wanted;
    VEC(int64_t) downs[TARGETS]; /* from, to, from … */
    struct view views[TARGETS];
    struct stored redis; /* while it is away; the spool is what the sim keeps */
    bool away;
    int crashes_before;
};

static size_t seen[NOTICE_COUNT], held[HOLD_COUNT]; /* of all nights: it must have come to pass */

static const int windows[FILES][2] = {{30, 60}, {45, 75}, {30, 60}}; /* minutes after two */

/* Of a day, whatever the day: the recurring window. */
static bool in_daily(int file, int64_t at_ms)
{
    int64_t minute = (at_ms / MINUTE) % 1440;

    return minute >= 120 + windows[file][0] && minute < 120 + windows[file][1];
}

static bool hushed(const struct night *n, size_t target, int64_t at_ms)
{
    for (size_t i = 0; i < n->asked.n; i++) {
        const struct asked *q = &n->asked.items[i];

        if (at_ms >= q->start_ms && at_ms < q->end_ms && fits(q->matcher, target))
            return true;
    }
    if (target == DAILY)
        return in_daily(n->file, at_ms);
    return target == ONCE && at_ms >= START_MS + 70 * MINUTE && at_ms < START_MS + 85 * MINUTE;
}

static bool is_down(const struct night *n, size_t target)
{
    const struct monitor_status *st = engine_status(n->s.engine, targets[target].name);

    return st && st->state == MONITOR_DOWN;
}

static bool under(const struct night *n, size_t target)
{
    for (size_t i = 0; i < 2; i++) {
        int parent = targets[target].parents[n->file][i];

        if (parent != NOBODY && watched(n->file, (size_t)parent) && is_down(n, (size_t)parent))
            return true;
    }
    return false;
}

/* Something above it is in trouble, or just was, and it has to prove itself. */
static bool doubtful(const struct night *n, size_t target)
{
    for (size_t i = 0; i < 2; i++) {
        int parent = targets[target].parents[n->file][i];
        const struct monitor_status *st;

        if (parent == NOBODY)
            continue;
        st = engine_status(n->s.engine, targets[parent].name);
        if (n->s.down[parent] || (st && (st->bad || st->state == MONITOR_DOWN)) ||
            doubtful(n, (size_t)parent))
            return true;
    }
    return false;
}

static int target_of(const char *monitor)
{
    for (int t = 0; t < TARGETS; t++)
        if (text_eq(targets[t].name, monitor))
            return t;
    return NOBODY;
}

#define ENSURE(n, what, ...)                                                                       \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            print_error("night %llu, minute %.2f\n", (unsigned long long)(n)->number,              \
                        (double)((n)->s.now_ms - START_MS) / (double)MINUTE);                      \
            fail_msg(__VA_ARGS__);                                                                 \
        }                                                                                          \
    } while (0)

#endif
