/* fuzz_archive.c - any bytes as an export.
 *
 * What reads is written again and must read back with the same counts. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/store/archive.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

static int write_again(void *arg, const struct archive_piece *p, struct err *e)
{
    (void)e;
    require(p->values.n > 0 && p->key[0] != '\0');
    require((p->which == KEY_COUNT) == (p->type == ARCHIVE_STRING));
    require(p->type != ARCHIVE_STREAM || p->ends.items[p->ends.n - 1] == p->values.n);
    archive_put_piece(arg, p);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *from = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    struct archive_summary first, second;
    struct archive_out out;
    char *text = NULL;
    size_t n = 0;
    struct err e;

    if (from == NULL)
        return 0;
    FILE *to = open_memstream(&text, &n);
    archive_out_init(&out, to);
    archive_put_head(&out, &(struct archive_head){.name = "fuzz", .midwatch = "0", .at_ms = 1},
                     NULL);
    bool good = archive_read(from, write_again, &out, &first, &e) == 0;
    require(good || text_starts(e.text, "line "));
    fclose(from);
    archive_put_end(&out);
    archive_out_done(&out);
    fclose(to);
    from = fmemopen(text, n, "r");
    require(archive_read(from, NULL, NULL, &second, &e) == 0);
    require(!good ||
            (first.records == second.records && first.counts.strings == second.counts.strings));
    fclose(from);
    free(text);
    return 0;
}
