/* prober.c - starts every probe at its slot and hands its result on.
 *
 * Happy path: the heap's first is due -> start -> observation -> verdict -> engine and sample
 *             -> next slot.
 * Failing as in a dead network: the run goes on until the canaries have been asked (canary.h).
 * Failing but not confirmed: the next run comes after retry_interval, beside the slots. The engine
 * may ask for such a run too.
 * Still running when due: it starts the moment it ends; slots gone by are counted as missed. */
#include <sys/resource.h>

#include "app.h"
#include "base/text.h"
#include "eval/verdict.h"
#include "sched/plan.h"

#define STOOD_LEAST_US 20000
#define STOOD_MOST_US  1000000

#define APART_US    1000000 /* between two runs, when the engine asks for one */
#define LATE_FIRST  (-11)   /* half a millisecond */
#define LATE_BOUNDS 15      /* to 8 s */
#define FILES_KEPT  96      /* descriptors for the store, the web, pages and files */

static void on_observation(void *arg, const struct observation *o);

static void arm(struct prober *p)
{
    struct heap_node *first = heap_first(&p->heap);
    int64_t delay;

    if (!first || p->stopped) {
        timer_stop(&p->timer);
        return;
    }
    delay = first->due - app_now_ms(container_of(p, struct app, prober));
    timer_start(&p->timer, delay < 0 ? 0 : delay < 60000 ? delay : 60000);
}

static void note_lateness(struct prober *p, struct runner *r)
{
    octaves_add(&p->late, r->lateness_us);
    p->runs++;
    r->facts.runs++;
    if (r->lateness_us > r->facts.late_max_us)
        r->facts.late_max_us = r->lateness_us;
}

/* Our own trouble, told as a result like any other. */
static void cannot_start(struct runner *r, const char *why)
{
    struct observation o = {.at_ms = r->began_ms, .phases = PHASES_NONE, .reason = REASON_LOCAL};

    text_copy(o.message, sizeof o.message, why);
    on_observation(r, &o);
}

static void start(struct prober *p, struct runner *r, int64_t due_ms, bool on_slot)
{
    int64_t at_us = app_now_us(r->app);

    r->running = true;
    r->overdue = r->wanted = false;
    r->due_ms = due_ms;
    r->on_slot = on_slot;
    r->began_us = loop_mono_us();
    r->began_ms = at_us / 1000;
    r->lateness_us = at_us - r->due_ms * 1000;
    if (r->lateness_us < 0)
        r->lateness_us = 0;
    r->steps = r->app->health.steps;
    r->stood_us = loop_stood_us(&r->app->loop);
    note_lateness(p, r);
    if (!r->probe)
        cannot_start(r, r->broken.text);
    else if (http_client_running(p->world.http) >= p->most)
        cannot_start(r, "midwatch has no file descriptor to spare for this probe");
    else
        probe_start(r->probe, on_observation, r);
}

static void on_due(void *arg)
{
    struct app *a = arg;
    struct prober *p = &a->prober;
    struct heap_node *first;

    while ((first = heap_first(&p->heap)) && first->due <= app_now_ms(a)) {
        struct runner *r = container_of(first, struct runner, due);

        heap_del(&p->heap, first);
        if (r->running)
            r->overdue = true;
        else
            start(p, r, r->due.due, r->next_on_slot);
    }
    arm(p);
}

static bool retry_soon(const struct app *a, const struct runner *r)
{
    const struct monitor_status *s = engine_status(a->engine, r->name);

    return s && s->bad > 0 && s->bad < r->monitor->fail_after && s->state != MONITOR_DOWN &&
           r->monitor->retry_interval_ms < r->monitor->interval_ms;
}

/* How long until the engine may have the run it asked for. */
static int64_t apart_ms(const struct runner *r)
{
    int64_t left_us = r->began_us + APART_US - loop_mono_us();

    return left_us > 0 ? left_us / 1000 + 1 : 0;
}

/* When to run beside the slots; INT64_MAX: no need to. */
static int64_t extra_ms(const struct runner *r, int64_t now_ms)
{
    if (r->wanted)
        return now_ms + apart_ms(r);
    return retry_soon(r->app, r) ? now_ms + r->monitor->retry_interval_ms : INT64_MAX;
}

