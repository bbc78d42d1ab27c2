/* types_people.c - people, turns of people, and whom a policy tells. */
#include <string.h>

#include "base/text.h"
#include "reader.h"

#define MEMBERS_MAX 1000

/* --- people ------------------------------------------------------------------------------- */

static bool add_person(struct reader *r, const struct row *row, const struct node *n,
                       struct slot *s)
{
    const char *name = read_text(r, row, n);
    if (!name)
        return false;
    refs_need(r, &(struct pending){.target = TARGET_PERSON, .place = n, .name = name});
    s->people[s->n++] = read_keep(r, n, name);
    return true;
}

/* One name or a list of names. */
static void read_slot(struct reader *r, const struct row *row, const struct node *n,
                      struct slot *ret)
{
    const struct node *list = read_as_list(r, n);
    struct slot s = {.people = arena_calloc(&r->config->arena, list->n + 1, sizeof *s.people)};
    node_each(e, list)
        add_person(r, row, e->value, &s);
    *ret = s;
}

static void read_people(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    if (n->kind == NODE_LIST && n->n == 0)
        read_refuse_why(r, row, n, "names nobody");
    else if (n->kind == NODE_MAP || node_is_null(n))
        read_refuse(r, row, n);
    else
        read_slot(r, row, n, FIELD(object, row, struct slot));
}

/* As said outright, an empty list is nobody. */
static void read_people_or_nobody(struct reader *r, const struct row *row, const struct node *n,
                                  void *object)
{
    if (n->kind != NODE_LIST || n->n > 0)
        read_people(r, row, n, object);
}

/* A turn: a name, a group, or null (or an empty group) for nobody. */
static void read_members(struct reader *r, const struct row *row, const struct node *n,
                         void *object)
{
    if (n->kind != NODE_LIST) {
        read_refuse(r, row, n);
        return;
    }
    if (n->n > MEMBERS_MAX) {
        read_refuse_why(r, row, n, "more than 1000 turns");
        return;
    }
    struct slot *slots = arena_calloc(&r->config->arena, n->n + 1, sizeof *slots);
    size_t count = 0;
    node_each(e, n) {
        if (!node_is_null(e->value))
            read_people_or_nobody(r, row, e->value, (char *)&slots[count] - row->at);
        count++;
    }
    *FIELD(object, row, struct slot *) = slots;
    *BESIDE(object, row, size_t) = count;
}

#define PERSON_SCHEMA "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9._-]{1,100}$|\\\\$\\\\{\"}"

static void schema_people(const struct row *row, struct jw *w)
{
    (void)row;
    jw_kv_list(w, "anyOf");
    jw_raw(w, PERSON_SCHEMA);
    jw_raw(w, "{\"type\":\"array\",\"minItems\":1,\"items\":" PERSON_SCHEMA "}");
    jw_list_end(w);
}

static void schema_people_or_nobody(const struct row *row, struct jw *w)
{
    (void)row;
    jw_kv_list(w, "anyOf");
    jw_raw(w, PERSON_SCHEMA);
    jw_raw(w, "{\"type\":\"array\",\"items\":" PERSON_SCHEMA "}");
    jw_list_end(w);
}

static void schema_members(const struct row *row, struct jw *w)
{
    jw_kv_text(w, "type", "array");
    jw_kv_int(w, "maxItems", MEMBERS_MAX);
    jw_kv_object(w, "items");
    jw_kv_list(w, "anyOf");
    jw_raw(w, "{\"type\":\"null\"}");
    jw_object(w);
    schema_people_or_nobody(row, w);
    jw_object_end(w);
    jw_list_end(w);
    jw_object_end(w);
}

const struct type type_people = {
    "people",
    "a person or a list of people",
    .read = read_people,
    .schema = schema_people,
};
const struct type type_people_or_nobody = {
    "people",
    "a person, a list of people, or [] for nobody",
    .read = read_people_or_nobody,
    .schema = schema_people_or_nobody,
};
const struct type type_members = {
    "turns",
    "a list of turns: a person, a list of people, or null",
    .read = read_members,
    .schema = schema_members,
};

/* --- contacts ----------------------------------------------------------------------------- */

static const struct {
    const char *prefix;
    enum contact_kind kind;
    enum target target;
    size_t at; /* of the pointer in struct contact */
} contact_kinds[] = {
    {"schedule:", CONTACT_SCHEDULE, TARGET_SCHEDULE, offsetof(struct contact, schedule)},
    {"person:", CONTACT_PERSON, TARGET_PERSON, offsetof(struct contact, person)},
    {"channel:", CONTACT_CHANNEL, TARGET_CHANNEL, offsetof(struct contact, channel)},
};
#define N_CONTACT_KINDS (sizeof contact_kinds / sizeof *contact_kinds)

static bool read_contact(struct reader *r, const struct row *row, const struct node *n,
                         struct contact *c)
{
    const char *text = read_text(r, row, n);
    for (size_t i = 0; text && i < N_CONTACT_KINDS; i++) {
        size_t prefix = strlen(contact_kinds[i].prefix);
        if (!text_starts(text, contact_kinds[i].prefix))
            continue;
        c->kind = contact_kinds[i].kind;
        refs_need(r, &(struct pending){.target = contact_kinds[i].target,
                                       .place = n,
                                       .name = text + prefix,
                                       .slot = (const void **)((char *)c + contact_kinds[i].at)});
        return true;
    }
    if (text)
        read_refuse(r, row, n);
    return false;
}

static void read_contacts(struct reader *r, const struct row *row, const struct node *n,
                          void *object)
{
    const struct node *list = read_as_list(r, n);
    struct contact *contacts = arena_calloc(&r->config->arena, list->n + 1, sizeof *contacts);
    size_t count = 0;
    node_each(e, list)
        count += read_contact(r, row, e->value, &contacts[count]);
    if (list->n == 0)
        read_refuse_why(r, row, n, "names nobody");
    *FIELD(object, row, struct contact *) = contacts;
    *BESIDE(object, row, size_t) = count;
}

#define CONTACT_PATTERN                                                                            \
    "\"pattern\":\"^(schedule|person|channel):[A-Za-z0-9._-]{1,100}$|\\\\$\\\\{\""

static void schema_contacts(const struct row *row, struct jw *w)
{
    (void)row;
    jw_kv_list(w, "anyOf");
    jw_raw(w, "{\"type\":\"string\"," CONTACT_PATTERN "}");
    jw_raw(w, "{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"string\"," CONTACT_PATTERN
              "}}");
    jw_list_end(w);
}

const struct type type_contacts = {
    "contacts",
    "schedule:NAME, person:NAME or channel:NAME",
    .read = read_contacts,
    .schema = schema_contacts,
};
