/* incidents.h - shared by reading incidents and acting on them. */
#ifndef WEB_INCIDENTS_H
#define WEB_INCIDENTS_H

#include "web_private.h"

/* An open incident by whole id, monitor, dedup key, or a beginning or end of the id that fits one;
 * NULL otherwise. */
const struct incident *incident_find(const struct engine *e, const char *text, size_t *ret_fitting);
void reply_incident(struct web *web, struct request *q, const struct incident *i);

#endif
