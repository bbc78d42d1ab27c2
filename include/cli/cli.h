/* cli.h - commands. A command is one file exporting one const struct command, one line in cli.c's
 * table. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

enum exit_status { EXIT_GOOD = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

struct option_row; /* src/cli/cli.h */
struct args;

struct command {
    const char *name;
    const char *words;   /* "INCIDENT", "[MONITOR]"; NULL: none */
    size_t least, most;  /* how many words it takes */
    const char *summary; /* one line for `midwatch --help` and the manual */
    const char *help;    /* a paragraph for `midwatch NAME --help` and the manual */
    const struct option_row
        *options; /* its own, beside -c, --json, --help; ends with a NULL name */
    bool offline; /* needs no configuration file */
    bool hidden;  /* for building the documents */
    int (*run)(const struct args *a); /* an exit status */
};

/* Every command, ends with NULL. */
extern const struct command *const cli_commands[];

int cli_main(int argc, char **argv);

#endif
