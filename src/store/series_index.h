/* series_index.h - the index from inside. */
#ifndef SRC_STORE_SERIES_INDEX_H
#define SRC_STORE_SERIES_INDEX_H

#include "base/map.h"
#include "series.h"

struct move {
    char *monitor, *was; /* NULL: it has no former name */
    bool probed;         /* it is enabled */
};

struct series_index {
    struct store *store;
    struct map by_field, by_monitor; /* struct series; struct family */
    struct map owners;               /* id -> struct holder, of our own region */
    struct map regions;              /* their names, once each */
    VEC(struct series *) all, dirty;
    VEC(struct move) moves; /* every monitor of the configuration */
    struct map monitors;    /* the same, by name */
    bool ever_known;        /* read at least once in our life */
    bool known;             /* since this connection began */
    bool reading, writing;
    bool unread; /* a former life left something in the spool: no pass has told of it yet */
    bool whole;  /* this pass began when nothing of the spool was to come any more */
    uint32_t pass;
    char cursor[24];
    unsigned damaged; /* values that can't be read, of this pass */
    bool said_damaged;
    int64_t read_us, pause_until_us;
};

#endif
