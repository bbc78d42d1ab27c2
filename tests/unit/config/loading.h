/* loading.h - configurations from text, for tests: no environment but a small pretend one. */
#ifndef TESTS_CONFIG_LOADING_H
#define TESTS_CONFIG_LOADING_H

#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/load.h"

static inline const char *pretend_env(const char *name)
{
    static const char *const vars[][2] = {
        {"SECRET", "hunter2"},
        {"HOST", "h.example"},
        {"EMPTY", ""},
        {"SECONDS", "7s"},
        {"HOOK", "https://hooks.example/T0/tok3n"},
    };
    for (size_t i = 0; i < sizeof vars / sizeof *vars; i++)
        if (strcmp(vars[i][0], name) == 0)
            return vars[i][1];
    return NULL;
}

#define PRETEND ((struct load_options){.env = pretend_env, .max_probes_per_second = 50})

/* The errors (or warnings) of a text, each as "LINE:COL: TEXT\n". Caller frees. */
static inline char *complaints_of(const char *yaml, size_t n, bool warnings)
{
    struct config *c = NULL;
    struct diagnostics d;
    struct buf out;
    int status = config_parse("f.yaml", yaml, n, &PRETEND, &c, &d);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < d.n; i++)
        if (d.items[i].warning == warnings)
            buf_printf(&out, "%d:%d: %s\n", d.items[i].line, d.items[i].column, d.items[i].text);
    assert_int_equal(status == 0, d.errors == 0);
    config_free(c);
    diagnostics_done(&d);
    char *text = mem_strdup(buf_text(&out));
    buf_done(&out);
    return text;
}

static inline struct config *must_load(const char *yaml)
{
    struct config *c = NULL;
    struct diagnostics d;
    struct buf said;
    int status = config_parse("f.yaml", yaml, strlen(yaml), &PRETEND, &c, &d);
    buf_init(&said, 1 << 20);
    diagnostics_print(&d, &said);
    if (status != 0)
        fail_msg("%s", buf_text(&said));
    buf_done(&said);
    diagnostics_done(&d);
    return c;
}

#endif
