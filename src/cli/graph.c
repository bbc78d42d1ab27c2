/* graph.c - what a monitor measured, drawn in the terminal. */
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ask_when.h"
#include "base/civil.h"
#include "base/text.h"
#include "base/vec.h"
#include "draw.h"
#include "here.h"
#include "loop/loop.h"
#include "show.h"

#define WIDTH_NONE 80 /* where there is no terminal */
#define WIDTH_MOST 400

enum {
    OPTION_SINCE,
    OPTION_FROM,
    OPTION_TO,
    OPTION_STEP,
    OPTION_WHAT,
    OPTION_PERCENTILE,
    OPTION_REGION
};
static const struct option_row options[] = {
    {"since", 0, "TIME", "so long ago, 24h or 30d, or a time (else 24h)"},
    {"from", 0, "TIME", "from then on: 18:00, 2026-11-22T18:00, or RFC 3339"},
    {"to", 0, "TIME", "until then (else now)"},
    {"step", 0, "DURATION", "a point for so long (else what fits the terminal)"},
    {"what", 0, "WHAT", "latency (else this), availability or lateness"},
    {"percentile", 0, "N", "of latency: 50, 95, 99.9 … (else 99)"},
    {"region", 0, "REGION", "results of this region only"},
    {NULL, 0, NULL, NULL},
};

/* --- what is drawn ---------------------------------------------------------------------- */

struct graph {
    const char *monitor;
    const char *percentile; /* "99"; NULL: not of latency */
    bool availability;
    VEC(struct draw_point) points;
    int64_t from_ms, to_ms, step_ms;
    /* of everything */
    double good, valid, results, expected;
    double worst;
    int64_t worst_ms;
};

static int64_t instant_of(const struct jv *object, const char *key)
{
    const char *text = jv_get_text(object, key);
    bool has_zone;
    int64_t ms = 0;

    if (!text || rfc3339_parse(text, &ms, &has_zone) < 0)
        return 0;
    return ms;
}

static double number(const struct jv *object, const char *key)
{
    return jv_real(jv_get(object, key), (double)NAN);
}

static double value_of(const struct graph *g, const struct jv *p)
{
    char name[32];

    if (g->availability)
        return number(p, "availability") * 100;
    if (!g->percentile)
        return number(jv_get(p, "lateness_ms"), "max");
    text_printf(name, sizeof name, "p%s", g->percentile);
    return number(jv_get(p, "latency_ms"), name);
}

static enum draw_mark mark_of(const struct jv *p)
{
    int64_t down = jv_get_int(p, "down", 0);
    int64_t valid = down + jv_get_int(p, "up", 0) + jv_get_int(p, "degraded", 0);

    if (jv_get_int(p, "results", 0) == 0)
        return jv_get_int(p, "expected", 0) > 0 ? DRAW_GAP : DRAW_NONE;
    if (valid == 0)
        return jv_get_int(p, "maintenance", 0) > 0 ? DRAW_MAINTENANCE : DRAW_UNKNOWN;
    return down == 0 ? DRAW_NONE : down * 2 >= valid ? DRAW_DOWN : DRAW_SOME_DOWN;
}

static void take_point(struct graph *g, const struct jv *p)
{
    struct draw_point point = {value_of(g, p), mark_of(p)};
    double good = (double)(jv_get_int(p, "up", 0) + jv_get_int(p, "degraded", 0));

    vec_push(&g->points, point);
    g->good += good;
    g->valid += good + (double)jv_get_int(p, "down", 0);
    g->results += (double)jv_get_int(p, "results", 0);
    g->expected += (double)jv_get_int(p, "expected", 0);
    if (!isnan(point.value) &&
        (isnan(g->worst) || (g->availability ? point.value < g->worst : point.value > g->worst))) {
        g->worst = point.value;
        g->worst_ms = instant_of(p, "at");
    }
}

/* --- words ------------------------------------------------------------------------------ */

static void print_head(const struct graph *g)
{
    const struct zone *z = here_zone();
    char from[64], to[64], step[32];

    show_local(g->from_ms, z, from, sizeof from);
    show_local(g->to_ms, z, to, sizeof to);
    text_from_duration(g->step_ms, step, sizeof step);
    if (g->percentile)
        printf("%s: p%s of latency", g->monitor, g->percentile);
    else
        printf("%s: %s", g->monitor,
               g->availability ? "availability" : "lateness of our own probes");
    printf(", each %s\n%s to %s (%s)\n\n", step, from, to, zone_name(z));
}

