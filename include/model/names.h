/* names.h - one table a noun: enum value <-> the word used in logs, API, metrics, files. */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include "model/incident.h"
#include "model/quiet.h"
#include "model/result.h"

const char *verdict_name(enum verdict v);
const char *reason_name(enum reason r);
const char *monitor_state_name(enum monitor_state s);
const char *severity_name(enum severity s);
const char *incident_state_name(enum incident_state s);
const char *notice_name(enum notice_type t); /* "incident.triggered" … */
const char *delivery_state_name(enum delivery_state s);
const char *cause_name(enum cause c);
const char *hold_name(enum hold h); /* "" for none */
const char *urgency_name(enum urgency u);
const char *quiet_kind_name(enum quiet_kind k);
const char *quiet_state_name(enum quiet_state s);
const char *override_kind_name(enum override_kind k);

/* Text -> value; -1 when the word is none of them. */
int verdict_from(const char *s);
int reason_from(const char *s);
int monitor_state_from(const char *s);
int severity_from(const char *s);
int incident_state_from(const char *s);
int notice_from(const char *s);
int delivery_state_from(const char *s);
int cause_from(const char *s);
int hold_from(const char *s);
int urgency_from(const char *s);
int quiet_kind_from(const char *s);
int override_kind_from(const char *s);

#endif
