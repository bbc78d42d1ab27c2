/* progress.h - how far a long command is, on a terminal. */
#ifndef SRC_CLI_PROGRESS_H
#define SRC_CLI_PROGRESS_H

#include "store/move.h"

/* NULL when standard error is no terminal. */
const struct progress *progress_here(void);
void progress_end(void); /* wipes the line */
/* 0 good, 1 the answer is no, 3 the store cannot be reached. */
int progress_status(enum moved m);

#endif
