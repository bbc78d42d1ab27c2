/* check_decided.c - incidents and deliveries against each other and their indexes; the record.
 *
 * Happy path: all of one instant -> every record reads, and stands where its state says -> every
 *             index says what the records say -> the record of transitions and attempts reads.
 * Repair:     only indexes are written anew, from the records. What a record says is never touched.
 *
 * `deliveries:of` may name deliveries that are forgotten: an incident outlives them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "check.h"
#include "resp.h"
#include "view.h"
#include "wire/state.h"

struct fact {
    char id[DELIVERY_ID_SIZE];
    enum key where;
    char incident[INCIDENT_ID_SIZE]; /* of a delivery */
    bool over;                       /* resolved; ended */
    bool unknown;                    /* can't be read: its index is believed */
    int64_t at_ms;                   /* resolved; created */
};

struct indexed {
    char *id, *said; /* a score, or ids separated by blanks */
};

struct state {
    struct check *check;
    struct map incidents, deliveries;       /* id -> struct fact */
    struct map resolved_at, created_at, of; /* id -> struct indexed */
    bool wrong[KEY_COUNT];                  /* an index */
};

static void put_fact(struct state *s, struct map *all, const struct fact *f, const char *field)
{
    const struct fact *other = map_get(all, f->id);

    if (!text_eq(f->id, field))
        check_say(s->check, key_name(f->where), NULL, "under %.60s stands the record of %.60s",
                  field, f->id);
    if (other != NULL) {
        check_say(s->check, key_name(f->where), NULL, "%.60s is in %s, too", f->id,
                  key_name(other->where));
        return;
    }
    struct fact *kept = mem_new(struct fact);
    *kept = *f;
    map_put(all, kept->id, kept);
}

static void unreadable(struct state *s, enum key k, const char *id, const struct err *why)
{
    bool delivery = k == KEY_OUTBOX || k == KEY_DELIVERIES;
    struct fact f = {.where = k, .unknown = true};

    check_say(s->check, key_name(k), NULL, "the record of %.60s can't be read: %.200s", id,
              why->text);
    text_copy(f.id, sizeof f.id, id);
    if ((delivery || k == KEY_INCIDENTS || k == KEY_RESOLVED) && text_eq(f.id, id))
        put_fact(s, delivery ? &s->deliveries : &s->incidents, &f, id);
}

static void take_incident(struct state *s, enum key k, const char *id,
                          const struct archive_value *v)
{
    struct fact f = {.where = k};
    struct incident one;
    struct err why;

    s->check->report.incidents++;
    if (state_read_incident(v->p, v->n, &one, &why) != 0) {
        unreadable(s, k, id, &why);
        return;
    }
    f.over = one.state == INCIDENT_RESOLVED;
    f.at_ms = one.resolved_ms;
    text_copy(f.id, sizeof f.id, one.id);
    if (f.over != (k == KEY_RESOLVED))
        check_say(s->check, key_name(k), NULL, "%.60s is %sresolved, and does not belong here", id,
                  f.over ? "" : "not ");
    put_fact(s, &s->incidents, &f, id);
}

static void take_delivery(struct state *s, enum key k, const char *id,
                          const struct archive_value *v)
{
    struct fact f = {.where = k};
    struct delivery one;
    struct err why;

    s->check->report.deliveries++;
    if (state_read_delivery(v->p, v->n, &one, &why) != 0) {
        unreadable(s, k, id, &why);
        return;
    }
    f.over = delivery_ended(&one);
    f.at_ms = one.created_ms;
    text_copy(f.id, sizeof f.id, one.id);
    text_copy(f.incident, sizeof f.incident, one.notice.incident);
    put_fact(s, &s->deliveries, &f, id);
}

static void take_other(struct state *s, enum key k, const char *id, const struct archive_value *v)
{
    struct monitor_status status;
    struct quiet quiet;
    struct kept_override override;
    struct err why;
    int rc = 0;

    if (k == KEY_MONITORS)
        rc = state_read_monitor(v->p, v->n, &status, &why);
    else if (k == KEY_QUIETS)
        rc = state_read_quiet(v->p, v->n, &quiet, &why);
    else if (k == KEY_OVERRIDES)
        rc = state_read_override(v->p, v->n, &override, &why);
    if (rc != 0)
        unreadable(s, k, id, &why);
}

static struct map *index_of(struct state *s, enum key k)
{
    return k == KEY_RESOLVED_INDEX     ? &s->resolved_at
           : k == KEY_DELIVERIES_INDEX ? &s->created_at
                                       : &s->of;
}

static void take_indexed(struct state *s, enum key k, char *id, const struct archive_value *v)
{
    struct indexed *x = mem_new(struct indexed);

    x->id = mem_strdup(id);
    x->said = mem_strndup(v->p, v->n);
    map_put(index_of(s, k), x->id, x);
}

