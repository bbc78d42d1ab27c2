/* why_private.h - an answer while it is being put together; for why*.c only. */
#ifndef INCIDENT_WHY_PRIVATE_H
#define INCIDENT_WHY_PRIVATE_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/vec.h"
#include "incident/why.h"

#define WHY_AT_NO_TIME 0
#define WHY_SPAN_SIZE  32

struct why_line {
    int64_t at_ms;
    size_t number; /* in the order told */
    const char *text;
};

struct why {
    const struct why_facts *f;
    struct arena arena;
    VEC(struct why_line) lines;
    char answer[640];
};

void why_add(struct why *y, int64_t at_ms, const char *fmt, ...) MW_PRINTF(3, 4);
/* One more of the names in a sentence; each once. */
void why_name(struct buf *names, const char *name);
const char *why_span(int64_t ms, char dst[WHY_SPAN_SIZE]); /* "12m3s"; never below 0 */

/* why_delivery.c: its attempts and its end; a page also with the rule that asked for it. */
void why_tell_delivery(struct why *y, const struct delivery *d);
void why_answer_delivery(struct why *y);
bool why_is_page(const struct delivery *d);

/* why_story.c: everything that happened to the incident, and what lies ahead of it. */
void why_tell_incident(struct why *y);
void why_answer_incident(struct why *y);

/* why_policy.c */
const struct policy *why_policy(const struct why_facts *f); /* the incident's, else the monitor's */
void why_choice(const struct why_facts *f, struct buf *out); /* what chose the monitor's policy */
/* Whom a step would tell at that instant: "schedule primary (ana, layer weekly), channel ops".
 * Returns how many people and channels that are. */
size_t why_step(const struct why_facts *f, const struct step *s, int64_t at_ms, struct buf *out);
/* Why a step told nobody. */
void why_nobody(const struct why_facts *f, const struct step *s, int64_t at_ms, struct buf *out);
/* What would happen if the monitor went down now. */
void why_foresee(struct why *y);

#endif
