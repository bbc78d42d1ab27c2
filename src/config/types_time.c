/* types_time.c - zones, instants, turns, days and times of day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "files.h"
#include "reader.h"

#define DAY_S  86400
#define WEEK_S (7 * DAY_S)

/* --- zones -------------------------------------------------------------------------------- */

/* UTC needs no file. */
const struct zone *type_zone_find(struct reader *r, const char *name, struct err *e)
{
    struct zone *z = map_get(&r->config->zones, name);
    if (z)
        return z;
    if (strcmp(name, "UTC") == 0)
        return zone_utc();
    if (files_zone(r->tree->options, name, &z, e) != 0)
        return NULL;
    map_put(&r->config->zones, zone_name(z), z);
    return z;
}

/* Local times further down are read in this zone. */
static void read_zone(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    struct err e;
    const char *name = read_text(r, row, n);
    const struct zone *z = name ? type_zone_find(r, name, &e) : NULL;
    if (name && !z)
        read_refuse_why(r, row, n, read_shows(row, n) ? e.text : "there is no such time zone");
    if (z)
        *FIELD(object, row, const struct zone *) = r->zone = z;
}

const struct type type_zone = {
    "time zone",
    "a time zone such as Europe/Madrid",
    .read = read_zone,
    .pattern = "^[A-Za-z0-9+_/-]+$" OR_OUTSIDE,
};

/* --- instants ----------------------------------------------------------------------------- */

#define TIME_PATTERN                                                                               \
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T "                                                              \
    "][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$"

static const struct zone *zone_here(const struct reader *r)
{
    return r->zone ? r->zone : zone_utc();
}

static int64_t floor_seconds(int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0);
}

struct moment {
    int64_t seconds; /* since 1970, on the wall clock unless `instant` */
    bool instant;
};

static bool read_moment(struct reader *r, const struct row *row, const struct node *n,
                        struct moment *ret)
{
    int64_t ms;
    const char *text = read_text(r, row, n);
    if (!text)
        return false;
    if (rfc3339_parse(text, &ms, &ret->instant) != 0) {
        read_refuse(r, row, n);
        return false;
    }
    ret->seconds = floor_seconds(ms);
    return true;
}

static void read_instant(struct reader *r, const struct row *row, const struct node *n,
                         void *object)
{
    struct moment m;
    if (!read_moment(r, row, n, &m))
        return;
    int64_t s = m.instant ? m.seconds : zone_resolve(zone_here(r), m.seconds, ZONE_GAP_NEXT);
    *FIELD(object, row, int64_t) = s * 1000;
}

static void read_anchor(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    struct layer *l = object;
    struct moment m;
    if (!read_moment(r, row, n, &m))
        return;
    l->anchor_is_instant = m.instant;
    l->anchor_utc_s = m.instant ? m.seconds : 0;
    l->anchor_local_s = m.instant ? zone_local(zone_here(r), m.seconds) : m.seconds;
}

const struct type type_instant = {
    "time",
    "a time such as 2026-12-24T18:00, with or without an offset or Z",
    .read = read_instant,
    .pattern = TIME_PATTERN OR_OUTSIDE,
};
const struct type type_anchor = {
    "time",
    "a time such as 2026-01-05T09:00, with or without an offset or Z",
    .read = read_anchor,
    .pattern = TIME_PATTERN OR_OUTSIDE,
};

/* --- dates -------------------------------------------------------------------------------- */

#define DATES_MAX 1000

static bool read_date(struct reader *r, const struct row *row, const struct node *n, int32_t *ret)
{
    int64_t ms;
    bool zoned;
    const char *text = read_text(r, row, n);
    if (!text)
        return false;
    if (strlen(text) != strlen("2026-12-25") || rfc3339_parse(text, &ms, &zoned) != 0) {
        read_refuse(r, row, n);
        return false;
    }
    *ret = (int32_t)(floor_seconds(ms) / DAY_S - (floor_seconds(ms) % DAY_S < 0));
    return true;
}

static int compare_dates(const void *a, const void *b)
{
    const int32_t *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

/* Sorted, each once. */
static size_t sort_dates(int32_t *dates, size_t n)
{
    size_t kept = 0;
    qsort(dates, n, sizeof *dates, compare_dates);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || dates[kept - 1] != dates[i])
            dates[kept++] = dates[i];
    return kept;
}

