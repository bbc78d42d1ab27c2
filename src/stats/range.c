/* range.c - what of the coder need not be inline.
 *
 * Happy path: encode, bits, finish; decode, the same bits, ask range_bad().
 * Failures:   decoding only: `bad` stays set, and whoever asks for bits still gets some. */
#include "range.h"

/* 65536 / (n + 1.5): the mean of what was seen, and of one half before that. */
const uint16_t chance_rate[CHANCE_MEMORY + 1] = {
    43690, 26214, 18724, 14563, 11915, 10082, 8738, 7710, 6898, 6241, 5698, 5242, 4854, 4519, 4228,
    3971,  3744,  3542,  3360,  3196,  3048,  2912, 2788, 2674, 2570, 2473, 2383, 2299, 2221, 2148,
    2080,  2016,  1956,  1899,  1846,  1795,  1747, 1702, 1659, 1618, 1579, 1542, 1506, 1472, 1440,
    1409,  1379,  1351,  1323,  1297,  1272,  1248, 1224, 1202, 1180, 1159, 1139, 1120, 1101, 1083,
    1065,  1048,  1032,  1016,  1000,  985,   970,  956,  942,  929,  916,  903,  891,  879,  868,
    856,   845,   834,   824,   814,   804,   794,  784,  775,  766,  757,  748,  740,  732,  724,
    716,   708,   700,   693,   686,   679,   672,  665,  658,  652,  645,  639,  633,  627,  621,
    615,   609,   604,   598,   593,   587,   582,  577,  572,  567,  562,  557,  553,  548,  543,
    539,   534,   530,   526,   522,   518,   514,  510,  506,  502,  498,  494,  490,  487,  483,
    480,   476,   473,   469,   466,   463,   459,  456,  453,  450,  447,  444,  441,  438,  435,
    432,   429,   426,   424,   421,   418,   416,  413,  410,  408,  405,  403,  400,  398,  395,
    393,   391,   388,   386,   384,   382,   379,  377,  375,  373,  371,  369,  367,  365,  363,
    361,   359,   357,   355,   353,   351,   349,  347,  345,  344,  342,  340,  338,  336,  335,
    333,   331,   330,   328,   326,   325,   323,  322,  320,  318,  317,  315,  314,  312,  311,
    309,   308,   306,   305,   304,   302,   301,  299,  298,  297,  295,  294,  293,  291,  290,
    289,   288,   286,   285,   284,   283,   281,  280,  279,  278,  277,  275,  274,  273,  272,
    271,   270,   269,   268,   266,   265,   264,  263,  262,  261,  260,  259,  258,  257,  256,
    255,
};

void range_encode(struct range *r, struct buf *out)
{
    *r = (struct range){.range = RANGE_TOP, .out = out};
}

static unsigned next_byte(struct range *r)
{
    if (r->left > 0) {
        r->left--;
        return *r->p++;
    }
    r->bad |= ++r->past > RANGE_SLACK;
    return 0;
}

void range_decode(struct range *r, const unsigned char *p, size_t n)
{
    *r = (struct range){.range = RANGE_TOP, .decoding = true, .p = p, .left = n};
    for (int i = 0; i < 7; i++)
        r->low = r->low << 8 | next_byte(r);
}

void range_refuse(struct range *r)
{
    r->bad = true;
}

bool range_bad(const struct range *r)
{
    return r->bad;
}

/* What went out is counted up by one: 0xff turn to 0 and pass it on. The whole is below 1, so it
 * ends before the beginning. */
static void carry(struct buf *out)
{
    size_t i = out->len;
    do
        i--;
    while (++out->p[i] == 0);
}

void range_shift(struct range *r)
{
    r->range <<= 8;
    if (r->decoding) {
        r->low = r->low << 8 | next_byte(r);
        return;
    }
    if (r->low >= RANGE_TOP)
        carry(r->out);
    buf_char(r->out, (char)(r->low >> 48));
    r->low = (r->low & (RANGE_BOTTOM - 1)) << 8;
}

/* The one number in the interval that ends with six zero bytes: they are left out. */
void range_finish(struct range *r)
{
    r->low = (r->low + RANGE_BOTTOM - 1) & ~(RANGE_BOTTOM - 1);
    range_shift(r);
}

uint64_t range_raw(struct range *r, uint64_t v, unsigned n)
{
    uint64_t ret = 0;
    while (n > 0) {
        unsigned some = n < 16 ? n : 16;
        uint64_t part = v >> (n - some) & (((uint64_t)1 << some) - 1);
        r->range >>= some;
        if (r->decoding) {
            part = r->low / r->range;
            if (part >> some)
                part = ((uint64_t)1 << some) - 1;
            r->low -= part * r->range;
        } else {
            r->low += part * r->range;
        }
        ret = ret << some | part;
        n -= some;
        while (r->range < RANGE_BOTTOM)
            range_shift(r);
    }
    return ret;
}

uint64_t range_number(struct range *r, struct number *m, uint64_t v)
{
    unsigned bits = v > 0 ? 64u - (unsigned)__builtin_clzll(v) : 0, size = 0;
    while (size < 64 && range_bit(r, &m->size[size], size < bits))
        size++;
    if (size < 2)
        return size;
    unsigned low = size - 1, high = low < 2 ? low : 2;
    struct chance *tree = m->high[size < NUMBER_SIZES ? size : NUMBER_SIZES - 1];
    unsigned top = range_tree(r, tree, high, (unsigned)(v >> (low - high)) & 3);
    uint64_t head = (uint64_t)1 << high | top;
    return head << (low - high) | range_raw(r, v, low - high);
}

int64_t range_signed(struct range *r, struct number *m, int64_t v)
{
    uint64_t folded = ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);
    folded = range_number(r, m, folded);
    return (int64_t)(folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0));
}
