/* on_series.c - GET /api/v1/monitors/{name}/series and GET /api/v1/series: tallies over time of one
 * monitor, or of all that fit; with `apart=true` of each, of each group and of all.
 *
 * Happy path: series_ask.c -> store_query() -> one object a step (series_out.c), SLICE of them a
 *             turn of the loop: what is asked for may be twelve thousand.
 * Failures:   series_ask.c's; the store away, or too much asked at once: 503. When the web is
 * closed meanwhile nobody is left to answer, and what was written is thrown away. */
#include "base/map.h"
#include "base/mem.h"
#include "series_ask.h"
#include "stats/tally.h"

#define SLICE      200                    /* points that may have results; a turn */
#define CELLS_MOST (3 * SERIES_CELLS_MAX) /* of all that are being answered: some 80 MB */

/* Rows in the order in which they are written: of one question without `apart` the only one, else
 * everything, group after group, monitor after monitor. */
struct question {
    struct pending pending; /* first */
    struct loop *loop;
    struct series_ask ask;
    struct series_answer answer;
    struct series_cell *cells, *sums; /* of the answer; of everything and the groups */
    VEC(const char *) groups;
    struct buf body;
    struct jw writer;
    size_t row, point; /* to be written next */
    size_t weight;     /* in web->cells, while the request waits */
};

static void free_question(struct question *x)
{
    series_ask_done(&x->ask);
    vec_done(&x->groups);
    mem_free(x->cells);
    mem_free(x->sums);
    buf_done(&x->body);
    mem_free(x);
}

static struct request *end_request(struct question *x)
{
    struct web *web = x->pending.web;
    struct request *q = pending_end(&x->pending);

    if (q != NULL)
        web->cells -= x->weight;
    return q;
}

/* --- groups, and everything ----------------------------------------------------------- */

static void add_row(const struct question *x, struct series_cell *to, size_t row)
{
    size_t points = x->answer.points;

    for (size_t i = 0; i < points; i++) {
        const struct series_cell *c = &x->cells[row * points + i];
        to[i].expected += c->expected;
        if (tally_results(&c->tally) > 0)
            tally_merge(&to[i].tally, &c->tally);
    }
}

static void find_groups(struct question *x, struct map *places)
{
    size_t points = x->answer.points;

    for (size_t i = 0; i < x->answer.rows; i++) {
        const char *group = x->ask.groups.items[i];
        if (group == NULL || map_get(places, group) != NULL)
            continue;
        vec_push(&x->groups, group);
        map_put(places, group, x);
    }
    x->sums = mem_calloc((x->groups.n + 1) * points + 1, sizeof *x->sums);
    for (size_t i = 0; i < x->groups.n; i++)
        map_put(places, x->groups.items[i], x->sums + (i + 1) * points);
    for (size_t i = 0; i < (x->groups.n + 1) * points; i++)
        tally_init(&x->sums[i].tally);
}

static void add_up(struct question *x)
{
    struct map places;

    map_init(&places, 23);
    find_groups(x, &places);
    for (size_t i = 0; i < x->answer.rows; i++) {
        add_row(x, x->sums, i);
        if (x->ask.groups.items[i] != NULL)
            add_row(x, map_get(&places, x->ask.groups.items[i]), i);
    }
    map_done(&places);
}

/* --- writing -------------------------------------------------------------------------- */

static size_t rows_of(const struct question *x)
{
    return x->ask.query.apart ? 1 + x->groups.n + x->answer.rows : 1;
}

static const struct series_cell *cells_of(const struct question *x, size_t row)
{
    size_t sums = x->ask.query.apart ? 1 + x->groups.n : 0;

    return row < sums ? x->sums + row * x->answer.points
                      : x->cells + (row - sums) * x->answer.points;
}

static void open_row(struct question *x)
{
    struct jw *w = &x->writer;
    size_t row = x->row, of_monitors = 1 + x->groups.n;

    if (x->ask.query.apart && row == 0) {
        jw_kv_object(w, "all");
    } else if (x->ask.query.apart) {
        jw_object(w);
        if (row >= of_monitors)
            jw_kv_text(w, "monitor", x->ask.names.items[row - of_monitors]);
        jw_kv_text(w, "group",
                   row >= of_monitors ? x->ask.groups.items[row - of_monitors]
                                      : x->groups.items[row - 1]);
    }
    jw_kv_list(w, "points");
}

/* And the lists of rows, between which it stands. */
static void close_row(struct question *x)
{
    struct jw *w = &x->writer;

    jw_list_end(w);
    if (x->ask.query.apart) {
        jw_object_end(w);
        if (x->row == 0)
            jw_kv_list(w, "groups");
        if (x->row == x->groups.n) {
            jw_list_end(w);
            jw_kv_list(w, "series");
        }
        if (x->row + 1 == rows_of(x))
            jw_list_end(w);
    }
    x->row++;
    x->point = 0;
}

static void write_points(struct question *x, size_t *left)
{
    const struct series_answer *a = &x->answer;
    const struct series_cell *cells = cells_of(x, x->row);

    for (; x->point<a->points && * left> 0; x->point++, --*left)
        series_out_point(&x->writer, a->from_ms + (int64_t)x->point * a->step_ms, &cells[x->point],
                         &x->ask.percentiles);
}

static void on_slice(void *arg)
{
    struct question *x = arg;
    struct request *q = x->pending.q;
    size_t left = SLICE;

    while (q != NULL && left > 0 && x->row < rows_of(x)) {
        if (x->point == 0)
            open_row(x);
        write_points(x, &left);
        if (x->point == x->answer.points)
            close_row(x);
    }
    if (q != NULL && x->row < rows_of(x)) {
        loop_later(x->loop, on_slice, x);
        return;
    }
    if (end_request(x) != NULL) {
        jw_object_end(&x->writer);
        reply_json(x->pending.web, q, 200, &x->body);
    }
    free_question(x);
}

static void on_read(void *arg, const struct series_answer *a)
{
    struct question *x = arg;

    if (x->pending.q != NULL && a != NULL) {
        x->answer = *a;
        x->cells = *a->take;
        *a->take = NULL;
        if (x->ask.query.apart)
            add_up(x);
        jw_object(&x->writer);
        series_out_head(&x->writer, a);
        on_slice(x);
        return;
    }
    struct web *web = x->pending.web;
    struct request *q = end_request(x);

    if (q != NULL)
        reply_problem(web, q, 503, "the store is away");
    free_question(x);
}

/* What an answer takes of memory, and of reading: each monitor like a cell. */
static size_t weight_of(const struct series_query *q)
{
    return series_points(q) * (q->apart ? q->n_monitors : 1) + q->n_monitors;
}

/* One alone may always ask. */
static int admit(struct call *c, struct question *x)
{
    struct web *web = c->web;

    x->weight = weight_of(&x->ask.query);
    if (web->cells > 0 && web->cells + x->weight > CELLS_MOST) {
        reply_problem(web, c->q, 503, "too much is being asked at once; ask again in a moment");
        return -1;
    }
    web->cells += x->weight;
    return 0;
}

void on_series(struct call *c)
{
    struct store *s = c->web->app->store(c->web->app_arg);
    struct question *x = mem_new(struct question);

    x->loop = c->web->loop;
    buf_init(&x->body, WEB_MAX_ANSWER);
    jw_init(&x->writer, &x->body);
    if (series_ask_read(c, &x->ask) < 0 || admit(c, x) < 0) {
        free_question(x);
        return;
    }
    pending_begin(&x->pending, c->web, c->q);
    if (s != NULL)
        store_query(s, &x->ask.query, on_read, x);
    else
        on_read(x, NULL);
}
