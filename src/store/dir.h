/* dir.h - the store's directory: one midwatch at a time. */
#ifndef SRC_STORE_DIR_H
#define SRC_STORE_DIR_H

#include "base/err.h"

int dir_make(const char *path, struct err *e) MW_MUST_CHECK; /* one that is there is good */
/* The lock goes with the descriptor, and so with the process, however that ends. -1: somebody else
 * has it, or the directory is unusable. */
int dir_lock(const char *dir, int *ret_fd, struct err *e) MW_MUST_CHECK;

#endif
