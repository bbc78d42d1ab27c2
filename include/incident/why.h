/* why.h - the reasons, in sentences: why somebody was paged, or why nobody was.
 *
 * Three questions, each answered with one JSON object:
 *
 *   {"subject":"api","kind":"monitor",
 *    "answer":"api is failing but not confirmed: 1 bad result of 2",
 *    "sentences":[{"at":"2026-11-22T03:04:05.678Z","text":"…"},{"at":null,"text":"…"}]}
 *
 * Sentences stand in the order of their time, what lies ahead behind what was; those without a
 * time (what would happen) come last. No text names a clock time, only spans ("12m ago"), so that
 * whoever prints them chooses the zone. How the API fills it:
 *
 *     struct why_facts f = {.config = config, .now_ms = now_ms, .incident = i,
 *                           .monitor = config_monitor(config, i->monitor), …};
 *     f.schedule = on_schedule;  // return engine_schedule(arg, name);
 *     f.schedule_arg = engine;
 *     why_incident(&w, &f);
 */
#ifndef INCIDENT_WHY_H
#define INCIDENT_WHY_H

#include "base/json.h"
#include "model/config.h"
#include "model/quiet.h"

/* All borrowed for the call. NULL and 0 where nothing is known: then it is not spoken of. */
struct why_facts {
    const struct config *config;
    int64_t now_ms;
    const struct monitor *monitor;
    const struct monitor_status *status;
    enum monitor_state shown;        /* as state_shown() says; read with `status` */
    const struct incident *incident; /* for a monitor: its open one, else its last one */
    const struct delivery *delivery; /* the one asked about */
    /* Oldest first: the incident's. For a monitor without an open one: its own. */
    const struct transition *transitions;
    size_t n_transitions;
    const struct delivery *deliveries; /* of the incident, in any order; also `delivery` */
    size_t n_deliveries;
    const struct attempt *attempts; /* of those, in any order */
    size_t n_attempts;
    enum hold hold; /* what engine_holds() says of the monitor */
    const char *hold_why;
    const struct quiet *const *quiets; /* engine_quiets() */
    size_t n_quiets;
    /* The schedule with the overrides kept at run time; NULL: the configuration's. */
    const struct schedule *(*schedule)(void *arg, const char *name);
    void *schedule_arg;
    bool store_away; /* the history is missing what the store alone knows */
};

void why_incident(struct jw *w, const struct why_facts *f); /* needs `incident` */
void why_monitor(struct jw *w, const struct why_facts *f);  /* needs `monitor` */
void why_delivery(struct jw *w, const struct why_facts *f); /* needs `delivery` */

#endif
