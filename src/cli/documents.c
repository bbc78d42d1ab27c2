/* documents.c - what is generated from the tables: configuration and commands. For `make
 * documents`. */
#include <stdio.h>

#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "manual.h"

static const struct document {
    const char *name;
    void (*print)(struct buf *out);
} documents[] = {
    {"example", config_print_example},
    {"schema", config_print_schema},
    {"reference", config_print_reference},
    {"midwatch.yaml.5", config_print_man},
    {"midwatch.1", manual_print},
    {"completion.bash", completion_print_bash},
    {"completion.zsh", completion_print_zsh},
};

static int run(const struct args *a)
{
    struct buf out;

    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (!text_eq(documents[i].name, a->words[0]))
            continue;
        buf_init(&out, 1 << 22);
        documents[i].print(&out);
        fwrite(out.p, 1, out.len, stdout);
        buf_done(&out);
        return EXIT_GOOD;
    }
    return cli_usage(a->command, "no document `%s`", a->words[0]);
}

const struct command command_documents = {
    .name = "documents",
    .words = "NAME",
    .least = 1,
    .most = 1,
    .summary = "print a generated document",
    .help = "For building midwatch.",
    .offline = true,
    .hidden = true,
    .run = run,
};
