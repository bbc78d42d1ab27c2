/* check_strings.c - every key there is under our name: does something know it?
 *
 * Happy path: SCAN -> blocks belong to a series of the index, SLO cells have whole cells, blocks
 * have an end of life. Repair:     a block that nobody knows is set aside; what would stay for ever
 * gets an end.
 *
 * A series may have begun since the index was read: who is unknown then is looked up again. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "check.h"
#include "resp.h"

#define CELL_BYTES    20
#define CELLS_MAX     2976 /* quarters of an hour in 31 days */
#define MINUTE_BYTES  28
#define MINUTES_MAX   256
#define STRANGERS_MAX 100000

enum kind { KIND_BLOCK, KIND_CELLS, KIND_MINUTES, KIND_ASIDE, KIND_FIXED, KIND_OTHER };

struct one {
    char *rest;
    enum kind kind;
};

struct strings {
    struct check *check;
    VEC(struct one) page;
    size_t answered;
    long long length;
    bool is_string;
    VEC(char *) strangers, endless;
    bool full;
};

static enum kind kind_of(const char *rest)
{
    static const char *const blocks[] = {"raw:", "late:", "minute:", "hour:", "day:"};

    if (move_is_fixed(rest))
        return KIND_FIXED;
    if (text_ends(rest, MOVE_DAMAGED))
        return KIND_ASIDE;
    if (text_starts(rest, "slo:"))
        return text_ends(rest, ":recent") ? KIND_MINUTES : KIND_CELLS;
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (text_starts(rest, blocks[i]))
            return KIND_BLOCK;
    }
    return KIND_OTHER;
}

/* "raw:ID:20261122" -> is ID known? */
static bool is_known(const struct check *c, const char *rest)
{
    const char *id = strchr(rest, ':') + 1, *end = strchr(id, ':');
    char name[SERIES_ID_SIZE];

    if (end == NULL || (size_t)(end - id) >= sizeof name)
        return false;
    memcpy(name, id, (size_t)(end - id));
    name[end - id] = '\0';
    return map_get(&c->ids, name) != NULL;
}

static void keep(struct strings *s, bool stranger, const char *rest)
{
    if (s->strangers.n + s->endless.n >= STRANGERS_MAX)
        s->full = true;
    else if (stranger)
        vec_push(&s->strangers, mem_strdup(rest));
    else
        vec_push(&s->endless, mem_strdup(rest));
}

static bool whole_cells(enum kind kind, long long n)
{
    size_t size = kind == KIND_MINUTES ? MINUTE_BYTES : CELL_BYTES;
    size_t most = kind == KIND_MINUTES ? MINUTES_MAX : CELLS_MAX;

    return n % (long long)size == 0 && n <= (long long)(size * most);
}

static void judge(struct strings *s, const struct one *o, long long ttl)
{
    struct check *c = s->check;

    if (ttl == -2)
        return; /* gone meanwhile */
    if (o->kind == KIND_OTHER) {
        check_say(c, o->rest, NULL, "a key that is none of ours");
        return;
    }
    if (o->kind == KIND_CELLS || o->kind == KIND_MINUTES) {
        c->report.slos++;
        if (!s->is_string || !whole_cells(o->kind, s->length))
            check_say(c, o->rest, NULL, "its length, %lld bytes, is of no SLO's cells", s->length);
        return;
    }
    if (!is_known(c, o->rest))
        keep(s, true, o->rest);
    else if (ttl == -1)
        keep(s, false, o->rest);
}

/* Two answers for each: its length, until when. */
static int take_answer(void *arg, const redisReply *r, struct err *e)
{
    struct strings *s = arg;
    const struct one *o = &s->page.items[s->answered / 2];

    (void)e;
    if (s->answered++ % 2 == 0) {
        s->is_string = r->type == REDIS_REPLY_INTEGER;
        s->length = s->is_string ? r->integer : 0;
        return 0;
    }
    if (r->type == REDIS_REPLY_INTEGER)
        judge(s, o, r->integer);
    return 0;
}

static int ask_page(struct strings *s, struct err *e)
{
    struct buf *out = talk_out(s->check->talk);
    char key[KEY_SIZE];

    for (size_t i = 0; i < s->page.n; i++) {
        talk_key(s->check->talk, key, s->page.items[i].rest);
        bool cells = s->page.items[i].kind == KIND_CELLS || s->page.items[i].kind == KIND_MINUTES;
        resp_open(out, 2);
        resp_text(out, cells ? "STRLEN" : "EXISTS");
        resp_text(out, key);
        resp_open(out, 2);
        resp_text(out, "TTL");
        resp_text(out, key);
    }
    s->answered = 0;
    return talk_send(s->check->talk, (unsigned)(2 * s->page.n), take_answer, s, e);
}