static void plan(struct prober *p, struct runner *r)
{
    const struct monitor *m = r->monitor;
    int64_t now = app_now_ms(r->app), missed = 0, next, extra = extra_ms(r, now);

    next = plan_next(plan_first(r->phase_ms, m->interval_ms, r->due_ms + 1) - m->interval_ms,
                     m->interval_ms, now, &missed);
    r->facts.missed += (uint64_t)missed;
    p->missed += (uint64_t)missed;
    r->next_on_slot = true;
    if (extra < next) {
        next = extra;
        r->next_on_slot = false;
    }
    r->facts.next_due_ms = next;
    heap_put(&p->heap, &r->due, next);
    if (heap_first(&p->heap) == &r->due)
        arm(p);
}

/* How long our loop may stand still before a bad result is doubted: a share of what the target
 * was given, because a short time-out is eaten up by a short stall. */
static int64_t stood_most_us(const struct monitor *m)
{
    int64_t share_us = m->timeout_ms * 1000 / 4;

    return share_us < STOOD_LEAST_US  ? STOOD_LEAST_US
           : share_us > STOOD_MOST_US ? STOOD_MOST_US
                                      : share_us;
}

/* A bad result while our own loop stood still, or was suspended, says nothing about the target. */
static void doubt(const struct runner *r, struct result *res)
{
    struct app *a = r->app;

    if (res->verdict == VERDICT_UP || res->verdict == VERDICT_UNKNOWN)
        return;
    health_check_clock(a);
    if (a->health.steps == r->steps &&
        loop_stood_us(&a->loop) - r->stood_us < stood_most_us(r->monitor))
        return;
    res->verdict = VERDICT_UNKNOWN;
    res->reason = REASON_LOCAL;
    text_copy(res->message, sizeof res->message, "midwatch itself stood still during this probe");
}

static void count_outcome(struct monitor_facts *f, const struct result *res)
{
    for (size_t i = 0; i < f->outcomes.n; i++)
        if (f->outcomes.items[i].verdict == res->verdict &&
            f->outcomes.items[i].reason == res->reason) {
            f->outcomes.items[i].count++;
            return;
        }
    vec_push(&f->outcomes, ((struct outcome_count){res->verdict, res->reason, 1}));
}

static void count(struct runner *r, const struct result *res)
{
    r->facts.by_verdict[res->verdict]++;
    if (res->maintenance)
        r->facts.in_maintenance[res->verdict]++;
    else if (res->verdict != VERDICT_UP)
        count_outcome(&r->facts, res);
    if (r->latency && res->verdict <= VERDICT_DEGRADED)
        octaves_add(r->latency, res->phases.total_us);
}

/* The one end of a run. */
static void conclude(struct runner *r, const struct result *res)
{
    struct app *a = r->app;

    r->running = false;
    count(r, res);
    if (r->on_slot)
        store_sample(a->store, r->name, r->monitor->interval_ms, res);
    health_result(a, res);
    engine_result(a->engine, r->name, res, app_now_ms(a), decide_begin(a));
    decide_end(a);
    slos_result(a, r->monitor, r->on_slot, res);
    if (a->prober.stopped)
        return;
    if (r->overdue)
        start(&a->prober, r, r->due.due, r->next_on_slot);
    else
        plan(&a->prober, r);
}

/* --- is it our own network? --- */

/* A failure that waits for the word of the canaries. */
struct doubtful {
    struct runner *runner;
    struct result result;
    struct canary_ask *ask;
};

static void drop_doubtful(struct runner *r)
{
    if (!r->doubtful)
        return;
    canary_cancel(r->doubtful->ask);
    mem_free(r->doubtful);
    r->doubtful = NULL;
}

static void on_word(void *arg, bool ours)
{
    struct doubtful *d = arg;
    struct runner *r = d->runner;
    struct result res = d->result;

    r->doubtful = NULL;
    mem_free(d);
    if (ours) {
        res.verdict = VERDICT_UNKNOWN;
        res.reason = REASON_LOCAL;
        text_copy(res.message, sizeof res.message, "our own network: no canary answers");
        health_excused(r->app);
    }
    conclude(r, &res);
}

