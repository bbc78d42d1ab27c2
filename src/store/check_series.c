/* check_series.c - the index of series, entry by entry.
 *
 * Happy path: every value reads, every id belongs to one entry; behind each there are blocks.
 * Repair:     an epoch of which nothing is kept any more, though it should be, leaves the index. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "check.h"
#include "resp.h"

#define INTERVAL_MIN_MS 100
#define LAST_MS         INT64_C(253402300800000) /* the year 10000 */
#define EPOCHS_TOLD_MAX 64

struct index {
    struct check *check;
    VEC(struct checked) epochs;
    VEC(char *) fields; /* of each of them */
};

static bool read_field(const char *field, struct checked *ret)
{
    const char *slash = strchr(field, '/'), *mark = slash != NULL ? strchr(slash, '#') : NULL;
    size_t n = mark != NULL ? (size_t)(mark - slash) - 1 : slash != NULL ? strlen(slash + 1) : 0;

    if (slash == NULL || slash == field || (size_t)(slash - field) >= NAME_SIZE || n == 0 ||
        n >= NAME_SIZE)
        return false;
    memcpy(ret->region, field, (size_t)(slash - field));
    memcpy(ret->monitor, slash + 1, n);
    return true;
}

static bool read_epoch(const struct jv *v, struct epoch *ret)
{
    const char *id = jv_get_text(v, "id");

    *ret = (struct epoch){.interval_ms = jv_get_int(v, "interval", 0),
                          .from_ms = jv_get_int(v, "from", 0),
                          .last_ms = jv_get_int(v, "last", 0),
                          .rolled_ms = jv_get_int(v, "rolled", 0),
                          .late_ms = jv_get_int(v, "late", 0)};
    if (id == NULL || id[0] == '\0' || strlen(id) >= sizeof ret->id ||
        strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz") != strlen(id))
        return false;
    text_copy(ret->id, sizeof ret->id, id);
    return ret->interval_ms >= INTERVAL_MIN_MS && ret->interval_ms <= LAST_MS &&
           ret->from_ms >= 0 && ret->from_ms <= LAST_MS && ret->last_ms >= 0 &&
           ret->last_ms <= LAST_MS && ret->rolled_ms >= 0 && ret->rolled_ms <= LAST_MS &&
           ret->late_ms >= 0 && ret->late_ms <= LAST_MS;
}

/* "#ID" is told a moment before it becomes a part of the entry: the same one twice is none too
 * many. */
static void take_epoch(struct index *x, const char *field, const struct checked *one)
{
    for (size_t i = 0; i < x->epochs.n; i++) {
        const struct checked *other = &x->epochs.items[i];
        if (!text_eq(other->epoch.id, one->epoch.id))
            continue;
        if (!text_eq(other->monitor, one->monitor) || !text_eq(other->region, one->region))
            check_say(x->check, key_name(KEY_SERIES), NULL, "%.100s and %.100s have the same id %s",
                      x->fields.items[i], field, one->epoch.id);
        return;
    }
    vec_push(&x->epochs, *one);
    vec_push(&x->fields, mem_strdup(field));
}

static void take_entry(struct index *x, const redisReply *field, const redisReply *value)
{
    struct checked one = {.check = x->check};
    struct jv *v = NULL;
    const struct jv *list = NULL;
    bool good = strlen(field->str) == (size_t)field->len && read_field(field->str, &one) &&
                jv_parse(value->str, (size_t)value->len, &v, NULL) == 0;

    list = good ? jv_get(v, "epochs") : NULL;
    good = good && jv_type(list) == JV_LIST && jv_len(list) <= EPOCHS_TOLD_MAX;
    for (size_t i = 0; good && i < jv_len(list); i++) {
        good = read_epoch(jv_at(list, i), &one.epoch);
        if (good)
            take_epoch(x, field->str, &one);
    }
    jv_free(v);
    x->check->report.series++;
    if (!good)
        check_say(x->check, key_name(KEY_SERIES), NULL, "the entry of %.150s can't be read",
                  field->str);
}

static int take_index(void *arg, const redisReply *r, struct err *e)
{
    struct index *x = arg;

    if (r->type != REDIS_REPLY_ARRAY)
        return err_set(e, "redis gave an unexpected answer");
    for (size_t i = 0; i + 1 < r->elements; i += 2)
        take_entry(x, r->element[i], r->element[i + 1]);
    return 0;
}

static int64_t kept_ms(const struct config *c)
{
    const int64_t all[] = {c->store.retention.raw_ms, c->store.retention.minute_ms,
                           c->store.retention.hour_ms, c->store.retention.day_ms};
    int64_t most = 0;

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        most = all[i] > most ? all[i] : most;
    return most;
}

/* --- an entry without blocks --- */

static void put_epoch(struct jw *w, const struct epoch *e)
{
    jw_object(w);
    jw_kv_text(w, "id", e->id);
    jw_kv_int(w, "interval", e->interval_ms);
    jw_kv_int(w, "from", e->from_ms);
    jw_kv_int(w, "last", e->last_ms);
    jw_kv_int(w, "rolled", e->rolled_ms);
    if (e->late_ms != 0)
        jw_kv_int(w, "late", e->late_ms);
    jw_object_end(w);
}

/* The field without that epoch; without any it goes. */
static int drop_epoch(struct index *x, size_t at, struct err *e)
{
    struct buf *out = talk_out(x->check->talk), value;
    char key[KEY_SIZE];
    struct jw w;
    size_t left = 0;

    buf_init(&value, 1 << 20);
    jw_init(&w, &value);
    jw_object(&w);
    jw_kv_list(&w, "epochs");
    for (size_t i = 0; i < x->epochs.n; i++) {
        if (i == at || !text_eq(x->fields.items[i], x->fields.items[at]) ||
            x->epochs.items[i].epoch.id[0] == '\0')
            continue;
        put_epoch(&w, &x->epochs.items[i].epoch);
        left++;
    }
    jw_list_end(&w);
    jw_object_end(&w);
    x->epochs.items[at].epoch.id[0] = '\0'; /* out of it, for the next one of this field */
    talk_key(x->check->talk, key, key_name(KEY_SERIES));
    resp_open(out, left > 0 ? 4 : 3);
    resp_text(out, left > 0 ? "HSET" : "HDEL");
    resp_text(out, key);
    resp_text(out, x->fields.items[at]);
    if (left > 0)
        resp_bulk(out, value.p, value.len);
    buf_done(&value);
    return talk_send(x->check->talk, 1, NULL, NULL, e);
}

/* One that began today may have its first results under way. */
static int judge_empty(struct index *x, size_t at, struct err *e)
{
    struct check *c = x->check;
    struct checked *k = &x->epochs.items[at];
    bool repair = c->options->repair;

    if (k->blocks > 0 || k->epoch.from_ms > c->now_ms - DAY_MS ||
        k->epoch.last_ms + DAY_MS + kept_ms(c->config) < c->now_ms)
        return 0;
    check_say(c, key_name(KEY_SERIES), CHECK_MENDED(c), "%.100s/%.100s (%s): nothing is kept of it",
              k->region, k->monitor, k->epoch.id);
    return repair ? drop_epoch(x, at, e) : 0;
}

static int check_entries(struct index *x, struct err *e)
{
    for (size_t i = 0; i < x->epochs.n; i++) {
        struct checked *k = &x->epochs.items[i];
        char *id = mem_strdup(k->epoch.id);
        map_put(&x->check->ids, id, id);
        if (check_blocks(k, e) != 0 || judge_empty(x, i, e) != 0)
            return -1;
        check_tell(x->check, "reading series", i + 1, x->epochs.n);
    }
    return 0;
}

int check_series(struct check *c, struct err *e)
{
    struct index x = {.check = c};
    char key[KEY_SIZE];
    const char *argv[] = {"HGETALL", key, NULL};
    int rc;

    talk_key(c->talk, key, key_name(KEY_SERIES));
    rc = talk_ask(c->talk, argv, take_index, &x, e);
    if (rc == 0)
        rc = check_entries(&x, e);
    for (size_t i = 0; i < x.fields.n; i++)
        mem_free(x.fields.items[i]);
    vec_done(&x.fields);
    vec_done(&x.epochs);
    return rc;
}
