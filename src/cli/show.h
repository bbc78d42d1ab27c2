/* show.h - small words for people, shared by the commands that print tables. */
#ifndef SRC_CLI_SHOW_H
#define SRC_CLI_SHOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/zone.h"
#include "cli.h"

/* "3m12s" since an RFC 3339 member of `object`; "" when it is not there. */
const char *show_age(const struct jv *object, const char *key, int64_t now_ms, char *dst,
                     size_t size);
/* "03:04:05" today, "11-22 03:04" else, on the wall clock of this machine. */
const char *show_time(const struct jv *object, const char *key, int64_t now_ms, char *dst,
                      size_t size);
/* "Mon 2026-11-23 09:00", on the zone's wall clock. */
const char *show_local(int64_t at_ms, const struct zone *z, char *dst, size_t size);
/* An instant, or a wall time in the zone. 0 or -1. */
int show_read_time(const char *text, const struct zone *z, int64_t *ret_ms);
/* "1 monitor", "2 monitors". */
const char *show_count(size_t n, const char *one, const char *many, char *dst, size_t size);
char show_tint(const char *state); /* the colour of a state, for table_tint() */
const char *show_or(const char *text, const char *otherwise);

/* Asks, and either prints the answer as it is (--json) or hands the parsed list to `print`. */
int show_list(const struct args *a, const char *path, int (*print)(const struct jv *list));

#endif
