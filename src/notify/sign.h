/* sign.h - Standard Webhooks 1.0.0, symmetric scheme v1. */
#ifndef NOTIFY_SIGN_H
#define NOTIFY_SIGN_H

#include <stddef.h>

#include "model/config.h"

/* "v1,BASE64[ v1,BASE64]", one for each of the channel's secrets; NULL when it has none.
 * Caller frees. The key is the decoded part after "whsec_". */
char *sign_webhook(const struct channel *ch, const char *id, const char *timestamp,
                   const char *body, size_t body_len);

#endif
