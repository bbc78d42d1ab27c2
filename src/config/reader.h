/* reader.h - nodes to a configuration, row by row. */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H

#include "base/vec.h"
#include "calendar.h"
#include "row.h"

/* Who was defined, and who is waited for. */
struct pending {
    enum target target;
    const struct node *place; /* holds the name at its end, after a prefix such as "person:" */
    const char *name;
    const void **slot; /* takes the object; NULL: only its existence matters */
};

struct refs {
    struct map defined[TARGET_COUNT]; /* name -> struct definition */
    VEC(struct pending) pending;
};

struct definition {
    void *object;
    const struct node *place;
};

/* An end of a maintenance window: a time of day, or a date with a time. */
struct edge {
    bool given, dated;
    bool instant;  /* dated, with an offset or Z */
    int32_t day_s; /* from local midnight */
    int64_t at_ms; /* dated */
};

/* A maintenance window as it is read, before it is known where all of them will lie. */
struct planned {
    struct window window;
    struct restriction hours;
    struct edge start, end;
    const struct node *place;
    struct monitor *owner; /* NULL: `match` tells whose it is */
    struct label *match;
    size_t n_match;
};

struct slo_indicator {
    enum slo_of of;
    int64_t limit_us;
};

/* An SLO as it is read. */
struct planned_slo {
    struct slo slo;
    int64_t rolling_ms;
    int calendar, by, maintenance, unknown;
    struct slo_indicator indicator;
    const char *group;
    struct label *match;
    size_t n_match;
    const struct node *place;
};

struct reader {
    struct config *config;
    struct tree *tree;
    struct diagnostics *d;
    const struct node *root;
    struct refs refs;
    const struct zone *zone; /* in which local times are read here; NULL: none given */
    struct monitor defaults; /* what a monitor is when it says nothing */
    VEC(struct planned) windows;
    VEC(struct planned_slo *) slos;
    VEC(struct calendar_use) calendars;
    uint64_t digest; /* of the calendars read so far */
};

void read_map(struct reader *r, const struct shape *shape, const struct node *n, void *object);
/* Sets what holds when nothing is written. */
void read_normals(struct reader *r, const struct shape *shape, const struct node *place,
                  void *object);

/* Complains: "`key` must be <what was expected>, not <what is there>". */
void read_refuse(struct reader *r, const struct row *row, const struct node *n);
/* "`key`: <why>". `why` must not quote a value that is secret: read_shows() tells. */
void read_refuse_why(struct reader *r, const struct row *row, const struct node *n,
                     const char *why);
bool read_shows(const struct row *row, const struct node *n);
/* What stands there, for an error; never a secret. */
const char *read_found(const struct row *row, const struct node *n, char *dst, size_t size);
#define FOUND_SIZE 80

/* The text of a scalar, or NULL after a complaint. */
const char *read_text(struct reader *r, const struct row *row, const struct node *n);
/* The node as a list: one item stands for a list of one, nothing for an empty list. */
const struct node *read_as_list(struct reader *r, const struct node *n);
/* Copies that live as long as the configuration. */
const char *read_keep(struct reader *r, const struct node *n, const char *text);
struct secret read_keep_secret(struct reader *r, const char *text);

/* types_plain.c */
bool name_good(const char *name, size_t max);
const struct choice *choice_find(const struct choice *choices, const char *word);
const char *choice_list(const struct choice *choices, char *dst, size_t size);

/* refs.c */
void refs_define(struct reader *r, enum target target, const struct node *place, void *object);
void refs_need(struct reader *r, const struct pending *p);
void refs_resolve(struct reader *r);
void refs_done(struct refs *refs);
const char *target_name(enum target target);
const struct definition *refs_find(const struct reader *r, enum target target, const char *name);

/* types_time.c: each zone is read once. NULL with the reason. */
const struct zone *type_zone_find(struct reader *r, const char *name, struct err *e);

/* keys_schedule.c: refuses what could put too many people on call at once. */
void schedule_check_crowd(struct reader *r, const struct node *n, const struct schedule *s);

/* keys_policy.c: what is wrong with a `match`. */
void match_check(struct reader *r, const struct node *match);

/* link.c: what needs the whole: policies, routes, load, who can be paged. */
void link_config(struct reader *r);
/* Does all of `match` hold for the monitor? */
bool labels_fit(const struct label *match, size_t n, const struct monitor *m);
/* link_monitors.c: the windows of each, and what each depends on. */
void link_monitors(struct reader *r);
/* link.c: the policy of the first route that fits, or NULL. */
const struct policy *route_of(const struct config *c, const struct monitor *m);
/* link_slos.c: whose they are, and who hears of them. */
void link_slos(struct reader *r);
/* link_people.c: who would be told. */
void link_people(struct reader *r);

#endif
