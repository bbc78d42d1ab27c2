/* retry_after.h - the Retry-After header: seconds, or an HTTP date (RFC 9110 5.6.7, IMF-fixdate).
 */
#ifndef WIRE_RETRY_AFTER_H
#define WIRE_RETRY_AFTER_H

#include <stdint.h>

/* Milliseconds from now_ms, at least 0 and at most a day; 0 for what cannot be read. */
int64_t retry_after_ms(const char *value, int64_t now_ms);

#endif
