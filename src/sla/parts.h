/* parts.h - what the files of the sla room share. */
#ifndef SRC_SLA_PARTS_H
#define SRC_SLA_PARTS_H

#include "base/json.h"
#include "sla/report.h"

/* report.c, report_slo.c: into an object, or as a value of a list. */
void latency_write(struct jw *w, const struct sla_latency *l);
void slo_write(struct jw *w, const struct sla_slo *s);

#endif
