/* fuzz_config.c - any bytes as a configuration: an answer without harm, and never a secret in it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/load.h"

#define SECRET "hunter2-is-secret"

static const char *pretend_env(const char *name)
{
    return strcmp(name, "SECRET") == 0 ? SECRET : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct load_options o = {.env = pretend_env, .credentials_dir = "/nowhere"};
    struct config *c = NULL;
    struct diagnostics d;
    int status = config_parse("/nowhere/f.yaml", (const char *)data, size, &o, &c, &d);
    if ((status == 0) != (d.errors == 0) || d.n > DIAGNOSTICS_MAX)
        abort();
    bool written = memmem(data, size, SECRET, sizeof SECRET - 1); /* then it may be quoted */
    for (size_t i = 0; i < d.n && !written; i++)
        if (strstr(d.items[i].text, SECRET))
            abort();
    diagnostics_done(&d);
    config_free(c);
    return 0;
}
