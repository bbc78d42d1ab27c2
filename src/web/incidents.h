/* incidents.h - shared by reading incidents and acting on them. */
#ifndef WEB_INCIDENTS_H
#define WEB_INCIDENTS_H

#include "web_private.h"

/* An open incident by whole id, monitor, dedup key, or a beginning or end of the id that fits one;
 * NULL otherwise. */
const struct incident *incident_find(const struct engine *e, const char *text, size_t *ret_fitting);
/* The same of one id: three characters or more of its beginning or end, or all of it. */
bool incident_is_meant(const char *id, const char *text);
void reply_incident(struct web *web, struct request *q, const struct incident *i);

/* One that is not open: asked of the engine, then of the store (the last 500). `done` once, with
 * NULL when there is none, or when the store is `away` and cannot say. */
typedef void incident_done_fn(void *arg, struct web *web, struct request *q,
                              const struct incident *i, bool away);
void incident_look_up(struct call *c, const char *text, incident_done_fn *done, void *arg);

#endif
