/* bench_incidents.c - ten thousand incidents open at once, through the real engine in virtual time.
 *
 * Every monitor goes down; each incident pages a person by two channels and a channel. CPU time of
 * each kind of event, and of the longest single call: while it lasts the daemon answers nobody. */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "config/load.h"
#include "engine/engine.h"

#define MONITORS      10000
#define BURST         1000 /* of them within one second */
#define START_MS      1795312800000LL
#define HOUR_MS       3600000LL
#define LONG_CYCLES   200 /* of one incident: acknowledged and taken back */
#define CALL_MOST_MS  100.0
#define START_MOST_MS 300.0 /* nobody waits for the daemon before it has read back its state */
#define CASE_MOST_B   20000.0
#define NO_TARGET     0.0
#define US_MOST       200.0
#define STORM_OFF     "storm: { incidents: 0, share: 0 }\n"
#define DEPENDS_ON_M0 ", depends_on: [m0]"

struct bench {
    struct config *config;
    struct engine *engine;
    struct effects fx;
    VEC(struct attempt) due; /* how the sends under way will end */
    int64_t now_ms;
    size_t pages; /* sent */
};

/* What calls of one kind took. */
struct meter {
    int64_t calls, total_ns, worst_ns;
};

static int failures;

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double heap_bytes(void)
{
    struct mallinfo2 m = mallinfo2();
    return (double)m.uordblks + (double)m.hblkhd;
}

static void meter_add(struct meter *m, int64_t ns)
{
    m->calls++;
    m->total_ns += ns;
    if (ns > m->worst_ns)
        m->worst_ns = ns;
}

static void say(const char *what, double value, const char *unit, double most)
{
    printf("%-58s %10.1f %-2s", what, value, unit);
    if (most > NO_TARGET)
        printf("  < %g %s%s", most, unit, value < most ? "" : "   MISSED");
    printf("\n");
    failures += most > NO_TARGET && value >= most;
}

/* Many calls: the mean, and the longest of them. */
static void say_meter(const char *what, const struct meter *m)
{
    char line[80];

    say(what, (double)m->total_ns / 1e3 / (double)(m->calls ? m->calls : 1), "us", US_MOST);
    snprintf(line, sizeof line, "  the longest of %lld", (long long)m->calls);
    say(line, (double)m->worst_ns / 1e6, "ms", CALL_MOST_MS);
}

static void say_call(const char *what, const struct meter *m)
{
    say(what, (double)m->worst_ns / 1e6, "ms", CALL_MOST_MS);
}

/* --- the world --- */

static struct config *configuration(const char *top, const char *each)
{
    struct diagnostics d;
    struct config *c;
    struct buf yaml;

    buf_init(&yaml, 4 << 20);
    buf_printf(&yaml,
               "%schannels: { sms: { type: webhook, url: 'http://h/' }, call: { type: webhook, "
               "url: 'http://h/' }, ops: { type: webhook, url: 'http://h/' } }\n"
               "people: { ana: { notify: [ { via: sms }, { via: call } ] }, bo: { notify: [ { via: "
               "sms }, { via: call } ] }, cto: { notify: [ { via: sms }, { via: call } ] } }\n"
               "schedules: { s: { time_zone: UTC, layers: [ { name: l, every: 1 week, "
               "anchor: 2026-01-05T09:00, members: [ana] } ] } }\n"
               "policies: { default: { steps: [ { notify: ['schedule:s', 'channel:ops'] }, "
               "{ after: 1h, notify: ['person:cto', 'channel:ops'] } ] } }\n"
               "defaults: { interval: 1h, fail_after: 1, recover_after: 1 }\nmonitors:\n"
               "- { name: m0, http: 'http://h/' }\n",
               top);
    for (int i = 1; i < MONITORS; i++)
        buf_printf(&yaml, "- { name: m%d, http: 'http://h/%d', labels: { team: t%d }%s }\n", i, i,
                   i % 20, each);
    if (config_parse("f.yaml", buf_text(&yaml), yaml.len, &(struct load_options){0}, &c, &d) != 0) {
        diagnostics_print(&d, &yaml);
        fprintf(stderr, "%s", buf_text(&yaml));
        exit(1);
    }
    diagnostics_done(&d);
    buf_done(&yaml);
    return c;
}

