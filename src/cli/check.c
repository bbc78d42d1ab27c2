/* check.c - is the file right, and what would it do? */
#include <stdio.h>

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "loop/loop.h"
#include "oncall/coverage.h"
#include "show.h"
#include "slo.h"
#include "stats/need.h"

#define HANDOFFS 5
#define AHEAD_MS (COVERAGE_DAYS * (int64_t)86400000)

static double probes_per_second(const struct config *c)
{
    double sum = 0;

    for (size_t i = 0; i < c->n_monitors; i++)
        if (c->monitors[i].enabled)
            sum += 1000.0 / (double)c->monitors[i].interval_ms;
    return sum;
}

static void names_of(const struct oncall *who, struct buf *out)
{
    if (!who->n)
        buf_str(out, "nobody");
    for (size_t i = 0; i < who->n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", who->people[i]);
}

/* The next changes: at most HANDOFFS, within AHEAD_MS. */
static size_t handoffs_of(const struct schedule *s, int64_t now_ms, int64_t ret[HANDOFFS])
{
    size_t n = 0;

    for (int64_t at = now_ms; n < HANDOFFS; n++) {
        at = oncall_next_change(s, at, now_ms + AHEAD_MS);
        if (at == INT64_MAX)
            break;
        ret[n] = at;
    }
    return n;
}

static void print_schedule(const struct schedule *s, int64_t now_ms)
{
    struct oncall who;
    struct buf names;
    char when[40];
    int64_t changes[HANDOFFS];
    size_t n = handoffs_of(s, now_ms, changes);

    oncall_who(s, now_ms, &who);
    buf_init(&names, 4096);
    names_of(&who, &names);
    printf("  schedule %s: %s now%s\n", s->name, buf_text(&names), n ? "; then" : "");
    for (size_t i = 0; i < n; i++) {
        oncall_who(s, changes[i], &who);
        buf_clear(&names);
        names_of(&who, &names);
        printf("    %s  %s%s%s\n", show_local(changes[i], s->zone, when, sizeof when),
               buf_text(&names), i ? "" : "  ", i ? "" : zone_name(s->zone));
    }
    buf_done(&names);
}

/* A page into a gap finds nobody: that is no error, since there are the next step and the
 * fallback, but nobody should learn of it at night. */
static void warn_of_gaps(const struct config *c, const struct schedule *s, int64_t now_ms)
{
    struct coverage v;
    char from[40], count[32];

    if (!coverage_matters(c, s))
        return;
    coverage_measure(&v, c, s, now_ms, now_ms + AHEAD_MS);
    if (v.gaps.n)
        fprintf(stderr,
                "%s: warning: schedule `%s` has nobody on call from %s %s on; %s within %d days, "
                "%.1f h: `midwatch coverage`\n",
                c->path, s->name, show_local(v.gaps.items[0].from_ms, s->zone, from, sizeof from),
                zone_name(s->zone), show_count(v.gaps.n, "gap", "gaps", count, sizeof count),
                COVERAGE_DAYS, (double)v.gap_s / 3600);
    coverage_done(&v);
}

static void print_need(const struct config *c)
{
    struct need n;

    need_of(c, &n);
    printf("  the store will need about %.1f MB: raw %.1f, minute %.1f, hour %.1f, day %.1f, other "
           "%.1f\n",
           (double)n.total / 1e6, (double)n.raw / 1e6, (double)n.minute / 1e6, (double)n.hour / 1e6,
           (double)n.day / 1e6, (double)n.other / 1e6);
}

static void write_need(struct jw *w, const struct config *c)
{
    struct need n;

    need_of(c, &n);
    jw_kv_object(w, "store_bytes");
    jw_kv_int(w, "raw", n.raw);
    jw_kv_int(w, "minute", n.minute);
    jw_kv_int(w, "hour", n.hour);
    jw_kv_int(w, "day", n.day);
    jw_kv_int(w, "other", n.other);
    jw_kv_int(w, "total", n.total);
    jw_object_end(w);
}

static void print_summary(const struct config *c)
{
    char a[32], b[32], d[32];

    printf("%s: good\n", c->path);
    printf("  %s, %.3g probes per second planned\n",
           show_count(c->n_monitors, "monitor", "monitors", a, sizeof a), probes_per_second(c));
    printf("  %s, %s, %s\n", show_count(c->n_people, "person", "people", a, sizeof a),
           show_count(c->n_channels, "channel", "channels", b, sizeof b),
           show_count(c->n_policies, "policy", "policies", d, sizeof d));
    for (size_t i = 0; i < c->n_schedules; i++)
        print_schedule(&c->schedules[i], loop_now_ms());
    for (size_t i = 0; i < c->n_schedules; i++)
        warn_of_gaps(c, &c->schedules[i], loop_now_ms());
    slo_check_print(c, loop_now_ms());
    printf("  store %s, web %s\n", c->store.shown_url, c->web.listen);
    print_need(c);
}

static void write_diagnostics(struct jw *w, const struct diagnostics *d)
{
    jw_kv_list(w, "diagnostics");
    for (size_t i = 0; i < d->n; i++) {
        const struct diagnostic *g = &d->items[i];

        jw_object(w);
        jw_kv_text(w, "file", g->file);
        jw_kv_int(w, "line", g->line);
        jw_kv_int(w, "column", g->column);
        jw_kv_text(w, "level", g->warning ? "warning" : "error");
        jw_kv_text(w, "text", g->text);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void write_people(struct jw *w, const struct schedule *s, int64_t at_ms)
{
    struct oncall who;

    oncall_who(s, at_ms, &who);
    jw_kv_list(w, "people");
    for (size_t p = 0; p < who.n; p++)
        jw_text(w, who.people[p]);
    jw_list_end(w);
}

static void write_handoffs(struct jw *w, const struct schedule *s, int64_t now_ms)
{
    int64_t changes[HANDOFFS];
    size_t n = handoffs_of(s, now_ms, changes);
    char at[32];

    jw_kv_list(w, "handoffs");
    for (size_t i = 0; i < n; i++) {
        jw_object(w);
        jw_kv_text(w, "at", rfc3339_format(changes[i], at, sizeof at));
        write_people(w, s, changes[i]);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void write_schedules(struct jw *w, const struct config *c, int64_t now_ms)
{
    jw_kv_list(w, "schedules");
    for (size_t i = 0; i < c->n_schedules; i++) {
        const struct schedule *s = &c->schedules[i];
        struct coverage v;

        coverage_measure(&v, c, s, now_ms, now_ms + AHEAD_MS);
        jw_object(w);
        jw_kv_text(w, "schedule", s->name);
        write_people(w, s, now_ms);
        write_handoffs(w, s, now_ms);
        jw_kv_bool(w, "used", coverage_matters(c, s));
        jw_kv_int(w, "gaps", (int64_t)v.gaps.n);
        jw_object_end(w);
        coverage_done(&v);
    }
    jw_list_end(w);
}

static void print_json(const struct config *c, const struct diagnostics *d)
{
    struct buf out;
    struct jw w;

    buf_init(&out, 1 << 22);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kv_bool(&w, "valid", c != NULL);
    write_diagnostics(&w, d);
    if (c) {
        jw_kv_int(&w, "monitors", (int64_t)c->n_monitors);
        jw_kv_real(&w, "probes_per_second", probes_per_second(c), 3);
        write_need(&w, c);
        write_schedules(&w, c, loop_now_ms());
    }
    jw_object_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
}

static int run(const struct args *a)
{
    const char *path = a->n_words ? a->words[0] : cli_config_path(a->config_path);
    struct diagnostics d = {0};
    struct config *c = NULL;
    struct buf out;
    int rc = config_load(path, &(struct load_options){.now_ms = loop_now_ms()}, &c, &d);

    buf_init(&out, 1 << 20);
    diagnostics_print(&d, &out);
    fputs(buf_text(&out), stderr);
    buf_done(&out);
    if (a->json)
        print_json(c, &d);
    else if (rc == 0)
        print_summary(c);
    config_free(c);
    diagnostics_done(&d);
    return rc == 0 ? EXIT_GOOD : EXIT_NO;
}

const struct command command_check = {
    .name = "check",
    .words = "[FILE]",
    .most = 1,
    .summary = "is the configuration right?",
    .help =
        "Reads the file and everything it includes, and prints all that is wrong with it, each\n"
        "as FILE:LINE:COL: error: TEXT. When nothing is: what it would do, who is on call now and\n"
        "next, which schedules leave gaps, and how much memory the store will need. Nothing is\n"
        "probed and nobody is told.",
    .run = run,
};
