/* ask_when.h - the query of a question: values as they must be written, times as people say them.
 */
#ifndef SRC_CLI_ASK_WHEN_H
#define SRC_CLI_ASK_WHEN_H

#include "cli.h"

/* "?key=value" or "&key=value", encoded. */
void query_add(struct buf *path, const char *key, const char *value);
/* One segment of a path, encoded. */
void query_add_segment(struct buf *path, const char *name);

/* The value of option --`key`, a time that is over: "18:00" is the last time it was that late.
 * NULL adds nothing. EXIT_GOOD or EXIT_USAGE, told. */
int query_add_past(const struct args *a, struct buf *path, const char *key, const char *text);
/* "30d": so long ago; or such a time. Adds `from`. */
int query_add_since(const struct args *a, struct buf *path, const char *text);

#endif
