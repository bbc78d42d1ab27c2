/* bench_store.c - what keeping costs: our CPU for a sample and for a commit, Redis' bytes for a
 * sample, the time that a start takes to read back what is kept.
 *
 * Runs an embedded redis-server in a temporary directory. The CPU is ours alone (it is a process of
 * its own), with everything that happens on the way: gathering, writing, the answers. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/keys.h"
#include "store/store.h"

#define SERIES     100
#define INTERVAL   60000
#define PER_SECOND 20000
#define SECONDS    5
#define SHARE_MAX  40 /* percent of a core */
#define COMMITS    20000
#define MONITORS   10000
#define RESOLVED   1000
#define TOLD       3 /* deliveries of each */

static struct loop loop;
static struct store *store;
static bool up, closed;
static int ended;
static size_t incidents_read, deliveries_read;

static void on_ready(void *arg, const struct stored *s, bool away)
{
    (void)arg, (void)away;
    incidents_read = s->incidents.n;
    deliveries_read = s->deliveries.n;
}

/* A server that reads a long file is waited for, however long that takes. */
static void on_found(void *arg, const struct stored *s)
{
    on_ready(arg, s, false);
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

static void on_kept(void *arg, bool kept)
{
    (void)arg;
    ended += kept;
}

static void on_closed(void *arg)
{
    (void)arg;
    closed = true;
}

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static size_t in_flight(void)
{
    struct store_facts f;

    store_read_facts(store, &f);
    return f.queued_bytes + f.spool_records;
}

static void settle(void)
{
    int64_t until = loop_mono_us() + 150000;

    while (loop_mono_us() < until || in_flight() > 0)
        uv_run(&loop.uv, UV_RUN_ONCE);
}

static long long ask(const char *dir, const char *command)
{
    char path[128];
    long long n = -1;

    snprintf(path, sizeof path, "%s/data/redis.sock", dir);
    redisContext *c = redisConnectUnix(path);
    redisReply *r = redisCommand(c, "EVAL %s 0", command);
    if (r != NULL && r->type == REDIS_REPLY_INTEGER)
        n = r->integer;
    freeReplyObject(r);
    redisFree(c);
    return n;
}

#define USED                                                                                       \
    "local m = redis.call('INFO', 'memory') return tonumber(string.match(m, 'used_memory:(%d+)'))"
#define KEYS_BYTES(kind)                                                                           \
    "local n = 0 for _, k in ipairs(redis.call('KEYS', '*:" kind ":*')) do "                       \
    "n = n + redis.call('MEMORY', 'USAGE', k) end return n"

static void sample(int series, int64_t due_ms, int64_t interval_ms)
{
    char name[32];
    struct result r = {.due_ms = due_ms, .at_ms = due_ms + 2, .verdict = VERDICT_UP, .status = 200};

    r.phases = (struct phases){0, 500, -1, 9000, 100, 9600 + due_ms % 977};
    snprintf(name, sizeof name, "monitor-%04d", series);
    store_sample(store, name, interval_ms, &r);
}

/* A day of a hundred monitors, every minute. */
static void measure_bytes(const char *dir)
{
    const int64_t day = loop_now_ms() / DAY_MS * DAY_MS + DAY_MS;
    const double n = SERIES * (double)(DAY_MS / INTERVAL);
    long long before = ask(dir, USED);

    for (int64_t at = 0; at < DAY_MS; at += INTERVAL) {
        for (int i = 0; i < SERIES; i++)
            sample(i, day + at + i * 37, INTERVAL);
        while (in_flight() > 1 << 20)
            uv_run(&loop.uv, UV_RUN_ONCE);
    }
    settle();
    printf("bytes in redis for a sample of an open day every %d s: %.2f, with the index and all "
           "else %.2f (to reach: 4.5)\n",
           INTERVAL / 1000, (double)ask(dir, KEYS_BYTES("raw")) / n,
           (double)(ask(dir, USED) - before) / n);
}

/* So many results a second for so long, spread over the second as a daemon has them, and the same
 * loop without any. */
static double measure_rate(int64_t first_ms, int64_t *ret_us)
{
    int64_t began = loop_mono_us();
    double cpu = cpu_us();
    int sent = 0;

    while (sent < PER_SECOND * SECONDS) {
        while (sent < PER_SECOND * SECONDS &&
               loop_mono_us() - began >= sent * INT64_C(1000000) / PER_SECOND) {
            sample(1000 + sent % 10000, first_ms + sent / 10000 * 500, 500);
            sent++;
        }
        uv_run(&loop.uv, UV_RUN_NOWAIT);
        usleep(1000);
    }
    settle();
    *ret_us = loop_mono_us() - began;
    double with = cpu_us() - cpu;
    began = loop_mono_us(), cpu = cpu_us();
    while (loop_mono_us() - began < *ret_us) {
        uv_run(&loop.uv, UV_RUN_NOWAIT);
        usleep(1000);
    }
    return with - (cpu_us() - cpu);
}

static int measure_samples(void)
{
    const int64_t day = loop_now_ms() / DAY_MS * DAY_MS + DAY_MS;
    int64_t took_us;

    measure_rate(day, &took_us); /* new series, new blocks */
    double us = measure_rate(day + HOUR_MS, &took_us), share = us * 100 / (double)took_us;
    printf("our cpu at %d samples/s: %.1f %% of a core, %.2f us each (to reach: %d %%)\n",
           PER_SECOND, share, us / PER_SECOND / SECONDS, SHARE_MAX);
    double cpu = cpu_us();
    for (int i = 0; i < 200000; i++) {
        sample(i % 1000, day + HOUR_MS + i / 1000 * 60000, 60000);
        if (i % 1000 == 999) {
            while (in_flight() > 1 << 20)
                uv_run(&loop.uv, UV_RUN_ONCE);
        }
    }
    settle();
    printf("our cpu for a sample in bulk: %.2f us\n", (cpu_us() - cpu) / 200000);
    return share < SHARE_MAX ? 0 : 1;
}

static void measure_commits(void)
{
    struct monitor_status s = {.state = MONITOR_DOWN, .since_ms = loop_now_ms(), .bad = 2};
    struct monitor_put m = {"monitor-0001", &s};
    struct commit c = {.at_ms = loop_now_ms()};
    double cpu = cpu_us();

    s.last = (struct result){.due_ms = c.at_ms,
                             .at_ms = c.at_ms,
                             .verdict = VERDICT_DOWN,
                             .reason = REASON_CONNECT,
                             .phases = PHASES_NONE,
                             .message = "connection refused"};
    vec_push(&c.monitors, m);
    for (int i = 0; i < COMMITS; i++) {
        struct transition t = {.at_ms = c.at_ms + i,
                               .name = "monitor-0001",
                               .from = "up",
                               .to = "down",
                               .text = "monitor-0001 is down: connection refused"};
        c.transitions.n = 0;
        vec_push(&c.transitions, t);
        store_commit(store, &c, on_kept, NULL);
        while (in_flight() > 1 << 18)
            uv_run(&loop.uv, UV_RUN_ONCE);
    }
    while (ended < COMMITS)
        uv_run(&loop.uv, UV_RUN_ONCE);
    printf("our cpu for a commit (a monitor's state and a transition): %.2f us\n",
           (cpu_us() - cpu) / COMMITS);
    int64_t began = loop_mono_us();
    for (int i = 0; i < 200; i++) {
        int before = ended;
        store_commit(store, &c, on_kept, NULL);
        while (ended == before)
            uv_run(&loop.uv, UV_RUN_ONCE);
    }
    printf("from commit to kept, one at a time: %.0f us\n", (double)(loop_mono_us() - began) / 200);
    commit_done(&c);
}

static bool is_up(void)
{
    return up;
}

static bool is_closed(void)
{
    return closed;
}

static void wait_for(bool (*truth)(void))
{
    while (!truth())
        uv_run(&loop.uv, UV_RUN_ONCE);
}

static void open_store(const struct config *c)
{
    static const struct store_events ev = {.on_ready = on_ready,
                                           .on_found = on_found,
                                           .on_state = on_state,
                                           .on_snapshot = on_snapshot};
    struct err e;

    up = closed = false;
    if (store_open(&loop, NULL, c, &ev, NULL, &store, &e) != 0) {
        fprintf(stderr, "%s\n", e.text);
        exit(1);
    }
    wait_for(is_up);
}

static void close_store(void)
{
    store_close(store, on_closed, NULL);
    wait_for(is_closed);
}

/* A second store on the same server: connecting, greeting and reading back, and nothing else. */
static void measure_reading(const char *dir)
{
    char url[96], own[64];
    struct config c = {.name = "bench", .region = "here"};
    struct store *first = store;
    int64_t began = loop_mono_us();
    double cpu = cpu_us();

    snprintf(url, sizeof url, "unix://%s/data/redis.sock", dir);
    snprintf(own, sizeof own, "%s/second", dir);
    c.store.url = url;
    c.store.dir = own;
    open_store(&c);
    printf("from store_open() to ready, %zu resolved incidents and %zu deliveries read back: "
           "%.1f ms, %.1f ms of them our cpu\n",
           incidents_read, deliveries_read, (double)(loop_mono_us() - began) / 1000,
           (cpu_us() - cpu) / 1000);
    close_store();
    store = first;
    closed = false;
}

static void put_resolved(int number)
{
    struct incident i = {.severity = SEVERITY_CRITICAL,
                         .state = INCIDENT_RESOLVED,
                         .reason = REASON_CONNECT,
                         .started_ms = loop_now_ms(),
                         .resolved_ms = loop_now_ms(),
                         .dedup_key = "monitor:api",
                         .monitor = "api",
                         .policy = "default",
                         .labels = "team=payments\n",
                         .title = "api is down: connection refused"};
    struct delivery d[TOLD];
    struct commit c = {.at_ms = i.resolved_ms};

    snprintf(i.id, sizeof i.id, "r%d", number);
    vec_push(&c.incidents, (const struct incident *)&i);
    for (int k = 0; k < TOLD; k++) {
        d[k] = (struct delivery){.state = DELIVERY_DELIVERED,
                                 .reached = REACHED_YES,
                                 .attempt = 1,
                                 .created_ms = i.started_ms,
                                 .done_ms = i.started_ms,
                                 .status = 200,
                                 .notice = {.at_ms = i.started_ms,
                                            .dedup_key = "monitor:api",
                                            .monitor = "api",
                                            .title = "api is down: connection refused",
                                            .person = "ana",
                                            .person_name = "Ana Ruiz",
                                            .schedule = "primary",
                                            .channel = "ops",
                                            .why = "step 1 of policy default: schedule primary"}};
        snprintf(d[k].id, sizeof d[k].id, "r%d-%d", number, k);
        snprintf(d[k].notice.incident, sizeof d[k].notice.incident, "r%d", number);
        vec_push(&c.deliveries, (const struct delivery *)&d[k]);
    }
    store_commit(store, &c, on_kept, NULL);
    commit_done(&c);
}

/* What may be opened again: all that a start takes of it. */
static void measure_resolved(const char *dir)
{
    int kept = ended;

    measure_reading(dir);
    for (int i = 0; i < RESOLVED; i++)
        put_resolved(i);
    while (ended < kept + RESOLVED)
        uv_run(&loop.uv, UV_RUN_ONCE);
    measure_reading(dir);
}

/* The states of ten thousand monitors, read back by the next daemon. */
static void measure_start(const struct config *config)
{
    static char names[MONITORS][32];
    struct monitor_status s = {.state = MONITOR_UP, .since_ms = loop_now_ms(), .good = 5};
    int kept = ended;

    s.last = (struct result){.due_ms = s.since_ms,
                             .at_ms = s.since_ms,
                             .verdict = VERDICT_UP,
                             .status = 200,
                             .phases = {0, 500, 9000, 9000, 100, 18600}};
    for (int i = 0; i < MONITORS; i++) {
        struct monitor_put m = {names[i], &s};
        struct commit c = {.at_ms = s.since_ms};
        snprintf(names[i], sizeof names[i], "monitor-%05d", i);
        vec_push(&c.monitors, m);
        store_commit(store, &c, on_kept, NULL);
        commit_done(&c);
        while (in_flight() > 1 << 18)
            uv_run(&loop.uv, UV_RUN_ONCE);
    }
    while (ended < kept + MONITORS)
        uv_run(&loop.uv, UV_RUN_ONCE);
    close_store();
    int64_t began = loop_mono_us();
    double cpu = cpu_us();
    open_store(config);
    printf("from store_open() to ready with %d monitors: %.0f ms, %.0f ms of them our cpu "
           "(the rest: redis-server starts and reads its file)\n",
           MONITORS, (double)(loop_mono_us() - began) / 1000, (cpu_us() - cpu) / 1000);
}

int main(void)
{
    char dir[] = "/tmp/mwbenchXXXXXX", data[64];
    struct config c = {.name = "bench", .region = "here"};
    struct err e;

    if (mkdtemp(dir) == NULL || loop_init(&loop, &e) != 0)
        return 1;
    snprintf(data, sizeof data, "%s/data", dir);
    c.store.dir = data;
    c.store.url = "embedded";
    open_store(&c);
    measure_bytes(dir);
    int rc = measure_samples();
    measure_commits();
    measure_resolved(dir);
    measure_start(&c);
    close_store();
    loop_done(&loop);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", dir, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    return rc;
}
