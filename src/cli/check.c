/* check.c - is the file right, and what would it do? */
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "loop/loop.h"
#include "oncall/oncall.h"
#include "show.h"

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

static void print_schedule(const struct schedule *s, int64_t now_ms)
{
    struct oncall who;
    struct buf names;
    char when[40];
    int64_t change = oncall_next_change(s, now_ms, now_ms + 400LL * 86400000);

    oncall_who(s, now_ms, &who);
    buf_init(&names, 4096);
    names_of(&who, &names);
    printf("  schedule %s: %s now", s->name, buf_text(&names));
    if (change < INT64_MAX)
        printf(", until %s %s", show_local(change, s->zone, when, sizeof when), zone_name(s->zone));
    putchar('\n');
    buf_done(&names);
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
    printf("  store %s, web %s\n", c->store.shown_url, c->web.listen);
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

static void write_schedules(struct jw *w, const struct config *c, int64_t now_ms)
{
    jw_kv_list(w, "schedules");
    for (size_t i = 0; i < c->n_schedules; i++) {
        struct oncall who;

        oncall_who(&c->schedules[i], now_ms, &who);
        jw_object(w);
        jw_kv_text(w, "schedule", c->schedules[i].name);
        jw_kv_list(w, "people");
        for (size_t p = 0; p < who.n; p++)
            jw_text(w, who.people[p]);
        jw_list_end(w);
        jw_object_end(w);
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
    int rc = config_load(path, &(struct load_options){0}, &c, &d);

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
        "as FILE:LINE:COL: error: TEXT. When nothing is: what it would do, and who is on call\n"
        "now. Nothing is probed and nobody is told.",
    .run = run,
};
