/* deeds.h - what people do, as one call each. */
#ifndef UNIT_DEEDS_H
#define UNIT_DEEDS_H

#include "engine/engine.h"

#define DEED(name, what)                                                                           \
    static inline int name(struct engine *e, const char *id, const char *who, int64_t now_ms,      \
                           struct effects *fx, struct err *err)                                    \
    {                                                                                              \
        return engine_deed(e, &(struct deed){.kind = what, .incident = id, .who = who}, now_ms,    \
                           fx, err);                                                               \
    }
DEED(deed_ack, DEED_ACK)
DEED(deed_unack, DEED_UNACK)
DEED(deed_resolve, DEED_RESOLVE)
DEED(deed_escalate, DEED_ESCALATE)

static inline int deed_snooze(struct engine *e, const char *id, const char *who, int64_t until_ms,
                              int64_t now_ms, struct effects *fx, struct err *err)
{
    struct deed d = {.kind = DEED_SNOOZE, .incident = id, .who = who, .until_ms = until_ms};

    return engine_deed(e, &d, now_ms, fx, err);
}

static inline int deed_reassign(struct engine *e, const char *id, const char *who, const char *to,
                                int64_t now_ms, struct effects *fx, struct err *err)
{
    struct deed d = {.kind = DEED_REASSIGN, .incident = id, .who = who, .to = to};

    return engine_deed(e, &d, now_ms, fx, err);
}

#endif
