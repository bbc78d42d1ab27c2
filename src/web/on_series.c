/* on_series.c - GET /api/v1/monitors/{name}/series and GET /api/v1/series: tallies over time of one
 * monitor, or of all that fit; with `apart=true` of each, of each group and of all.
 *
 * Happy path: series_ask.c -> store_query() -> one object a step (series_out.c).
 * Failures:   series_ask.c's; the store away: 503. */
#include "base/map.h"
#include "base/mem.h"
#include "series_ask.h"
#include "stats/tally.h"

struct question {
    struct pending pending; /* first */
    struct series_ask ask;
};

/* All rows of a group, and of everything, as rows more. */
struct sums {
    const struct series_answer *answer;
    struct map places; /* group -> its cells */
    VEC(const char *) groups;
    struct series_cell *cells; /* everything, then group after group */
};

static void add_row(const struct sums *s, struct series_cell *to, size_t row)
{
    size_t points = s->answer->points;

    for (size_t i = 0; i < points; i++) {
        const struct series_cell *c = &s->answer->cells[row * points + i];
        tally_merge(&to[i].tally, &c->tally);
        to[i].expected += c->expected;
    }
}

static void find_groups(struct sums *s, const struct series_ask *x)
{
    const struct series_answer *a = s->answer;

    map_init(&s->places, 23);
    for (size_t i = 0; i < a->rows; i++) {
        const char *group = x->groups.items[i];
        if (group == NULL || map_get(&s->places, group) != NULL)
            continue;
        vec_push(&s->groups, group);
        map_put(&s->places, group, s);
    }
    s->cells = mem_calloc((s->groups.n + 1) * a->points + 1, sizeof *s->cells);
    for (size_t i = 0; i < s->groups.n; i++)
        map_put(&s->places, s->groups.items[i], s->cells + (i + 1) * a->points);
    for (size_t i = 0; i < (s->groups.n + 1) * a->points; i++)
        tally_init(&s->cells[i].tally);
}

static void write_sums(struct jw *w, const struct series_ask *x, const struct series_answer *a)
{
    struct sums s = {.answer = a};
    struct series_answer sum = *a;

    find_groups(&s, x);
    for (size_t i = 0; i < a->rows; i++) {
        add_row(&s, s.cells, i);
        if (x->groups.items[i] != NULL)
            add_row(&s, map_get(&s.places, x->groups.items[i]), i);
    }
    sum.cells = s.cells;
    jw_kv_object(w, "all");
    series_out_points(w, &sum, 0, &x->percentiles);
    jw_object_end(w);
    jw_kv_list(w, "groups");
    for (size_t i = 0; i < s.groups.n; i++) {
        jw_object(w);
        jw_kv_text(w, "group", s.groups.items[i]);
        series_out_points(w, &sum, i + 1, &x->percentiles);
        jw_object_end(w);
    }
    jw_list_end(w);
    mem_free(s.cells);
    vec_done(&s.groups);
    map_done(&s.places);
}

static void write_rows(struct jw *w, const struct series_ask *x, const struct series_answer *a)
{
    jw_kv_list(w, "series");
    for (size_t i = 0; i < a->rows; i++) {
        jw_object(w);
        jw_kv_text(w, "monitor", x->names.items[i]);
        jw_kv_text(w, "group", x->groups.items[i]);
        series_out_points(w, a, i, &x->percentiles);
        jw_object_end(w);
    }
    jw_list_end(w);
}

static void write_answer(struct buf *body, const struct series_ask *x,
                         const struct series_answer *a)
{
    struct jw w;

    jw_init(&w, body);
    jw_object(&w);
    series_out_head(&w, a);
    if (x->query.apart) {
        write_sums(&w, x, a);
        write_rows(&w, x, a);
    } else {
        series_out_points(&w, a, 0, &x->percentiles);
    }
    jw_object_end(&w);
}

static void free_question(struct question *x)
{
    series_ask_done(&x->ask);
    mem_free(x);
}

static void on_read(void *arg, const struct series_answer *a)
{
    struct question *x = arg;
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);
    struct buf body;

    if (q != NULL && a == NULL)
        reply_problem(web, q, 503, "the store is away");
    if (q != NULL && a != NULL) {
        buf_init(&body, WEB_MAX_ANSWER);
        write_answer(&body, &x->ask, a);
        reply_json(web, q, 200, &body);
    }
    free_question(x);
}

void on_series(struct call *c)
{
    struct store *s = c->web->app->store(c->web->app_arg);
    struct question *x = mem_new(struct question);

    if (series_ask_read(c, &x->ask) < 0) {
        free_question(x);
        return;
    }
    pending_begin(&x->pending, c->web, c->q);
    if (s != NULL)
        store_query(s, &x->ask.query, on_read, x);
    else
        on_read(x, NULL);
}
