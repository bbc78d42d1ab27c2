/* bench_question.c - what asking costs: percentiles of 30 days, of one monitor and of a thousand.
 *
 * A month of a result every 60 s as it is kept, the days sealed and added up, today open; the same
 * blocks under a thousand names, in an embedded redis-server in a temporary directory. How long the
 * loop stands still is the CPU time of its longest turn. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../src/store/internal.h"
#include "../../src/store/series.h"
#include "../unit/random.h"
#include "../unit/stats/draw.h"
#include "../unit/store/blocks.h"
#include "stats/hist.h"

#define MONITORS 1000
#define DAYS     62
#define INTERVAL 60000

static struct loop loop;
static struct store *store;
static bool up, closed, answered;
static uint64_t results;
static bool away;
static int64_t p99_us;
static const char *names[MONITORS];
static char name_texts[MONITORS][32];

static void on_ready(void *arg, const struct stored *s, bool was_away)
{
    (void)arg, (void)s, (void)was_away;
}

static void on_state(void *arg, enum store_state s, const char *why)
{
    (void)arg, (void)why;
    up = s == STORE_UP;
}

static void on_snapshot(void *arg, struct commit *c)
{
    (void)arg, (void)c;
}

static void on_closed(void *arg)
{
    (void)arg;
    closed = true;
}

static void on_answer(void *arg, const struct series_answer *a)
{
    (void)arg;
    answered = true;
    away = a == NULL;
    results = a != NULL ? tally_results(&a->cells[0].tally) : 0;
    p99_us = a != NULL ? hist_quantile_us(&a->cells[0].tally.hist, 0.99) : -1;
}

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* --- the month ------------------------------------------------------------------------------ */

static struct history make_month(int64_t today_ms)
{
    struct history h = history_new("", INTERVAL, today_ms - (DAYS - 1) * DAY_MS, DAYS);
    struct weather w = {.median_ms = 45, .sigma = 0.35, .failing = 0.001, .late_us = 900};
    struct dice d = {30};

    h.space = "bench";
    h.rolled_ms = today_ms;
    for (int64_t at = h.from_ms; at < h.to_ms; at += INTERVAL) {
        struct result r = draw_result(&d, &w);
        r.due_ms = at;
        if (at < loop_now_ms())
            history_put(&h, &r);
    }
    return h;
}

/* Written once, then copied to every other name. */
static void copy_blocks(redisContext *c, const struct history *h, const char *to)
{
    char from_key[KEY_SIZE], to_key[KEY_SIZE];

    for (int t = TIER_RAW; t < TIER_COUNT; t++) {
        for (int64_t day = h->from_ms; day < h->to_ms; day += DAY_MS) {
            if (t == TIER_MINUTE || (t == TIER_RAW && day < h->to_ms - 3 * DAY_MS))
                continue;
            key_block(from_key, h->space, (enum tier)t, h->id, day);
            key_block(to_key, h->space, (enum tier)t, to, day);
            freeReplyObject(redisCommand(c, "COPY %s %s", from_key, to_key));
        }
    }
}

static void put_months(const char *dir, struct history *h)
{
    char path[128];

    snprintf(path, sizeof path, "%s/redis.sock", dir);
    redisContext *c = redisConnectUnix(path);
    for (int i = 0; i < MONITORS; i++) {
        snprintf(name_texts[i], sizeof name_texts[i], "monitor-%04d", i);
        names[i] = name_texts[i];
        struct epoch *e = series_epoch(store, names[i], INTERVAL);
        e->from_ms = h->from_ms;
        e->last_ms = e->rolled_ms = h->rolled_ms;
        if (i == 0)
            h->id = mem_strdup(e->id);
        if (i == 0)
            history_write(c, h, h->to_ms - 3 * DAY_MS, 0);
        else
            copy_blocks(c, h, e->id);
    }
    redisFree(c);
}

/* --- asking --------------------------------------------------------------------------------- */

struct cost {
    double ms, cpu_ms, turn_ms;
};

static struct cost ask(const struct series_query *q)
{
    double cpu = cpu_us(), longest = 0;
    int64_t began_us = loop_mono_us();

