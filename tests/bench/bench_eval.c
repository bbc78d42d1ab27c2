/* bench_eval.c - nanoseconds for judging one probe: expectations, verdict, state, sample. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eval/expect.h"
#include "eval/state.h"
#include "eval/verdict.h"
#include "sched/heap.h"
#include "stats/sample.h"

#define ROUNDS     200000
#define HEAP_NODES 10000

static const struct header headers[] = {{"Date", "x"}, {"Content-Type", "application/json"}};
static const char body[] =
    "{\"status\":\"ok\",\"queues\":[{\"depth\":3},{\"depth\":4}],\"version\":\"1.2\"}";
static struct observation seen = {
    .at_ms = 1795316645000,
    .phases = {100, 200, 3000, 40000, 500, 43800},
    .status = 200,
    .http_version = "1.1",
    .ip = "192.0.2.7",
    .headers = headers,
    .n_headers = 2,
    .body = body,
    .body_len = sizeof body - 1,
    .size = sizeof body - 1,
    .cert = {.present = true, .not_after_ms = 1799316645000, .tls_version = "TLSv1.3"},
};

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void report(const char *what, int64_t began_ns, int64_t rounds)
{
    printf("%-46s %8.1f ns\n", what, (double)(now_ns() - began_ns) / (double)rounds);
}

static struct expectation *compiled(const char *text)
{
    struct expectation *x;
    struct err e;
    if (expect_compile(text, "http", &x, &e) != 0) {
        fprintf(stderr, "%s: %s\n", text, e.text);
        exit(1);
    }
    return x;
}

static void bench_expect(const char *text)
{
    struct expectation *x = compiled(text);
    struct held h;
    int64_t began = now_ns();
    for (int i = 0; i < ROUNDS; i++)
        expect_eval(x, &seen, seen.at_ms, &h);
    char what[80];
    snprintf(what, sizeof what, "expect_eval  %s", text);
    report(what, began, ROUNDS);
    expect_free(x);
}

static void bench_compile(void)
{
    int64_t began = now_ns();
    for (int i = 0; i < ROUNDS / 10; i++)
        expect_free(compiled("status in [200, 204, 300..304]"));
    report("expect_compile  status in [200, 204, 300..304]", began, ROUNDS / 10);
}

static void bench_verdict(void)
{
    struct expectation *expect[] = {compiled("status in 200..299"), compiled("latency < 800ms"),
                                    compiled("json $.status == \"ok\""),
                                    compiled("cert.expires_in > 14d")};
    struct monitor m = {.name = "api", .kind = "http", .expect = expect, .n_expect = 4};
    struct result r = {0};
    static struct held helds[HELD_MAX];
    size_t n;
    int64_t began = now_ns();
    for (int i = 0; i < ROUNDS; i++)
        verdict_of(&m, &seen, seen.at_ms, &r, helds, &n);
    report("verdict_of  the contract's four expectations", began, ROUNDS);
    for (size_t i = 0; i < 4; i++)
        expect_free(expect[i]);
}

static void bench_state(void)
{
    struct monitor_status s = {0};
    struct result r = {0};
    enum monitor_state from;
    int64_t began = now_ns();
    for (int i = 0; i < ROUNDS; i++) {
        r.verdict = i / 3 % 2 ? VERDICT_DOWN : VERDICT_UP;
        r.at_ms = i;
        state_step(&s, 2, 2, &r, &from);
    }
    report("state_step", began, ROUNDS);
}

static void bench_sample(void)
{
    struct result r = {.verdict = VERDICT_UP};
    unsigned char b[SAMPLE_BYTES];
    int64_t began = now_ns(), sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        r.phases.total_us = i * 37;
        sample_encode(&r, b);
        sample_decode(b, &r);
        sum += r.phases.total_us;
    }
    report("sample_encode + sample_decode", began, ROUNDS);
    if (sum == 0)
        printf("?\n");
}

static void bench_heap(void)
{
    static struct heap_node nodes[HEAP_NODES];
    struct heap h = {0};
    for (int i = 0; i < HEAP_NODES; i++)
        heap_put(&h, &nodes[i], i * 7919 % HEAP_NODES);
    int64_t began = now_ns();
    for (int i = 0; i < ROUNDS; i++) {
        struct heap_node *first = heap_first(&h);
        heap_put(&h, first, first->due + HEAP_NODES);
    }
    report("heap_put  of the first of 10,000", began, ROUNDS);
    heap_done(&h);
}

int main(void)
{
    bench_expect("status in 200..299");
    bench_expect("latency < 800ms");
    bench_expect("header content-type matches /json/i");
    bench_expect("json $.queues[*].depth < 1000");
    bench_compile();
    bench_verdict();
    bench_state();
    bench_sample();
    bench_heap();
    return 0;
}
