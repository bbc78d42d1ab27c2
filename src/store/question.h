/* question.h - a question on its way: what it reads from, and what it has gathered. */
#ifndef SRC_STORE_QUESTION_H
#define SRC_STORE_QUESTION_H

#include "base/vec.h"
#include "stats/tiers.h"
#include "store/store.h"

/* One series that has, or should have, something in the window. */
struct source {
    char id[SERIES_ID_SIZE];
    struct tiers_kept kept;
    size_t row;
    int64_t interval_ms;
    int64_t from_ms, to_ms;    /* results were to be expected from … to */
    bool ended;                /* to_ms is only the end of the last day: what was seen tells more */
    int64_t seen_ms;           /* end of the last unit with results */
    size_t siblings, n_before; /* of the same monitor and region: how many, and where among them */
    unsigned unanswered;
    bool asked; /* everything of it */
};

struct cells {
    struct tiers_window window;
    int64_t now_ms;
    size_t rows, points;
    struct series_cell *items; /* rows x points */
    unsigned damaged;
};

/* One block, or a part of it, as Redis gave it. */
struct block_read {
    const struct source *source;
    enum tier tier;
    int64_t at_ms;       /* begin of the first unit or slot there is */
    int64_t to_ms;       /* end of what was asked for */
    int64_t in_block_ms; /* any instant of the block */
};

void cells_init(struct cells *c, const struct tiers_window *w, size_t rows, int64_t now_ms);
void cells_done(struct cells *c);

/* Where reading a source begins and ends: the window, as far as there was anything. */
int64_t cells_from_ms(const struct cells *c, const struct source *src);
int64_t cells_to_ms(const struct cells *c, const struct source *src);

/* -1: damaged; then nothing, or what came before the damage, is counted. */
int cells_add(struct cells *c, struct source *src, const struct block_read *b, const char *p,
              size_t n, struct err *e) MW_MUST_CHECK;
/* Once all of a source has been added. `all`: the sources, in order. */
void cells_expect(struct cells *c, const struct source *all, size_t i);
/* No cell has more results than were expected. */
void cells_settle(struct cells *c);

#endif
