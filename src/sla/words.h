/* words.h - the document of a report, read for whoever renders it. */
#ifndef SRC_SLA_WORDS_H
#define SRC_SLA_WORDS_H

#include "base/json.h"
#include "sla/figures.h"

struct doc {
    const struct jv *root, *data, *period;
    const char *title, *month, *zone;
    int revision, corrects;
    bool draft;
};

int doc_open(const struct jv *root, struct doc *ret, struct err *e) MW_MUST_CHECK;
/* "revision 2, corrects revision 1", "draft: October is not over" … */
const char *doc_edition(const struct doc *d, char *dst, size_t size);

/* The items of a list, at most as many as a report can hold: doc_each(&it, list, i) … */
#define DOC_ITEMS_MAX 20000
size_t doc_items(const struct jv *object, const char *key, const struct jv **ret_list);
const char *doc_text(const struct jv *object, const char *key); /* "" when absent */

/* "2026-10-03 04:12" on the wall clock of the report, " UTC" behind it when that is not known so
 * far back; "-" for none. */
const char *words_time(const struct doc *d, const struct jv *object, const char *key, char *dst,
                       size_t size);
/* "3m12s" of seconds; "-" for none. */
const char *words_span(const struct jv *object, const char *key, char *dst, size_t size);
/* "842ms" of microseconds; "-" for none. */
const char *words_latency(const struct jv *object, const char *key, char *dst, size_t size);
const char *words_number(uint64_t n, char *dst, size_t size); /* "43,184" */
const char *words_ppm(int64_t ppm, char *dst, size_t size);   /* "99.95 %" */
/* "99.98 %" or "-". */
const char *words_ratio(uint64_t part, uint64_t whole, int places, char *dst, size_t size);
/* "43,184", "29d23h": of the unit of an SLO; "43,184 results". */
const char *words_plain(const struct jv *slo, uint64_t n, char *dst, size_t size);
const char *words_amount(const struct jv *slo, uint64_t n, char *dst, size_t size);

/* Maintenance of a row of results counts as excluded, the other members alike. */
struct sla_count doc_count(const struct jv *object);

enum outcome_word { OUTCOME_MET, OUTCOME_MISSED, OUTCOME_UNTOLD };

/* An SLO of the document in words. */
struct slo_view {
    const struct jv *slo;
    const char *name, *description;
    int64_t objective_ppm;
    struct sla_count count;
    int places;
    enum outcome_word outcome;
    char objective[24];
    char promise[240]; /* a sentence */
    char window[240];  /* how it is counted, another */
    char figure[24];   /* "99.98 %", "no figure" */
    char basis[200];   /* "of 43,184 results (at least 99.97 % at 95 %)", or why there is none */
    char coverage[24];
    char budget[64];
    char credit[64]; /* "" when there is no table */
};
/* "p50 48ms, p90 96ms, …" of its month; "" when there is none. */
const char *slo_latency(const struct slo_view *v, char *dst, size_t size);
void slo_view_of(const struct jv *slo, struct slo_view *ret);
const char *slo_outcome(const struct slo_view *v, bool draft); /* "met", "missed", "not told" */

#endif
