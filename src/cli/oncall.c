/* oncall.c - who is on call, from the file alone. */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "here.h"
#include "loop/loop.h"
#include "oncall/oncall.h"
#include "show.h"

#define LOOK_AHEAD_MS (400LL * 86400000)

enum { OPTION_SCHEDULE, OPTION_AT, OPTION_UNTIL };
static const struct option_row options[] = {
    {"schedule", 0, "NAME", "this one only (else all)"},
    {"at", 0, "TIME", "18:00, +2h, 2026-11-22T03:00 local to the schedule, or RFC 3339 (else now)"},
    {"until", 0, "TIME", "every change from --at until then"},
    {NULL, 0, NULL, NULL},
};

/* What one line says: from `at_ms`, and until when it holds (INT64_MAX: asked for one instant
 * only). */
struct span {
    const struct schedule *schedule;
    int64_t at_ms, to_ms;
    struct oncall who;
};

/* Whole seconds, as one asks for them: a schedule knows nothing finer. */
static void write_time(struct jw *w, const char *key, int64_t at_ms)
{
    char text[32];

    jw_kv_text(w, key, rfc3339_format(at_ms, text, sizeof text));
}

static void write_span(struct jw *w, const struct span *s)
{
    jw_object(w);
    jw_kv_text(w, "schedule", s->schedule->name);
    if (s->to_ms == INT64_MAX) {
        write_time(w, "at", s->at_ms);
    } else {
        write_time(w, "from", s->at_ms);
        write_time(w, "to", s->to_ms);
    }
    jw_kv_list(w, "people");
    for (size_t i = 0; i < s->who.n; i++)
        jw_text(w, s->who.people[i]);
    jw_list_end(w);
    jw_object_end(w);
}

static void print_span(struct table *t, const struct span *s)
{
    char from[40], to[40] = "";
    struct buf names;

    buf_init(&names, 8192);
    for (size_t i = 0; i < s->who.n; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", s->who.people[i]);
    if (!s->who.n)
        buf_str(&names, "nobody");
    show_local(s->at_ms, s->schedule->zone, from, sizeof from);
    if (s->to_ms < INT64_MAX)
        show_local(s->to_ms, s->schedule->zone, to, sizeof to);
    table_add(t, (const char *[]){s->schedule->name, from, to, buf_text(&names),
                                  s->who.layer ? s->who.layer : "", zone_name(s->schedule->zone)});
    if (!s->who.n)
        table_tint(t, 3, 'r');
    buf_done(&names);
}

struct output {
    bool json;
    struct jw w;
    struct buf buf;
    struct table *table;
};

static void say(struct output *o, const struct span *s)
{
    if (o->json)
        write_span(&o->w, s);
    else
        print_span(o->table, s);
}

static void say_schedule(struct output *o, const struct schedule *s, int64_t at_ms,
                         int64_t until_ms)
{
    struct span span = {.schedule = s, .at_ms = at_ms, .to_ms = INT64_MAX};

    if (until_ms == INT64_MAX && !o->json)
        span.to_ms = oncall_next_change(s, at_ms, at_ms + LOOK_AHEAD_MS);
    do {
        int64_t change;

        oncall_who(s, span.at_ms, &span.who);
        if (until_ms != INT64_MAX) {
            change = oncall_next_change(s, span.at_ms, until_ms);
            span.to_ms = change < until_ms ? change : until_ms;
        }
        say(o, &span);
        span.at_ms = span.to_ms;
    } while (until_ms != INT64_MAX && span.at_ms < until_ms);
}

static int one(const struct args *a, struct output *o, const struct schedule *s, int64_t now_ms)
{
    const char *at = a->values[OPTION_AT], *until = a->values[OPTION_UNTIL];
    int64_t at_ms = now_ms, until_ms = INT64_MAX;

    if (at && here_read_in(s->zone, at, now_ms, &at_ms) < 0)
        return cli_usage(a->command,
                         "--at is a time such as 18:00, +2h or 2026-11-22T03:00, not `%s`", at);
    if (until && here_read_in(s->zone, until, now_ms, &until_ms) < 0)
        return cli_usage(a->command, "--until is a time such as +7d or 2026-11-29T03:00, not `%s`",
                         until);
    if (until_ms <= at_ms)
        return cli_usage(a->command, "--until must come after --at");
    say_schedule(o, s, at_ms, until_ms);
    return EXIT_GOOD;
}

static int all(const struct args *a, struct output *o, const struct config *c)
{
    const char *name = a->values[OPTION_SCHEDULE];
    const struct schedule *only = name ? config_schedule(c, name) : NULL;
    int64_t now_ms = loop_now_ms();
    int rc = EXIT_GOOD;

    if (name && !only) {
        fprintf(stderr, "midwatch oncall: no schedule `%s` in %s\n", name, c->path);
        return EXIT_NO;
    }
    for (size_t i = 0; i < c->n_schedules && rc == EXIT_GOOD; i++)
        if (!only || only == &c->schedules[i])
            rc = one(a, o, &c->schedules[i], now_ms);
    return rc;
}

/* Overrides asked for at run time are the daemon's: whoever reads the file's answer hears of them.
 */
static void warn_of_overrides(const struct args *a)
{
    struct jv *v = NULL;
    char *body;

    if (cli_ask_why(a,
                    &(struct cli_question){.method = "GET",
                                           .path = "/api/v1/overrides?state=active,pending",
                                           .quiet = true},
                    &body, NULL) != EXIT_GOOD)
        return;
    if (jv_parse(body, strlen(body), &v, NULL) == 0 && jv_len(v))
        fprintf(stderr,
                "not in this: %zu override%s made at run time; `midwatch override list` shows %s\n",
                jv_len(v), jv_len(v) == 1 ? "" : "s", jv_len(v) == 1 ? "it" : "them");
    jv_free(v);
    mem_free(body);
}

static int run(const struct args *a)
{
    static const char *const heads[] = {"SCHEDULE", "FROM", "TO", "ON CALL", "BY", "ZONE"};
    struct output o = {.json = a->json};
    struct config *c;
    int rc;

    if (cli_load_without_secrets(a, &c) < 0)
        return EXIT_NO;
    buf_init(&o.buf, 1 << 28);
    jw_init(&o.w, &o.buf);
    o.table = table_new(6, heads);
    jw_list(&o.w);
    rc = all(a, &o, c);
    jw_list_end(&o.w);
    if (rc == EXIT_GOOD && a->json)
        puts(buf_text(&o.buf));
    else if (rc == EXIT_GOOD && !c->n_schedules)
        puts("no schedules");
    else if (rc == EXIT_GOOD)
        table_print(o.table, cli_colour(1));
    if (rc == EXIT_GOOD && c->n_schedules)
        warn_of_overrides(a);
    table_free(o.table);
    buf_done(&o.buf);
    config_free(c);
    return rc;
}

const struct command command_oncall = {
    .name = "oncall",
    .summary = "who is on call, now or at any time",
    .help =
        "Reads schedules from the file alone; the daemon need not run. With --until, a line for\n"
        "every change. Overrides made at run time are not in it; when the daemon answers and has\n"
        "some, a line on standard error says so. `override list` and the calendars have them.",
    .options = options,
    .run = run,
};
