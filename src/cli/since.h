/* since.h - `midwatch status --since`: how it has been, not how it is. */
#ifndef SRC_CLI_SINCE_H
#define SRC_CLI_SINCE_H

#include "cli.h"

int since_show(const struct args *a, const char *since);

#endif
