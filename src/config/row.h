/* row.h - one row for each key of the file: everything there is to know about it.
 *
 * The reader, the example, the schema and the manuals all walk these rows. To add a
 * key, add a row to a table in keys_*.c; to add a type, add a struct type. */
#ifndef CONFIG_ROW_H
#define CONFIG_ROW_H

#include <limits.h>

#include "base/json.h"
#include "node.h"

struct reader;
struct row;

/* How a value is read and described. */
struct type {
    const char *word;     /* for the manual */
    const char *expected; /* in an error: "`interval` must be <expected>" */
    void (*read)(struct reader *r, const struct row *row, const struct node *n, void *object);
    const char *pattern; /* of the text, for the schema; NULL: any */
    void (*schema)(const struct row *row, struct jw *w); /* NULL: a text with the pattern */
    /* Numbers only. */
    int (*parse)(const char *text, int64_t *ret, struct err *e);
    const char *(*print)(int64_t value, char *dst, size_t size);
    bool wide;   /* the field is an int64_t, else an int */
    bool nested; /* of is a struct shape */
    bool list;   /* nested: as many of them as one likes */
};

enum row_flag {
    ROW_REQUIRED = 1,
    ROW_SECRET = 2,   /* never shown, not even when it stands in the file itself */
    ROW_DEFAULTS = 4, /* may stand in `defaults` too */
    ROW_RESTART = 8,  /* read at start only; all other keys follow a reload */
    ROW_INSTEAD = 16, /* excludes a key before it, or names what is not there: a comment in the
                         example */
    ROW_OR_ZERO = 32, /* a number may also be 0, which is below its minimum */
};

struct row {
    const char *key;
    const struct type *type;
    size_t at;     /* offset of the field */
    size_t beside; /* offset of the field that goes with it: a list's length, a URL's shown form */
    int64_t min, max;   /* of the number, or of the bytes of a text; both 0: the type's own */
    const void *of;     /* what it is made of: struct choice[], struct shape or enum target */
    const char *normal; /* what holds when it is absent, as it would be written; NULL: nothing */
    unsigned flags;
    const char *example; /* value in the example; of a named map: the name of its entry */
    const char *text;    /* for the manual */
};

struct choice {
    const char *word; /* NULL ends the list */
    int value;
};

/* The value of a word of a later version: known, but refused. */
#define CHOICE_LATER INT_MIN

/* What can be referred to by name. */
enum target {
    TARGET_NONE,
    TARGET_MONITOR,
    TARGET_CHANNEL,
    TARGET_PERSON,
    TARGET_SCHEDULE,
    TARGET_POLICY,
    TARGET_COUNT
};

/* A mapping with known keys, and the struct it becomes. */
struct shape {
    const char *name; /* "monitor" */
    const struct row *rows;
    size_t n_rows;
    size_t size;
    unsigned only;            /* of the rows only those with this flag; 0: all */
    const char *plain;        /* the key a plain value stands for; NULL: there is none */
    enum target target;       /* its entries can be referred to; the first field is the name */
    const char *const *later; /* keys of other versions, NULL at the end */
    /* Fills what is inherited; NULL: the `normal` of each row holds. */
    void (*begin)(struct reader *r, void *object);
    void (*check)(struct reader *r, const struct node *n, void *object); /* what rows cannot say */
};

/* The rows of a shape that count. */
#define shape_each(row, shape)                                                                     \
    for (const struct row *row = (shape)->rows; row < (shape)->rows + (shape)->n_rows; row++)      \
        if (!(shape)->only || (row->flags & (shape)->only))

#define ROWS(table)               .rows = (table), .n_rows = sizeof(table) / sizeof *(table)
#define FIELD(object, row, kind)  ((kind *)((char *)(object) + (row)->at))
#define BESIDE(object, row, kind) ((kind *)((char *)(object) + (row)->beside))

/* types_plain.c */
extern const struct type type_text, type_line, type_name, type_secret, type_bool, type_int,
    type_duration, type_size, type_choice, type_word;
/* types_net.c */
extern const struct type type_url, type_secret_url, type_store_url, type_listen, type_canaries,
    type_path, type_file, type_sha256, type_signing;
/* types_lists.c */
extern const struct type type_headers, type_labels, type_expect, type_names, type_refs;
/* types_time.c */
extern const struct type type_zone, type_instant, type_anchor, type_every, type_days, type_day_time,
    type_week_time, type_window_time, type_dates;
/* types_people.c */
extern const struct type type_people, type_people_or_nobody, type_members, type_contacts;
/* calendar.c */
extern const struct type type_calendar, type_overrides_calendar;
/* read.c */
extern const struct type type_ref, type_map, type_list, type_named, type_defaults, type_include;

/* types_slo.c */
extern const struct type type_percent, type_share, type_indicator;
/* keys_slo.c */
extern const struct type type_slos;
/* keys_maintenance.c */
extern const struct type type_windows;

/* keys_*.c */
extern const struct shape shape_auth, shape_metrics, shape_file, shape_defaults, shape_monitor,
    shape_person, shape_channel, shape_schedule, shape_policy, shape_route, shape_restrict,
    shape_window, shape_maintenance, shape_slo;

/* What values from outside look like, for the patterns of the schema. */
#define OR_OUTSIDE "|\\$\\{"

#endif
