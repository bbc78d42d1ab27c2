/* roller.h - days that are over are sealed and rolled up, one after the other. */
#ifndef SRC_STORE_ROLLER_H
#define SRC_STORE_ROLLER_H

#include <stdint.h>

struct store;
struct roller;

struct roller *roller_new(struct store *s);
void roller_close(struct roller *r); /* its timer */
void roller_free(struct roller *r);  /* NULL accepted */

void roller_start(struct roller *r);             /* ready: what was missed is caught up with */
void roller_now(struct roller *r);               /* looks for work now */
int64_t roller_oldest_ms(const struct store *s); /* the oldest day to be rolled up; 0: none */
/* Something was written into this day's open or late block. */
void roller_note_write(struct store *s, const char *id, int64_t day_ms);

#endif
