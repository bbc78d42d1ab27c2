/* documents.c - prints what is generated from the tables: one document, by name, on stdout. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "config/load.h"

static const struct document {
    const char *name;
    void (*print)(struct buf *out);
} documents[] = {
    {"conf/midwatch.yaml", config_print_example},
    {"conf/midwatch.schema.json", config_print_schema},
    {"docs/configuration.md", config_print_reference},
    {"docs/midwatch.yaml.5", config_print_man},
};

int main(int argc, char **argv)
{
    struct buf out;

    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        const struct document *d = &documents[i];

        if (argc == 1)
            puts(d->name);
        if (argc != 2 || strcmp(argv[1], d->name) != 0)
            continue;
        buf_init(&out, 4 << 20);
        d->print(&out);
        fwrite(buf_text(&out), 1, out.len, stdout);
        buf_done(&out);
        return 0;
    }
    return argc != 1;
}
