/* types_slo.c - percentages, and what an SLO is measured by. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "reader.h"

#define DIGITS   "0123456789"
#define LIMIT_MS INT64_C(300000)

/* --- percentages --------------------------------------------------------------------------- */

/* "99.9%" -> 999000. At most four decimals: a millionth is the least that can be said. */
static int parse_percent(const char *text, int64_t *ret, struct err *e)
{
    size_t whole = strspn(text, DIGITS), decimals = 0;
    int64_t ppm = 0;

    if (text[whole] == '.')
        decimals = strspn(text + whole + 1, DIGITS);
    const char *end = text + whole + (text[whole] == '.') + decimals;

    if (whole == 0 || whole > 3 || decimals > 4 || (text[whole] == '.' && decimals == 0))
        return err_set(e, "not a percentage");
    if (strcmp(end, "%") != 0 && strcmp(end, " %") != 0)
        return err_set(e, "not a percentage");
    for (size_t i = 0; i < whole; i++)
        ppm = ppm * 10 + (text[i] - '0');
    for (size_t i = 0; i < 4; i++)
        ppm = ppm * 10 + (i < decimals ? text[whole + 1 + i] - '0' : 0);
    *ret = ppm;
    return 0;
}

static const char *print_percent(int64_t ppm, char *dst, size_t size)
{
    char digits[40];
    size_t n;

    snprintf(digits, sizeof digits, "%lld.%04lld", (long long)(ppm / 10000),
             (long long)(ppm % 10000));
    for (n = strlen(digits); digits[n - 1] == '0';)
        n--;
    snprintf(dst, size, "%.*s%%", (int)(digits[n - 1] == '.' ? n - 1 : n), digits);
    return dst;
}

static void read_ppm(struct reader *r, const struct row *row, const struct node *n, int64_t *ret)
{
    const char *text = read_text(r, row, n);
    char low[32], high[32], found[FOUND_SIZE];
    int64_t ppm;

    if (!text)
        return;
    if (parse_percent(text, &ppm, NULL) != 0)
        read_refuse(r, row, n);
    else if (ppm < row->min || ppm > row->max)
        diag_error(r->d, n, "`%s` must be %s to %s, not %s", row->key,
                   print_percent(row->min, low, sizeof low),
                   print_percent(row->max, high, sizeof high),
                   read_found(row, n, found, sizeof found));
    else
        *ret = ppm;
}

static void read_percent(struct reader *r, const struct row *row, const struct node *n,
                         void *object)
{
    int64_t ppm = -1;

    read_ppm(r, row, n, &ppm);
    if (ppm >= 0)
        *FIELD(object, row, int32_t) = (int32_t)ppm;
}

static void read_share(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    int64_t ppm = -1;

    read_ppm(r, row, n, &ppm);
    if (ppm >= 0 && ppm % 10000)
        read_refuse_why(r, row, n, "whole percents only");
    else if (ppm >= 0)
        *FIELD(object, row, int32_t) = (int32_t)(ppm / 10000);
}

const struct type type_percent = {
    "percentage",           "a percentage with at most four decimals, such as 99.95%",
    .read = read_percent,   .pattern = "^[0-9]{1,3}(\\.[0-9]{1,4})? ?%$" OR_OUTSIDE,
    .parse = parse_percent, .print = print_percent,
};
const struct type type_share = {
    "whole percentage",     "a percentage such as 95%",
    .read = read_share,     .pattern = "^[0-9]{1,3} ?%$" OR_OUTSIDE,
    .parse = parse_percent, .print = print_percent,
};

/* --- indicators ---------------------------------------------------------------------------- */

static const char indicator_expected[] =
    "`availability`, `latency < 800ms` or `availability and latency < 800ms`";

static const char *past(const char *s, const char *word)
{
    size_t n = strlen(word);

    s += strspn(s, " ");
    return strncmp(s, word, n) == 0 ? s + n + strspn(s + n, " ") : NULL;
}

/* Behind `latency`: the sign and the limit. */
static bool read_limit(const char *s, int64_t *ret_us)
{
    const char *limit = past(s, "<");
    int64_t ms;

    if (!limit || text_duration(limit, &ms, NULL) != 0 || ms < 1 || ms > LIMIT_MS)
        return false;
    *ret_us = ms * 1000;
    return true;
}

static bool read_whole(const char *text, struct slo_indicator *ret)
{
    const char *rest = past(text, "availability"), *latency;

    *ret = (struct slo_indicator){.of = SLO_AVAILABILITY};
    if (rest && !*rest)
        return true;
    latency = rest ? past(rest, "and") : text;
    ret->of = rest ? SLO_BOTH : SLO_LATENCY;
    latency = latency ? past(latency, "latency") : NULL;
    return latency && read_limit(latency, &ret->limit_us);
}

static void read_indicator(struct reader *r, const struct row *row, const struct node *n,
                           void *object)
{
    const char *text = read_text(r, row, n);
    struct slo_indicator indicator = {.of = SLO_AVAILABILITY};

    if (text && !read_whole(text, &indicator))
        read_refuse(r, row, n);
    else if (text)
        *FIELD(object, row, struct slo_indicator) = indicator;
}

const struct type type_indicator = {
    "indicator",
    indicator_expected,
    .read = read_indicator,
    .pattern = "^(availability|(availability and )?latency < ?([0-9]+(h|m|s|ms))+)$" OR_OUTSIDE,
};
