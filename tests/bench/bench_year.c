/* bench_year.c - the memory of Redis after a year of 500 monitors in 3 regions, every minute.
 *
 * A redis-server of its own is filled with the blocks that a year leaves behind: 30 days sealed and
 * today open, the hours and the days of 12 months, each under a key of its own with an end of life.
 * The results are drawn for KINDS monitors and their blocks kept under the names of all. Latencies
 * are log-normal about 50 to 200 ms, probes begin 0 to 40 ms late, one in a thousand fails. How
 * much latencies scatter decides: first a fleet of calm and restless ones (sigma 0.1, 0.3, 0.5, 0.8
 * in equal parts), which has to keep the limit, then one of sigma 0.5 throughout. */
#include <hiredis/hiredis.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/config.h"
#include "stats/block.h"
#include "stats/draw.h"
#include "stats/need.h"
#include "stats/sample.h"
#include "stats/tally.h"
#include "store/keys.h"

#define MONITORS 500
#define REGIONS  3
#define SERIES   (MONITORS * REGIONS)
#define KINDS    4
#define SLOTS    1440
#define RAW_DAYS 30
#define MONTHS   12
#define FIRST_MS INT64_C(1767225600000) /* 2026-01-01 */
#define FAR_MS   INT64_C(4102444800000)
#define LIMIT_MB 350

struct history {
    struct buf raw[RAW_DAYS], hours[MONTHS], days[MONTHS];
    unsigned char open[SLOTS * SAMPLE_BYTES + 1];
};

static redisContext *redis;
static size_t pending;

static void drain(void)
{
    for (redisReply *r; pending > 0; pending--) {
        if (redisGetReply(redis, (void **)&r) != REDIS_OK || r->type == REDIS_REPLY_ERROR) {
            fprintf(stderr, "redis refuses a block\n");
            exit(1);
        }
        freeReplyObject(r);
    }
}

static void put(const char *key, const void *p, size_t n)
{
    redisAppendCommand(redis, "SET %s %b EXAT %lld", key, p, n, FAR_MS / 1000);
    if (++pending == 200)
        drain();
}

/* --- a year of one monitor --- */

struct month {
    struct tally hours[31 * 24], days[31];
    const struct tally *hour_units[31 * 24], *day_units[31];
};

static void add_day(struct month *m, size_t day, struct dice *d, const struct weather *w,
                    unsigned char *slots)
{
    struct result kept = {0};

    m->day_units[day] = &m->days[day];
    for (size_t i = 0; i < SLOTS; i++) {
        struct result r = draw_result(d, w);
        size_t hour = day * 24 + i / 60;
        sample_encode(&r, slots + i * SAMPLE_BYTES);
        if (!sample_decode(slots + i * SAMPLE_BYTES, &kept))
            exit(1);
        m->hour_units[hour] = &m->hours[hour];
        tally_add(&m->hours[hour], &kept);
        tally_add(&m->days[day], &kept);
    }
}

static void make_history(struct history *h, unsigned kind, double sigma)
{
    struct dice d = {20261122 + kind};
    const struct weather w = {50 + 150 * draw_share(&d), sigma, 0.001, 40000};
    struct month *m = mem_new(struct month);
    int64_t at_ms = FIRST_MS;

    for (size_t month = 0; month < MONTHS; month++) {
        struct block_span span = block_span(TIER_DAY, 0, at_ms);
        *m = (struct month){.hour_units = {NULL}};
        for (size_t i = 0; i < 31 * 24; i++)
            tally_init(&m->hours[i]);
        for (size_t day = 0; day < span.units; day++) {
            tally_init(&m->days[day]);
            add_day(m, day, &d, &w, h->open);
            if (month != MONTHS - 1 || day >= RAW_DAYS)
                continue;
            buf_init(&h->raw[day], 1 << 20);
            block_seal(h->open, SLOTS, &h->raw[day]);
        }
        buf_init(&h->hours[month], 1 << 20);
        buf_init(&h->days[month], 1 << 20);
        block_put_tallies(m->hour_units, span.units * 24, &h->hours[month]);
        block_put_tallies(m->day_units, span.units, &h->days[month]);
        at_ms = span.to_ms;
    }
    h->open[SLOTS * SAMPLE_BYTES] = (unsigned char)BLOCK_FORMAT[0];
    mem_free(m);
}

/* --- redis --- */

static pid_t start_redis(const char *dir)
{
    char socket[64];
    pid_t pid = fork();

    snprintf(socket, sizeof socket, "%s/s", dir);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", socket, "--save", "",
               "--logfile", "/dev/null", "--dir", dir, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 500 && redis == NULL; i++) {
        usleep(10000);
        redis = redisConnectUnix(socket);
        if (redis->err == 0)
            break;
        redisFree(redis);
        redis = NULL;
    }
    return pid;
}

static double used(void)
{
    drain();
    redisReply *r = redisCommand(redis, "INFO memory");
    double n = strtod(strstr(r->str, "\nused_memory:") + 13, NULL);

    freeReplyObject(r);
    return n;
}

static void name_series(char id[SERIES_ID_SIZE], int series)
{
    snprintf(id, SERIES_ID_SIZE, "%012d", series);
}

typedef void fill_fn(const char *id, const struct history *h);

static void fill_open(const char *id, const struct history *h)
{
    char key[KEY_SIZE];

    key_block(key, "bench", TIER_RAW, id, FIRST_MS + 365 * DAY_MS);
    put(key, h->open, sizeof h->open);
}

