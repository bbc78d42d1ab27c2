/* quiet.c - pending, active, over. What was taken back before it began is over, too. */
#include "model/quiet.h"

enum quiet_state quiet_state_at(int64_t start_ms, int64_t end_ms, int64_t now_ms)
{
    if (now_ms >= end_ms || end_ms <= start_ms)
        return QUIET_OVER;
    return now_ms < start_ms ? QUIET_PENDING : QUIET_ACTIVE;
}