static int take_piece(void *arg, const struct archive_piece *p, struct err *e)
{
    struct state *s = arg;

    (void)e;
    for (size_t i = 0; i + 1 < p->values.n; i += 2) {
        const struct archive_value *v = &p->values.items[i + 1];
        char *id = mem_strndup(p->values.items[i].p, p->values.items[i].n);
        if (p->which == KEY_INCIDENTS || p->which == KEY_RESOLVED)
            take_incident(s, p->which, id, v);
        else if (p->which == KEY_OUTBOX || p->which == KEY_DELIVERIES)
            take_delivery(s, p->which, id, v);
        else if (p->which == KEY_RESOLVED_INDEX || p->which == KEY_DELIVERIES_INDEX ||
                 p->which == KEY_DELIVERIES_OF)
            take_indexed(s, p->which, id, v);
        else
            take_other(s, p->which, id, v);
        mem_free(id);
    }
    return 0;
}

/* --- against each other --- */

/* Mended afterwards, all at once. */
static void wrong_index(struct state *s, enum key k, const char *id, const char *what)
{
    s->wrong[k] = true;
    check_say(s->check, key_name(k), CHECK_MENDED(s->check), "%.60s %s", id, what);
}

static void compare_scores(struct state *s, enum key k, const struct map *facts, bool only_over)
{
    struct map *index = index_of(s, k);
    const char *id;
    void *value;

    for (size_t i = 0; map_next(facts, &i, &id, &value);) {
        const struct fact *f = value;
        const struct indexed *x = map_get(index, id);
        if (f->unknown || (only_over && f->where != KEY_RESOLVED))
            continue;
        if (x == NULL)
            wrong_index(s, k, id, "is missing from it");
        else if (strtoll(x->said, NULL, 10) != f->at_ms)
            wrong_index(s, k, id, "stands there under another instant than its record has");
    }
    for (size_t i = 0; map_next(index, &i, &id, &value);) {
        const struct fact *f = map_get(facts, id);
        if (f == NULL || (only_over && f->where != KEY_RESOLVED))
            wrong_index(s, k, id, "is in it, but there is no such record");
    }
}

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = strstr(list, word); p != NULL; p = strstr(p + 1, word)) {
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    }
    return false;
}

static void compare_of(struct state *s)
{
    const char *id;
    void *value;

    for (size_t i = 0; map_next(&s->deliveries, &i, &id, &value);) {
        const struct fact *f = value;
        const struct indexed *x = map_get(&s->of, f->incident);
        if (f->incident[0] != '\0' && (x == NULL || !has_word(x->said, id)))
            wrong_index(s, KEY_DELIVERIES_OF, id, "is missing from it");
    }
}

/* As the function in src/store/script.c puts them. */
static void compare_places(struct state *s)
{
    const char *id;
    void *value;

    for (size_t i = 0; map_next(&s->deliveries, &i, &id, &value);) {
        const struct fact *f = value, *of = map_get(&s->incidents, f->incident);
        bool open = of != NULL && of->where == KEY_INCIDENTS;
        if (f->unknown || (of != NULL && of->unknown))
            continue;
        if (f->where == KEY_DELIVERIES && (!f->over || open))
            check_say(s->check, key_name(f->where), NULL, "%.60s belongs into outbox: %s", id,
                      open ? "its incident is open" : "it has not ended");
        if (f->where == KEY_OUTBOX && f->over && !open)
            check_say(s->check, key_name(f->where), NULL,
                      "%.60s has ended, and so has its incident: it belongs into deliveries", id);
    }
}

/* --- indexes, written anew --- */

static int send_some(struct state *s, unsigned *n, unsigned most, struct err *e)
{
    unsigned sent = *n;

    if (sent < most)
        return 0;
    *n = 0;
    return talk_send(s->check->talk, sent, NULL, NULL, e);
}

static void put_command(struct state *s, const char *command, enum key k, size_t more)
{
    char key[KEY_SIZE];

    talk_key(s->check->talk, key, key_name(k));
    resp_open(talk_out(s->check->talk), 2 + more);
    resp_text(talk_out(s->check->talk), command);
    resp_text(talk_out(s->check->talk), key);
}

static int rebuild_scores(struct state *s, enum key k, const struct map *facts, struct err *e)
{
    struct buf *out = talk_out(s->check->talk);
    const char *id;
    void *value;
    unsigned n = 1;

    put_command(s, "DEL", k, 0);
    for (size_t i = 0; map_next(facts, &i, &id, &value);) {
        const struct fact *f = value;
        if (k == KEY_RESOLVED_INDEX && f->where != KEY_RESOLVED)
            continue;
        const struct indexed *x = map_get(index_of(s, k), id);
        put_command(s, "ZADD", k, 2);
        resp_int(out, !f->unknown ? f->at_ms : x != NULL ? strtoll(x->said, NULL, 10) : 0);
        resp_text(out, id);
        n++;
        if (send_some(s, &n, 1000, e) != 0)
            return -1;
    }
    return send_some(s, &n, 1, e);
}

/* What an entry says stays, and what is missing from it comes behind, the oldest first. */
static int oldest_first(const void *x, const void *y)
{
    const struct fact *a = *(const struct fact *const *)x, *b = *(const struct fact *const *)y;

    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    return strcmp(a->id, b->id);
}