static void print_worst(const struct graph *g)
{
    char value[32], when[64];

    if (isnan(g->worst))
        return;
    if (g->availability)
        draw_percent(g->worst / 100, value, sizeof value);
    else
        text_human_ms(g->worst, value, sizeof value);
    printf("%s %s at %s; ", g->availability ? "lowest" : "highest", value,
           here_time(g->worst_ms, loop_now_ms(), when, sizeof when));
}

static void print_nothing(const struct graph *g)
{
    char from[64], to[64];

    show_local(g->from_ms, here_zone(), from, sizeof from);
    show_local(g->to_ms, here_zone(), to, sizeof to);
    printf("%s: no results from %s to %s (%s); %.0f were expected\n", g->monitor, from, to,
           zone_name(here_zone()), g->expected);
}

static void print_damage(const struct jv *answer)
{
    int64_t damaged = jv_get_int(answer, "damaged", 0);

    if (damaged > 0)
        printf("%lld damaged %s could not be read: results are missing here; the log says which.\n",
               (long long)damaged, damaged == 1 ? "block" : "blocks");
}

static void print_foot(const struct graph *g, const struct jv *answer)
{
    char available[32], coverage[32];

    draw_percent(g->valid > 0 ? g->good / g->valid : (double)NAN, available, sizeof available);
    draw_percent(g->expected > 0 ? g->results / g->expected : (double)NAN, coverage,
                 sizeof coverage);
    putchar('\n');
    print_worst(g);
    printf("available %s, from %.0f of %.0f results (coverage %s)\n", available, g->results,
           g->expected, coverage);
    if (!jv_get_bool(answer, "exact", true))
        puts("The time was moved to what is still kept that finely.");
}

/* --- the terminal ----------------------------------------------------------------------- */

