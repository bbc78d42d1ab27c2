/* json.h - JSON in and out. The one door to jansson.
 *
 * Reading (jv_…) is strict: UTF-8, no duplicate keys, no trailing bytes, depth <= 64,
 * size capped by the caller. All getters accept NULL and the wrong type and answer
 * with nothing, so a reader goes straight down and checks what it must have.
 * Writing (jw_…) appends to a buf; commas are its business. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct jv; /* a JSON value; children are borrowed from the root */

int jv_parse(const char *p, size_t n, struct jv **ret, struct err *e) MW_MUST_CHECK;
void jv_free(struct jv *root);

enum jv_type { JV_NONE, JV_NULL, JV_BOOL, JV_INT, JV_REAL, JV_TEXT, JV_LIST, JV_OBJECT };
enum jv_type jv_type(const struct jv *v);
const struct jv *jv_get(const struct jv *object, const char *key); /* NULL when absent */
const struct jv *jv_at(const struct jv *list, size_t i);
size_t jv_len(const struct jv *v);                     /* items, members or bytes of text */
const char *jv_text(const struct jv *v);               /* NULL when not a text */
int64_t jv_int(const struct jv *v, int64_t otherwise); /* a real is truncated */
double jv_real(const struct jv *v, double otherwise);
bool jv_bool(const struct jv *v, bool otherwise);
/* for (void *it = NULL; jv_each(obj, &it, &key, &value);) … */
bool jv_each(const struct jv *object, void **it, const char **ret_key, const struct jv **ret_value);
/* Shorthands for members of an object. */
const char *jv_get_text(const struct jv *object, const char *key);
int64_t jv_get_int(const struct jv *object, const char *key, int64_t otherwise);
bool jv_get_bool(const struct jv *object, const char *key, bool otherwise);

/* A path, compiled once: `$`, `.name`, `["name"]`, `[0]`, `[-1]`, `[*]`, `[?(@.k == "v")]`
 * with == != < <= > >=. A subset of RFC 9535. */
struct jv_path;
int jv_path_compile(const char *text, struct jv_path **ret, struct err *e) MW_MUST_CHECK;
void jv_path_free(struct jv_path *p);
/* Calls `each` for every match, in order, until it returns false. Returns the number of matches
 * seen. */
size_t jv_path_eval(const struct jv_path *p, const struct jv *root,
                    bool (*each)(const struct jv *match, void *arg), void *arg);

struct jw {
    struct buf *out;
    int depth;
    bool comma; /* the next value needs a comma first */
};

void jw_init(struct jw *w, struct buf *out);
void jw_object(struct jw *w);
void jw_object_end(struct jw *w);
void jw_list(struct jw *w);
void jw_list_end(struct jw *w);
void jw_key(struct jw *w, const char *key);
void jw_text(struct jw *w, const char *s); /* NULL writes null; bad UTF-8 becomes U+FFFD */
void jw_textn(struct jw *w, const char *s, size_t n);
void jw_int(struct jw *w, int64_t i);
void jw_real(struct jw *w, double d,
             int decimals); /* trailing zeros dropped; NaN and infinities write null */
void jw_bool(struct jw *w, bool b);
void jw_null(struct jw *w);
void jw_raw(struct jw *w, const char *json); /* trusted JSON */
/* Key and value in one; the _opt form writes nothing for NULL. */
void jw_kv_text(struct jw *w, const char *key, const char *s);
void jw_kv_text_opt(struct jw *w, const char *key, const char *s);
void jw_kv_int(struct jw *w, const char *key, int64_t i);
void jw_kv_real(struct jw *w, const char *key, double d, int decimals);
void jw_kv_bool(struct jw *w, const char *key, bool b);
void jw_kv_time(struct jw *w, const char *key,
                int64_t at_ms); /* RFC 3339 with milliseconds; 0 writes null */
void jw_kv_object(struct jw *w, const char *key);
void jw_kv_list(struct jw *w, const char *key);

#endif
