/* match.h - does an incident fit the matchers of a silence?
 *
 * A matcher is a line NAME OP VALUE, OP one of = != =~ !~. The regular expressions are PCRE2,
 * bounded, and must fit the whole value. Form and limits: model/quiet.h. */
#ifndef INCIDENT_MATCH_H
#define INCIDENT_MATCH_H

#include "base/err.h"
#include "model/config.h"
#include "model/quiet.h"

/* What matchers look at; every text may be NULL or empty. */
struct match_subject {
    const char *monitor, *group, *severity, *policy;
    const char *labels; /* packed as in struct incident */
};

/* One matcher as people write it (`team=payments`, also with blanks around the operator and quotes
 * around the value) appended to `dst` in its kept form. Checks the regular expression. */
int match_add(char dst[MATCHERS_SIZE], const char *text, struct err *e) MW_MUST_CHECK;

/* Compiled once, asked often. */
struct match;
int match_compile(const char *matchers, struct match **ret, struct err *e) MW_MUST_CHECK;
void match_free(struct match *m); /* NULL accepted */
bool match_fits(const struct match *m, const struct match_subject *s);

#endif
