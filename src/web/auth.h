/* auth.h - may this request have that? */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "web_private.h"

struct auth {
    int status; /* 0: yes; else what to answer */
    const char *why;
    const struct web_user *user; /* whose token it was; NULL none */
};

/* Without users: reading is open, acting is for this machine; the API then answers only to names
 * that cannot have been rebound (an address, localhost, the host of public_url).
 * With users: a token; viewers read, responders act. Acting by a browser from another site is
 * refused in either case. For a calendar the token may stand in the address. A request that came
 * through a proxy is never taken for local. */
struct auth auth_check(struct limiter *l, const struct config *c, const struct request_view *v,
                       enum access access, int64_t now_ms);

#endif
