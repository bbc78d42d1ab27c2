/* bench_rehearse.c - a month of five hundred monitors with a few hundred outages: under 2 s. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/story.h"
#include "rehearse/rehearse.h"

#define MONITORS  500
#define OUTAGES   400
#define DAYS      30
#define TARGET_MS 2000
#define START_MS  1795312800000LL
#define RESULTS   1000000

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct config *configuration(void)
{
    struct diagnostics d;
    struct config *c;
    struct buf yaml;
    buf_init(&yaml, 1 << 20);
    buf_str(&yaml, "channels: { a: { type: webhook, url: 'http://h/' } }\n"
                   "people: { ana: { notify: [ { via: a } ] }, bo: { notify: [ { via: a } ] } }\n"
                   "schedules: { s: { time_zone: UTC, layers: [ { name: l, every: 1 week, "
                   "anchor: 2026-01-05T09:00, members: [ana, bo] } ] } }\n"
                   "policies: { default: { ack_timeout: 30m, steps: [ { notify: ['schedule:s'] }, "
                   "{ after: 5m, notify: ['person:bo'] } ] } }\n"
                   "defaults: { interval: 10s, retry_interval: 2s, fail_after: 2 }\nmonitors:\n");
    for (int i = 0; i < MONITORS; i++)
        buf_printf(&yaml, "- { name: m%d, http: 'http://h/%d'%s%d%s }\n", i, i,
                   i % 5 ? ", depends_on: [m" : ", labels: { n: '", i - i % 5, i % 5 ? "]" : "' }");
    if (config_parse("f.yaml", buf_text(&yaml), yaml.len, &(struct load_options){0}, &c, &d) != 0)
        exit(1);
    diagnostics_done(&d);
    buf_done(&yaml);
    return c;
}

static void story_of(const struct config *c, bool crashes, struct story *ret)
{
    struct story_frame f = {.path = "story", .config = c, .zone = zone_utc(), .now_ms = START_MS};
    struct diagnostics d;
    struct buf yaml;
    buf_init(&yaml, 1 << 20);
    buf_printf(&yaml, "until: +%dd\nevents:\n", DAYS);
    for (int i = 0; i < OUTAGES; i++) {
        int at = i * (DAYS * 1440 / OUTAGES);
        buf_printf(&yaml, "- { at: +%dm, down: [m%d, m%d], for: %dm }\n", at, i * 7 % MONITORS,
                   (i * 7 + 1) % MONITORS, 5 + i % 90);
        if (i % 2)
            buf_printf(&yaml, "- { at: +%dm, ack: ana }\n", at + 4);
        if (crashes && i % 20 == 0)
            buf_printf(&yaml, "- { at: +%dm, crash: midwatch }\n", at + 6);
    }
    if (story_parse(buf_text(&yaml), yaml.len, &f, ret, &d) != 0)
        exit(1);
    diagnostics_done(&d);
    buf_done(&yaml);
}

static int bench_month(const struct config *c, bool crashes)
{
    struct playbill b;
    struct story s;
    struct err e = {""};
    double began, took_ms;
    story_of(c, crashes, &s);
    began = now_s();
    if (rehearse(c, &s, &b, &e) != 0)
        fprintf(stderr, "%s\n", e.text);
    took_ms = (now_s() - began) * 1000;
    printf("%-46s %8.1f ms  %zu entries, target %d ms\n",
           crashes ? "a month, killed 20 times" : "a month of 500 monitors, 400 outages", took_ms,
           b.entries.n, TARGET_MS);
    playbill_done(&b);
    story_done(&s);
    return took_ms < TARGET_MS ? 0 : 1;
}

static void bench_results(const struct config *c)
{
    struct result good = {.verdict = VERDICT_UP};
    struct playbill b;
    struct rehearsal *r = rehearsal_new(c, START_MS, &b);
    double began = now_s();
    for (int i = 0; i < RESULTS; i++) {
        good.at_ms = good.due_ms = START_MS + i * 20;
        if (rehearsal_result(r, c->monitors[i % MONITORS].name, &good, good.at_ms, NULL) != 0)
            exit(1);
    }
    printf("%-46s %8.1f ns\n", "rehearsal_result  one result of a history",
           (now_s() - began) * 1e9 / RESULTS);
    rehearsal_free(r);
    playbill_done(&b);
}

int main(void)
{
    struct config *c = configuration();
    int rc = bench_month(c, false) | bench_month(c, true);
    bench_results(c);
    config_free(c);
    return rc;
}
