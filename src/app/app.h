/* app.h - the daemon's rooms and what its files share. */
#ifndef SRC_APP_H
#define SRC_APP_H

#include "app/app.h"
#include "base/buf.h"
#include "base/map.h"
#include "canary.h"
#include "clock.h"
#include "engine/engine.h"
#include "latency.h"
#include "loop/http.h"
#include "loop/loop.h"
#include "metrics.h"
#include "notify/notify.h"
#include "probe/probe.h"
#include "push.h"
#include "sched/heap.h"
#include "slos.h"
#include "store/store.h"
#include "turns.h"
#include "web/web.h"

struct app;

/* --- prober.c: when, and what came of it --- */

struct runner {
    struct heap_node due; /* due.due: wall milliseconds */
    const struct monitor *monitor;
    char name[NAME_SIZE]; /* outlives the configuration it came from */
    struct app *app;
    struct probe *probe; /* NULL: could not be prepared; the error is its result */
    struct err broken;
    bool running, overdue;
    bool wanted;                /* the engine asked for a run beside the slots */
    bool on_slot, next_on_slot; /* the run under way, the next one is planned: its sample is kept */
    int64_t due_ms, phase_ms;
    int64_t began_ms, began_us, lateness_us; /* began_us: monotonic */
    struct doubtful *doubtful;               /* it failed, and the canaries are being asked */
    uint64_t steps;   /* of the clock, and for how long the loop had stood still, */
    int64_t stood_us; /* when the run began */
    struct monitor_facts facts;
    struct octaves *own_latency; /* with `histograms: monitor` */
    struct octaves *latency;     /* its own, its group's, or NULL */
};

struct prober {
    VEC(struct runner *) runners;
    struct map by_name;
    struct heap heap;
    struct timer timer;
    struct owner owner;
    struct probe_world world;
    bool stopped;
    size_t most;         /* probes under way at a time: each holds a file descriptor */
    struct octaves late; /* of starts, since the daemon began */
    uint64_t runs, missed;
    struct latencies latencies;
};

void prober_configure(struct prober *p, struct app *a);
void prober_start(struct prober *p);
void prober_replan(struct prober *p); /* the clock was stepped */
/* Beside its slots; after the run under way, and a second after the last one began. */
void prober_probe_now(struct prober *p, const char *monitor);
void prober_stop(struct prober *p); /* cancels what runs */
void prober_done(struct prober *p);
const struct monitor_facts *prober_facts(const struct prober *p, const char *monitor);
int64_t prober_overdue_ms(const struct prober *p,
                          int64_t now_ms); /* how late the first start is; 0 not */

/* --- decide.c: commit, then act --- */

struct decide {
    struct effects fx;
    struct timer wake;
    struct owner owner;
    size_t committing;        /* commits not answered yet */
    int64_t commits_moved_us; /* monotonic; when the last of them was, or the first was begun */
    int64_t decided_us;       /* monotonic: when the event that is being decided came */
    /* from the deciding event to the first byte of a page, first attempts only */
    struct octaves delay;
    int64_t delay_max_us;
    uint64_t attempts[3]; /* by outcome */
    uint64_t dead_letters;
    uint64_t unkept; /* decisions in a row that neither Redis nor the spool could take */
    size_t wave;     /* most sends at once since there was none */
    struct turns turns;
};

void decide_init(struct app *a);
void decide_configure(struct app *a); /* the channels' limits */
void decide_stop(struct app *a);      /* nothing is woken any more; what is under way may end */
void decide_done(struct app *a);

/* Every event goes: decide_begin(), engine_…(&fx), decide_end(). */
struct effects *decide_begin(struct app *a);
void decide_end(struct app *a);
void decide_snapshot(struct app *a, struct commit *c);

/* --- health.c: our own state --- */

