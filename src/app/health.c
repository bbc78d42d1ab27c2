/* health.c - are we ourselves well?
 *
 * Every tick: the clock (was it stepped?), the loop (did it stand still?), the store (away for
 * long?), what we see (only our own trouble?), and the watchdog, which is fed by progress: the
 * loop turns, probes start on time, deliveries leave. Trouble of ours is one incident each and
 * moves no monitor. */
#include <stdio.h>

#include "app.h"
#include "base/text.h"
#include "loop/memory.h"
#include "loop/systemd.h"

#define TICK_MS           250
#define STALL_US          1000000 /* from one tick to the next: worth a line in the log */
#define STORE_PATIENCE_MS 10000   /* a restart of Redis wakes nobody */
#define DROPPING_US       60000000
#define WINDOW_RESULTS    5
#define WINDOW_US         2000000 /* and not less: a burst of our own trouble wakes nobody */
#define TRIM_AFTER_MS     2000    /* by then the start is over */

void health_check_clock(struct app *a)
{
    if (clock_check(a))
        a->health.steps++;
}

static void check_loop(struct app *a)
{
    int64_t stood_us = loop_stood_us(&a->loop), since_us = stood_us - a->health.stood_us;

    a->health.stood_us = stood_us;
    if (since_us < STALL_US)
        return;
    a->health.stalls++;
    log_warning("loop", "stood still for %lld ms", (long long)(since_us / 1000));
}

static void tell_store(struct app *a, int what, const char *text)
{
    a->health.store_told = what;
    engine_self(a->engine, SELF_STORE, NULL, what != STORE_WELL, text, app_now_ms(a),
                decide_begin(a));
    decide_end(a);
}

bool health_dropping(const struct health *h)
{
    return h->dropped_us && loop_mono_us() - h->dropped_us < DROPPING_US;
}

static void count_dropped(struct app *a)
{
    struct health *h = &a->health;
    struct store_facts f;

    store_read_facts(a->store, &f);
    if (f.dropped_samples != h->dropped)
        h->dropped_us = loop_mono_us();
    h->dropped = f.dropped_samples;
}

/* Redis is away and the spool is full, or Redis is full and so is the spool. */
static void check_store(struct app *a)
{
    struct health *h = &a->health;
    bool away = h->store_away_ms && app_now_ms(a) - h->store_away_ms >= STORE_PATIENCE_MS;

    count_dropped(a);
    if (health_dropping(h) && h->store_told != STORE_TOLD_DROPPING)
        tell_store(a, STORE_TOLD_DROPPING, "results are dropped, the spool cannot take them");
    else if (away && h->store_told == STORE_WELL)
        tell_store(a, STORE_TOLD_AWAY, h->store_why);
    else if (h->store_told && !h->store_away_ms && !health_dropping(h))
        tell_store(a, STORE_WELL, "");
}

void health_store(struct app *a, enum store_state s, const char *why)
{
    struct health *h = &a->health;

    h->store_state = s;
    text_copy(h->store_why, sizeof h->store_why, why ? why : "");
    if (s == STORE_UP) {
        log_notice("store", "up%s%s", why && why[0] ? ": " : "", why ? why : "");
        h->store_away_ms = 0;
        if (a->phase == APP_RUNNING && !health_dropping(h))
            tell_store(a, STORE_WELL, "");
    } else if (s == STORE_AWAY && !h->store_away_ms) {
        log_warning("store", "away: %s; decisions go on, results wait in the spool",
                    why ? why : "");
        h->store_away_ms = app_now_ms(a);
    }
}

static void tell_blind(struct app *a, bool blind, const char *text)
{
    a->health.blind = blind;
    a->health.looked = true;
    engine_self(a->engine, SELF_BLIND, NULL, blind, text, app_now_ms(a), decide_begin(a));
    decide_end(a);
}

void health_excused(struct app *a)
{
    if (!a->health.blind)
        tell_blind(a, true, "our own network: no canary answers");
    a->health.clear_windows = 0;
}