static void fill_raw(const char *id, const struct history *h)
{
    char key[KEY_SIZE];

    for (int i = 0; i < RAW_DAYS; i++) {
        key_block(key, "bench", TIER_RAW, id, FIRST_MS + (335 + i) * DAY_MS);
        put(key, h->raw[i].p, h->raw[i].len);
    }
}

static void fill_months(const char *id, enum tier t, const struct buf *blocks)
{
    char key[KEY_SIZE];

    for (int i = 0; i < MONTHS; i++) {
        key_block(key, "bench", t, id, FIRST_MS + (i * 61 + 30) / 2 * DAY_MS);
        put(key, blocks[i].p, blocks[i].len);
    }
}

static void fill_hours(const char *id, const struct history *h)
{
    fill_months(id, TIER_HOUR, h->hours);
}

static void fill_days(const char *id, const struct history *h)
{
    fill_months(id, TIER_DAY, h->days);
}

static void fill_index(const char *id, const struct history *h)
{
    (void)h;
    redisAppendCommand(redis, "HSET mw:{bench}:series region/a-monitor-%s %s", id,
                       "{\"epochs\":[{\"id\":\"0123456789ab\",\"interval\":60000,\"from\":"
                       "1767225600000,\"last\":1798675200000,\"rolled\":1798675200000}]}");
    pending++;
}

static double fill(const struct history *h, fill_fn *fn)
{
    double before = used();
    char id[SERIES_ID_SIZE];

    for (int i = 0; i < SERIES; i++) {
        name_series(id, i);
        fn(id, &h[i % KINDS]);
        if (pending > 150)
            drain();
    }
    return used() - before;
}

static void print_need(void)
{
    static struct monitor monitors[MONITORS];
    struct config c = {.monitors = monitors, .n_monitors = MONITORS};
    struct need n;

    for (int i = 0; i < MONITORS; i++)
        monitors[i] = (struct monitor){.name = "m", .interval_ms = 60000, .enabled = true};
    c.store.retention.raw_ms = 2 * DAY_MS;
    c.store.retention.minute_ms = 30 * DAY_MS;
    c.store.retention.hour_ms = c.store.retention.day_ms = 365 * DAY_MS;
    c.store.retention.incidents_ms = 365 * DAY_MS;
    need_of(&c, &n);
    printf(
        "what `midwatch check` says of it, for the three regions: raw %.1f, hour %.1f, day %.1f, "
        "other %.1f, in all %.1f MB\n",
        3 * (double)n.raw / 1e6, 3 * (double)n.hour / 1e6, 3 * (double)n.day / 1e6,
        3 * (double)n.other / 1e6, 3 * (double)n.total / 1e6);
}

static void free_history(struct history *h)
{
    for (int i = 0; i < RAW_DAYS; i++)
        buf_done(&h->raw[i]);
    for (int i = 0; i < MONTHS; i++) {
        buf_done(&h->hours[i]);
        buf_done(&h->days[i]);
    }
}

static double measure(const char *which, const double sigmas[KINDS])
{
    struct history *h = mem_calloc(KINDS, sizeof *h);

    for (unsigned i = 0; i < KINDS; i++)
        make_history(&h[i], i, sigmas[i]);
    freeReplyObject(redisCommand(redis, "FLUSHALL"));
    double open = fill(h, fill_open), raw = fill(h, fill_raw), hours = fill(h, fill_hours);
    double days = fill(h, fill_days), index = fill(h, fill_index), all = used();
    printf("a year of %d monitors in %d regions every 60 s, keys included, %s:\n", MONITORS,
           REGIONS, which);
    printf("  open  %6.1f MB  %.2f bytes a result (to reach: 4.5)\n", open / 1e6,
           open / (SERIES * (double)SLOTS));
    printf("  raw   %6.1f MB  %.2f bytes a result (to reach: 1.8)\n", raw / 1e6,
           raw / (SERIES * (double)SLOTS * RAW_DAYS));
    printf("  hours %6.1f MB  %.1f bytes an hour (to reach: 60)\n", hours / 1e6,
           hours / (SERIES * 365.0 * 24));
    printf("  days  %6.1f MB  %.1f bytes a day (to reach: 120)\n", days / 1e6,
           days / (SERIES * 365.0));
    printf("  index %6.1f MB\n", index / 1e6);
    printf("  used_memory %.1f MB (to reach: %d)\n", all / 1e6, LIMIT_MB);
    for (int i = 0; i < KINDS; i++)
        free_history(&h[i]);
    mem_free(h);
    return all / 1e6;
}

static int measure_both(void)
{
    double mixed = measure("a fleet of all kinds", (const double[KINDS]){0.1, 0.3, 0.5, 0.8});

    measure("all restless", (const double[KINDS]){0.5, 0.5, 0.5, 0.5});
    print_need();
    return mixed < LIMIT_MB ? 0 : 1;
}

int main(void)
{
    char dir[] = "/tmp/mwyearXXXXXX";

    if (mkdtemp(dir) == NULL)
        return 1;
    pid_t pid = start_redis(dir);
    int rc = redis != NULL ? measure_both() : 1;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    fflush(stdout);
    if (rc != 0)
        fprintf(stderr, "bench_year: over its limit, or no redis-server\n");
    char remove[64];
    snprintf(remove, sizeof remove, "%s/s", dir);
    unlink(remove);
    rmdir(dir);
    return rc;
}
