/* doc_man.c - docs/midwatch.yaml.5, in mdoc. */
#include <string.h>

#include "base/mem.h"
#include "doc.h"

#define WIDTH 78

static void print_section(struct buf *out, const struct shape *shape, const char *path);

/* Backquotes become quotes; nothing may look like an escape. */
static void put_escaped(struct buf *out, const char *text, size_t n)
{
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '`')
            buf_str(out, (quoted = !quoted) ? "\\(oq" : "\\(cq");
        else if (text[i] == '\\')
            buf_str(out, "\\e");
        else
            buf_char(out, text[i]);
    }
}

/* Nothing may look like a request either. */
static void put_lines(struct buf *out, const char *lines)
{
    for (const char *p = lines; *p; p++) {
        if ((*p == '.' || *p == '\'') && (p == lines || p[-1] == '\n'))
            buf_str(out, "\\&");
        buf_char(out, *p);
    }
}

/* Bytes up to the end of the first sentence. */
static size_t sentence_length(const char *text)
{
    const char *p = text;
    while ((p = strstr(p, ". ")) && !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ`", p[2]))
        p++;
    return p ? (size_t)(p + 1 - text) : strlen(text);
}

/* mdoc wants each sentence to begin a line. */
static void put_text(struct buf *out, const char *text)
{
    while (*text) {
        size_t n = sentence_length(text);
        struct buf sentence, lines;
        buf_init(&sentence, 1 << 16);
        buf_init(&lines, 1 << 16);
        put_escaped(&sentence, text, n);
        doc_wrap(&lines, buf_text(&sentence), "", WIDTH);
        put_lines(out, buf_text(&lines));
        buf_done(&sentence);
        buf_done(&lines);
        text += n;
        text += *text == ' ';
    }
}

static void print_row(struct buf *out, const struct row *row)
{
    char facts[FACTS_SIZE];
    buf_printf(out, ".It Ic %s\n", row->key);
    put_text(out, row->text);
    buf_str(out, ".br\n");
    put_text(out, doc_facts(row, facts, sizeof facts));
}

static void print_below(struct buf *out, const struct row *row, const char *path)
{
    char *below = mem_printf("%s%s%s%s", path, *path ? "." : "", row->key, doc_path_end(row));
    buf_printf(out, ".Ss %s\n", below);
    print_section(out, row->of, below);
    mem_free(below);
}

static void print_section(struct buf *out, const struct shape *shape, const char *path)
{
    if (shape->plain)
        buf_printf(out, "A plain value stands for a mapping with only\n.Ic %s .\n", shape->plain);
    buf_str(out, ".Bl -tag -width Ds\n");
    shape_each(row, shape)
        print_row(out, row);
    buf_str(out, ".El\n");
    shape_each(row, shape)
        if (row->type->nested)
            print_below(out, row, path);
}

void config_print_man(struct buf *out)
{
    buf_str(out, ".Dd November 22, 2026\n.Dt MIDWATCH.YAML 5\n.Os\n"
                 ".Sh NAME\n.Nm midwatch.yaml\n.Nd configuration of midwatch\n"
                 ".Sh DESCRIPTION\n");
    for (const char *const *p = doc_prose; *p; p++) {
        if (p != doc_prose)
            buf_str(out, ".Pp\n");
        put_text(out, *p);
    }
    buf_str(out, ".Sh KEYS\n");
    print_section(out, &shape_file, "");
    buf_str(
        out,
        ".Sh FILES\n.Bl -tag -width Ds\n"
        ".It Pa ./midwatch.yaml\n.It Pa /etc/midwatch/midwatch.yaml\n"
        "Where it is looked for, in this order, without\n.Fl c\nand\n.Ev MIDWATCH_CONFIG .\n.El\n"
        ".Sh SEE ALSO\n.Xr midwatch 1\n");
}
