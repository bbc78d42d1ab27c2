/* orders.c - silences and maintenance that people asked for. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "desk.h"
#include "model/names.h"

#define WARN_MS       (10 * 60 * 1000LL) /* before the end, for one at least twice as long */
#define REMEMBERED_MS (24 * 3600 * 1000LL)
#define PART_LEAST    3

static void record(const struct quiet *q, const struct desk *k, const char *from, const char *to,
                   const char *text)
{
    struct transition t = {.at_ms = k->now_ms, .subject = SUBJECT_QUIET, .cause = k->cause};

    text_copy(t.name, sizeof t.name, q->id);
    text_copy(t.from, sizeof t.from, from);
    text_copy(t.to, sizeof t.to, to);
    text_copy(t.actor, sizeof t.actor, k->actor);
    text_copy(t.text, sizeof t.text, text);
    vec_push(&k->fx->commit.transitions, t);
    vec_push(&k->fx->commit.quiets, q);
}

static int64_t warn_ms(const struct quiet *q)
{
    return q->warned || q->end_ms - q->start_ms < 2 * WARN_MS ? INT64_MAX : q->end_ms - WARN_MS;
}

static void plan(struct engine *e, int64_t now_ms)
{
    e->orders_due_ms = INT64_MAX;
    for (size_t i = 0; i < e->orders.n; i++) {
        const struct quiet *q = &e->orders.items[i]->quiet;
        int64_t at[] = {q->start_ms, warn_ms(q), q->end_ms, q->end_ms + REMEMBERED_MS};

        for (size_t n = 0; n < sizeof at / sizeof *at; n++)
            if (at[n] > now_ms && at[n] < e->orders_due_ms)
                e->orders_due_ms = at[n];
    }
}

/* --- time --- */

/* The author hears of it when it holds something back that will then page. */
static void warn(struct engine *e, struct order *o, const struct desk *k)
{
    const struct person *author = config_person(k->config, o->quiet.author);
    struct incident_case *first = NULL;
    struct page *word;
    char title[sizeof((struct notice *)0)->title];
    size_t held = 0;
    const char *key;
    void *value;

    o->quiet.warned = true;
    vec_push(&k->fx->commit.quiets, (const struct quiet *)&o->quiet);
    for (size_t i = 0; map_next(&e->cases, &i, &key, &value);) {
        struct incident_case *c = value;

        if (!case_is_open(c) || !text_eq(c->incident.hold_ref, o->quiet.id))
            continue;
        held++;
        if (!first || c->incident.opened_ms < first->incident.opened_ms)
            first = c;
    }
    if (!first || !author)
        return;
    text_printf(title, sizeof title, "your %s %s ends in 10 minutes; then %zu open incident%s: %s",
                quiet_kind_name(o->quiet.kind), o->quiet.id, held, held == 1 ? " pages" : "s page",
                first->incident.title);
    word = page_word(first, k, NOTICE_SILENCE_ENDING, author, NULL);
    if (word)
        text_copy(word->d.notice.title, sizeof word->d.notice.title, title);
    engine_settle(e, first, k);
}

static void free_order(struct order *o)
{
    match_free(o->match);
    mem_free(o);
}

static void forget_old(struct engine *e, int64_t now_ms)
{
    size_t kept = 0;

    for (size_t i = 0; i < e->orders.n; i++) {
        struct order *o = e->orders.items[i];

        if (o->quiet.end_ms + REMEMBERED_MS > now_ms)
            e->orders.items[kept++] = o;
        else
            free_order(o);
    }
    e->orders.n = kept;
}

void engine_orders_due(struct engine *e, const struct desk *k)
{
    int64_t was_ms = e->orders_due_ms;

    forget_old(e, k->now_ms);
    for (size_t i = 0; i < e->orders.n; i++) {
        struct order *o = e->orders.items[i];
        const struct quiet *q = &o->quiet;

        if (warn_ms(q) <= k->now_ms && k->now_ms < q->end_ms)
            warn(e, o, k);
        if (was_ms == LOOK_ANEW)
            continue;
        if (q->start_ms >= was_ms && q->start_ms <= k->now_ms)
            record(q, k, "pending", "active", "it begins");
        if (q->end_ms >= was_ms && q->end_ms <= k->now_ms)
            record(q, k, "active", "over", "it has ended");
    }
    engine_rehold_all(e, k);
    plan(e, k->now_ms);
}

void engine_orders_done(struct engine *e)
{
    for (size_t i = 0; i < e->orders.n; i++)
        free_order(e->orders.items[i]);
    vec_done(&e->orders);
    vec_done(&e->quiet_list);
}

/* --- people --- */

static bool is_taken(const struct engine *e, const char *id)
{
    for (size_t i = 0; i < e->orders.n; i++)
        if (text_eq(e->orders.items[i]->quiet.id, id))
            return true;
    return false;
}

static void make_id(const struct engine *e, struct quiet *q)
{
    uint64_t salt = (uint64_t)q->created_ms;

    do
        engine_write_id(q->id, q->created_ms,
                        hash64_text(q->matchers, hash64_text(q->author, salt++)));
    while (is_taken(e, q->id));
}

static size_t fitting(const struct engine *e, const struct match *m)
{
    size_t n = 0;

    for (size_t i = 0; i < e->config->n_monitors; i++) {
        struct watch w = {.monitor = &e->config->monitors[i]};
        struct incident draft = {0};

        text_copy(w.name, sizeof w.name, w.monitor->name);
        engine_fill(&draft, &w);
        n += match_fits(m, &(struct match_subject){draft.monitor, draft.group,
                                                   severity_name(draft.severity), draft.policy,
                                                   draft.labels});
    }
    return n;
}

