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
#include "model/deed.h"
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

/* What a person does to an incident. -1 with one clear line when it cannot be; then nothing has
 * changed. The same holds for everything a person asks for below. */
int engine_deed(struct engine *e, const struct deed *d, int64_t now_ms, struct effects *fx,
                struct err *err) MW_MUST_CHECK;

/* A silence or maintenance: id and created_ms are filled in. One that fits every monitor is refused
 * unless `everything` in the draft says that this is meant. */
int engine_quiet_add(struct engine *e, struct quiet *draft, int64_t now_ms, struct effects *fx,
                     struct err *err) MW_MUST_CHECK;
/* By its id or three characters or more that fit no other: over now. */
int engine_quiet_end(struct engine *e, const char *id, const char *who, int64_t now_ms,
                     struct effects *fx, struct err *err) MW_MUST_CHECK;

/* An override that is not in the file, likewise. The schedule and every person must be in the
 * configuration, the end must lie ahead. n of them (a swap is two) are added together or not at
 * all; ids go back into the drafts. */
int engine_override_add(struct engine *e, struct kept_override *drafts, size_t n, int64_t now_ms,
                        struct effects *fx, struct err *err) MW_MUST_CHECK;
/* One that has begun ends now; one that has not is taken back. */
int engine_override_end(struct engine *e, const char *id, const char *who, int64_t now_ms,
                        struct effects *fx, struct err *err) MW_MUST_CHECK;

/* Sends a delivery again that has ended (read from the store when the engine no longer has it),
 * under its id, whatever became of its incident. */
int engine_replay(struct engine *e, const struct delivery *d, const char *who, int64_t now_ms,
                  struct effects *fx, struct err *err) MW_MUST_CHECK;

/* Our own trouble, each an incident of its own by the default policy; `about` tells several of one
 * kind apart (a region), else NULL. A channel that does not deliver is found by the engine itself.
 */
enum self_trouble { SELF_STORE, SELF_BLIND, SELF_REGION, SELF_CHANNEL, SELF_COUNT };
void engine_self(struct engine *e, enum self_trouble t, const char *about, bool bad,
                 const char *text, int64_t now_ms, struct effects *fx);

/* The budget of an SLO burns too fast, or no longer: an incident of its own for each SLO and
 * severity, `slo:NAME:page` or `slo:NAME:ticket`, by the SLO's policy. Said again it changes
 * nothing. */
struct slo_alert {
    const char *slo;
    bool page, firing;
    const char *title, *why; /* one sentence each; not read when it does not fire */
    int64_t bad;             /* so many so far */
};
void engine_slo(struct engine *e, const struct slo_alert *a, int64_t now_ms, struct effects *fx);

/* The self-audit: every open incident has a step ahead, or a reason for none, and nothing that was
 * due more than `slack_ms` ago is still undone. -1 with the first fault. */
int engine_audit(const struct engine *e, int64_t now_ms, int64_t slack_ms,
                 struct err *err) MW_MUST_CHECK;

/* Reading. Borrowed until the next call that takes effects. */
const struct monitor_status *engine_status(const struct engine *e, const char *monitor);
size_t engine_incidents(const struct engine *e,
                        const struct incident *const **ret); /* open ones, oldest first */
/* By whole id; open, or resolved not long ago. */
const struct incident *engine_incident(const struct engine *e, const char *id);
/* Who pages for it: the gathering it is told with (group, storm), else the incident itself. */
const struct incident *engine_in_charge(const struct engine *e, const struct incident *i);
const struct delivery *engine_delivery(const struct engine *e, const char *id);
/* The configuration's schedule with the overrides kept at run time laid over it; NULL unknown. */
const struct schedule *engine_schedule(const struct engine *e, const char *name);
/* Not yet over, and those over for less than a day; in order of their start. */
size_t engine_quiets(const struct engine *e, const struct quiet *const **ret);
size_t engine_overrides(const struct engine *e, const struct kept_override *const **ret);
/* How many monitors and SLOs of the configuration the matchers of this one fit; 0 for an unknown
 * id. */
size_t engine_quiet_fits(const struct engine *e, const char *id);
/* What would hold back a page of this monitor now: one sentence into dst, or HOLD_NONE. */
enum hold engine_holds(const struct engine *e, const char *monitor, int64_t now_ms, char *dst,
                       size_t size);
/* Is it maintenance that was announced before it began: a window of the file, or one asked for that
 * had not begun by then? What is measured meanwhile counts apart. */
bool engine_maintained(const struct engine *e, const char *monitor, int64_t at_ms);
/* How many open incidents are held, by reason; flapping ones. */
struct engine_counts {
    size_t open, acknowledged, snoozed, flapping, held[HOLD_COUNT];
};
void engine_count(const struct engine *e, struct engine_counts *ret);
/* Everything the engine knows, as one commit: written before a store that went away is missed. */
void engine_snapshot(const struct engine *e, struct commit *c);
int64_t engine_oldest_due_ms(
    const struct engine *e); /* oldest delivery waiting to be sent, INT64_MAX none */

#endif