struct health {
    struct timer tick;
    struct owner owner;
    int64_t store_away_ms; /* since; 0: up */
    enum { STORE_WELL, STORE_TOLD_AWAY, STORE_TOLD_DROPPING } store_told;
    uint64_t dropped;   /* samples, so far */
    int64_t dropped_us; /* monotonic: when that was seen to grow last; 0 never */
    bool blind;
    bool looked; /* a window has said that we see; before, a former life counts */
    int blind_windows, clear_windows;
    uint64_t local, total; /* results since the window began */
    int64_t window_us;     /* monotonic: when that was */
    int64_t stood_us;      /* loop_stood_us() at the last tick */
    uint64_t stalls;       /* times the loop stood still for more than STALL_US */
    uint64_t steps;        /* times the wall clock was stepped, or the machine slept */
    int64_t trim_ms;       /* when memory is given back; 0: done */
    int64_t watchdog_ms, fed_ms;
    uint64_t turns_fed;
    enum store_state store_state;
    char store_why[200];
};

void health_start(struct app *a);
void health_stop(struct app *a);
void health_result(struct app *a, const struct result *r);
void health_excused(struct app *a); /* a failure was put down to our own network */
void health_canaries(void *arg, bool dead);
void health_check_clock(struct app *a);
void health_store(struct app *a, enum store_state s, const char *why);
bool health_dropping(const struct health *h); /* results were lost within the last minute */
void health_trim_soon(struct app *a);
bool health_ready(struct app *a, struct err *why_not);

/* --- audit.c: could we page somebody now? -1 with the first fault --- */

int audit(const struct app *a, struct err *e) MW_MUST_CHECK;
int audit_probes(const struct app *a, struct err *e) MW_MUST_CHECK; /* parts of it */
int audit_commits(const struct app *a, struct err *e) MW_MUST_CHECK;

/* --- dead_man.c: somebody outside is told that we could --- */

struct dead_man {
    struct timer timer;
    struct http_spec spec;
    struct http_target *target; /* NULL: none configured */
    int64_t every_ms;
    bool running, clean, failing;
    int64_t said_us; /* monotonic: when a fault was logged last */
    uint64_t pings, failures;
    int64_t success_ms; /* 0 never */
};

void dead_man_start(struct app *a);
void dead_man_configure(struct app *a); /* before the configuration it came from is freed */
void dead_man_stop(struct app *a);

/* --- regions.c: are those there that must be? --- */

struct regions {
    VEC(struct region_watch *) list;
    int64_t told_us; /* monotonic: when the store told of them last; 0 never */
};

void regions_configure(struct app *a);
void regions_end_unwanted(struct app *a); /* after incidents were read back */
void regions_seen(struct app *a, const struct region_seen *regions, size_t n);
size_t regions_count(const struct app *a);
bool regions_at(const struct app *a, size_t i, const char **ret_name); /* true: it is there */
void regions_done(struct app *a);

/* --- the whole --- */

enum app_phase { APP_STARTING, APP_RUNNING, APP_DRAINING, APP_CLOSING };

struct app {
    const struct app_options *options;
    struct loop loop;
    struct owner owner;
    struct signal_watch term, interrupt, hangup;
    struct config *config;
    struct resolver *resolver;
    struct http_client *http;
    struct notifier *notifier;
    struct store *store;
    struct web *web;
    struct engine *engine;
    struct prober prober;
    struct canaries canaries;
    struct decide decide;
    struct health health;
    struct dead_man dead_man;
    struct regions regions;
    struct metrics_walks walks;
    struct pushes pushes;
    struct slos slos;
    struct timer drain;
    int64_t drain_until_us;
    enum app_phase phase;
    struct clock_look clock; /* as last agreed: wall - monotonic is what our own clock adds */
    int64_t started_ms;
    struct timer reload_wait;
    int64_t reloaded_us; /* monotonic; when the configuration was last read again */
    uint64_t reloads, bad_reloads;
    int exit_status;
};

/* clock.c: a wall clock that does not jump between two steps told to the engine. */
void clock_init(struct app *a);
int64_t app_now_ms(const struct app *a);
int64_t app_now_us(const struct app *a);
bool clock_check(struct app *a); /* true when it was stepped, or the machine slept */

/* scrape.c: what the web asks for. */
void app_metrics(void *arg, const struct metrics_format *f,
                 void (*done)(void *req, struct buf *text), void *req);
void app_reload(struct app *a); /* now, or in a moment when one has just been */
void app_reload_stop(struct app *a);
const struct web_app *app_for_web(struct app *a);

#endif
