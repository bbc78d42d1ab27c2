/* view.h - records put over each other: what is open at the end, or may be opened again. From Redis
 * or from the spool. */
#ifndef SRC_STORE_VIEW_H
#define SRC_STORE_VIEW_H

#include "base/map.h"
#include "model/commit.h"

#define RESTORE_DELIVERIES_MAX 5000 /* of resolved incidents, together: 16 MB in memory */

struct view {
    /* text -> struct stored_monitor, incident, delivery, quiet, kept_override */
    struct map monitors, incidents, deliveries, quiets, overrides;
    unsigned damaged; /* records that can't be read, passed over */
    struct err first; /* what the first of them was */
};

bool delivery_ended(const struct delivery *d);

void view_init(struct view *v);
void view_put_monitor(struct view *v, const char *name, size_t name_n, const char *json, size_t n);
void view_put_incident(struct view *v, const char *json, size_t n);
void view_put_delivery(struct view *v, const char *json, size_t n);
void view_put_quiet(struct view *v, const char *json, size_t n);
void view_put_override(struct view *v, const char *json, size_t n);
/* The changes of a commit as commit.c packs them. */
void view_put_commit(struct view *v, const char *p, size_t n);
/* Ids of incidents that are not here, though a delivery of theirs has not ended. */
typedef void view_missing_fn(void *arg, const char *incident);
void view_missing(const struct view *v, view_missing_fn *fn, void *arg);
/* Fills *ret and empties the view: open incidents, resolved ones whose news are not all out, those
 * resolved since `since_ms` (the newest, within RESTORE_RESOLVED_MAX and RESTORE_DELIVERIES_MAX);
 * deliveries not ended or of one of these incidents; quiets and overrides. */
void view_take(struct view *v, int64_t since_ms, struct stored *ret);

#endif
