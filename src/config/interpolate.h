/* interpolate.h - `${env:NAME}`, `${env:NAME:-default}`, `${file:PATH}`, `${cred:NAME}`; `$${` is a
 * plain `${`. */
#ifndef CONFIG_INTERPOLATE_H
#define CONFIG_INTERPOLATE_H

#include "node.h"

/* Expands n->text in place and sets shown and secret; complains and marks it broken if it cannot.
 */
void interpolate(struct tree *t, struct node *n);

#endif
