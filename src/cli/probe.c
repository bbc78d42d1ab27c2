/* probe.c - one probe now, with everything it saw. */
#include "probe/probe.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "eval/verdict.h"
#include "model/names.h"
#include "world.h"

struct probe_run {
    struct world world;
    const struct args *args;
    const struct monitor *monitor;
    struct probe *probe;
    int status;
};

static const struct phase_row {
    const char *name;
    size_t offset;
} phases[] = {
    {"resolve", offsetof(struct phases, resolve_us)},
    {"connect", offsetof(struct phases, connect_us)},
    {"tls", offsetof(struct phases, tls_us)},
    {"wait", offsetof(struct phases, wait_us)},
    {"transfer", offsetof(struct phases, transfer_us)},
    {"total", offsetof(struct phases, total_us)},
};
#define N_PHASES (sizeof phases / sizeof *phases)

static int64_t phase_us(const struct phases *p, size_t i)
{
    return *(const int64_t *)(const void *)((const char *)p + phases[i].offset);
}

/* --- JSON --- */

static void write_phases(struct jw *w, const struct phases *p)
{
    jw_kv_object(w, "phases_ms");
    for (size_t i = 0; i < N_PHASES; i++) {
        jw_key(w, phases[i].name);
        if (phase_us(p, i) < 0)
            jw_null(w);
        else
            jw_real(w, (double)phase_us(p, i) / 1000.0, 3);
    }
    jw_object_end(w);
}

static void write_certificate(struct jw *w, const struct certificate *c)
{
    jw_kv_object(w, "certificate");
    jw_kv_text(w, "subject", c->subject);
    jw_kv_text(w, "issuer", c->issuer);
    jw_kv_text(w, "names", c->san);
    jw_kv_time(w, "not_before", c->not_before_ms);
    jw_kv_time(w, "not_after", c->not_after_ms);
    jw_kv_text(w, "tls_version", c->tls_version);
    jw_object_end(w);
}

static void write_facts(struct jw *w, const struct observation *o)
{
    jw_kv_object(w, "facts");
    jw_kv_int(w, "status", o->status);
    jw_kv_int(w, "size", o->size);
    jw_kv_text(w, "ip", o->ip[0] ? o->ip : NULL);
    jw_kv_text(w, "http_version", o->http_version[0] ? o->http_version : NULL);
    jw_kv_int(w, "redirects", o->redirects);
    jw_kv_text_opt(w, "effective_url", o->effective_url);
    jw_kv_bool(w, "body_capped", o->body_capped);
    if (o->cert.present)
        write_certificate(w, &o->cert);
    jw_object_end(w);
}

