/* secret.h - bytes that never print.
 *
 * A type of its own, so that no printf takes it by accident and a reader of the code
 * sees every place that opens it. Lives in the arena of its configuration; the config
 * room wipes the bytes before the arena goes. */
#ifndef MODEL_SECRET_H
#define MODEL_SECRET_H

#include <stddef.h>

struct secret {
    const char *bytes; /* NUL-terminated; NULL when not given */
    size_t len;
};

#endif