/* Notes how each send will end: it is accepted. */
static void take_sends(struct bench *b)
{
    for (size_t i = 0; i < b->fx.sends.n; i++) {
        const struct delivery *d = b->fx.sends.items[i];
        struct attempt a = {.number = d->attempt,
                            .outcome = OUTCOME_OK,
                            .reached = REACHED_YES,
                            .status = 200,
                            .at_ms = b->now_ms};

        text_copy(a.delivery, sizeof a.delivery, d->id);
        vec_push(&b->due, a);
        b->pages++;
    }
    effects_clear(&b->fx);
}

static void deliver(struct bench *b, struct meter *m)
{
    for (size_t i = 0; i < b->due.n; i++) {
        struct attempt a = b->due.items[i];
        int64_t began = cpu_ns();

        engine_attempt(b->engine, &a, b->now_ms, &b->fx);
        if (m)
            meter_add(m, cpu_ns() - began);
        take_sends(b);
    }
    b->due.n = 0;
}

static void result(struct bench *b, int monitor, enum verdict v, struct meter *m)
{
    struct result r = {.due_ms = b->now_ms, .at_ms = b->now_ms, .verdict = v};
    char name[24];
    int64_t began;

    if (v == VERDICT_DOWN) {
        r.reason = REASON_CONNECT;
        text_copy(r.message, sizeof r.message, "connection refused");
    }
    snprintf(name, sizeof name, "m%d", monitor);
    began = cpu_ns();
    engine_result(b->engine, name, &r, b->now_ms, &b->fx);
    if (m)
        meter_add(m, cpu_ns() - began);
    take_sends(b);
}

static void tick(struct bench *b, struct meter *m)
{
    int64_t began = cpu_ns();

    engine_tick(b->engine, b->now_ms, &b->fx);
    meter_add(m, cpu_ns() - began);
    take_sends(b);
    deliver(b, NULL);
}

static void deed(struct bench *b, enum deed_kind kind, const char *incident, struct meter *m)
{
    struct deed d = {.kind = kind, .incident = incident, .who = "ana"};
    struct err e;
    int64_t began = cpu_ns();

    if (engine_deed(b->engine, &d, b->now_ms, &b->fx, &e) < 0) {
        fprintf(stderr, "%s %s: %s\n", deed_name(kind), incident, e.text);
        exit(1);
    }
    meter_add(m, cpu_ns() - began);
    take_sends(b);
    deliver(b, NULL);
}

static void begin(struct bench *b, const char *top, const char *each)
{
    *b = (struct bench){.config = configuration(top, each), .now_ms = START_MS};
    b->engine = engine_new();
    engine_configure(b->engine, b->config, b->now_ms, &b->fx);
    effects_clear(&b->fx);
    for (int i = 0; i < MONITORS; i++)
        result(b, i, VERDICT_UP, NULL);
}

static void end(struct bench *b)
{
    engine_free(b->engine);
    config_free(b->config);
    effects_done(&b->fx);
    vec_done(&b->due);
}

/* The rest over eight minutes, the burst within a second. */
static void all_down(struct bench *b, struct meter *opening, struct meter *attempts)
{
    for (int i = 0; i < MONITORS; i++) {
        b->now_ms += i < MONITORS - BURST ? 50 : 1;
        if (i == MONITORS - BURST)
            b->now_ms += 2000;
        result(b, i, VERDICT_DOWN, opening);
        deliver(b, attempts);
    }
}

/* --- what is read while they are open --- */

static void bench_reading(struct bench *b)
{
    const struct incident *const *open;
    struct meter list = {0}, audit = {0}, snapshot = {0};
    struct commit all = {0};
    struct err e;
    int64_t began;

    result(b, 0, VERDICT_UP, NULL); /* so that the list is built anew */
    deliver(b, NULL);
    result(b, 0, VERDICT_DOWN, NULL);
    deliver(b, NULL);
    began = cpu_ns();
    if (engine_incidents(b->engine, &open) != MONITORS)
        failures++;
    meter_add(&list, cpu_ns() - began);
    began = cpu_ns();
    if (engine_audit(b->engine, b->now_ms, 60000, &e) < 0)
        fprintf(stderr, "audit: %s\n", e.text);
    meter_add(&audit, cpu_ns() - began);
    began = cpu_ns();
    engine_snapshot(b->engine, &all);
    meter_add(&snapshot, cpu_ns() - began);
    commit_done(&all);
    say_call("the list of open incidents, built anew", &list);
    say_call("the audit", &audit);
    say_call("a snapshot", &snapshot);
}

/* --- a second life --- */

