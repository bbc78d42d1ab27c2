/* cli.c - which command, which options; then the command's own file. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "config/load.h"
#include "loop/loop.h"

const struct command *const cli_commands[] = {
    &command_run,         &command_check,     &command_probe,
    &command_status,      &command_graph,     &command_incidents,
    &command_why,         &command_ack,       &command_unack,
    &command_resolve,     &command_snooze,    &command_reassign,
    &command_escalate,    &command_note,      &command_silence,
    &command_maintenance, &command_override,  &command_oncall,
    &command_coverage,    &command_rehearse,  &command_deliveries,
    &command_slo,         &command_report,    &command_export,
    &command_import,      &command_store,     &command_test_page,
    &command_version,     &command_documents, NULL,
};

static const struct option_row common[] = {
    {"config", 'c', "FILE",
     "the configuration (else $MIDWATCH_CONFIG,\n"
     "                           ./midwatch.yaml, /etc/midwatch/midwatch.yaml)"},
    {"json", 0, NULL, "JSON on standard output"},
    {"help", 'h', NULL, "this text"},
    {NULL, 0, NULL, NULL},
};
enum { COMMON_CONFIG, COMMON_JSON, COMMON_HELP };

bool cli_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(fd) && !(no && *no) && !text_eq(term, "dumb");
}

const char *cli_config_path(const char *given)
{
    const char *env = getenv("MIDWATCH_CONFIG");

    if (given)
        return given;
    if (env && *env)
        return env;
    return access("midwatch.yaml", R_OK) == 0 ? "midwatch.yaml" : "/etc/midwatch/midwatch.yaml";
}

/* Nobody named a file and none is where it would be: say where was looked. */
static bool nowhere(const struct args *a, const char *path)
{
    const char *env = getenv("MIDWATCH_CONFIG");

    if (a->config_path || (env && *env) || access(path, F_OK) == 0)
        return false;
    fprintf(stderr,
            "midwatch: no configuration: neither ./midwatch.yaml nor %s is there; "
            "name one with -c FILE\n",
            path);
    return true;
}

static int load(const struct args *a, const struct load_options *o, struct config **ret)
{
    const char *path = cli_config_path(a->config_path);
    struct diagnostics d = {0};
    struct buf out;
    int rc;

    if (nowhere(a, path))
        return -1;
    rc = config_load(path, o, ret, &d);
    buf_init(&out, 1 << 20);
    diagnostics_print(&d, &out);
    if (rc < 0 || !o->without_secrets)
        fputs(buf_text(&out), stderr);
    buf_done(&out);
    diagnostics_done(&d);
    return rc;
}

int cli_load(const struct args *a, struct config **ret)
{
    return load(a, &(struct load_options){.now_ms = loop_now_ms()}, ret);
}

int cli_load_without_secrets(const struct args *a, struct config **ret)
{
    return load(a, &(struct load_options){.without_secrets = true, .now_ms = loop_now_ms()}, ret);
}

/* --- help --- */

#define HEAD_WIDTH 24

static void print_option(const struct option_row *o)
{
    char head[64];

    snprintf(head, sizeof head, "%s%c%s--%s%s%s", o->letter ? "-" : "  ",
             o->letter ? o->letter : ' ', o->letter ? ", " : " ", o->name, o->value ? " " : "",
             o->value ? o->value : "");
    if (utf8_width(head) > HEAD_WIDTH)
        printf("  %s\n  %*s %s\n", head, HEAD_WIDTH, "", o->help);
    else
        printf("  %s%*s %s\n", head, (int)(HEAD_WIDTH - utf8_width(head)), "", o->help);
}

static int print_command_help(const struct command *c)
{
    printf("usage: midwatch %s [OPTION…]%s%s\n\n%s\n\n%s\n\noptions:\n", c->name,
           c->words ? " " : "", c->words ? c->words : "", c->summary, c->help);
    for (const struct option_row *o = c->options; o && o->name; o++)
        print_option(o);
    for (const struct option_row *o = common; o->name; o++)
        print_option(o);
    return EXIT_GOOD;
}

static int print_help(FILE *to)
{
    fputs("midwatch watches what a product runs and wakes the right person.\n\n"
          "usage: midwatch COMMAND [OPTION…]\n\n",
          to);
    for (size_t i = 0; cli_commands[i]; i++)
        if (!cli_commands[i]->hidden)
            fprintf(to, "  %-12s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    fputs("\n`midwatch COMMAND --help` tells more. Exit status: 0 good, 1 the answer is no,\n"
          "2 wrong usage, 3 the daemon or the store cannot be reached.\n",
          to);
    return to == stdout ? EXIT_GOOD : EXIT_USAGE;
}

int cli_usage(const struct command *c, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "midwatch %s: ", c->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\ntry: midwatch %s --help\n", c->name);
    return EXIT_USAGE;
}

/* --- options --- */

struct given {
    struct args args;
    bool help;
};

static const struct option_row *find_option(const struct option_row *rows, const char *word,
                                            size_t *ret_row)
{
    for (size_t i = 0; rows && rows[i].name; i++) {
        size_t n = strlen(rows[i].name);
        bool lettered = word[0] == '-' && rows[i].letter && word[1] == rows[i].letter && !word[2];
        bool named = text_starts(word, "--") && strncmp(word + 2, rows[i].name, n) == 0 &&
                     (word[2 + n] == '\0' || word[2 + n] == '=');

        if (!lettered && !named)
            continue;
        *ret_row = i;
        return &rows[i];
    }
    return NULL;
}

