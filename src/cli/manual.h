/* manual.h - midwatch(1) and the shells' completions, from the table of commands. */
#ifndef SRC_CLI_MANUAL_H
#define SRC_CLI_MANUAL_H

#include "base/buf.h"

void manual_print(struct buf *out);
void completion_print_bash(struct buf *out);
void completion_print_zsh(struct buf *out);

#endif