static size_t width_here(void)
{
    struct winsize w = {0};

    if (!isatty(1) || ioctl(1, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
        return WIDTH_NONE;
    return w.ws_col < DRAW_WIDTH ? DRAW_WIDTH : w.ws_col < WIDTH_MOST ? w.ws_col : WIDTH_MOST;
}

static bool speaks_utf8(void)
{
    setlocale(LC_CTYPE, "");
    return text_eq(nl_langinfo(CODESET), "UTF-8");
}

static void print_picture(const struct graph *g)
{
    struct drawing d = {.points = g->points.items,
                        .n = g->points.n,
                        .from_ms = g->from_ms,
                        .step_ms = g->step_ms,
                        .zone = here_zone(),
                        .unit = g->availability ? DRAW_PERCENT : DRAW_MS,
                        .low_is_bad = g->availability,
                        .width = width_here(),
                        .utf8 = speaks_utf8(),
                        .colour = cli_colour(1)};
    struct buf out;

    buf_init(&out, 1 << 20);
    draw_graph(&d, &out);
    fputs(buf_text(&out), stdout);
    buf_done(&out);
}

static int print_graph(const struct args *a, const char *monitor, const struct jv *answer)
{
    const char *what = a->values[OPTION_WHAT];
    struct graph g = {.monitor = monitor, .worst = (double)NAN};
    const struct jv *points = jv_get(answer, "points");

    g.availability = text_eq(what, "availability");
    if (!what || text_eq(what, "latency"))
        g.percentile = show_or(a->values[OPTION_PERCENTILE], "99");
    g.from_ms = instant_of(answer, "from");
    g.to_ms = instant_of(answer, "to");
    g.step_ms = (int64_t)llround(number(answer, "step_s") * 1000);
    for (size_t i = 0; i < jv_len(points); i++)
        take_point(&g, jv_at(points, i));
    if (g.results > 0) {
        print_head(&g);
        print_picture(&g);
        print_foot(&g, answer);
    } else {
        print_nothing(&g);
    }
    print_damage(answer);
    vec_done(&g.points);
    return g.results > 0 ? EXIT_GOOD : EXIT_NO;
}

/* --- asking ----------------------------------------------------------------------------- */

static int add_when(const struct args *a, struct buf *path)
{
    const char *since = a->values[OPTION_SINCE];
    int rc;

    if (since && a->values[OPTION_FROM])
        return cli_usage(a->command, "--since and --from do not go together");
    if (!since && !a->values[OPTION_FROM])
        since = "24h";
    rc = since ? query_add_since(a, path, since)
               : query_add_past(a, path, "from", a->values[OPTION_FROM]);
    return rc == EXIT_GOOD ? query_add_past(a, path, "to", a->values[OPTION_TO]) : rc;
}

static int make_path(const struct args *a, const char *monitor, struct buf *path)
{
    char columns[32];
    int rc;

    buf_str(path, "/api/v1/monitors/");
    query_add_segment(path, monitor);
    buf_str(path, "/series");
    rc = add_when(a, path);
    snprintf(columns, sizeof columns, "%zu", draw_columns(width_here()));
    query_add(path, "points", columns);
    query_add(path, "percentiles", show_or(a->values[OPTION_PERCENTILE], "99"));
    if (a->values[OPTION_STEP])
        query_add(path, "step", a->values[OPTION_STEP]);
    if (a->values[OPTION_REGION])
        query_add(path, "region", a->values[OPTION_REGION]);
    return rc;
}

static int show_one(const struct args *a, size_t i, const char *body)
{
    struct jv *v = NULL;
    struct err e;
    int rc = EXIT_GOOD;

    if (a->json) {
        printf("%s%s%s", a->n_words > 1 && i == 0 ? "[" : "", body,
               a->n_words == 1      ? "\n"
               : i + 1 < a->n_words ? ",\n"
                                    : "]\n");
        return EXIT_GOOD;
    }
    if (jv_parse(body, strlen(body), &v, &e) < 0) {
        fprintf(stderr, "midwatch: the daemon's answer cannot be read: %s\n", e.text);
        return EXIT_UNREACHABLE;
    }
    if (i > 0)
        putchar('\n');
    rc = print_graph(a, a->words[i], v);
    jv_free(v);
    return rc;
}

/* All answers before the first word, so that what is printed is whole. */
static int ask_all(const struct args *a, char **bodies)
{
    struct buf path;
    int rc = EXIT_GOOD;

    for (size_t i = 0; rc == EXIT_GOOD && i < a->n_words; i++) {
        buf_init(&path, 4096);
        rc = make_path(a, a->words[i], &path);
        if (rc == EXIT_GOOD)
            rc = cli_ask(a, "GET", buf_text(&path), NULL, &bodies[i]);
        buf_done(&path);
    }
    return rc;
}

static int run(const struct args *a)
{
    static const char *const kinds[] = {"latency", "availability", "lateness", NULL};
    char *bodies[sizeof a->words / sizeof *a->words] = {NULL};
    const char *what = a->values[OPTION_WHAT];
    bool known = !what;
    int rc;

    for (size_t i = 0; kinds[i]; i++)
        known = known || text_eq(what, kinds[i]);
    if (!known)
        return cli_usage(a->command, "--what is latency, availability or lateness, not `%s`", what);
    if (a->values[OPTION_PERCENTILE] && what && !text_eq(what, "latency"))
        return cli_usage(a->command, "--percentile is of latency");
    rc = ask_all(a, bodies);
    for (size_t i = 0; rc != EXIT_UNREACHABLE && i < a->n_words && bodies[i]; i++) {
        int one = bodies[a->n_words - 1] ? show_one(a, i, bodies[i]) : EXIT_GOOD;
        rc = one > rc ? one : rc;
    }
    for (size_t i = 0; i < a->n_words; i++)
        mem_free(bodies[i]);
    return rc;
}

const struct command command_graph = {
    .name = "graph",
    .words = "MONITOR…",
    .least = 1,
    .most = 16,
    .summary = "what a monitor measured, drawn in the terminal",
    .help =
        "Latency, availability or our own lateness over time, on the wall clock of this machine\n"
        "($TZ). A gap is drawn as a gap; below stands where the monitor was down, or not probed.\n"
        "When several points share a column it shows the worst. Exit status 1: no results at all.",
    .options = options,
    .run = run,
};
