/* coverage.c - gaps and double cover ahead, and how the load falls on people. From the file alone.
 */
#include <stdio.h>

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "here.h"
#include "loop/loop.h"
#include "oncall/coverage.h"
#include "show.h"

#define DAY_MS     ((int64_t)86400000)
#define DAYS_MOST  3660
#define ROWS_SHOWN 12 /* gaps, and double cover, in the table; --json has them all */

enum { OPTION_SCHEDULE, OPTION_FROM, OPTION_DAYS };
static const struct option_row options[] = {
    {"schedule", 0, "NAME", "this one only (else all)"},
    {"from", 0, "TIME", "RFC 3339, or local to the schedule (else now)"},
    {"days", 0, "N", "how far to look, 1 to 3660 (else 400)"},
    {NULL, 0, NULL, NULL},
};

/* --- JSON: docs/oncall.md says what each member is ----------------------------------------- */

static void write_time(struct jw *w, const char *key, int64_t at_ms)
{
    char text[32];

    jw_kv_text(w, key, rfc3339_format(at_ms, text, sizeof text));
}

static void write_hours(struct jw *w, const char *key, int64_t seconds)
{
    jw_kv_real(w, key, (double)seconds / 3600, 4);
}

static void write_spans(struct jw *w, const char *key, const struct coverage_span *spans, size_t n)
{
    jw_kv_list(w, key);
    for (size_t i = 0; i < n; i++) {
        jw_object(w);
        write_time(w, "from", spans[i].from_ms);
        write_time(w, "to", spans[i].to_ms);
        write_hours(w, "hours", (spans[i].to_ms - spans[i].from_ms) / 1000);
        if (spans[i].people)
            jw_kv_int(w, "people", (int64_t)spans[i].people);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void write_loads(struct jw *w, const struct coverage *v)
{
    jw_kv_list(w, "people");
    for (size_t i = 0; i < v->loads.n; i++) {
        const struct coverage_load *l = &v->loads.items[i];

        jw_object(w);
        jw_kv_text(w, "person", l->person);
        jw_kv_text(w, "time_zone", zone_name(l->zone));
        jw_kv_bool(w, "takes_turns", l->takes_turns);
        jw_kv_int(w, "turns", (int64_t)l->turns);
        write_hours(w, "hours", l->total_s);
        write_hours(w, "night_hours", l->night_s);
        write_hours(w, "weekend_hours", l->weekend_s);
        write_hours(w, "holiday_hours", l->holiday_s);
        write_hours(w, "longest_hours", l->longest_s);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void write_coverage(struct jw *w, const struct schedule *s, const struct coverage *v,
                           bool matters)
{
    jw_object(w);
    jw_kv_text(w, "schedule", s->name);
    jw_kv_text(w, "time_zone", zone_name(s->zone));
    jw_kv_bool(w, "used", matters);
    write_time(w, "from", v->from_ms);
    write_time(w, "to", v->to_ms);
    jw_kv_bool(w, "cut", v->cut);
    jw_kv_int(w, "score", v->score);
    jw_kv_real(w, "balance", v->balance, 4);
    write_hours(w, "gap_hours", v->gap_s);
    write_spans(w, "gaps", v->gaps.items, v->gaps.n);
    jw_kv_bool(w, "shared", v->shared);
    write_hours(w, "double_hours", v->double_s);
    write_spans(w, "double", v->doubles.items, v->doubles.n);
    write_loads(w, v);
    jw_object_end(w);
}

/* --- for people ---------------------------------------------------------------------------- */

static const char *hours(int64_t seconds, char *dst, size_t size)
{
    text_printf(dst, size, "%.1f", (double)seconds / 3600);
    return dst;
}

static void print_loads(const struct coverage *v)
{
    static const char *const heads[] = {"  PERSON", "TURNS",    "HOURS",   "NIGHT",
                                        "WEEKEND",  "HOLIDAYS", "LONGEST", "ZONE"};
    struct table *t = table_new(8, heads);

    for (size_t i = 0; i < v->loads.n; i++) {
        const struct coverage_load *l = &v->loads.items[i];
        char cells[7][64];

        text_printf(cells[0], sizeof *cells, "  %s%s", l->person, l->takes_turns ? "" : " *");
        text_printf(cells[1], sizeof *cells, "%zu", l->turns);
        hours(l->total_s, cells[2], sizeof *cells);
        hours(l->night_s, cells[3], sizeof *cells);
        hours(l->weekend_s, cells[4], sizeof *cells);
        hours(l->holiday_s, cells[5], sizeof *cells);
        hours(l->longest_s, cells[6], sizeof *cells);
        table_add(t, (const char *[]){cells[0], cells[1], cells[2], cells[3], cells[4], cells[5],
                                      cells[6], zone_name(l->zone)});
    }
    table_print(t, cli_colour(1));
    table_free(t);
}

/* The same hour, day after day: one line for all of them. Returns how many go together. */
static size_t alike(const struct coverage_span *spans, size_t n, const struct zone *z)
{
    size_t k = 1;
    int64_t length = spans[0].to_ms - spans[0].from_ms;
    int64_t clock = zone_local(z, spans[0].from_ms / 1000);

    while (k < n && spans[k].to_ms - spans[k].from_ms == length &&
           spans[k].people == spans[0].people &&
           zone_local(z, spans[k].from_ms / 1000) == clock + (int64_t)k * (DAY_MS / 1000))
        k++;
    return k;
}

static void print_span(const struct coverage_span *s, size_t k, const struct zone *z)
{
    char from[40], to[40], last[40], length[32], people[40] = "";

    show_local(s->from_ms, z, from, sizeof from);
    show_local(s->to_ms, z, to, sizeof to);
    text_human_ms((double)(s->to_ms - s->from_ms), length, sizeof length);
    if (s->people)
        snprintf(people, sizeof people, ", %zu people", s->people);
    printf("    %s - %s  (%s%s)", from, to, length, people);
    if (k > 1)
        printf(", daily until %.14s (%zu times)",
               show_local(s[k - 1].from_ms, z, last, sizeof last), k);
    putchar('\n');
}

static void print_spans(const struct coverage_span *spans, size_t n, const struct zone *z)
{
    size_t shown = 0, i = 0;

    for (; i < n && shown < ROWS_SHOWN; shown++) {
        size_t k = alike(spans + i, n - i, z);

        print_span(spans + i, k, z);
        i += k;
    }
    if (i < n)
        printf("    and %zu more; --json has them all\n", n - i);
}

static void print_coverage(const struct schedule *s, const struct coverage *v, bool matters)
{
    char from[40], to[40], gap[32], both[32], count[32];

    printf("%s: score %d, %s to %s %s%s\n", s->name, v->score,
           show_local(v->from_ms, s->zone, from, sizeof from),
           show_local(v->to_ms, s->zone, to, sizeof to), zone_name(s->zone),
           v->cut ? " (too many changes to look further)" : "");
    if (v->gaps.n)
        printf("  nobody for %s h in %s%s:\n", hours(v->gap_s, gap, sizeof gap),
               show_count(v->gaps.n, "gap", "gaps", count, sizeof count),
               matters ? "" : " (no policy uses this schedule)");
    else
        puts("  no gap");
    print_spans(v->gaps.items, v->gaps.n, s->zone);
    if (v->doubles.n)
        printf("  more than one person for %s h%s\n", hours(v->double_s, both, sizeof both),
               v->shared ? " (turns are shared)" : ":");
    if (!v->shared)
        print_spans(v->doubles.items, v->doubles.n, s->zone);
    print_loads(v);
}

/* --- the command --------------------------------------------------------------------------- */

struct output {
    const struct args *args;
    const struct config *config;
    int64_t now_ms, days;
    struct jw w;
    bool gap; /* in a schedule that matters */
};

static int one(struct output *o, const struct schedule *s)
{
    const char *from = o->args->values[OPTION_FROM];
    struct coverage v;
    int64_t from_ms = o->now_ms;
    bool matters = coverage_matters(o->config, s);

    if (from && here_read_in(s->zone, from, o->now_ms, &from_ms) < 0)
        return cli_usage(o->args->command,
                         "--from is a time such as +7d or 2026-11-22T03:00, not `%s`", from);
    coverage_measure(&v, o->config, s, from_ms, from_ms + o->days * DAY_MS);
    if (o->args->json)
        write_coverage(&o->w, s, &v, matters);
    else
        print_coverage(s, &v, matters);
    o->gap = o->gap || (matters && v.gaps.n > 0);
    coverage_done(&v);
    return EXIT_GOOD;
}

static int all(struct output *o)
{
    const char *name = o->args->values[OPTION_SCHEDULE];
    const struct config *c = o->config;
    const struct schedule *only = name ? config_schedule(c, name) : NULL;

    if (name && !only) {
        fprintf(stderr, "midwatch coverage: no schedule `%s` in %s\n", name, c->path);
        return EXIT_NO;
    }
    for (size_t i = 0; i < c->n_schedules; i++)
        if ((!only || only == &c->schedules[i]) && one(o, &c->schedules[i]) != EXIT_GOOD)
            return EXIT_USAGE;
    return o->gap ? EXIT_NO : EXIT_GOOD;
}

static int run(const struct args *a)
{
    const char *days = a->values[OPTION_DAYS];
    struct output o = {.args = a, .now_ms = loop_now_ms(), .days = COVERAGE_DAYS};
    struct config *c;
    struct buf text;
    int rc;

    if (days && text_int(days, 1, DAYS_MOST, &o.days, NULL) < 0)
        return cli_usage(a->command, "--days is a number from 1 to %d, not `%s`", DAYS_MOST, days);
    if (cli_load_without_secrets(a, &c) < 0)
        return EXIT_NO;
    o.config = c;
    buf_init(&text, 1 << 28);
    jw_init(&o.w, &text);
    jw_list(&o.w);
    rc = all(&o);
    jw_list_end(&o.w);
    if (rc != EXIT_USAGE && a->json)
        puts(buf_text(&text));
    else if (rc == EXIT_GOOD && !c->n_schedules)
        puts("no schedules");
    buf_done(&text);
    config_free(c);
    return rc;
}

const struct command command_coverage = {
    .name = "coverage",
    .summary = "gaps and double cover ahead, and who carries how much",
    .help =
        "Reads schedules from the file alone and looks ahead: when nobody is on call, when more\n"
        "than one person is, and each person's hours, nights (22:00 to 06:00), weekends and\n"
        "holidays by their own clock. Exit status 1 when a schedule that a policy uses has a gap.\n"
        "The score is 100 for cover without a gap, shared out evenly.",
    .options = options,
    .run = run,
};
