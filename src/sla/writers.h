/* writers.h - one function a format; src/sla/render.c asks them. What does not fit sets `over`. */
#ifndef SRC_SLA_WRITERS_H
#define SRC_SLA_WRITERS_H

#include "words.h"

void markdown_write(struct buf *out, const struct doc *d);
void html_write(struct buf *out, const struct doc *d);
void csv_write(struct buf *out, const struct doc *d);

/* html_chart.c: SVG drawings of one SLO; nothing when there is nothing to draw. */
void chart_days(struct buf *out, const struct slo_view *v);
void chart_trend(struct buf *out, const struct slo_view *v);
void chart_latency(struct buf *out, const struct slo_view *v);

#endif