    answered = false;
    store_query(store, q, on_answer, NULL);
    longest = cpu_us() - cpu;
    while (!answered) {
        double turn = cpu_us();
        uv_run(&loop.uv, UV_RUN_ONCE);
        turn = cpu_us() - turn;
        longest = turn > longest ? turn : longest;
    }
    return (struct cost){(double)(loop_mono_us() - began_us) / 1e3, (cpu_us() - cpu) / 1e3,
                         longest / 1e3};
}

static int compare(const void *a, const void *b)
{
    const struct cost *x = a, *y = b;

    return (x->ms > y->ms) - (x->ms < y->ms);
}

/* The store may have found us deaf for too long while the months were written. */
static void be_up(const struct series_query *q)
{
    for (int i = 0; i < 100; i++) {
        ask(q);
        if (!away && results > 0)
            return;
        uv_run(&loop.uv, UV_RUN_ONCE);
    }
    fprintf(stderr, "the store gives no results: nothing is measured\n");
    exit(1);
}

/* The middle one of several; its longest turn the longest of all. */
static struct cost measure(const struct series_query *q, int times)
{
    struct cost costs[64];
    double longest = 0;

    be_up(q);
    for (int i = 0; i < times; i++) {
        costs[i] = ask(q);
        if (away) {
            fprintf(stderr, "the store went away\n");
            exit(1);
        }
        longest = costs[i].turn_ms > longest ? costs[i].turn_ms : longest;
    }
    qsort(costs, (size_t)times, sizeof *costs, compare);
    costs[times / 2].turn_ms = longest;
    return costs[times / 2];
}

static void tell(const char *what, const struct series_query *q, double budget_ms)
{
    struct cost c = measure(q, q->n_monitors == 1 ? 50 : 5);

    printf("%s: %.2f ms", what, c.ms);
    if (budget_ms > 0)
        printf(" (budget %.0f: %.2f of it)", budget_ms, c.ms / budget_ms);
    printf(", our cpu %.2f ms, longest turn %.2f ms; p99 of %llu results %.1f ms\n", c.cpu_ms,
           c.turn_ms, (unsigned long long)results, (double)p99_us / 1e3);
}

static void measure_all(int64_t today_ms)
{
    struct series_query q = {.monitors = names, .n_monitors = 1};

    q.to_ms = loop_now_ms();
    q.from_ms = today_ms - 30 * DAY_MS;
    tell("30 days, one monitor, by days", &q, 2);
    q.from_ms += 7 * HOUR_MS;
    tell("30 days, one monitor, from 07:00 on", &q, 0);
    q.step_ms = 6 * HOUR_MS;
    tell("30 days, one monitor, in steps of 6 h", &q, 0);
    q.n_monitors = MONITORS;
    q.from_ms = today_ms - 30 * DAY_MS;
    q.step_ms = 0;
    tell("30 days, 1000 monitors together, by days", &q, 200);
    q.apart = true;
    tell("30 days, 1000 monitors each apart", &q, 200);
    q.apart = false;
    q.step_ms = 6 * HOUR_MS;
    tell("30 days, 1000 monitors, in steps of 6 h", &q, 0);
    q.from_ms = today_ms;
    q.step_ms = HOUR_MS;
    tell("today, 1000 monitors, in steps of 1 h", &q, 0);
}

int main(void)
{
    static const struct store_events ev = {
        .on_ready = on_ready, .on_state = on_state, .on_snapshot = on_snapshot};
    char dir[] = "/tmp/mwbenchXXXXXX";
    struct config c = {.name = "bench", .region = "here"};
    int64_t today_ms = loop_now_ms() / DAY_MS * DAY_MS;
    struct err e = {""};

    if (mkdtemp(dir) == NULL || loop_init(&loop, &e) != 0)
        return 1;
    c.store.dir = dir;
    c.store.url = "embedded";
    c.store.queue_max = c.store.spool_max = 64 << 20;
    c.store.command_timeout_ms = 5000;
    if (store_open(&loop, NULL, &c, &ev, NULL, &store, &e) != 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    while (!up)
        uv_run(&loop.uv, UV_RUN_ONCE);
    struct history h = make_month(today_ms);
    put_months(dir, &h);
    measure_all(today_ms);
    mem_free((void *)(uintptr_t)h.id);
    history_done(&h);
    store_close(store, on_closed, NULL);
    while (!closed)
        uv_run(&loop.uv, UV_RUN_ONCE);
    loop_done(&loop);
    fflush(stdout);
    execlp("rm", "rm", "-rf", dir, (char *)NULL);
    return 1;
}
