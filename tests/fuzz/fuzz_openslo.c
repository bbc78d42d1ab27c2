/* fuzz_openslo.c - any bytes as OpenSLO documents: an answer without harm; and whatever is printed
 * for a file without an error is YAML that our own reader takes, but for names it does not know. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/openslo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *no_env(const char *name)
{
    (void)name;
    return NULL;
}

/* A value that got out of its quotes would be a fault of the YAML. */
static void read_again(const struct buf *yaml)
{
    struct load_options o = {.env = no_env, .credentials_dir = "/nowhere", .without_secrets = true};
    struct config *c = NULL;
    struct diagnostics d;
    int rc = config_parse("/nowhere/f.yaml", buf_text(yaml), yaml->len, &o, &c, &d);

    for (size_t i = 0; i < d.n; i++)
        if (strstr(d.items[i].text, "YAML:") || strstr(d.items[i].text, "unknown key"))
            abort();
    diagnostics_done(&d);
    if (rc == 0)
        config_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf yaml, left;
    struct openslo o = {.yaml = &yaml, .left_out = &left};
    struct diagnostics d;
    int rc;

    buf_init(&yaml, (size_t)4 << 20);
    buf_init(&left, (size_t)4 << 20);
    rc = openslo_parse("/nowhere/o.yaml", (const char *)data, size, &o, &d);
    if ((rc == 0) != (d.errors == 0))
        abort();
    if (rc == 0 && o.slos && !yaml.over)
        read_again(&yaml);
    diagnostics_done(&d);
    buf_done(&yaml);
    buf_done(&left);
    return 0;
}
