/* aside.h - what can't be read, or stands where a block is to be, is set aside, and said once. */
#ifndef SRC_STORE_ASIDE_H
#define SRC_STORE_ASIDE_H

struct store;

/* Renamed to KEY:damaged, which goes by itself in 30 days. */
void aside_put(struct store *s, const char *key, const char *why);
/* Only counted and said: somebody reads it, and it is not his. */
void aside_tell(struct store *s, const char *key, const char *why);
void aside_free(struct store *s);

#endif