/* What a network that is gone looks like. A certificate that was seen came through it. */
static bool by_network(const struct runner *r, const struct observation *o)
{
    static const bool kinds[REASON_COUNT] = {
        [REASON_RESOLVE] = true,   [REASON_CONNECT] = true,  [REASON_TIMEOUT] = true,
        [REASON_TRUNCATED] = true, [REASON_PROTOCOL] = true, [REASON_TLS] = true,
    };

    return kinds[o->reason] && !(o->reason == REASON_TLS && o->cert.present) &&
           !r->monitor->http.unix_path;
}

static void ask_canaries(struct runner *r, const struct result *res)
{
    struct doubtful *d = mem_new(struct doubtful);
    struct canary_ask *ask;

    *d = (struct doubtful){.runner = r, .result = *res};
    r->doubtful = d;
    ask = canary_ask(&r->app->canaries, r->began_us, on_word, d);
    if (ask)
        d->ask = ask;
}

static void on_observation(void *arg, const struct observation *o)
{
    struct runner *r = arg;
    struct held helds[HELD_MAX];
    struct result res = {0};
    size_t n;

    verdict_of(r->monitor, o, app_now_ms(r->app), &res, helds, &n);
    res.due_ms = r->due_ms;
    res.at_ms = r->began_ms;
    res.lateness_us = r->lateness_us;
    res.maintenance = engine_maintained(r->app->engine, r->name, res.at_ms);
    doubt(r, &res);
    if (res.verdict == VERDICT_DOWN && by_network(r, o))
        ask_canaries(r, &res);
    else
        conclude(r, &res);
}

/* The first run comes soon, spread by the same hash as the slots, not after a whole interval. */
static int64_t first_due(const struct runner *r, size_t n_monitors, int64_t now_ms)
{
    int64_t window = 1000 + (int64_t)n_monitors, interval = r->monitor->interval_ms;

    if (window > interval)
        return plan_first(r->phase_ms, interval, now_ms);
    return now_ms + (int64_t)((double)r->phase_ms * (double)window / (double)interval);
}

static void prepare(struct prober *p, struct runner *r)
{
    r->probe = probe_new(&p->world, r->monitor, &r->broken);
    if (!r->probe)
        log_error(r->name, "cannot be probed: %s", r->broken.text);
}

static struct runner *runner_new(struct prober *p, struct app *a, const struct monitor *m)
{
    struct runner *r = mem_new(struct runner);

    r->app = a;
    r->monitor = m;
    text_copy(r->name, sizeof r->name, m->name);
    r->phase_ms = plan_phase(m->name, m->interval_ms);
    r->facts.next_due_ms = first_due(r, a->config->n_monitors, app_now_ms(a));
    r->next_on_slot = 1000 + (int64_t)a->config->n_monitors > m->interval_ms;
    prepare(p, r);
    return r;
}

static void runner_free(struct prober *p, struct runner *r)
{
    heap_del(&p->heap, &r->due);
    drop_doubtful(r);
    probe_free(r->probe);
    vec_done(&r->facts.outcomes);
    mem_free(r->own_latency);
    mem_free(r);
}

/* The same monitor under a new configuration, perhaps with a new name: its rhythm stays when its
 * interval does, so no slot is lost. */
static struct runner *adopt(struct prober *p, struct runner *r, const struct monitor *m)
{
    bool was_running = r->running;
    int64_t now = app_now_ms(r->app);

    drop_doubtful(r);
    probe_free(r->probe);
    text_copy(r->name, sizeof r->name, m->name);
    if (r->monitor->interval_ms != m->interval_ms) {
        r->phase_ms = plan_phase(m->name, m->interval_ms);
        r->facts.next_due_ms = plan_first(r->phase_ms, m->interval_ms, now);
        r->next_on_slot = true;
    }
    r->monitor = m;
    r->running = r->overdue = r->wanted = false;
    if (was_running) {
        r->facts.next_due_ms = now;
        r->next_on_slot = r->on_slot;
    }
    prepare(p, r);
    return r;
}

static struct runner *claim(struct map *old, const struct monitor *m)
{
    struct runner *r = map_del(old, m->name);

    if (!r && m->was)
        r = map_del(old, m->was);
    return r;
}

