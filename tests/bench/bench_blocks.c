/* bench_blocks.c - bytes a result and a roll-up take, and how long packing and unpacking takes.
 *
 * Latencies are log-normal about 50 to 200 ms, probes begin 0 to 40 ms late, one in a thousand
 * fails. Bytes are those of the blocks; a key of its own costs KEY_BYTES more in Redis, and its
 * allocator rounds up. Times are processor time, the best of several rounds. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "stats/block.h"
#include "stats/draw.h"
#include "stats/sample.h"
#include "stats/tally.h"

#define DAYS      30
#define HOURS     (DAYS * 24)
#define SLOTS_MAX 8640
#define KEY_BYTES 160
#define ROUNDS    20
#define FAILING   0.001
#define LATE_US   40000

struct month {
    int interval_s;
    size_t slots; /* of a day */
    unsigned char raw[DAYS][SLOTS_MAX * SAMPLE_BYTES];
    struct tally hours[HOURS], days[DAYS];
};

struct figure {
    double bytes, put_ms, get_ms;
};

static int missed;

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void must(int rc)
{
    if (rc == 0)
        return;
    fprintf(stderr, "a block can't be read back\n");
    exit(1);
}

static void make_month(struct month *m, int interval_s, double sigma)
{
    struct dice d = {20261122};
    const struct weather w = {50 + 150 * draw_share(&d), sigma, FAILING, LATE_US};
    m->interval_s = interval_s;
    m->slots = (size_t)(86400 / interval_s);
    for (int i = 0; i < HOURS; i++)
        tally_init(&m->hours[i]);
    for (int day = 0; day < DAYS; day++) {
        tally_init(&m->days[day]);
        for (size_t i = 0; i < m->slots; i++) {
            unsigned char *slot = m->raw[day] + i * SAMPLE_BYTES;
            struct result r = draw_result(&d, &w), kept = {0};
            sample_encode(&r, slot);
            must(sample_decode(slot, &kept) ? 0 : -1);
            tally_add(&m->hours[(size_t)day * 24 + i * 24 / m->slots], &kept);
            tally_add(&m->days[day], &kept);
        }
    }
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static struct figure seal(const struct month *m)
{
    static unsigned char back[SLOTS_MAX * SAMPLE_BYTES];
    struct figure f = {0, 1e9, 1e9};
    struct buf b;
    struct err e;
    buf_init(&b, SIZE_MAX);
    for (int day = 0; day < DAYS; day++) {
        double began = now_ms();
        buf_clear(&b);
        block_seal(m->raw[day], m->slots, &b);
        f.put_ms = least(f.put_ms, now_ms() - began);
        began = now_ms();
        must(block_unseal(b.p, b.len, back, m->slots, &e));
        f.get_ms = least(f.get_ms, now_ms() - began);
        f.bytes += (double)b.len / DAYS;
    }
    buf_done(&b);
    return f;
}

static void on_unit(void *arg, size_t unit, const struct tally *t)
{
    (void)unit;
    *(uint64_t *)arg += t->sum_us;
}

static struct figure roll(const struct tally *tallies, size_t n)
{
    const struct tally *units[HOURS];
    struct figure f = {0, 1e9, 1e9};
    struct buf b;
    struct err e;
    uint64_t sum = 0;
    buf_init(&b, SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        units[i] = &tallies[i];
    for (int round = 0; round < ROUNDS; round++) {
        double began = now_ms();
        buf_clear(&b);
        block_put_tallies(units, n, &b);
        f.put_ms = least(f.put_ms, now_ms() - began);
        began = now_ms();
        must(block_get_tallies(b.p, b.len, on_unit, &sum, &e));
        f.get_ms = least(f.get_ms, now_ms() - began);
    }
    f.bytes = (double)b.len / (double)n;
    buf_done(&b);
    return f;
}

static void say(const char *what, double is, double budget, const char *unit)
{
    if (budget <= 0) {
        printf("  %-44s %8.3f %s\n", what, is, unit);
        return;
    }
    printf("  %-44s %8.3f %s  of %.4g: %.2f%s\n", what, is, unit, budget, is / budget,
           is > budget ? "  OVER" : "");
    missed += is > budget;
}

struct budget {
    int interval_s;
    double sigma, sample, hour, day, seal_ms, hours_ms; /* 0: only shown */
};

static void bench(struct month *m, const struct budget *b)
{
    make_month(m, b->interval_s, b->sigma);
    struct figure raw = seal(m), hours = roll(m->hours, HOURS), days = roll(m->days, DAYS);
    double slots = (double)m->slots;
    printf("every %d s, sigma %.1f\n", b->interval_s, b->sigma);
    say("a result in an open block, with its key", (slots * 4 + 1 + KEY_BYTES) / slots, 4.5, "B");
    say("a result in a sealed block", raw.bytes / slots, 0, "B");
    say("a result in a sealed block, with its key", (raw.bytes + KEY_BYTES) / slots, b->sample,
        "B");
    say("an hour in a month's block", hours.bytes, b->hour, "B");
    say("a day in a month's block", days.bytes, b->day, "B");
    say("sealing a day", raw.put_ms, b->seal_ms, "ms");
    say("unsealing a day", raw.get_ms, b->seal_ms, "ms");
    say("writing a month of hours", hours.put_ms, 0, "ms");
    say("reading a month of hours", hours.get_ms, b->hours_ms, "ms");
    say("reading a month of days", days.get_ms, 0, "ms");
}

int main(void)
{
    static const struct budget budgets[] = {
        {60, 0.1, 1.8, 60, 120, 1, 2}, {60, 0.3, 1.8, 60, 120, 1, 2}, {60, 0.5, 1.8, 60, 120, 1, 2},
        {60, 0.8, 1.8, 60, 120, 1, 2}, {10, 0.5, 1.8, 60, 120, 4, 0},
    };
    struct month *m = mem_new(struct month);
    for (size_t i = 0; i < sizeof budgets / sizeof budgets[0]; i++)
        bench(m, &budgets[i]);
    mem_free(m);
    return missed > 0;
}