void health_canaries(void *arg, bool dead)
{
    if (dead)
        log_warning("canary", "none answers: what fails by the network now is our own trouble");
    else
        log_notice("canary", "our network is back");
    ((struct app *)arg)->health.clear_windows = 0;
}

static void judge_window(struct health *h)
{
    h->blind_windows = h->local * 2 > h->total ? h->blind_windows + 1 : 0;
    h->clear_windows = h->local * 4 < h->total ? h->clear_windows + 1 : 0;
    h->local = h->total = 0;
    h->window_us = loop_mono_us();
}

/* Blind: two windows in a row in which most of what we saw was our own trouble, or at once when
 * no canary answers. Over: two windows in which hardly anything was, and a canary answers. Between
 * the two, what was said stays said. */
void health_result(struct app *a, const struct result *r)
{
    struct health *h = &a->health;
    uint64_t enough = a->prober.runners.n < WINDOW_RESULTS ? a->prober.runners.n : WINDOW_RESULTS;

    h->total++;
    h->local += r->verdict == VERDICT_UNKNOWN;
    if (h->total < enough || loop_mono_us() - h->window_us < WINDOW_US)
        return;
    judge_window(h);
    if (!h->blind && h->blind_windows >= 2)
        tell_blind(a, true, "most probes fail by our own trouble");
    else if ((h->blind || !h->looked) && h->clear_windows >= 2 && !a->canaries.dead)
        tell_blind(a, false, "");
}

static bool progress(struct app *a)
{
    struct err e;

    return a->loop.turns != a->health.turns_fed && audit_probes(a, &e) == 0 &&
           audit_commits(a, &e) == 0;
}

static void feed_watchdog(struct app *a)
{
    struct health *h = &a->health;
    int64_t now = loop_mono_us() / 1000;

    if (!h->watchdog_ms || now - h->fed_ms < h->watchdog_ms || !progress(a))
        return;
    systemd_notify("WATCHDOG=1\nSTATUS=%zu monitors, store %s", a->prober.runners.n,
                   h->store_state == STORE_UP ? "up" : "away");
    h->fed_ms = now;
    h->turns_fed = a->loop.turns;
}

static void trim_once(struct app *a)
{
    if (!a->health.trim_ms || app_now_ms(a) < a->health.trim_ms)
        return;
    a->health.trim_ms = 0;
    memory_trim();
}

void health_trim_soon(struct app *a)
{
    a->health.trim_ms = app_now_ms(a) + TRIM_AFTER_MS;
}

static void on_tick(void *arg)
{
    struct app *a = arg;

    trim_once(a);
    health_check_clock(a);
    check_loop(a);
    check_store(a);
    feed_watchdog(a);
    timer_start(&a->health.tick, TICK_MS);
}

void health_start(struct app *a)
{
    struct health *h = &a->health;

    h->watchdog_ms = systemd_watchdog_ms();
    h->window_us = loop_mono_us();
    h->stood_us = loop_stood_us(&a->loop);
    health_trim_soon(a);
    if (h->store_state == STORE_UP)
        tell_store(a, STORE_WELL, "");
    timer_init(&h->tick, &a->loop, &h->owner, on_tick, a);
    timer_start(&h->tick, TICK_MS);
}

void health_stop(struct app *a)
{
    if (a->health.tick.on_due)
        timer_close(&a->health.tick);
    a->health.tick.on_due = NULL;
}

bool health_ready(struct app *a, struct err *why_not)
{
    if (a->phase != APP_RUNNING) {
        err_set(why_not, a->phase == APP_STARTING ? "starting" : "stopping");
        return false;
    }
    if (audit_probes(a, why_not) < 0)
        return false;
    if (a->health.store_state != STORE_UP && health_dropping(&a->health)) {
        err_set(why_not, "the store is away and the spool is full");
        return false;
    }
    return true;
}
