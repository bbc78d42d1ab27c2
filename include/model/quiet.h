/* quiet.h - what people ask for at run time: silences, maintenance, overrides. Kept in the store,
 * plain values like an incident. Intervals are half-open, [start, end). */
#ifndef MODEL_QUIET_H
#define MODEL_QUIET_H

#include "model/incident.h"
#include "model/schedule.h"

#define QUIET_ID_SIZE    20
#define MATCHERS_SIZE    512
#define QUIETS_MAX       1000 /* not yet over */
#define OVERRIDES_MAX    1000 /* likewise */
#define QUIET_LONGEST_MS (366 * 24 * 3600 * INT64_C(1000))

enum quiet_kind { QUIET_SILENCE, QUIET_MAINTENANCE };

/* Both hold pages back. Maintenance was announced: it does not count against availability. */
struct quiet {
    char id[QUIET_ID_SIZE];
    enum quiet_kind kind;
    /* Lines "name=value", "name!=value", "name=~regex", "name!~regex"; all must hold. The names
     * monitor, group, severity and policy are the incident's own, others its labels; one that is
     * absent is the empty text. No line at all fits everything. */
    char matchers[MATCHERS_SIZE];
    int64_t start_ms, end_ms, created_ms;
    char author[NAME_SIZE], ended_by[NAME_SIZE];
    char comment[256];
    bool warned;     /* the author was told that it ends soon */
    bool everything; /* the author means that it fits every monitor */
};

enum quiet_state { QUIET_PENDING, QUIET_ACTIVE, QUIET_OVER };
enum quiet_state quiet_state_at(int64_t start_ms, int64_t end_ms, int64_t now_ms);

/* An override that is not in the file. It lies over those of the file, the newest on top. */
struct kept_override {
    char id[QUIET_ID_SIZE];
    char schedule[NAME_SIZE];
    enum override_kind kind;
    int64_t start_ms, end_ms, created_ms;
    char people[512], with[512]; /* names, separated by blanks; `with` for replace */
    char author[NAME_SIZE];
    char comment[256];
};

#endif
