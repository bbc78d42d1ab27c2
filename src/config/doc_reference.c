/* doc_reference.c - docs/configuration.md: a table for each mapping. */
#include "doc.h"

#include "base/mem.h"

static void print_section(struct buf *out, const struct shape *shape, const char *path);

/* A bar would end the cell. */
static void put_cell(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_char(out, '\\');
        buf_char(out, *text);
    }
}

static void print_row(struct buf *out, const struct row *row)
{
    char facts[FACTS_SIZE];
    buf_printf(out, "| `%s` | ", row->key);
    put_cell(out, doc_facts(row, facts, sizeof facts));
    buf_str(out, " | ");
    put_cell(out, row->text);
    buf_str(out, " |\n");
}

static void print_below(struct buf *out, const struct row *row, const char *path)
{
    char *below = mem_printf("%s%s%s%s", path, *path ? "." : "", row->key, doc_path_end(row));
    print_section(out, row->of, below);
    mem_free(below);
}

static void print_section(struct buf *out, const struct shape *shape, const char *path)
{
    if (*path)
        buf_printf(out, "\n## `%s`\n", path);
    if (shape->plain)
        buf_printf(out, "\nA plain value stands for a mapping with only `%s`.\n", shape->plain);
    buf_str(out, "\n| key | value | meaning |\n|---|---|---|\n");
    shape_each(row, shape)
        print_row(out, row);
    shape_each(row, shape)
        if (row->type->nested)
            print_below(out, row, path);
}

void config_print_reference(struct buf *out)
{
    buf_str(out,
            "# midwatch.yaml\n\n"
            "Made from the tables the file is read by (`make documents`). The same as a commented "
            "file: `conf/midwatch.yaml`; for editors: `conf/midwatch.schema.json`.\n");
    for (const char *const *p = doc_prose; *p; p++)
        buf_printf(out, "\n%s\n", *p);
    print_section(out, &shape_file, "");
}