static void store(const struct bench *b, struct stored *ret)
{
    struct commit all = {0};

    engine_snapshot(b->engine, &all);
    for (size_t i = 0; i < all.monitors.n; i++) {
        struct stored_monitor m = {.status = *all.monitors.items[i].status};

        text_copy(m.name, sizeof m.name, all.monitors.items[i].name);
        vec_push(&ret->monitors, m);
    }
    for (size_t i = 0; i < all.incidents.n; i++)
        vec_push(&ret->incidents, *all.incidents.items[i]);
    for (size_t i = 0; i < all.deliveries.n; i++)
        vec_push(&ret->deliveries, *all.deliveries.items[i]);
    commit_done(&all);
}

static void bench_restore(const struct bench *b, struct bench *ret)
{
    struct stored s = {0};
    struct meter m = {0};
    int64_t began;

    *ret = (struct bench){.config = b->config, .now_ms = b->now_ms + 1000};
    store(b, &s);
    ret->engine = engine_new();
    engine_configure(ret->engine, ret->config, ret->now_ms, &ret->fx);
    effects_clear(&ret->fx);
    began = cpu_ns();
    engine_restore(ret->engine, &s, ret->now_ms, &ret->fx);
    meter_add(&m, cpu_ns() - began);
    say("engine_restore", (double)m.worst_ns / 1e6, "ms", START_MOST_MS);
    if (ret->fx.sends.n)
        fprintf(stderr, "a restart sent %zu pages again\n", ret->fx.sends.n);
    take_sends(ret);
    stored_done(&s);
}

static void bench_handoff(struct bench *b)
{
    struct kept_override o = {.kind = OVERRIDE_SET,
                              .start_ms = b->now_ms,
                              .end_ms = b->now_ms + HOUR_MS,
                              .schedule = "s",
                              .people = "bo",
                              .author = "bo"};
    struct meter m = {0};
    struct err e;
    int64_t began = cpu_ns();

    if (engine_override_add(b->engine, &o, 1, b->now_ms, &b->fx, &e) < 0)
        exit(1);
    meter_add(&m, cpu_ns() - began);
    say_call("an override: bo inherits 10,000", &m);
    take_sends(b);
    deliver(b, NULL);
}

static void bench_silence(struct bench *b, const char *matchers, const char *what)
{
    struct quiet q = {
        .start_ms = b->now_ms, .end_ms = b->now_ms + HOUR_MS, .author = "ana", .everything = true};
    struct meter add = {0}, over = {0};
    struct err e;
    int64_t began = cpu_ns();
    char line[80];

    text_copy(q.matchers, sizeof q.matchers, matchers);
    if (engine_quiet_add(b->engine, &q, b->now_ms, &b->fx, &e) < 0)
        exit(1);
    meter_add(&add, cpu_ns() - began);
    take_sends(b);
    b->now_ms += 1000;
    began = cpu_ns();
    if (engine_quiet_end(b->engine, q.id, "ana", b->now_ms, &b->fx, &e) < 0)
        exit(1);
    meter_add(&over, cpu_ns() - began);
    snprintf(line, sizeof line, "a silence %s is added", what);
    say_call(line, &add);
    snprintf(line, sizeof line, "  it ends: %zu pages at once", b->fx.sends.n);
    say_call(line, &over);
    take_sends(b);
    deliver(b, NULL);
}

static void bench_reload(struct bench *b)
{
    struct meter m = {0};
    int64_t began = cpu_ns();

    engine_configure(b->engine, b->config, b->now_ms, &b->fx);
    meter_add(&m, cpu_ns() - began);
    say_call("a reload", &m);
    take_sends(b);
    deliver(b, NULL);
}

static void bench_second_life(const struct bench *b)
{
    struct bench r;

    bench_restore(b, &r);
    bench_reload(&r);
    bench_handoff(&r);
    bench_silence(&r, "monitor=m7", "for one of them");
    bench_silence(&r, "monitor=~m.*", "for all of them");
    r.config = NULL;
    end(&r);
}

/* --- to the end --- */

static void ids_of(const struct bench *b, char (*ids)[INCIDENT_ID_SIZE])
{
    const struct incident *const *open;
    size_t n = engine_incidents(b->engine, &open);

    for (size_t i = 0; i < n; i++)
        text_copy(ids[i], INCIDENT_ID_SIZE, open[i]->id);
}