static void read_dates(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct node *list = read_as_list(r, n);
    int32_t *dates = arena_calloc(&r->config->arena, list->n + 1, sizeof *dates);
    size_t count = 0;
    if (list->n > DATES_MAX)
        read_refuse_why(r, row, n, "more than 1000 dates");
    node_each(e, list)
        count += read_date(r, row, e->value, &dates[count]);
    *FIELD(object, row, int32_t *) = dates;
    *BESIDE(object, row, size_t) = sort_dates(dates, count);
}

static void schema_dates(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"array\",\"null\"]");
    jw_kv_int(w, "maxItems", DATES_MAX);
    jw_kv_object(w, "items");
    jw_kv_text(w, "type", "string");
    jw_kv_text(w, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" OR_OUTSIDE);
    jw_object_end(w);
}

const struct type type_dates = {
    "dates",
    "a date such as 2026-12-25",
    .read = read_dates,
    .schema = schema_dates,
};

/* --- turns: `2 weeks` or { n: 2, unit: week } --------------------------------------------- */

static const struct choice units[] = {
    {"second", UNIT_SECOND},
    {"minute", UNIT_MINUTE},
    {"hour", UNIT_HOUR},
    {"day", UNIT_DAY},
    {"week", UNIT_WEEK},
    {"month", UNIT_MONTH},
    {0},
};

struct every {
    int n, unit;
};

static const struct row every_rows[] = {
    {"n", &type_int, offsetof(struct every, n), .min = 1, .max = 9000, .flags = ROW_REQUIRED,
     .example = "1", .text = "How many units a turn lasts."},
    {"unit", &type_choice, offsetof(struct every, unit), .of = units, .flags = ROW_REQUIRED,
     .example = "week", .text = "The unit of a turn."},
};

static const struct shape shape_every = {.name = "turn", ROWS(every_rows)};

/* "2 weeks" in pieces: the unit may carry its plural s. */
static bool split_every(const char *text, int64_t *ret_n, const struct choice **ret_unit)
{
    char number[16], unit[16];
    size_t digits = strspn(text, "0123456789"), blanks = strspn(text + digits, " ");
    const char *word = text + digits + blanks;
    size_t len = strlen(word);
    if (digits == 0 || digits >= sizeof number || blanks == 0 || len == 0 || len >= sizeof unit)
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    memcpy(unit, word, len + 1);
    if (unit[len - 1] == 's')
        unit[len - 1] = '\0';
    *ret_unit = choice_find(units, unit);
    return *ret_unit && text_int(number, 0, INT32_MAX, ret_n, NULL) == 0;
}

static void read_every(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    struct layer *l = object;
    struct every every = {0};
    const struct choice *unit = NULL;
    int64_t count = 0;
    if (n->kind == NODE_MAP) {
        read_map(r, &shape_every, n, &every);
    } else if (!read_text(r, row, n)) {
        return;
    } else if (!split_every(n->text, &count, &unit)) {
        read_refuse(r, row, n);
        return;
    } else if (count < 1 || count > 9000) {
        char found[FOUND_SIZE];
        diag_error(r->d, n, "`%s` must be 1 to 9000 units, not %s", row->key,
                   read_found(row, n, found, sizeof found));
        return;
    } else {
        every = (struct every){(int)count, unit->value};
    }
    l->every = every.n;
    l->unit = (enum turn_unit)every.unit;
}

static void schema_every(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"object\"]");
    jw_kv_text(w, "pattern", "^[0-9]+ +(second|minute|hour|day|week|month)s?$" OR_OUTSIDE);
    jw_kv_object(w, "properties");
    for (size_t i = 0; i < sizeof every_rows / sizeof *every_rows; i++) {
        jw_kv_object(w, every_rows[i].key);
        every_rows[i].type->schema(&every_rows[i], w);
        jw_object_end(w);
    }
    jw_object_end(w);
}

const struct type type_every = {
    "turn",
    "a number and a unit such as `1 week` (second, minute, hour, day, week, month)",
    .read = read_every,
    .schema = schema_every,
};

/* --- days and times of day ---------------------------------------------------------------- */

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* The day that begins at `text`, 0 for Monday, or -1. */
static int day_at(const char *text)
{
    for (int i = 0; i < 7; i++)
        if (strncmp(text, day_names[i], 3) == 0)
            return i;
    return -1;
}

