/* utf8.c - validity, cutting and width of UTF-8. */
#include <string.h>

#include "base/text.h"

/* Length of the well-formed sequence at s (RFC 3629: no surrogates, no overlong forms,
 * nothing above U+10FFFF), or 0. */
static size_t sequence(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    unsigned char low = 0x80, high = 0xbf;
    if (s[0] < 0xc2 || s[0] > 0xf4 || len > n)
        return 0;
    if (s[0] == 0xe0)
        low = 0xa0;
    if (s[0] == 0xed)
        high = 0x9f;
    if (s[0] == 0xf0)
        low = 0x90;
    if (s[0] == 0xf4)
        high = 0x8f;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

size_t utf8_step(const char *s, size_t n)
{
    return n ? sequence((const unsigned char *)s, n) : 0;
}

bool utf8_valid(const char *s, size_t n)
{
    size_t step;
    for (size_t i = 0; i < n; i += step) {
        step = utf8_step(s + i, n - i);
        if (step == 0)
            return false;
    }
    return true;
}

/* Bytes that are no UTF-8 anyway are cut where the limit falls. */
size_t utf8_cut(const char *s, size_t n, size_t max)
{
    if (n <= max)
        return n;
    size_t at = max;
    for (int back = 0; back < 3 && at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80; back++)
        at--;
    return ((unsigned char)s[at] & 0xc0) == 0x80 ? max : at;
}

size_t utf8_whole(const char *s, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        if (((unsigned char)s[n - back] & 0xc0) == 0x80)
            continue;
        return utf8_step(s + n - back, back) ? n : n - back;
    }
    return n;
}

struct range {
    uint32_t first, last;
};

static const struct range combining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x06d6, 0x06dc}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
};

static const struct range wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool within(uint32_t point, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

static size_t columns(uint32_t point)
{
    if (point < 0x20 || point == 0x7f)
        return 0;
    if (point < 0x300)
        return 1;
    if (within(point, combining, sizeof combining / sizeof *combining))
        return 0;
    return within(point, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

static uint32_t point_of(const unsigned char *s, size_t len)
{
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = s[0] & mask[len];
    for (size_t i = 1; i < len; i++)
        point = point << 6 | (s[i] & 0x3f);
    return point;
}

size_t utf8_width(const char *s)
{
    size_t n = strlen(s), width = 0, step;
    for (size_t i = 0; i < n; i += step) {
        step = utf8_step(s + i, n - i);
        if (step == 0) {
            step = 1;
            width++;
        } else {
            width += columns(point_of((const unsigned char *)s + i, step));
        }
    }
    return width;
}
