/* versions.h - the libraries this process runs with, as they say themselves. */
#ifndef LOOP_VERSIONS_H
#define LOOP_VERSIONS_H

#include <stddef.h>

struct version_of {
    const char *name, *version;
};
size_t versions_of_libraries(const struct version_of **ret);

#endif
