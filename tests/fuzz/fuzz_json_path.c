/* fuzz_json_path.c - the first line is a path, the rest a document. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool look(const struct jv *match, void *arg)
{
    size_t *left = arg;
    if (!match)
        abort();
    (void)jv_type(match);
    return --*left > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    size_t n = end ? (size_t)(end - data) : size, left = 1000;
    char *text = mem_strndup((const char *)data, n);
    struct jv_path *path = NULL;
    struct jv *root = NULL;
    struct err e;
    if (jv_path_compile(text, &path, &e) == 0 && end &&
        jv_parse((const char *)end + 1, size - n - 1, &root, &e) == 0) {
        if (jv_path_eval(path, root, look, &left) > 1000)
            abort();
        jv_free(root);
    }
    jv_path_free(path);
    mem_free(text);
    return 0;
}
