/* cli.h - commands. A command is one file exporting one const struct command, one line in cli.c's table. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

enum exit_status { EXIT_GOOD = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

struct command {
    const char *name;
    const char *synopsis;       /* "status [--json]" */
    const char *summary;        /* one line for `midwatch --help` and the manual */
    const char *help;           /* the rest of `midwatch NAME --help` */
    int (*run)(int argc, char **argv);      /* argv[0] is the command's name */
};

int cli_main(int argc, char **argv);

#endif
