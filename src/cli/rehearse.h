/* rehearse.h - what the files of `midwatch rehearse` share. */
#ifndef SRC_CLI_REHEARSE_H
#define SRC_CLI_REHEARSE_H

#include "base/json.h"
#include "base/vec.h"
#include "cli.h"
#include "model/incident.h"
#include "rehearse/rehearse.h"

enum {
    OPTION_DOWN,
    OPTION_AT,
    OPTION_FOR,
    OPTION_UNTIL,
    OPTION_ACK,
    OPTION_UNACK,
    OPTION_RESOLVE,
    OPTION_SNOOZE,
    OPTION_REASSIGN,
    OPTION_ESCALATE,
    OPTION_STORE_AWAY,
    OPTION_CRASH,
    OPTION_HISTORY
};

/* The zone of times that do not say theirs: the first schedule's, else UTC. */
const struct zone *rehearse_zone(const struct config *c);
/* The command line as a story's file. An exit status; what is wrong has been said. */
int rehearse_write_story(const struct args *a, const struct zone *z, struct buf *out);

/* One incident, as the entries tell of it. */
struct rehearsed {
    const char *incident, *monitor;
    size_t pages;
    bool busy; /* more happened than that it began, was held back and ended */
    const struct entry *first, *hold; /* NULL: not held */
    bool unheard;                     /* it should have been told, and nobody got it */
};
/* By their first entry. Caller ends it with vec_done(). */
struct rehearsed_list {
    VEC(struct rehearsed) list;
};
void rehearse_sum_up(const struct playbill *b, struct rehearsed_list *ret);

void rehearse_print(const struct config *c, const struct story *s, const struct playbill *b,
                    bool colour);
void rehearse_write_entry(struct jw *w, const struct entry *e, int64_t start_ms);
int rehearse_history(const struct args *a, const struct config *c);

/* A page that went out, as the ledger has it. */
struct recorded {
    int64_t at_ms;
    char id[DELIVERY_ID_SIZE], person[NAME_SIZE], channel[NAME_SIZE], monitor[NAME_SIZE];
};

/* What was recorded, and what this file makes of it. */
struct history {
    const struct config *config;
    int64_t from_ms, to_ms;
    size_t n_monitors, n_results;
    VEC(struct recorded) recorded; /* oldest first */
    struct playbill bill;
    VEC(const char *) unknown; /* monitors of which nothing was recorded */
    bool more;                 /* the ledger shows no further back */
};
void history_write(const struct history *h);
void history_print(const struct history *h);

#endif
