/* walk.h - answers of Redis as they come, value by value, without ever holding a whole one. */
#ifndef SRC_STORE_WALK_H
#define SRC_STORE_WALK_H

#include <stddef.h>

#include "base/buf.h"

enum walk_kind { WALK_TEXT, WALK_NUMBER, WALK_NIL, WALK_ERROR, WALK_LIST };

struct walk_item {
    enum walk_kind kind;
    int depth;     /* 0: an answer; 1: in the list that is an answer; … */
    const char *p; /* the text, also of a number; borrowed for the call */
    size_t n;      /* its length; WALK_LIST: how many items follow, one deeper */
};
typedef void walk_fn(void *arg, const struct walk_item *item);

#define WALK_DEPTH 8

struct walk {
    struct buf in;
    size_t max_text, need; /* bytes that must be there before it is worth looking */
    long long left[WALK_DEPTH];
    int depth;
    size_t answers; /* complete ones so far */
    walk_fn *each;
    void *arg;
};

void walk_init(struct walk *w, size_t max_text, walk_fn *each, void *arg);
void walk_done(struct walk *w);
/* -1: not the protocol, too deep, or a text longer than max_text; nothing comes after that. */
int walk_feed(struct walk *w, const char *p, size_t n, struct err *e) MW_MUST_CHECK;

#endif