size_t engine_quiet_fits(const struct engine *e, const char *id)
{
    for (size_t i = 0; i < e->orders.n; i++)
        if (text_eq(e->orders.items[i]->quiet.id, id))
            return fitting(e, e->orders.items[i]->match) +
                   engine_slos_fitting(e, e->orders.items[i]->match);
    return 0;
}

static int check(const struct engine *e, const struct quiet *q, int64_t now_ms, struct err *err)
{
    size_t ahead = 0;

    for (size_t i = 0; i < e->orders.n; i++)
        ahead += e->orders.items[i]->quiet.end_ms > now_ms;
    if (ahead >= QUIETS_MAX)
        return err_set(err, "there are %d already that are not over", QUIETS_MAX);
    if (q->end_ms <= q->start_ms)
        return err_set(err, "it ends before it begins");
    if (q->end_ms <= now_ms)
        return err_set(err, "its end lies in the past");
    if (q->end_ms - q->start_ms > QUIET_LONGEST_MS)
        return err_set(err, "it is longer than a year");
    return 0;
}

int engine_quiet_add(struct engine *e, struct quiet *draft, int64_t now_ms, struct effects *fx,
                     struct err *err)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_PERSON, draft->author, fx);
    size_t fits, all = e->config->n_monitors;
    struct match *match;
    struct order *o;

    engine_begin(e);
    if (check(e, draft, now_ms, err) < 0 || match_compile(draft->matchers, &match, err) < 0)
        return -1;
    fits = fitting(e, match);
    if (!draft->everything && ((all && fits == all) || !draft->matchers[0])) {
        match_free(match);
        return err_set(
            err, "this fits all %zu monitors; if that is meant, say \"everything\": true", all);
    }
    draft->created_ms = now_ms;
    make_id(e, draft);
    o = mem_new(struct order);
    o->quiet = *draft;
    o->match = match;
    vec_push(&e->orders, o);
    record(&o->quiet, &k, "none",
           quiet_state_name(quiet_state_at(draft->start_ms, draft->end_ms, now_ms)),
           draft->comment);
    engine_rehold_all(e, &k);
    plan(e, now_ms);
    engine_tell_channels(e, &k);
    return 0;
}

static struct order *find(const struct engine *e, const char *id, int64_t now_ms, struct err *err)
{
    struct order *found = NULL, *over = NULL;

    for (size_t i = 0; strlen(id) >= PART_LEAST && i < e->orders.n; i++) {
        struct order *o = e->orders.items[i];
        bool whole = text_eq(o->quiet.id, id);

        if (!whole && !text_starts(o->quiet.id, id) && !text_ends(o->quiet.id, id))
            continue;
        if (o->quiet.end_ms <= now_ms) {
            over = o;
        } else if (found && !whole) {
            err_set(err, "`%s` fits more than one", id);
            return NULL;
        } else {
            found = o;
        }
    }
    if (!found && over)
        err_set(err, "%s %s is over already", quiet_kind_name(over->quiet.kind), over->quiet.id);
    else if (!found)
        err_set(err, "there is no silence or maintenance `%s`", id);
    return found;
}

int engine_quiet_end(struct engine *e, const char *id, const char *who, int64_t now_ms,
                     struct effects *fx, struct err *err)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_PERSON, who, fx);
    struct order *o;
    struct quiet *q;

    engine_begin(e);
    o = find(e, id, now_ms, err);
    if (!o)
        return -1;
    q = &o->quiet;
    record(q, &k, quiet_state_name(quiet_state_at(q->start_ms, q->end_ms, now_ms)), "over",
           "ended by hand");
    q->end_ms = now_ms;
    if (q->start_ms > now_ms)
        q->start_ms = now_ms;
    text_copy(q->ended_by, sizeof q->ended_by, who);
    engine_rehold_all(e, &k);
    plan(e, now_ms);
    engine_tell_channels(e, &k);
    return 0;
}

void engine_orders_restore(struct engine *e, const struct stored *s, int64_t now_ms)
{
    for (size_t i = 0; i < s->quiets.n; i++) {
        const struct quiet *q = &s->quiets.items[i];
        struct order *o;

        if (is_taken(e, q->id) || q->end_ms + REMEMBERED_MS <= now_ms)
            continue;
        o = mem_new(struct order);
        o->quiet = *q;
        if (match_compile(q->matchers, &o->match, NULL) == 0)
            vec_push(&e->orders, o);
        else
            mem_free(o);
    }
    plan(e, now_ms);
}

static int by_start(const void *a, const void *b)
{
    const struct quiet *x = *(const struct quiet *const *)a, *y = *(const struct quiet *const *)b;

    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

size_t engine_quiets(const struct engine *ce, const struct quiet *const **ret)
{
    struct engine *e = (struct engine *)ce; /* the list is a cache of what is there */

    e->quiet_list.n = 0;
    for (size_t i = 0; i < e->orders.n; i++)
        vec_push(&e->quiet_list, (const struct quiet *)&e->orders.items[i]->quiet);
    if (e->quiet_list.n)
        qsort(e->quiet_list.items, e->quiet_list.n, sizeof *e->quiet_list.items, by_start);
    *ret = e->quiet_list.items;
    return e->quiet_list.n;
}
