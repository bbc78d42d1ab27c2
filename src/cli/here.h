/* here.h - the wall clock of whoever sits at this machine. */
#ifndef SRC_CLI_HERE_H
#define SRC_CLI_HERE_H

#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"

/* The zone of $TZ (a name), else of /etc/localtime, else UTC. Read once. */
const struct zone *here_zone(void);
/* An instant with its offset; a wall time in that zone; "18:00", the next time it is that late
 * there; or "+2h", so long from now. */
int here_read_in(const struct zone *z, const char *text, int64_t now_ms,
                 int64_t *ret_ms) MW_MUST_CHECK;
/* The same on the wall clock here. */
int here_read_time(const char *text, int64_t now_ms, int64_t *ret_ms) MW_MUST_CHECK;
/* "18:00" today, "Mon 2026-11-23 09:00" else. */
const char *here_time(int64_t at_ms, int64_t now_ms, char *dst, size_t size);
/* "FROM (Europe/Madrid)": the head of a column of such times. */
const char *here_head(const char *word, char *dst, size_t size);

#endif
