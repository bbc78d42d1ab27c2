/* deed.h - what a person does to an incident. */
#ifndef MODEL_DEED_H
#define MODEL_DEED_H

#include <stdint.h>

enum deed_kind {
    DEED_ACK,
    DEED_UNACK,
    DEED_RESOLVE,
    DEED_SNOOZE,
    DEED_REASSIGN,
    DEED_ESCALATE,
    DEED_NOTE,
    DEED_COUNT
};

/* Borrows all it points to. */
struct deed {
    enum deed_kind kind;
    /* An incident's id, three characters or more of its beginning or end that fit no other, the
     * name of a monitor with an open incident, or a dedup key. */
    const char *incident;
    const char *who;  /* a person's name or free text */
    int64_t until_ms; /* snooze */
    const char *to;   /* reassign: a person of the configuration with `notify` rules */
    const char *text; /* note; with the others a comment, or NULL */
};

const char *deed_name(enum deed_kind k); /* "ack" … */
int deed_from(const char *s);            /* -1: none of them */

#endif
