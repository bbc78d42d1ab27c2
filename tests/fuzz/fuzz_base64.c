/* fuzz_base64.c - any bytes as base64: what is accepted is the one text that encodes its bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "loop/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    /* Exact sizes, so that a byte too many is seen. */
    char *bytes = mem_alloc(3 * (size / 4) + (size < 4));
    size_t n;
    if (base64_decode((const char *)data, size, bytes, &n) == 0) {
        char *text = mem_alloc(4 * ((n + 2) / 3) + 1);
        base64_encode(bytes, n, text);
        if (strlen(text) != size || memcmp(text, data, size) != 0)
            abort();
        mem_free(text);
    }
    mem_free(bytes);
    return 0;
}
