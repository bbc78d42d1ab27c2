/* retire.h - series of which nothing is kept any more leave the index. */
#ifndef SRC_STORE_RETIRE_H
#define SRC_STORE_RETIRE_H

#include <stddef.h>

struct store;

/* Looks at some more of the index; *at is where it has come to. */
void retire_some(struct store *s, size_t *at);

#endif
