/* push_private.h - what the files that push metrics share. */
#ifndef SRC_APP_PUSH_PRIVATE_H
#define SRC_APP_PUSH_PRIVATE_H

#include "app.h"
#include "format/otlp.h"
#include "format/remote_write.h"

#define PUSH_PIECE_MAX (16u << 20)

struct piece {
    struct buf body;
    size_t series;
    int64_t at_us;
};

struct pusher {
    struct app *app; /* NULL: not wanted any more; freed when its walk ends */
    size_t number;   /* in the file, from 1 */
    enum push_kind kind;
    const struct push *push;
    struct http_spec spec;
    struct http_target *target; /* NULL: it cannot be sent to */
    struct buf labels;
    int64_t due_us, again_us; /* monotonic; again: 0 at once */
    int tries;                /* of the first piece */
    bool walking, sending, failing, begun_once;
    union {
        struct metrics metrics;
        struct remote_write remote_write;
        struct otlp otlp;
    } as;
    struct buf out;
    size_t series_cut; /* of the walk's, in pieces before this one */
    VEC(struct piece) queue;
    size_t queued_bytes;
    uint64_t requests[3], series, dropped;
    int64_t success_ms; /* 0 never */
};

/* push_queue.c */
void push_enqueue(struct pusher *p); /* what `out` holds, as one piece; cleared then */
void push_drop_old(struct pusher *p);
void push_send(struct pusher *p); /* the first of the queue, unless one is under way */
void push_clear(struct pusher *p);

#endif
