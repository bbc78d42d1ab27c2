/* quiet.c - pending, active, over. */
#include "model/quiet.h"

enum quiet_state quiet_state_at(int64_t start_ms, int64_t end_ms, int64_t now_ms)
{
    if (now_ms >= end_ms)
        return QUIET_OVER;
    return now_ms < start_ms ? QUIET_PENDING : QUIET_ACTIVE;
}
