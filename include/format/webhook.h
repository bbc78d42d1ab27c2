/* webhook.h - a notice as the body of our own webhook (contract, section 4; docs/webhook.md).
 * Same notice, same bytes: a retry repeats the body exactly. */
#ifndef FORMAT_WEBHOOK_H
#define FORMAT_WEBHOOK_H

#include "base/buf.h"
#include "model/incident.h"

/* public_url may be NULL: then there are no links but the runbook. */
void webhook_body(struct buf *out, const struct notice *n, const char *public_url);

#endif
