/* files.h - the only place of this room that touches the world: files and environment. */
#ifndef CONFIG_FILES_H
#define CONFIG_FILES_H

#include "base/vec.h"
#include "base/zone.h"
#include "config/load.h"

#define SECRET_FILE_MAX (64 * 1000)

struct paths {
    VEC(char *) list; /* sorted */
};

struct bytes {
    char *p; /* followed by a NUL that is not counted */
    size_t n;
};

/* The whole file, at most `max` bytes. */
int files_read(const char *path, size_t max, struct bytes *ret, struct err *e);
void bytes_wipe(struct bytes *b); /* overwrites and ends them: they may have held a secret */
int files_readable(const char *path, struct err *e);
/* `path` seen from the file `from`. Caller frees. */
char *files_beside(const char *from, const char *path);
/* The files a pattern names; none is an error unless it has a wildcard. */
int files_match(const char *pattern, struct paths *ret, struct err *e);
void paths_done(struct paths *p);

const char *files_env(const struct load_options *o, const char *name); /* NULL: not set */
/* Where credential `name` is. Caller frees; NULL with the reason. */
char *files_credential(const struct load_options *o, const char *name, struct err *e);
int files_zone(const struct load_options *o, const char *name, struct zone **ret, struct err *e);

#endif
