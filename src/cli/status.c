/* status.c - every monitor in a line, what is wrong first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/vec.h"
#include "loop/loop.h"
#include "show.h"
#include "since.h"

enum { OPTION_SINCE };
static const struct option_row options[] = {
    {"since", 0, "TIME", "how it has been: since 24h or 30d ago, or a time"},
    {NULL, 0, NULL, NULL},
};

static int rank(const struct jv *m)
{
    static const char *const order[] = {"down", "degraded", "unknown", "pending", "up"};
    const char *state = jv_get_text(m, "state");

    for (int i = 0; i < 5; i++)
        if (text_eq(order[i], state))
            return i;
    return 5;
}

static int compare(const void *a, const void *b)
{
    const struct jv *x = *(const struct jv *const *)a, *y = *(const struct jv *const *)b;
    int by_state = rank(x) - rank(y);

    if (by_state)
        return by_state;
    return strcmp(show_or(jv_get_text(x, "name"), ""), show_or(jv_get_text(y, "name"), ""));
}

static void latency_of(const struct jv *m, char *dst, size_t size)
{
    double ms = jv_real(jv_get(jv_get(jv_get(m, "last"), "phases_ms"), "total"), -1);

    dst[0] = '\0';
    if (ms >= 0)
        text_human_ms(ms, dst, size);
}

static void add_monitor(struct table *t, const struct jv *m, int64_t now_ms)
{
    const char *state = show_or(jv_get_text(m, "state"), "?");
    char since[32], ago[32], latency[32];

    show_age(m, "since", now_ms, since, sizeof since);
    show_age(jv_get(m, "last"), "at", now_ms, ago, sizeof ago);
    latency_of(m, latency, sizeof latency);
    table_add(t,
              (const char *[]){show_or(jv_get_text(m, "name"), "?"), state, since, latency,
                               ago[0] ? ago : "never", jv_get_text(jv_get(m, "last"), "message")});
    table_tint(t, 1, show_tint(state));
}

static void print_sum(const struct jv *const *sorted, size_t n)
{
    size_t counts[6] = {0};

    for (size_t i = 0; i < n; i++)
        counts[rank(sorted[i])]++;
    if (!n)
        puts("no monitors");
    else if (counts[4] == n)
        printf("all %zu monitors are up\n", n);
    else
        printf("%zu of %zu monitors are not up: %zu down, %zu degraded, %zu unknown, %zu pending\n",
               n - counts[4], n, counts[0], counts[1], counts[2], counts[3]);
}

static int print(const struct jv *list)
{
    static const char *const heads[] = {"MONITOR", "STATE", "FOR", "LATENCY", "LAST", "MESSAGE"};
    struct table *t = table_new(6, heads);
    VEC(const struct jv *) sorted = {0};
    int worst = 5;

    for (size_t i = 0; i < jv_len(list); i++)
        vec_push(&sorted, jv_at(list, i));
    if (sorted.n)
        qsort(sorted.items, sorted.n, sizeof *sorted.items, compare);
    for (size_t i = 0; i < sorted.n; i++)
        add_monitor(t, sorted.items[i], loop_now_ms());
    if (sorted.n) {
        worst = rank(sorted.items[0]);
        table_print(t, cli_colour(1));
    }
    print_sum(sorted.items, sorted.n);
    vec_done(&sorted);
    table_free(t);
    return worst == 0 ? EXIT_NO : EXIT_GOOD;
}

static int any_down(const char *body)
{
    struct jv *v = NULL;
    int down = 0;

    if (jv_parse(body, strlen(body), &v, NULL) == 0)
        for (size_t i = 0; i < jv_len(v); i++)
            down = down || text_eq(jv_get_text(jv_at(v, i), "state"), "down");
    jv_free(v);
    return down;
}

static int run(const struct args *a)
{
    char *body;
    int rc;

    if (a->values[OPTION_SINCE])
        return since_show(a, a->values[OPTION_SINCE]);
    if (!a->json)
        return show_list(a, "/api/v1/monitors", print);
    rc = cli_ask(a, "GET", "/api/v1/monitors", NULL, &body);
    if (rc != EXIT_GOOD)
        return rc;
    puts(body);
    rc = any_down(body) ? EXIT_NO : EXIT_GOOD;
    mem_free(body);
    return rc;
}

const struct command command_status = {
    .name = "status",
    .summary = "every monitor in a line",
    .help = "Asks the running daemon; what is wrong comes first. Exit status 1 when a monitor is "
            "down.\n"
            "With --since: availability, error rate and percentiles of each monitor, each group "
            "and all\n"
            "together. Availability leaves out maintenance and unknown results; coverage is how "
            "many of\n"
            "the results that were to come are there, and an availability says no more than that.",
    .options = options,
    .run = run,
};