static void write_held(struct jw *w, const struct held *h, size_t n)
{
    jw_kv_list(w, "expect");
    for (size_t i = 0; i < n; i++) {
        jw_object(w);
        jw_kv_text(w, "text", h[i].text);
        jw_kv_bool(w, "held", h[i].held);
        jw_kv_text(w, "actual", h[i].actual);
        jw_kv_bool(w, "warn", h[i].warn);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void print_json(const struct monitor *m, const struct observation *o, const struct result *r,
                       const struct held *h, size_t n)
{
    struct buf out;
    struct jw w;

    buf_init(&out, 1 << 20);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kv_text(&w, "name", m->name);
    jw_kv_text(&w, "kind", m->kind);
    jw_kv_text(&w, "target", m->http.shown_url);
    jw_kv_time(&w, "at", o->at_ms);
    jw_kv_text(&w, "verdict", verdict_name(r->verdict));
    jw_kv_text(&w, "reason", reason_name(r->reason));
    jw_kv_text(&w, "message", r->message);
    write_phases(&w, &o->phases);
    write_facts(&w, o);
    write_held(&w, h, n);
    jw_object_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
}

/* --- for people --- */

static const char *paint(enum verdict v, bool colour)
{
    static const char *const escapes[] = {
        [VERDICT_UP] = "\033[32m",
        [VERDICT_DEGRADED] = "\033[33m",
        [VERDICT_DOWN] = "\033[31m",
        [VERDICT_UNKNOWN] = "\033[2m",
    };

    return colour ? escapes[v] : "";
}

#define BAR 40

static void print_phases(const struct phases *p)
{
    int64_t total = p->total_us > 0 ? p->total_us : 1, before = 0;

    for (size_t i = 0; i < N_PHASES; i++) {
        int64_t us = phase_us(p, i);
        bool sum = phases[i].offset == offsetof(struct phases, total_us);
        char human[32];
        int from = sum ? 0 : (int)(before * BAR / total), len;

        if (us < 0)
            continue;
        len = (int)(us * BAR / total);
        text_human_ms((double)us / 1000.0, human, sizeof human);
        printf("  %-9s %8s  %*s", phases[i].name, human, from, "");
        for (int k = 0; k < (len ? len : 1) && from + k < BAR; k++)
            fputs(sum ? "─" : "█", stdout);
        putchar('\n');
        before += us;
    }
}

static void print_facts(const struct observation *o, int64_t now_ms)
{
    if (o->status)
        printf("  status %d, %lld bytes, HTTP/%s from %s\n", o->status, (long long)o->size,
               o->http_version, o->ip);
    if (o->redirects)
        printf("  %d redirects, to %s\n", o->redirects, o->effective_url ? o->effective_url : "");
    if (o->cert.present)
        printf("  %s, certificate %s by %s, %lld days left\n", o->cert.tls_version, o->cert.subject,
               o->cert.issuer, (long long)((o->cert.not_after_ms - now_ms) / 86400000));
}

static void print_text(const struct monitor *m, const struct observation *o, const struct result *r,
                       const struct held *h, size_t n)
{
    bool colour = cli_colour(1);

    printf("%s %s%s%s", m->name, paint(r->verdict, colour), verdict_name(r->verdict),
           colour ? "\033[0m" : "");
    if (r->verdict != VERDICT_UP)
        printf(" (%s): %s", reason_name(r->reason), r->message);
    printf("\n  %s\n", m->http.shown_url);
    print_facts(o, loop_now_ms());
    print_phases(&o->phases);
    for (size_t i = 0; i < n; i++)
        printf("  %s%s %s%s\n",
               h[i].held   ? "✓ "
               : h[i].warn ? "! "
                           : "✗ ",
               h[i].text, h[i].actual[0] ? "— " : "", h[i].actual);
}

/* --- the run --- */

static void on_observed(void *arg, const struct observation *o)
{
    struct probe_run *p = arg;
    struct held helds[HELD_MAX];
    struct result r = {0};
    size_t n;

    verdict_of(p->monitor, o, loop_now_ms(), &r, helds, &n);
    (p->args->json ? print_json : print_text)(p->monitor, o, &r, helds, n);
    p->status = r.verdict == VERDICT_UP || r.verdict == VERDICT_DEGRADED ? EXIT_GOOD : EXIT_NO;
    probe_free(p->probe);
    world_stop(&p->world);
}

static int probe_one(const struct args *a, const struct monitor *m)
{
    struct probe_run p = {.args = a, .monitor = m, .status = EXIT_NO};
    struct probe_world pw;
    struct err e;

    if (world_init(&p.world, NULL, &e) < 0) {
        fprintf(stderr, "midwatch probe: %s\n", e.text);
        return EXIT_UNREACHABLE;
    }
    pw = (struct probe_world){&p.world.loop, p.world.resolver, p.world.http};
    p.probe = probe_new(&pw, m, &e);
    if (p.probe) {
        probe_start(p.probe, on_observed, &p);
    } else {
        fprintf(stderr, "midwatch probe: %s\n", e.text);
        world_stop(&p.world);
    }
    world_run(&p.world);
    world_done(&p.world);
    return p.status;
}

static const char *first_error(const struct diagnostics *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (!d->items[i].warning)
            return d->items[i].text;
    return "not a URL";
}

/* A URL is probed as a monitor of a file with nothing else in it. */
static int probe_url(const struct args *a)
{
    struct diagnostics d = {0};
    struct config *c = NULL;
    struct buf yaml;
    struct jw w;
    int rc = EXIT_USAGE;

    buf_init(&yaml, 1 << 16);
    jw_init(&w, &yaml);
    buf_str(&yaml, "monitors: [ { name: url, http: ");
    jw_text(&w, a->words[0]);
    buf_str(&yaml, " } ]\n");
    if (config_parse("URL", yaml.p, yaml.len, &(struct load_options){0}, &c, &d) == 0)
        rc = probe_one(a, &c->monitors[0]);
    else
        fprintf(stderr, "midwatch probe: %s\n", first_error(&d));
    config_free(c);
    diagnostics_done(&d);
    buf_done(&yaml);
    return rc;
}

static int run(const struct args *a)
{
    const struct monitor *m;
    struct config *c;
    int rc = EXIT_NO;

    if (strstr(a->words[0], "://"))
        return probe_url(a);
    if (cli_load(a, &c) < 0)
        return EXIT_NO;
    m = config_monitor(c, a->words[0]);
    if (m)
        rc = probe_one(a, m);
    else
        fprintf(stderr, "midwatch probe: no monitor `%s` in %s\n", a->words[0], c->path);
    config_free(c);
    return rc;
}

const struct command command_probe = {
    .name = "probe",
    .words = "MONITOR|URL",
    .least = 1,
    .most = 1,
    .summary = "one probe now, with all it saw",
    .help =
        "Runs the monitor's probe once, from here; nothing is recorded and nobody is told. Prints\n"
        "the verdict, the phases, the certificate and every expectation with what was there.\n"
        "Exit status 1 unless it is up or degraded.",
    .run = run,
};
