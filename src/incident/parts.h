/* parts.h - what the files of this room lend each other, and nobody else. */
#ifndef INCIDENT_PARTS_H
#define INCIDENT_PARTS_H

#include "incident/case.h"

/* case.c: the one mover of the state, with its record. */
void case_move(struct incident_case *c, const struct desk *k, enum incident_state to,
               const char *text);

/* person.c: "VERB ana" and the comment, if there is one. */
void person_text(char *dst, size_t size, const struct desk *k, const char *verb);

/* settle.c: nothing may overtake an earlier delivery to the same contact on its way. */
bool settle_blocked(const struct incident_case *c, size_t at);

/* timers.c: none of the incident's own timers runs any more. */
void timers_stop(struct incident *i);

/* again.c: the state changed, for telling flapping. */
void again_change(struct incident_case *c, int64_t now_ms);

/* urgency.c: how urgent it is now, and when that will change by itself. */
void urgency_set(struct incident_case *c, const struct desk *k);
enum urgency urgency_at(const struct urgency_rule *r, enum severity s, int64_t at_ms);

#endif
