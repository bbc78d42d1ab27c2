/* recent.h - commits that Redis has answered, but perhaps not written to its file yet.
 *
 * With appendfsync everysec an answer may come up to two seconds before the write: a redis-server
 * that is killed in them forgets what it confirmed. So what it confirmed in the last seconds is
 * kept here, and put in front of the rest when the connection breaks. Doing it twice is
 * harmless. */
#ifndef SRC_STORE_RECENT_H
#define SRC_STORE_RECENT_H

#include <stddef.h>
#include <stdint.h>

struct recent_commit {
    struct recent_commit *next;
    uint32_t count;
    char *p;
    size_t n;
    int64_t seq, answered_us;
};

struct recent {
    struct recent_commit *first, **last;
    size_t bytes;
};

void recent_init(struct recent *r);
void recent_done(struct recent *r);
/* Takes one->p. Forgets what is older than three seconds, and the oldest beyond 4 MiB. */
void recent_put(struct recent *r, const struct recent_commit *one);
void recent_expire(struct recent *r, int64_t now_us);

#endif
