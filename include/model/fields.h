/* fields.h - the kept nouns as tables: one row a member, for writing and for reading alike.
 *
 * A member that holds its `absent` value is not written, and what is not there is read as
 * that value: so a record grows only by what it says, and an older one stays readable. */
#ifndef MODEL_FIELDS_H
#define MODEL_FIELDS_H

#include "model/incident.h"
#include "model/quiet.h"

enum field_kind {
    FIELD_END,
    FIELD_INT64,
    FIELD_INT,
    FIELD_BOOL,
    FIELD_WORD,
    FIELD_TEXT,
    FIELD_OBJECT,
    FIELD_TIMES /* `size` bytes of int64_t; zeros at its end are not written */
};

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset;
    size_t size;                    /* FIELD_TEXT: of the array */
    int64_t absent;                 /* numbers */
    bool required;                  /* a record without it is none; else a word is its first */
    bool prose;                     /* FIELD_TEXT: cut when too long, instead of refused */
    const char *(*word)(int value); /* FIELD_WORD, both ways; from: -1 unknown */
    int (*from)(const char *word);
    const struct field *object; /* FIELD_OBJECT: the members, at `offset` */
};

/* Each ends with a row of FIELD_END. */
extern const struct field monitor_status_fields[], incident_fields[], delivery_fields[];
extern const struct field attempt_fields[], transition_fields[];
extern const struct field quiet_fields[], override_fields[];

#endif
