/* engine.h - what is wrong, and who must know: (state, event, now) -> state', effects.
 *
 * Pure: no clock, no randomness, no I/O, no log. Every call appends to `fx` what must be
 * committed (in one transaction) and what must then be done. The caller commits first and
 * acts afterwards; whatever a crash leaves undone is found again by engine_restore().
 *
 * `now_ms` must not go back between calls; when the wall clock is stepped, the caller says so with
 * engine_clock_step() and every running timer keeps what was left of it. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/err.h"
#include "model/commit.h"
#include "model/config.h"
#include "model/effects.h"

struct engine;

struct engine *engine_new(void);
void engine_free(struct engine *e);

/* A first or new configuration, borrowed until the next one. Streaks, timers and incidents stay
 * with their monitor (by name or `was`). Incidents of monitors that are gone are resolved. */
void engine_configure(struct engine *e, const struct config *c, int64_t now_ms, struct effects *fx);

/* State read back after a start (or from a store that was away at the start). What the engine
 * already knows wins. Deliveries that were waiting or being sent are sent again under their id,
 * unless they are no news any more (acknowledged, resolved). */
void engine_restore(struct engine *e, const struct stored *s, int64_t now_ms, struct effects *fx);

void engine_result(struct engine *e, const char *monitor, const struct result *r, int64_t now_ms,
                   struct effects *fx);

/* An attempt ended. */
void engine_attempt(struct engine *e, const struct attempt *a, int64_t now_ms, struct effects *fx);

/* Time passed: steps, personal rules, retries, acknowledgement timeouts that are due. */
void engine_tick(struct engine *e, int64_t now_ms, struct effects *fx);
int64_t engine_wake_ms(
    const struct engine *e); /* when engine_tick() is next needed; INT64_MAX: not */

/* The wall clock was set by `delta_ms`: due times move with it. */
void engine_clock_step(struct engine *e, int64_t delta_ms, struct effects *fx);

/* People. `who` is a person's name or free text. `id` is an incident's id, three characters or more
 * of its beginning or end that fit no other, or the name of a monitor with an open incident.
 * -1 with one clear line when it cannot be. */
int engine_ack(struct engine *e, const char *id, const char *who, int64_t now_ms,
               struct effects *fx, struct err *err) MW_MUST_CHECK;
int engine_unack(struct engine *e, const char *id, const char *who, int64_t now_ms,
                 struct effects *fx, struct err *err) MW_MUST_CHECK;
int engine_resolve(struct engine *e, const char *id, const char *who, int64_t now_ms,
                   struct effects *fx, struct err *err) MW_MUST_CHECK;

/* Our own trouble, each an incident of its own by the default policy. */
enum self_trouble { SELF_STORE, SELF_BLIND, SELF_COUNT };
void engine_self(struct engine *e, enum self_trouble t, bool bad, const char *text, int64_t now_ms,
                 struct effects *fx);

/* Reading. Borrowed until the next call that takes effects. */
const struct monitor_status *engine_status(const struct engine *e, const char *monitor);
size_t engine_incidents(const struct engine *e,
                        const struct incident *const **ret); /* open ones, oldest first */
const struct incident *engine_incident(const struct engine *e, const char *id); /* open; whole id */
const struct delivery *engine_delivery(const struct engine *e, const char *id);
/* Everything the engine knows, as one commit: written before a store that went away is missed. */
void engine_snapshot(const struct engine *e, struct commit *c);
int64_t engine_oldest_due_ms(
    const struct engine *e); /* oldest delivery waiting to be sent, INT64_MAX none */

#endif
