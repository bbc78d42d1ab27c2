/* load.h - a file into a configuration, or all that is wrong with it. */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/config.h"

struct diagnostic {
    char *file;
    int line, column; /* from 1; 0: the file as a whole */
    int order;        /* of the file: 0 the first one, then the included ones */
    bool warning;
    char *text; /* never shows a secret */
};

struct diagnostics {
    struct diagnostic *items;
    size_t n, cap;
    size_t errors; /* how many of them are not warnings */
};

/* What a load may ask of the world, so that tests need none of it. */
struct load_options {
    const char *zoneinfo_dir;             /* NULL: /usr/share/zoneinfo */
    const char *(*env)(const char *name); /* NULL: getenv */
    const char *credentials_dir;          /* NULL: $CREDENTIALS_DIRECTORY */
    double max_probes_per_second;         /* 0: the shipped limit (docs/limits.md) */
    int64_t now_ms; /* how far imported calendars are followed; 0: from their first event on */
    bool without_secrets; /* what a `${…}` cannot give is no error: for commands that need none */
};

#define DIAGNOSTICS_MAX 100 /* listed; `errors` counts all */

/* Reads `path` and its includes. 0 with *ret (config_free() it), or -1; either way every
 * error and warning of all files is in `d`, at most DIAGNOSTICS_MAX, in file order. */
int config_load(const char *path, const struct load_options *o, struct config **ret,
                struct diagnostics *d) MW_MUST_CHECK;
/* The same from bytes; `path` names them in diagnostics, includes are relative to it. */
int config_parse(const char *path, const char *bytes, size_t n, const struct load_options *o,
                 struct config **ret, struct diagnostics *d) MW_MUST_CHECK;
void config_free(struct config *c); /* wipes secrets; NULL accepted */

/* The first key that differs between the two and is only read at start ("listen"), or NULL. */
const char *config_needs_restart(const struct config *running, const struct config *next);

void diagnostics_done(struct diagnostics *d);
/* `FILE:LINE:COL: error: TEXT`, a line each. */
void diagnostics_print(const struct diagnostics *d, struct buf *out);

/* The rows as documents, all from the same table. */
void config_print_example(struct buf *out);   /* conf/midwatch.yaml */
void config_print_schema(struct buf *out);    /* conf/midwatch.schema.json */
void config_print_reference(struct buf *out); /* docs/configuration.md */
void config_print_man(struct buf *out);       /* docs/midwatch.yaml.5 */

#endif