static void keep_common(struct given *g, size_t row, const char *value)
{
    if (row == COMMON_CONFIG)
        g->args.config_path = value;
    else if (row == COMMON_JSON)
        g->args.json = true;
    else
        g->help = true;
}

static int keep_own(struct given *g, size_t row, const char *value)
{
    struct args *a = &g->args;

    if (a->n_given == sizeof a->given / sizeof *a->given)
        return cli_usage(a->command, "takes at most %zu options", a->n_given), -1;
    a->values[row] = value;
    a->given[a->n_given++] = (struct given_option){row, value};
    return 0;
}

/* One option at argv[i]; returns how many words it took, or -1. */
static int take_option(struct given *g, int argc, char **argv, int i)
{
    const struct command *c = g->args.command;
    size_t row;
    const struct option_row *own = find_option(c->options, argv[i], &row), *o = own;
    const char *eq = strchr(argv[i], '='), *value = "";
    int took = 1;

    if (!o)
        o = find_option(common, argv[i], &row);
    if (!o)
        return cli_usage(c, "unknown option `%s`", argv[i]), -1;
    if (!o->value && eq)
        return cli_usage(c, "--%s takes no value", o->name), -1;
    if (o->value && eq) {
        value = eq + 1;
    } else if (o->value) {
        if (i + 1 >= argc)
            return cli_usage(c, "--%s needs %s", o->name, o->value), -1;
        value = argv[i + 1];
        took = 2;
    }
    if (!own)
        keep_common(g, row, value);
    else if (keep_own(g, row, value) < 0)
        return -1;
    return took;
}

static int take_all(struct given *g, int argc, char **argv)
{
    bool options = true;

    for (int i = 1; i < argc;) {
        int took = 1;

        if (options && text_eq(argv[i], "--")) {
            options = false;
        } else if (options && argv[i][0] == '-' && argv[i][1]) {
            took = take_option(g, argc, argv, i);
            if (took < 0)
                return -1;
        } else if (g->args.n_words < sizeof g->args.words / sizeof *g->args.words) {
            g->args.words[g->args.n_words++] = argv[i];
        }
        i += took;
    }
    return 0;
}

/* What could not be written was not said, whatever it was. */
static int said(int status)
{
    bool gone = fflush(stdout) != 0 && errno == EPIPE; /* a reader that has seen enough */

    if (gone || (fflush(stdout) == 0 && !ferror(stdout)))
        return status;
    fprintf(stderr, "midwatch: standard output: %s\n", strerror(errno));
    return status == EXIT_GOOD ? EXIT_NO : status;
}

static int run_command(const struct command *c, int argc, char **argv)
{
    struct given g = {.args = {.command = c}};

    if (take_all(&g, argc, argv) < 0)
        return EXIT_USAGE;
    if (g.help)
        return print_command_help(c);
    if (g.args.n_words < c->least)
        return cli_usage(c, "needs %s", c->words);
    if (g.args.n_words > c->most)
        return cli_usage(c, "does not know what to do with `%s`", g.args.words[c->most]);
    return said(c->run(&g.args));
}

static int unknown_command(const char *name)
{
    const char *names[sizeof cli_commands / sizeof *cli_commands];
    const char *near;
    size_t n = 0;

    for (size_t i = 0; cli_commands[i]; i++)
        if (!cli_commands[i]->hidden)
            names[n++] = cli_commands[i]->name;
    names[n] = NULL;
    near = text_nearest(name, names);
    fprintf(stderr, "midwatch: no command `%s`", name);
    if (near)
        fprintf(stderr, "; did you mean `%s`?", near);
    fputs("\ntry: midwatch --help\n", stderr);
    return EXIT_USAGE;
}

/* Words that stand for a command or for its options before it: `-c FILE status` works too. */
static int skip_common(int argc, char **argv, const char **ret_config)
{
    int i = 1;

    while (i + 1 < argc && (text_eq(argv[i], "-c") || text_eq(argv[i], "--config"))) {
        *ret_config = argv[i + 1];
        i += 2;
    }
    return i;
}

/* Started with 0, 1 or 2 closed, a socket could land there and be written to as if it were a word.
 */
static void hold_standard_files(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < 3);
    if (fd >= 3)
        close(fd);
}

int cli_main(int argc, char **argv)
{
    const char *config = NULL;
    int at = skip_common(argc, argv, &config);

    hold_standard_files();
    if (config)
        setenv("MIDWATCH_CONFIG", config, 1);
    if (at >= argc)
        return print_help(stderr);
    if (text_eq(argv[at], "--help") || text_eq(argv[at], "-h") || text_eq(argv[at], "help"))
        return print_help(stdout);
    if (text_eq(argv[at], "--version") || text_eq(argv[at], "-V"))
        argv[at] = (char *)"version";
    for (size_t i = 0; cli_commands[i]; i++)
        if (text_eq(cli_commands[i]->name, argv[at]))
            return run_command(cli_commands[i], argc - at, argv + at);
    return unknown_command(argv[at]);
}