/* `mon` or `fri-mon`, as bits; 0 when it is neither. */
static unsigned days_of(const char *text)
{
    int first = day_at(text);
    bool range = first >= 0 && text[3] == '-';
    int last = range ? day_at(text + 4) : first;
    if (first < 0 || last < 0 || strlen(text) != (range ? 7u : 3u))
        return 0;
    unsigned days = 1u << last;
    for (int day = first; day != last; day = (day + 1) % 7)
        days |= 1u << day;
    return days;
}

static void read_days(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct node *list = read_as_list(r, n);
    unsigned days = 0;
    node_each(e, list) {
        const char *text = read_text(r, row, e->value);
        unsigned some = text ? days_of(text) : 0;
        if (text && !some)
            read_refuse(r, row, e->value);
        days |= some;
    }
    if (list->n == 0)
        read_refuse_why(r, row, n, "names no day");
    *FIELD(object, row, unsigned) = days;
}

#define DAY_TIME_PATTERN "^([01][0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?$"

/* HH:MM[:SS] in seconds, or -1. */
static int32_t seconds_of(const char *text)
{
    int part[3] = {0}, n = 0;
    for (const char *p = text; n < 3; p += 3) {
        if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
            return -1;
        part[n++] = (p[0] - '0') * 10 + (p[1] - '0');
        if (p[2] == '\0')
            break;
        if (p[2] != ':' || n == 3)
            return -1;
    }
    if (n < 2 || part[1] > 59 || part[2] > 59)
        return -1;
    return part[0] * 3600 + part[1] * 60 + part[2];
}

/* 24:00 ends a day as 00:00 begins the next. */
static void read_day_time(struct reader *r, const struct row *row, const struct node *n,
                          void *object)
{
    const char *text = read_text(r, row, n);
    int32_t s = text ? seconds_of(text) : -1;
    if (text && (s < 0 || s > DAY_S))
        read_refuse(r, row, n);
    else if (text)
        *FIELD(object, row, int32_t) = s % DAY_S;
}

static void read_week_time(struct reader *r, const struct row *row, const struct node *n,
                           void *object)
{
    const char *text = read_text(r, row, n);
    int day = text ? day_at(text) : -1;
    int32_t s = day >= 0 && text[3] == ' ' ? seconds_of(text + 4) : -1;
    if (text && (s < 0 || s > DAY_S))
        read_refuse(r, row, n);
    else if (text)
        *FIELD(object, row, int32_t) = (day * DAY_S + s) % WEEK_S;
}

/* Either of both: only the other end of the window tells whether it fits. */
static void read_window_time(struct reader *r, const struct row *row, const struct node *n,
                             void *object)
{
    struct edge edge = {.given = true};
    const char *text = read_text(r, row, n);
    int32_t s = text ? seconds_of(text) : -1;
    int64_t ms;
    if (!text)
        return;
    if (s >= 0 && s <= DAY_S) {
        edge.day_s = s % DAY_S;
    } else if (rfc3339_parse(text, &ms, &edge.instant) == 0) {
        edge.dated = true;
        edge.at_ms =
            edge.instant ? ms : 1000 * zone_resolve(zone_here(r), floor_seconds(ms), ZONE_GAP_NEXT);
    } else {
        read_refuse(r, row, n);
        return;
    }
    *FIELD(object, row, struct edge) = edge;
}

static void schema_days(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"array\"]");
    jw_key(w, "items");
    jw_raw(w, "{\"type\":\"string\",\"pattern\":\"^[a-z]{3}(-[a-z]{3})?$\"}");
}

const struct type type_days = {
    "days",
    "days such as mon or mon-fri",
    .read = read_days,
    .schema = schema_days,
};
const struct type type_day_time = {
    "time of day",
    "a time of day such as \"09:00\"",
    .read = read_day_time,
    .pattern = DAY_TIME_PATTERN OR_OUTSIDE,
};
const struct type type_window_time = {
    "time of day, or time",
    "a time of day such as \"02:00\" or a time such as 2026-12-24T18:00",
    .read = read_window_time,
    .pattern = DAY_TIME_PATTERN "|" TIME_PATTERN OR_OUTSIDE,
};
const struct type type_week_time = {
    "time of week",
    "a day and a time such as \"fri 18:00\"",
    .read = read_week_time,
    .pattern =
        "^(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?$" OR_OUTSIDE,
};
