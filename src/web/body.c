/* body.c - the JSON of a request, read so that a typo does not pass: a member not known is
 * refused with the nearest that is. */
#include "body.h"

#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/names.h"

#define MEMBERS_MAX 16

/* --- members -------------------------------------------------------------------------- */

static const char *type_words(enum jv_type t)
{
    static const struct {
        enum jv_type type;
        const char *words;
    } types[] = {{JV_TEXT, "a text"}, {JV_BOOL, "true or false"}, {JV_LIST, "a list"}};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == t)
            return types[i].words;
    return "an object";
}

static int unknown_member(struct call *c, const struct member *members, const char *name)
{
    const char *names[MEMBERS_MAX + 3], *near;
    size_t n = 0;

    for (; n < MEMBERS_MAX && members[n].name != NULL; n++)
        names[n] = members[n].name;
    names[n++] = "by";
    names[n++] = "as";
    names[n] = NULL;
    near = text_nearest(name, names);
    if (near != NULL)
        reply_problem(c->web, c->q, 400, "unknown member `%.60s`; did you mean `%s`?", name, near);
    else
        reply_problem(c->web, c->q, 400, "unknown member `%.60s`", name);
    return -1;
}

static int check_member(struct call *c, const struct member *members, const char *name,
                        const struct jv *value)
{
    enum jv_type wanted = JV_TEXT;
    bool known = strcmp(name, "by") == 0 || strcmp(name, "as") == 0;

    for (const struct member *m = members; !known && m->name != NULL; m++) {
        known = strcmp(m->name, name) == 0;
        wanted = m->type;
    }
    if (!known)
        return unknown_member(c, members, name);
    if (jv_type(value) == wanted || (wanted == JV_LIST && jv_type(value) == JV_TEXT))
        return 0;
    reply_problem(c->web, c->q, 400, "%s: is %s", name, type_words(wanted));
    return -1;
}

static int check_members(struct call *c, const struct member *members, const struct jv *body)
{
    const struct jv *value;
    const char *name;

    for (void *it = NULL; jv_each(body, &it, &name, &value);)
        if (check_member(c, members, name, value) < 0)
            return -1;
    for (const struct member *m = members; m->name != NULL; m++) {
        if (m->required && jv_get(body, m->name) == NULL) {
            reply_problem(c->web, c->q, 400, "%s is missing", m->name);
            return -1;
        }
    }
    return 0;
}

int body_read(struct call *c, const struct member *members, struct jv **ret)
{
    const char *type = request_header(c->v, "content-type");
    struct jv *body = NULL;
    struct err e;

    if (c->v->body_len > 0 && (type == NULL || !text_starts(type, "application/json"))) {
        reply_problem(c->web, c->q, 415, "send application/json");
        return -1;
    }
    if (c->v->body_len > 0 && jv_parse(c->v->body, c->v->body_len, &body, &e) < 0) {
        reply_problem(c->web, c->q, 400, "%s", e.text);
        return -1;
    }
    if (body != NULL && jv_type(body) != JV_OBJECT) {
        reply_problem(c->web, c->q, 400, "the body is an object like {\"by\": \"ana\"}");
    } else if (check_members(c, members, body) == 0) {
        *ret = body;
        return 0;
    }
    jv_free(body);
    return -1;
}

/* --- texts ---------------------------------------------------------------------------- */

