/* words.c - times, spans, numbers of a document in the words of people. */
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "stats/slo.h"

const char *doc_text(const struct jv *object, const char *key)
{
    const char *s = jv_get_text(object, key);

    return s != NULL ? s : "";
}

size_t doc_items(const struct jv *object, const char *key, const struct jv **ret_list)
{
    size_t n;

    *ret_list = jv_get(object, key);
    if (jv_type(*ret_list) != JV_LIST)
        return 0;
    n = jv_len(*ret_list);
    return n < DOC_ITEMS_MAX ? n : DOC_ITEMS_MAX;
}

int doc_open(const struct jv *root, struct doc *ret, struct err *e)
{
    int64_t revision = jv_get_int(root, "revision", 0), corrects = jv_get_int(root, "corrects", 0);

    if (!text_eq(jv_get_text(root, "kind"), "midwatch-sla-report"))
        return err_set(e, "is not an SLA report");
    if (jv_get_int(root, "version", 0) != REPORT_VERSION)
        return err_set(e, "is an SLA report of version %lld; known here is version %d",
                       (long long)jv_get_int(root, "version", 0), REPORT_VERSION);
    *ret = (struct doc){.root = root, .data = jv_get(root, "data")};
    ret->period = jv_get(ret->data, "period");
    ret->title = doc_text(ret->data, "title");
    ret->month = doc_text(root, "month");
    ret->zone = doc_text(ret->period, "time_zone");
    ret->draft = jv_get_bool(root, "draft", false);
    ret->revision = revision > 0 && revision < 1000000 ? (int)revision : 0;
    ret->corrects = corrects > 0 && corrects < 1000000 ? (int)corrects : 0;
    return 0;
}

const char *doc_edition(const struct doc *d, char *dst, size_t size)
{
    if (d->draft)
        text_copy(dst, size, "draft: the month is not over, or has just ended");
    else if (d->corrects > 0)
        text_printf(dst, size, "revision %d, corrects revision %d", d->revision, d->corrects);
    else
        text_printf(dst, size, "revision %d", d->revision);
    return dst;
}

static uint64_t count_of(const struct jv *object, const char *key)
{
    int64_t n = jv_get_int(object, key, 0);

    return n > 0 ? (uint64_t)n & (UINT64_MAX >> 8) : 0; /* sums of a few do not overflow */
}

struct sla_count doc_count(const struct jv *object)
{
    return (struct sla_count){
        .good = count_of(object, "good"),
        .bad = count_of(object, "bad"),
        .excluded = count_of(object, "excluded") + count_of(object, "maintenance"),
        .unknown = count_of(object, "unknown"),
        .expected = count_of(object, "expected"),
    };
}

/* --- times ------------------------------------------------------------------------------- */

static bool instant_of(const struct jv *object, const char *key, int64_t *ret_ms)
{
    const char *text = jv_get_text(object, key);
    bool zoned;

    return text != NULL && rfc3339_parse(text, ret_ms, &zoned) == 0 && zoned;
}

static bool offset_at(const struct doc *d, int64_t at_ms, int64_t *ret_s)
{
    const struct jv *list;
    size_t n = doc_items(d->period, "offsets", &list);
    bool found = false;

    for (size_t i = 0; i < n; i++) {
        int64_t from_ms, seconds = jv_get_int(jv_at(list, i), "seconds", 0);

        if (!instant_of(jv_at(list, i), "from", &from_ms) || from_ms > at_ms)
            continue;
        *ret_s = seconds > -100000 && seconds < 100000 ? seconds : 0;
        found = true;
    }
    return found;
}

const char *words_time(const struct doc *d, const struct jv *object, const char *key, char *dst,
                       size_t size)
{
    int64_t at_ms, offset_s = 0;
    struct civil c;
    bool known;

    if (!instant_of(object, key, &at_ms)) {
        text_copy(dst, size, "-");
        return dst;
    }
    known = offset_at(d, at_ms, &offset_s);
    c = civil_of(at_ms / 1000 - (at_ms % 1000 < 0) + offset_s);
    text_printf(dst, size, "%04d-%02d-%02d %02d:%02d%s", c.year, c.month, c.day, c.hour, c.minute,
                known ? "" : " UTC");
    return dst;
}

static const char *from_number(const struct jv *object, const char *key, double unit_ms, char *dst,
                               size_t size)
{
    double d = jv_real(jv_get(object, key), NAN);

    if (isnan(d) || d < 0 || d > 1e15)
        text_copy(dst, size, "-");
    else
        text_human_ms(d * unit_ms, dst, size);
    return dst;
}

const char *words_span(const struct jv *object, const char *key, char *dst, size_t size)
{
    return from_number(object, key, 1000, dst, size);
}

const char *words_latency(const struct jv *object, const char *key, char *dst, size_t size)
{
    return from_number(object, key, 0.001, dst, size);
}

/* --- numbers ----------------------------------------------------------------------------- */

const char *words_number(uint64_t n, char *dst, size_t size)
{
    char digits[24];
    size_t len, at = 0;

    len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    for (size_t i = 0; i < len && at + 2 < size; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            dst[at++] = ',';
        dst[at++] = digits[i];
    }
    dst[at] = 0;
    return dst;
}

const char *words_ppm(int64_t ppm, char *dst, size_t size)
{
    char text[32];

    slo_percent(ppm >= 0 && ppm <= 1000000 ? (int32_t)ppm : 0, text, sizeof text);
    text_printf(dst, size, "%.*s %%", (int)strcspn(text, "%"), text);
    return dst;
}

const char *words_ratio(uint64_t part, uint64_t whole, int places, char *dst, size_t size)
{
    char digits[32];

    if (whole == 0)
        text_copy(dst, size, "-");
    else
        text_printf(dst, size, "%s %%",
                    figures_percent(part, whole, places, digits, sizeof digits));
    return dst;
}

const char *words_plain(const struct jv *slo, uint64_t n, char *dst, size_t size)
{
    if (n == 0 || !text_eq(jv_get_text(slo, "unit"), "ms"))
        words_number(n, dst, size);
    else
        text_human_ms((double)n, dst, size);
    return dst;
}

const char *words_amount(const struct jv *slo, uint64_t n, char *dst, size_t size)
{
    char number[40];

    words_plain(slo, n, number, sizeof number);
    text_printf(dst, size, "%s%s", number,
                text_eq(jv_get_text(slo, "unit"), "ms") ? ""
                : n == 1                                ? " result"
                                                        : " results");
    return dst;
}