/* A monitor's own histogram goes on as long as such are kept. */
static void choose_latency(struct prober *p, struct runner *r)
{
    if (p->latencies.kind != HISTOGRAMS_MONITOR) {
        mem_free(r->own_latency);
        r->own_latency = NULL;
    } else if (!r->own_latency) {
        r->own_latency = latency_new();
    }
    r->latency =
        r->own_latency ? r->own_latency : latencies_group(&p->latencies, r->monitor->group);
}

void prober_configure(struct prober *p, struct app *a)
{
    struct map old = p->by_name;
    const char *key;
    void *value;

    p->world = (struct probe_world){&a->loop, a->resolver, a->http};
    latencies_configure(&p->latencies, a->config);
    map_init(&p->by_name, 7);
    p->runners.n = 0;
    for (size_t i = 0; i < a->config->n_monitors; i++) {
        const struct monitor *m = &a->config->monitors[i];
        struct runner *r = claim(&old, m);

        if (!m->enabled) {
            if (r)
                runner_free(p, r);
            continue;
        }
        r = r ? adopt(p, r, m) : runner_new(p, a, m);
        choose_latency(p, r);
        vec_push(&p->runners, r);
        map_put(&p->by_name, r->name, r);
        heap_put(&p->heap, &r->due, r->facts.next_due_ms);
    }
    for (size_t i = 0; map_next(&old, &i, &key, &value);)
        runner_free(p, value);
    map_done(&old);
    if (p->timer.on_due)
        arm(p);
}

/* Probes may take what is left when pages, the web and the store have theirs. */
static size_t files_for_probes(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return files.rlim_cur > 2 * FILES_KEPT ? files.rlim_cur - FILES_KEPT : files.rlim_cur / 2;
}

void prober_start(struct prober *p)
{
    struct app *a = container_of(p, struct app, prober);

    p->most = files_for_probes();
    octaves_init(&p->late, LATE_FIRST, LATE_BOUNDS);
    timer_init(&p->timer, &a->loop, &p->owner, on_due, a);
    arm(p);
}

void prober_replan(struct prober *p)
{
    int64_t now = app_now_ms(container_of(p, struct app, prober));

    for (size_t i = 0; i < p->runners.n; i++) {
        struct runner *r = p->runners.items[i];

        if (!heap_holds(&r->due))
            continue;
        r->facts.next_due_ms = plan_first(r->phase_ms, r->monitor->interval_ms, now);
        r->next_on_slot = true;
        heap_put(&p->heap, &r->due, r->facts.next_due_ms);
    }
    if (p->timer.on_due)
        arm(p);
}

void prober_probe_now(struct prober *p, const char *monitor)
{
    struct runner *r = map_get(&p->by_name, monitor);

    if (!r || p->stopped || !p->timer.on_due)
        return;
    r->wanted = true;
    if (r->running)
        return; /* that run began before we were asked: another comes after it */
    if (apart_ms(r) == 0)
        start(p, r, app_now_ms(r->app), false);
    else
        plan(p, r);
}

void prober_stop(struct prober *p)
{
    p->stopped = true;
    for (size_t i = 0; i < p->runners.n; i++) {
        drop_doubtful(p->runners.items[i]);
        if (p->runners.items[i]->probe)
            probe_cancel(p->runners.items[i]->probe);
        heap_del(&p->heap, &p->runners.items[i]->due);
    }
    if (p->timer.on_due)
        timer_close(&p->timer);
    p->timer.on_due = NULL;
}

void prober_done(struct prober *p)
{
    for (size_t i = 0; i < p->runners.n; i++)
        runner_free(p, p->runners.items[i]);
    vec_done(&p->runners);
    latencies_done(&p->latencies);
    map_done(&p->by_name);
    heap_done(&p->heap);
}

const struct monitor_facts *prober_facts(const struct prober *p, const char *monitor)
{
    const struct runner *r = map_get(&p->by_name, monitor);

    return r ? &r->facts : NULL;
}

int64_t prober_overdue_ms(const struct prober *p, int64_t now_ms)
{
    const struct heap_node *first = heap_first(&p->heap);

    return first && first->due < now_ms ? now_ms - first->due : 0;
}