static bool is_one_line(const char *s)
{
    for (; *s != 0; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return false;
    return true;
}

int body_line(struct call *c, const struct jv *body, const char *key, char *dst, size_t size)
{
    const struct jv *v = jv_get(body, key);
    const char *text = jv_text(v);

    dst[0] = 0;
    if (v == NULL)
        return 0;
    if (text == NULL || text[strspn(text, " ")] == 0 || strlen(text) >= size ||
        !is_one_line(text)) {
        reply_problem(c->web, c->q, 400, "%s: one line of at most %zu bytes", key, size - 1);
        return -1;
    }
    text_copy(dst, size, text);
    return 0;
}

/* Where nobody has a name, any will do. */
static int check_person(struct call *c, const char *name)
{
    const struct config *config = c->config;
    const char **names = mem_calloc(config->n_people + 1, sizeof *names), *near;
    bool known = config->n_people == 0 || config_person(config, name) != NULL;

    for (size_t i = 0; i < config->n_people; i++)
        names[i] = config->people[i].name;
    near = text_nearest(name, names);
    if (!known && near != NULL)
        reply_problem(c->web, c->q, 400, "there is no person `%s`; did you mean `%s`?", name, near);
    else if (!known)
        reply_problem(c->web, c->q, 400, "there is no person `%s`", name);
    mem_free((void *)names);
    return known ? 0 : -1;
}

/* "as" is a person, "by" whatever they are called: a login name, another program. */
static int read_actor(struct call *c, const struct jv *body, char dst[NAME_SIZE])
{
    if (jv_get(body, "as") == NULL)
        return body_line(c, body, "by", dst, NAME_SIZE);
    if (jv_get(body, "by") != NULL) {
        reply_problem(c->web, c->q, 400, "either \"by\" or \"as\", not both");
        return -1;
    }
    return body_line(c, body, "as", dst, NAME_SIZE) < 0 ? -1 : check_person(c, dst);
}

int body_actor(struct call *c, const struct jv *body, char dst[NAME_SIZE])
{
    const struct web_user *u = c->user;
    const char *own = u != NULL && u->person != NULL ? u->person->name : "api";

    if (read_actor(c, body, dst) < 0)
        return -1;
    if (dst[0] != 0 && u != NULL && u->role != ROLE_ADMIN && strcmp(dst, own) != 0) {
        reply_problem(c->web, c->q, 403, "only an admin may act in the name of another");
        return -1;
    }
    if (dst[0] == 0)
        text_copy(dst, NAME_SIZE, own);
    return 0;
}

int body_texts(struct call *c, const struct jv *body, const char *key,
               int (*each)(struct call *c, const char *text, void *arg), void *arg)
{
    const struct jv *v = jv_get(body, key);

    if (jv_type(v) == JV_TEXT)
        return each(c, jv_text(v), arg);
    for (size_t i = 0; i < jv_len(v); i++) {
        const char *text = jv_text(jv_at(v, i));

        if (text == NULL) {
            reply_problem(c->web, c->q, 400, "%s: a list of texts", key);
            return -1;
        }
        if (each(c, text, arg) < 0)
            return -1;
    }
    return 0;
}

/* --- instants ------------------------------------------------------------------------- */

static int bad_instant(struct call *c, const char *key, const struct zone *zone)
{
    if (zone != NULL)
        reply_problem(
            c->web, c->q, 400,
            "%s: a time like 2026-11-22T18:00, on the wall clock of %s, or an instant like "
            "2026-11-22T17:00:00Z",
            key, zone_name(zone));
    else
        reply_problem(c->web, c->q, 400, "%s: an instant like 2026-11-22T03:04:05Z", key);
    return -1;
}

int body_instant(struct call *c, const struct jv *object, const char *key, const struct zone *zone,
                 int64_t *ret_ms)
{
    const char *text = jv_get_text(object, key);
    bool has_offset;
    int64_t ms;

    if (text == NULL || rfc3339_parse(text, &ms, &has_offset) < 0 || (!has_offset && zone == NULL))
        return bad_instant(c, key, zone);
    *ret_ms = has_offset ? ms : zone_resolve(zone, ms / 1000, ZONE_GAP_NEXT) * 1000;
    return 0;
}

int body_end(struct call *c, const struct jv *body, const char *key, int64_t start_ms,
             int64_t *ret_ms)
{
    const char *length = jv_get_text(body, "for");
    int64_t for_ms;
    struct err e;

    if ((jv_get(body, key) == NULL) == (length == NULL)) {
        reply_problem(c->web, c->q, 400, "say when it ends: either \"%s\" or \"for\"", key);
        return -1;
    }
    if (length == NULL)
        return body_instant(c, body, key, NULL, ret_ms);
    if (text_duration(length, &for_ms, &e) < 0) {
        reply_problem(c->web, c->q, 400, "for: %s", e.text);
        return -1;
    }
    if (for_ms == 0) {
        reply_problem(c->web, c->q, 400, "for: longer than nothing");
        return -1;
    }
    *ret_ms = start_ms + for_ms;
    return 0;
}

int query_instant(struct call *c, const char *key, int64_t *ret_ms)
{
    char text[48];
    bool has_offset;
    int64_t ms;

    if (!request_query(c->v, key, text, sizeof text))
        return 0;
    if (rfc3339_parse(text, &ms, &has_offset) < 0 || !has_offset)
        return bad_instant(c, key, NULL);
    *ret_ms = ms;
    return 0;
}

int query_name(struct call *c, const char *key, char *dst, size_t size)
{
    char text[4 * NAME_SIZE];

    dst[0] = 0;
    if (!request_query(c->v, key, text, sizeof text))
        return 0;
    if (strlen(text) >= size) {
        reply_problem(c->web, c->q, 400, "%s: at most %zu bytes", key, size - 1);
        return -1;
    }
    text_copy(dst, size, text);
    return 0;
}

/* "active" -> its bit; 0: no such state. */
static unsigned state_bits(const char *word, size_t n)
{
    if (n == 3 && strncmp(word, "all", n) == 0)
        return 1u << QUIET_PENDING | 1u << QUIET_ACTIVE | 1u << QUIET_OVER;
    for (int s = QUIET_PENDING; s <= QUIET_OVER; s++) {
        const char *name = quiet_state_name((enum quiet_state)s);

        if (strlen(name) == n && strncmp(word, name, n) == 0)
            return 1u << s;
    }
    return 0;
}

int query_states(struct call *c, unsigned *ret)
{
    unsigned states = 0;
    char text[64];
    bool good = true;

    if (!request_query(c->v, "state", text, sizeof text))
        return 0;
    for (const char *at = text; good; at++) {
        size_t n = strcspn(at, ",");
        unsigned bits = state_bits(at, n);

        good = bits != 0;
        states |= bits;
        at += n;
        if (*at == 0)
            break;
    }
    if (good) {
        *ret = states;
        return 0;
    }
    reply_problem(c->web, c->q, 400, "state: some of active, pending, over, or all");
    return -1;
}
