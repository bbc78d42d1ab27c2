/* run.c - the daemon, in the foreground. */
#include <stdio.h>

#include "app/app.h"
#include "base/text.h"
#include "cli.h"

enum { OPTION_FORMAT, OPTION_LEVEL };
static const struct option_row options[] = {
    {"log-format", 0, "auto|text|json", "how lines on standard error look (default auto)"},
    {"log-level", 0, "LEVEL", "error, warning, notice, info or debug (default notice)"},
    {NULL, 0, NULL, NULL},
};

static int choose(const char *word, const char *const *words, int otherwise)
{
    if (!word)
        return otherwise;
    for (int i = 0; words[i]; i++)
        if (text_eq(words[i], word))
            return i;
    return -1;
}

static int run(const struct args *a)
{
    static const char *const formats[] = {"auto", "text", "json", NULL};
    static const char *const levels[] = {"error", "warning", "notice", "info", "debug", NULL};
    int format = choose(a->values[OPTION_FORMAT], formats, LOG_AUTO);
    int level = choose(a->values[OPTION_LEVEL], levels, LOG_LEVEL_NOTICE);
    struct app_options o;

    if (format < 0)
        return cli_usage(a->command, "--log-format is auto, text or json");
    if (level < 0)
        return cli_usage(a->command, "--log-level is error, warning, notice, info or debug");
    o.config_path = cli_config_path(a->config_path);
    o.log_format = (enum log_format)format;
    o.log_level = (enum log_level)level;
    return app_run(&o);
}

const struct command command_run = {
    .name = "run",
    .summary = "watch, in the foreground",
    .help = "Reads the configuration, opens the store, probes every monitor at its slot and pages\n"
            "by the policies. SIGTERM and SIGINT stop it within five seconds and lose nothing;\n"
            "SIGHUP reads the configuration again: a bad file leaves the running one in place.",
    .options = options,
    .run = run,
};
