/* tell.h - telling the daemon something: one request with a body, one answer. */
#ifndef SRC_CLI_TELL_H
#define SRC_CLI_TELL_H

#include "base/json.h"
#include "show.h"

/* Begun, filled through `w` (and `path`), ended. */
struct tell {
    const struct args *args;
    struct buf path, body;
    struct jw w;
};

/* The body has begun as an object and says who speaks: `by`, else the login name (with a token the
 * daemon knows by itself). */
void tell_begin(struct tell *t, const struct args *a, const char *by);
/* One more segment of the path. -1 after a word on stderr when it cannot be one. */
int tell_segment(struct tell *t, const char *what, const char *word);
/* Asks; an exit status. With --json the answer is printed as it is, else handed to `print`. `why`
 * takes what a refusal (EXIT_NO) says instead of stderr; NULL: printed. */
int tell_ask(struct tell *t, const char *method, void (*print)(const struct jv *answer),
             struct err *why);
void tell_end(struct tell *t);

/* "until" as an RFC 3339 instant of a wall time here; -1 after a word on stderr. */
int tell_time(struct tell *t, const char *key, const char *option, const char *text);
/* An instant of the answer; 0 when it is not there. */
int64_t tell_instant(const struct jv *answer, const char *key);
/* Says which of `names` there are, and ends with EXIT_USAGE. */
int tell_unknown_verb(const struct args *a, const char *names);

#endif
