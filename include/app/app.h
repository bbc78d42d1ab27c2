/* app.h - the daemon: builds the rooms, introduces them to each other, tears them down in reverse.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "loop/log.h"

struct app_options {
    const char *config_path;
    enum log_format log_format;
    enum log_level log_level;
};

/* Runs until SIGTERM or SIGINT. Exit status of the process. */
int app_run(const struct app_options *o);

#endif