static void clear_page(struct strings *s)
{
    for (size_t i = 0; i < s->page.n; i++)
        mem_free(s->page.items[i].rest);
    s->page.n = 0;
}

static int take_page(void *arg, const redisReply *keys, struct err *e)
{
    struct strings *s = arg;
    int rc;

    for (size_t i = 0; i < keys->elements; i++) {
        const char *rest = move_rest(s->check->talk, keys->element[i]->str);
        enum kind kind = rest != NULL ? kind_of(rest) : KIND_FIXED;
        s->check->report.set_aside += kind == KIND_ASIDE;
        if (kind == KIND_FIXED || kind == KIND_ASIDE || strlen(rest) > KEY_SIZE - NAME_SIZE - 8)
            continue;
        vec_push(&s->page, ((struct one){mem_strdup(rest), kind}));
    }
    rc = ask_page(s, e);
    clear_page(s);
    check_tell(s->check, "looking at all keys", 0, 0);
    return rc;
}

/* --- who was unknown --- */

static int look_again(void *arg, const redisReply *r, struct err *e)
{
    struct check *c = arg;

    (void)e;
    for (size_t i = 1; r->type == REDIS_REPLY_ARRAY && i < r->elements; i += 2) {
        const char *p = r->element[i]->str;
        while ((p = strstr(p, "\"id\":\"")) != NULL) {
            p += strlen("\"id\":\"");
            size_t n = strcspn(p, "\"");
            char *id = mem_strndup(p, n);
            if (map_get(&c->ids, id) == NULL)
                map_put(&c->ids, id, id);
            else
                mem_free(id);
        }
    }
    return 0;
}

static int judge_strangers(struct strings *s, struct err *e)
{
    struct check *c = s->check;
    char key[KEY_SIZE];
    const char *argv[] = {"HGETALL", key, NULL};
    bool repair = c->options->repair;

    talk_key(c->talk, key, key_name(KEY_SERIES));
    if (s->strangers.n > 0 && talk_ask(c->talk, argv, look_again, c, e) != 0)
        return -1;
    for (size_t i = 0; i < s->strangers.n; i++) {
        if (is_known(c, s->strangers.items[i]))
            continue;
        check_say(c, s->strangers.items[i], CHECK_SET_ASIDE(c),
                  "it belongs to no series of the index");
        if (repair && check_set_aside(c, s->strangers.items[i], e) != 0)
            return -1;
    }
    return 0;
}

static int64_t longest_ms(const struct config *c)
{
    return c->store.retention.day_ms > c->store.retention.hour_ms ? c->store.retention.day_ms
                                                                  : c->store.retention.hour_ms;
}

static int judge_endless(struct strings *s, struct err *e)
{
    struct check *c = s->check;
    bool repair = c->options->repair;
    char key[KEY_SIZE], seconds[24];
    const char *argv[] = {"EXPIRE", key, seconds, NULL};

    snprintf(seconds, sizeof seconds, "%lld", (long long)(longest_ms(c->config) / 1000));
    for (size_t i = 0; i < s->endless.n; i++) {
        talk_key(c->talk, key, s->endless.items[i]);
        check_say(c, s->endless.items[i], CHECK_MENDED(c),
                  "it has no end of life, and would stay for ever");
        if (repair && talk_ask(c->talk, argv, NULL, NULL, e) != 0)
            return -1;
    }
    return 0;
}

int check_strings(struct check *c, struct err *e)
{
    struct strings s = {.check = c};
    int rc = talk_scan(c->talk, take_page, &s, e);

    if (rc == 0)
        rc = judge_strangers(&s, e) == 0 ? judge_endless(&s, e) : -1;
    if (s.full)
        check_say(c, "", NULL, "more than %d keys are wrong: only the first are told",
                  STRANGERS_MAX);
    for (size_t i = 0; i < s.strangers.n; i++)
        mem_free(s.strangers.items[i]);
    for (size_t i = 0; i < s.endless.n; i++)
        mem_free(s.endless.items[i]);
    vec_done(&s.strangers);
    vec_done(&s.endless);
    vec_done(&s.page);
    return rc;
}
