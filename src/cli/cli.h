/* cli.h - what the commands share. */
#ifndef SRC_CLI_H
#define SRC_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "model/config.h"

/* One option of a command. `--name VALUE`, `--name=VALUE`, or a flag. */
struct option_row {
    const char *name;  /* "json" */
    char letter;       /* 0: none */
    const char *value; /* "FILE": takes one; NULL: a flag */
    const char *help;
};

/* What was given. */
struct args {
    const struct command *command;
    const char *config_path;
    bool json;
    const char *values[16]; /* by row of the command's options; a flag given is "" */
    struct given_option {   /* the same in the order given, each time it was */
        size_t row;
        const char *value;
    } given[64];
    size_t n_given;
    const char *words[64]; /* the rest, in order */
    size_t n_words;
};

extern const struct command command_run, command_check, command_probe, command_status,
    command_graph, command_incidents, command_ack, command_unack, command_resolve, command_snooze,
    command_reassign, command_escalate, command_note, command_silence, command_maintenance,
    command_override, command_why, command_oncall, command_coverage, command_rehearse,
    command_deliveries, command_report, command_export, command_import, command_store,
    command_test_page, command_version, command_documents, command_slo;

/* The path -c names, else $MIDWATCH_CONFIG, else ./midwatch.yaml, else /etc/midwatch/midwatch.yaml.
 */
const char *cli_config_path(const char *given);
/* Loads it, prints what is wrong on stderr. 0 or -1. */
int cli_load(const struct args *a, struct config **ret);
/* The same for a command that needs no secret: what a `${…}` cannot give is no error, and warnings
 * are kept for `check`. */
int cli_load_without_secrets(const struct args *a, struct config **ret);
int cli_usage(const struct command *c, const char *fmt, ...) MW_PRINTF(2, 3); /* EXIT_USAGE */

bool cli_colour(int fd); /* a terminal, and no NO_COLOR */

/* A table for people: columns as wide as they must be; colour by column. */
struct table;
struct table *table_new(size_t columns, const char *const *heads);
void table_add(struct table *t, const char *const *cells);
/* Colours the last row's cell: 'g' green, 'y' yellow, 'r' red, 'd' dim. */
void table_tint(struct table *t, size_t column, char colour);
/* Columns, by their digits, that are left out one after the other until the rest fits the terminal;
 * what is no terminal gets them all. */
void table_spare(struct table *t, const char *columns);
void table_print(const struct table *t, bool colour);
void table_free(struct table *t);

/* Asks the running daemon. *ret_body is NUL-terminated, caller frees. Returns an exit status:
 * EXIT_GOOD with the body; EXIT_NO when the answer was an error (its detail is printed);
 * EXIT_UNREACHABLE (printed too). */
int cli_ask(const struct args *a, const char *method, const char *path, const char *json_body,
            char **ret_body);
struct cli_question {
    const char *method, *path, *json_body;
    bool quiet; /* no word about a daemon that does not answer, or refuses */
};
/* The same; what a refusal (EXIT_NO by the daemon) says goes into `why` instead of stderr; NULL:
 * printed. */
int cli_ask_why(const struct args *a, const struct cli_question *question, char **ret_body,
                struct err *why);

#endif