static void add_word(struct state *s, const struct fact *f)
{
    struct indexed *x = map_get(&s->of, f->incident);

    if (x == NULL) {
        x = mem_new(struct indexed);
        x->id = mem_strdup(f->incident);
        x->said = mem_strdup(f->id);
        map_put(&s->of, x->id, x);
    } else if (!has_word(x->said, f->id)) {
        char *more = mem_printf("%s %s", x->said, f->id);
        mem_free(x->said);
        x->said = more;
    }
}

static int rebuild_of(struct state *s, struct err *e)
{
    VEC(const struct fact *) all = {0};
    const char *id;
    void *value;
    unsigned n = 0;

    for (size_t i = 0; map_next(&s->deliveries, &i, &id, &value);) {
        if (((const struct fact *)value)->incident[0] != '\0')
            vec_push(&all, (const struct fact *)value);
    }
    if (all.n > 0)
        qsort(all.items, all.n, sizeof *all.items, oldest_first);
    for (size_t i = 0; i < all.n; i++)
        add_word(s, all.items[i]);
    vec_done(&all);
    for (size_t i = 0; map_next(&s->of, &i, &id, &value);) {
        put_command(s, "HSET", KEY_DELIVERIES_OF, 2);
        resp_text(talk_out(s->check->talk), id);
        resp_text(talk_out(s->check->talk), ((const struct indexed *)value)->said);
        n++;
        if (send_some(s, &n, 500, e) != 0)
            return -1;
    }
    return send_some(s, &n, 1, e);
}

static int mend(struct state *s, struct err *e)
{
    if (!s->check->options->repair)
        return 0;
    if (s->wrong[KEY_RESOLVED_INDEX] &&
        rebuild_scores(s, KEY_RESOLVED_INDEX, &s->incidents, e) != 0)
        return -1;
    if (s->wrong[KEY_DELIVERIES_INDEX] &&
        rebuild_scores(s, KEY_DELIVERIES_INDEX, &s->deliveries, e) != 0)
        return -1;
    return s->wrong[KEY_DELIVERIES_OF] ? rebuild_of(s, e) : 0;
}

/* --- the record --- */

static int take_entries(void *arg, const struct archive_piece *p, struct err *e)
{
    struct check *c = ((struct state *)arg)->check;
    struct transition transition;
    struct attempt attempt;
    struct err why = {"it has no field j"};
    size_t at = 0;

    (void)e;
    for (size_t i = 0; i < p->ends.n; at = p->ends.items[i++]) {
        const struct archive_value *id = &p->values.items[at], *v = id + 2;
        bool j = id[1].n == 1 && id[1].p[0] == 'j';
        int rc = !j                      ? -1
                 : p->which == KEY_AUDIT ? state_read_transition(v->p, v->n, &transition, &why)
                                         : state_read_attempt(v->p, v->n, &attempt, &why);
        if (rc != 0)
            check_say(c, key_name(p->which), NULL, "entry %.*s can't be read: %.200s", (int)id->n,
                      id->p, why.text);
        c->report.records++;
    }
    check_tell(c, "reading the record", c->report.records, 0);
    return 0;
}

static void free_all(struct state *s)
{
    struct map *facts[] = {&s->incidents, &s->deliveries};
    struct map *words[] = {&s->resolved_at, &s->created_at, &s->of};
    const char *id;
    void *value;

    for (size_t m = 0; m < 2; m++) {
        for (size_t i = 0; map_next(facts[m], &i, &id, &value);)
            mem_free(value);
        map_done(facts[m]);
    }
    for (size_t m = 0; m < 3; m++) {
        for (size_t i = 0; map_next(words[m], &i, &id, &value);) {
            struct indexed *x = value;
            mem_free(x->id);
            mem_free(x->said);
            mem_free(x);
        }
        map_done(words[m]);
    }
}

static int check_all(struct state *s, struct err *e)
{
    struct decided_ends ends;

    check_tell(s->check, "reading what is decided", 0, 0);
    if (decided_read(s->check->talk, take_piece, s, &ends, e) != 0)
        return -1;
    compare_places(s);
    compare_scores(s, KEY_RESOLVED_INDEX, &s->incidents, true);
    compare_scores(s, KEY_DELIVERIES_INDEX, &s->deliveries, false);
    compare_of(s);
    if (mend(s, e) != 0)
        return -1;
    return decided_read_stream(s->check->talk, KEY_LEDGER, &ends, take_entries, s, e) == 0
               ? decided_read_stream(s->check->talk, KEY_AUDIT, &ends, take_entries, s, e)
               : -1;
}

int check_decided(struct check *c, struct err *e)
{
    struct state s = {.check = c};
    int rc;

    map_init(&s.incidents, 1);
    map_init(&s.deliveries, 2);
    map_init(&s.resolved_at, 3);
    map_init(&s.created_at, 4);
    map_init(&s.of, 5);
    rc = check_all(&s, e);
    free_all(&s);
    return rc;
}