/* The same incident for days: what one of its events costs must not grow out of hand. */
static void bench_long_case(struct bench *b, const char *id)
{
    struct meter acks = {0}, unacks = {0};

    for (int i = 0; i < LONG_CYCLES; i++) {
        b->now_ms += 1;
        deed(b, DEED_ACK, id, &acks);
        b->now_ms += 1;
        deed(b, DEED_UNACK, id, &unacks);
    }
    say_call("one of them acknowledged for the 200th time", &acks);
    say_call("  taken back", &unacks);
}

static void bench_people(struct bench *b)
{
    char(*ids)[INCIDENT_ID_SIZE] = mem_calloc(MONITORS, sizeof *ids);
    struct meter acks = {0}, part = {0}, resolves = {0}, closing = {0};

    ids_of(b, ids);
    bench_long_case(b, ids[0]);
    deed(b, DEED_ACK, ids[1] + 4, &part);
    for (int i = 2; i < MONITORS; i++)
        deed(b, DEED_ACK, ids[i], &acks);
    for (int i = 0; i < MONITORS; i++)
        deed(b, DEED_RESOLVE, ids[i], &resolves);
    b->now_ms += HOUR_MS;
    tick(b, &closing);
    say_meter("one acknowledgement", &acks);
    say_call("  by a part of the id", &part);
    say_meter("one resolve", &resolves);
    say_call("all forgotten in one tick, after the reopen window", &closing);
    mem_free(ids);
}

static void bench_steps(struct bench *b)
{
    struct meter steps = {0}, rest = {0};
    size_t before;
    int64_t last_ms = b->now_ms;

    b->now_ms = last_ms + HOUR_MS - 2000;
    while (engine_wake_ms(b->engine) <= b->now_ms)
        tick(b, &rest);
    before = b->pages;
    b->now_ms = last_ms + HOUR_MS;
    tick(b, &steps);
    printf("%-58s %10zu\n", "one tick runs 1,000 steps: pages", b->pages - before);
    say("  for each step", (double)steps.total_ns / 1e3 / BURST, "us", US_MOST);
    say_call("  the tick", &steps);
}

static void bench_plain(void)
{
    struct meter opening = {0}, attempts = {0};
    struct bench b;
    double before;

    begin(&b, STORM_OFF, "");
    before = heap_bytes();
    all_down(&b, &opening, &attempts);
    printf("10,000 incidents, the storm's brake off: %zu pages\n", b.pages);
    say_meter("one opening, with three deliveries", &opening);
    say_meter("one attempt's end", &attempts);
    say("memory for each incident, with three deliveries", (heap_bytes() - before) / MONITORS, "B",
        CASE_MOST_B);
    bench_second_life(&b);
    bench_steps(&b);
    bench_reading(&b);
    bench_people(&b);
    end(&b);
}

/* --- together --- */

static void bench_storm(void)
{
    struct meter opening = {0}, resolving = {0}, coming_back = {0};
    struct bench b;

    begin(&b, "", "");
    all_down(&b, &opening, NULL);
    printf("10,000 incidents, the storm's brake on: %zu pages\n", b.pages);
    say_meter("one opening, most of them held", &opening);
    deed(&b, DEED_RESOLVE, "storm:default", &resolving);
    say_call("the storm resolved by hand, with all its members", &resolving);
    for (int i = 0; i < MONITORS; i++)
        result(&b, i, VERDICT_DOWN, &opening);
    deliver(&b, NULL);
    for (int i = 0; i < MONITORS; i++)
        result(&b, i, VERDICT_UP, &coming_back);
    deliver(&b, NULL);
    say_meter("one recovery out of a storm", &coming_back);
    end(&b);
}

/* Everything behind one gateway. */
static void bench_gateway(void)
{
    struct meter opening = {0}, parent = {0}, recovers = {0}, children = {0};
    struct bench b;

    begin(&b, STORM_OFF, DEPENDS_ON_M0);
    all_down(&b, &opening, NULL);
    printf("9,999 that depend on one which is down: %zu pages\n", b.pages);
    say_meter("one opening, held by its dependency", &opening);
    b.now_ms += 1000;
    result(&b, 0, VERDICT_DOWN, &parent);
    say_call("one more result of the one they depend on", &parent);
    for (int i = 1; i < MONITORS; i++)
        result(&b, i, VERDICT_DOWN, &children);
    say_meter("one more result of theirs", &children);
    result(&b, 0, VERDICT_UP, &recovers);
    say_call("it recovers", &recovers);
    deliver(&b, NULL);
    end(&b);
}

int main(void)
{
    bench_plain();
    bench_storm();
    bench_gateway();
    return failures > 0;
}
