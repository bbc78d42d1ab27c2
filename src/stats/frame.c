/* frame.c - form, version, what a range coder wrote, CRC-32 of all that, big-endian.
 *
 * Failures: another form, a version from the future, a CRC that differs: said, nothing read. */
#include "frame.h"

#include "base/hash.h"
#include "stats/block.h"

#define HEAD_BYTES 2
#define CRC_BYTES  4

enum block_form block_form(const void *p, size_t n)
{
    unsigned char first = n > 0 ? *(const unsigned char *)p : 0;
    if (first == BLOCK_SEALED)
        return BLOCK_IS_SEALED;
    return first == BLOCK_TALLIES ? BLOCK_IS_TALLIES : BLOCK_IS_OPEN;
}

void frame_begin(struct range *r, struct buf *out, unsigned char form)
{
    const unsigned char head[HEAD_BYTES] = {form, FRAME_VERSION};
    buf_init(out, SIZE_MAX);
    buf_put(out, head, HEAD_BYTES);
    range_encode(r, out);
}

void frame_end(struct range *r, struct buf *out)
{
    range_finish(r);
    uint32_t crc = crc32_of(out->p, out->len, 0);
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_char(out, (char)(crc >> shift));
}

int frame_open(struct range *r, const void *p, size_t n, unsigned char form, struct err *e)
{
    const unsigned char *bytes = p;
    uint32_t crc = 0;
    if (n < HEAD_BYTES + CRC_BYTES)
        return err_set(e, "block: only %zu bytes", n);
    if (bytes[0] != form)
        return err_set(e, "block: of another form (%02x)", bytes[0]);
    for (size_t i = n - CRC_BYTES; i < n; i++)
        crc = crc << 8 | bytes[i];
    if (crc != crc32_of(p, n - CRC_BYTES, 0))
        return err_set(e, "block: damaged (its CRC-32 differs)");
    if (bytes[1] != FRAME_VERSION)
        return err_set(e, "block: version %u, known is %u", bytes[1], FRAME_VERSION);
    range_decode(r, bytes + HEAD_BYTES, n - HEAD_BYTES - CRC_BYTES);
    return 0;
}
