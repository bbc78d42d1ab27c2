/* systemd.h - a datagram each: readiness, watchdog, sockets handed over. No libsystemd. */
#ifndef LOOP_SYSTEMD_H
#define LOOP_SYSTEMD_H

#include <stdint.h>

#include "base/err.h"

void systemd_notify(const char *fmt, ...)
    MW_PRINTF(1, 2); /* "READY=1", "STATUS=…", "WATCHDOG=1"; nothing without NOTIFY_SOCKET */
int64_t systemd_watchdog_ms(void); /* how often to feed: half of WATCHDOG_USEC; 0: no watchdog */
int systemd_listen_fd(void);       /* the first socket handed over (it listens), or -1 */

#endif
