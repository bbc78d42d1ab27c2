/* body.h - what a request brings along: the members of its JSON body, texts and instants. */
#ifndef WEB_BODY_H
#define WEB_BODY_H

#include "base/json.h"
#include "base/zone.h"
#include "web_private.h"

/* Each function below that fails has answered the request, with the member's name in the detail. */

struct member {
    const char *name;
    enum jv_type type; /* JV_TEXT, JV_BOOL, JV_LIST */
    bool required;
};

/* Parses the body: an object of these members (the last has no name), and "by" or "as", which every
 * deed takes. No body at all is an empty object, and then *ret is NULL. */
int body_read(struct call *c, const struct member *members, struct jv **ret) MW_MUST_CHECK;

/* Who acts: the token's person; an admin may name another; without users the body's word, which
 * must be a person of the configuration when it is given as "as". */
int body_actor(struct call *c, const struct jv *body, char dst[NAME_SIZE]) MW_MUST_CHECK;

/* One line of less than `size` bytes; absent: the empty text. One that is there says something. */
int body_line(struct call *c, const struct jv *body, const char *key, char *dst,
              size_t size) MW_MUST_CHECK;
/* A list of texts, or a text alone, each to `each` (which answers what it refuses). */
int body_texts(struct call *c, const struct jv *body, const char *key,
               int (*each)(struct call *c, const char *text, void *arg), void *arg) MW_MUST_CHECK;

/* An instant. Without an offset it is on the wall clock of `zone`, or refused when that is NULL. */
int body_instant(struct call *c, const struct jv *object, const char *key, const struct zone *zone,
                 int64_t *ret_ms) MW_MUST_CHECK;
/* When it ends: by `key`, an instant, or by "for", a duration from `start_ms` on; one of the two.
 */
int body_end(struct call *c, const struct jv *body, const char *key, int64_t start_ms,
             int64_t *ret_ms) MW_MUST_CHECK;

/* The same of the query; absent: *ret_ms stays. */
int query_instant(struct call *c, const char *key, int64_t *ret_ms) MW_MUST_CHECK;
/* A name of less than `size` bytes; absent: the empty text. */
int query_name(struct call *c, const char *key, char *dst, size_t size) MW_MUST_CHECK;
/* `?state=active,pending`: bits of enum quiet_state; absent: *ret stays. */
int query_states(struct call *c, unsigned *ret) MW_MUST_CHECK;

#endif
