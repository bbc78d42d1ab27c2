/* zone_file.c - the bytes of a TZif file (RFC 8536) -> a zone.
 *
 * Version 1 files have one block with 32-bit times and no footer; later ones repeat it
 * with 64-bit times and add the footer. Every count is checked against the bytes that
 * are there before anything is read by it. Files that count leap seconds are refused:
 * their times are not the ones a clock shows. */
#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "base/zone.h"
#include "zone_impl.h"

#define HEADER_SIZE   44
#define TYPES_MAX     256
#define STEPS_MAX     20000
#define TABLE_TO_YEAR 2150 /* the footer is written out up to here: look-ups stay a search */

struct cursor {
    const unsigned char *p;
    size_t left;
};

struct counts {
    uint32_t isut, isstd, leap, time, type, chars;
};

/* n bytes, or NULL when there are fewer. */
static const unsigned char *take(struct cursor *c, size_t n)
{
    if (n > c->left)
        return NULL;
    const unsigned char *p = c->p;
    c->p += n;
    c->left -= n;
    return p;
}

static int64_t big_endian(const unsigned char *p, size_t width)
{
    uint64_t value = p[0] & 0x80 ? ~(uint64_t)0 : 0;
    for (size_t i = 0; i < width; i++)
        value = value << 8 | p[i];
    return (int64_t)value;
}

static uint32_t count_at(const unsigned char *p)
{
    return (uint32_t)big_endian(p, 4);
}

static int read_header(struct cursor *c, int *ret_version, struct counts *n, struct err *e)
{
    const unsigned char *h = take(c, HEADER_SIZE);
    if (!h || memcmp(h, "TZif", 4) != 0)
        return err_set(e, "not a time zone file");
    if (h[4] != 0 && (h[4] < '2' || h[4] > '9'))
        return err_set(e, "unknown version of the time zone format");
    *ret_version = h[4] ? h[4] - '0' : 1;
    *n = (struct counts){count_at(h + 20), count_at(h + 24), count_at(h + 28),
                         count_at(h + 32), count_at(h + 36), count_at(h + 40)};
    if (n->type == 0 || n->type > TYPES_MAX || n->time > STEPS_MAX || n->chars > 65536 ||
        n->leap > 4096 || (n->isut && n->isut != n->type) || (n->isstd && n->isstd != n->type))
        return err_set(e, "impossible counts in the header");
    return 0;
}

static size_t block_size(const struct counts *n, size_t width)
{
    return n->time * (width + 1) + n->type * 6 + n->chars + n->leap * (width + 4) + n->isstd +
           n->isut;
}

static int read_offsets(const unsigned char *types, uint32_t n, int32_t *offsets, struct err *e)
{
    for (uint32_t i = 0; i < n; i++) {
        int64_t offset = big_endian(types + (size_t)i * 6, 4);
        if (offset <= OFFSET_MIN_S || offset >= OFFSET_MAX_S)
            return err_set(e, "offset %lld is impossible", (long long)offset);
        offsets[i] = (int32_t)offset;
    }
    return 0;
}

/* Some files begin with a step at the big bang; it says what was before all others. */
static int add_step(struct zone *z, int64_t at_s, int32_t offset_s, struct err *e)
{
    if (at_s > FAR_S)
        return err_set(e, "a transition is too far away");
    if (at_s < -FAR_S)
        z->first_offset_s = offset_s;
    else
        z->steps[z->n_steps++] = (struct zone_step){at_s, offset_s};
    return 0;
}

static int read_steps(const unsigned char *block, size_t width, const struct counts *n,
                      struct zone *z, struct err *e)
{
    const unsigned char *index = block + n->time * width;
    int32_t offsets[TYPES_MAX];
    int64_t before = INT64_MIN;
    if (read_offsets(index + n->time, n->type, offsets, e) != 0)
        return -1;
    z->first_offset_s = offsets[0];
    z->steps = mem_calloc(n->time, sizeof *z->steps);
    for (uint32_t i = 0; i < n->time; i++) {
        int64_t at = big_endian(block + i * width, width);
        if (index[i] >= n->type)
            return err_set(e, "transition %u has no type", i);
        if (i > 0 && at <= before)
            return err_set(e, "transition %u is not after the one before", i);
        if (add_step(z, at, offsets[index[i]], e) != 0)
            return -1;
        before = at;
    }
    return 0;
}

static int read_block(struct cursor *c, size_t width, const struct counts *n, struct zone *z,
                      struct err *e)
{
    const unsigned char *block = take(c, block_size(n, width));
    if (!block)
        return err_set(e, "the file is cut off");
    if (n->leap)
        return err_set(e, "the file counts leap seconds; use one that does not");
    return read_steps(block, width, n, z, e);
}

static int read_footer(struct cursor *c, struct zone *z, struct err *e)
{
    char text[128];
    const unsigned char *end = c->left > 1 ? memchr(c->p + 1, '\n', c->left - 1) : NULL;
    if (!end || c->p[0] != '\n')
        return err_set(e, "the rule at the end of the file is missing");
    size_t n = (size_t)(end - c->p - 1);
    if (n >= sizeof text || memchr(c->p, '\0', n + 1))
        return err_set(e, "the rule at the end of the file is too long");
    memcpy(text, c->p + 1, n);
    text[n] = '\0';
    return zone_rule_parse(text, &z->rule, e);
}

static int read_file(struct cursor *c, struct zone *z, struct err *e)
{
    int version, again;
    struct counts n;
    if (read_header(c, &version, &n, e) != 0)
        return -1;
    if (version == 1)
        return read_block(c, 4, &n, z, e);
    if (!take(c, block_size(&n, 4)))
        return err_set(e, "the file is cut off");
    if (read_header(c, &again, &n, e) != 0 || read_block(c, 8, &n, z, e) != 0)
        return -1;
    return read_footer(c, z, e);
}

/* Writes the footer's years behind the table. A step at the same instant as the one
 * before takes its place. */
static void write_out_rule(struct zone *z)
{
    if (!z->rule.has_dst || z->n_steps == 0)
        return;
    int64_t last = z->steps[z->n_steps - 1].at_s;
    if (last >= civil_days(TABLE_TO_YEAR, 12, 31) * 86400)
        return;
    int64_t year = civil_of(last > 0 ? last : 0).year;
    size_t room = z->n_steps + 2 * (size_t)(TABLE_TO_YEAR - year + 1);
    z->steps = mem_resize(z->steps, room, sizeof *z->steps);
    for (; year <= TABLE_TO_YEAR; year++) {
        struct zone_step steps[2];
        zone_rule_steps(&z->rule, (int)year, steps);
        for (int i = 0; i < 2; i++) {
            struct zone_step *newest = &z->steps[z->n_steps - 1];
            if (steps[i].at_s > newest->at_s)
                z->steps[z->n_steps++] = steps[i];
            else if (steps[i].at_s == newest->at_s && newest->at_s > last)
                *newest = steps[i];
        }
    }
}

int zone_parse(const char *name, const void *bytes, size_t n, struct zone **ret, struct err *e)
{
    struct cursor c = {bytes, n};
    struct zone *z = mem_new(struct zone);
    z->name = mem_strdup(name);
    if (read_file(&c, z, e) != 0) {
        zone_free(z);
        return -1;
    }
    write_out_rule(z);
    *ret = z;
    return 0;
}
