/* calendar.c - iCalendar: folded lines -> content lines -> events.
 *
 * Happy path: unfold a line -> NAME;PARAM=…:VALUE -> the row of that name takes the value.
 * Failures: nesting that does not close, an event without a start, a value that cannot be read,
 * what would change the meaning and is not supported (RANGE, EXRULE, periods): "line 12: …".
 * Limits stand in the header; each is checked before anything is kept. */
#include "wire/calendar.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"
#include "base/map.h"
#include "base/text.h"

#define DAY_S        ((int64_t)86400)
#define DEPTH_MAX    8
#define YEAR_FIRST   1900
#define YEAR_LAST    2200
#define LENGTH_MAX_S (3660 * DAY_S)

struct line {
    int number;         /* of its first piece */
    bool cut;           /* longer than CALENDAR_LINE_MAX */
    char *name, *value; /* name in upper case */
    char *params; /* ";TZID=…;VALUE=…" in pieces: NUL-terminated, an empty one ends them */
};

enum component { COMPONENT_OTHER, COMPONENT_EVENT, COMPONENT_ZONE };

struct reading {
    const char *at, *end;
    int line;
    char text[CALENDAR_LINE_MAX + 2];
    struct calendar *calendar;
    struct map zones; /* TZID -> what X-LIC-LOCATION says */
    char open[DEPTH_MAX][16];
    size_t depth;
    bool there; /* a VCALENDAR was */
    struct calendar_event event;
    bool has_start;
    const char *zone_id, *zone_location; /* of the VTIMEZONE being read */
};

/* --- times --------------------------------------------------------------------------------- */

/* `n` digits, or -1. */
static int digits(const char *s, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        value = value * 10 + (s[i] - '0');
    }
    return value;
}

static bool read_day(const char *s, struct civil *c)
{
    c->year = digits(s, 4);
    c->month = c->year < 0 ? -1 : digits(s + 4, 2);
    c->day = c->month < 0 ? -1 : digits(s + 6, 2);
    return c->year >= YEAR_FIRST && c->year <= YEAR_LAST && c->month >= 1 && c->month <= 12 &&
           c->day >= 1 && c->day <= civil_days_in_month(c->year, c->month);
}

/* A leap second is the second before it. */
static bool read_clock(const char *s, struct civil *c)
{
    c->hour = digits(s, 2);
    c->minute = c->hour < 0 ? -1 : digits(s + 2, 2);
    c->second = c->minute < 0 ? -1 : digits(s + 4, 2);
    if (c->second == 60)
        c->second = 59;
    return c->hour >= 0 && c->hour < 24 && c->minute >= 0 && c->minute < 60 && c->second >= 0 &&
           c->second < 60;
}

int calendar_time_parse(const char *text, struct calendar_time *ret)
{
    size_t n = strlen(text);
    struct civil c = {0};
    bool timed = n >= 15;

    if (n < 8 || !read_day(text, &c) || (n != 8 && !timed))
        return -1;
    if (timed && ((text[8] != 'T' && text[8] != 't') || !read_clock(text + 9, &c)))
        return -1;
    if (n > 16 || (n == 16 && text[15] != 'Z' && text[15] != 'z'))
        return -1;
    *ret = (struct calendar_time){.local_s = civil_seconds(&c),
                                  .clock = !timed    ? CALENDAR_DAY
                                           : n == 16 ? CALENDAR_UTC
                                                     : CALENDAR_FLOATING};
    return 0;
}

/* --- lines --------------------------------------------------------------------------------- */

/* The bytes up to CR LF or LF into `text`; what does not fit is dropped. Returns the length so
 * far. */
static size_t take_piece(struct reading *r, size_t len, bool *cut)
{
    const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const char *stop = nl ? nl : r->end;
    size_t n = (size_t)(stop - r->at), room = CALENDAR_LINE_MAX - len;

    if (n > 0 && stop[-1] == '\r')
        n--;
    *cut = *cut || n > room;
    n = n < room ? n : room;
    memcpy(r->text + len, r->at, n);
    r->at = nl ? nl + 1 : r->end;
    r->line++;
    return len + n;
}

static bool folds_on(const struct reading *r)
{
    return r->at < r->end && (*r->at == ' ' || *r->at == '\t');
}

/* Splits "NAME;A=b;C=\"d:e\":value" in place; the quotes go, and the end of the parameters is
 * filled with NULs. */
static bool split(struct line *l, char *text)
{
    size_t n = strcspn(text, ";:");
    bool quoted = false;
    char *p = text + n, *to = p;

    for (; *p && (quoted || *p != ':'); p++) {
        if (*p == '"')
            quoted = !quoted;
        else
            *to++ = *p;
        if (!quoted && *p == ';')
            to[-1] = '\0';
    }
    if (*p == '\0' || n == 0)
        return false;
    memset(to, 0, (size_t)(p - to) + 1);
    l->name = text;
    l->params = text + n + 1;
    l->value = p + 1;
    for (char *c = l->name; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
    return true;
}

/* 1 a line, 0 the end, -1 no content line. Empty lines are passed over. */
static int next_line(struct reading *r, struct line *l, struct err *e)
{
    size_t n = 0;

    *l = (struct line){0};
    while (n == 0) {
        if (r->at == r->end)
            return 0;
        n = take_piece(r, 0, &l->cut);
        l->number = r->line;
        while (folds_on(r)) {
            r->at++;
            n = take_piece(r, n, &l->cut);
        }
    }
    r->text[n] = '\0';
    if (memchr(r->text, '\0', n) || !split(l, r->text))
        return err_set(e, "line %d: not a line of a calendar", l->number);
    return 1;
}

/* The value of a parameter, or NULL. */
static const char *param(const struct line *l, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = l->params; p < l->value && *p; p += strlen(p) + 1)
        if (strncasecmp(p, name, n) == 0 && p[n] == '=')
            return p + n + 1;
    return NULL;
}

/* "\\n" and the other escapes undone, in the arena. */
static const char *unescape(struct arena *a, const char *s)
{
    char *text = arena_strdup(a, s), *to = text;

    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
            *to++ = *p == 'n' || *p == 'N' ? '\n' : *p;
        } else {
            *to++ = *p;
        }
    }
    *to = '\0';
    return text;
}

/* --- the properties of an event ------------------------------------------------------------ */

static int read_time(struct reading *r, const struct line *l, const char *text,
                     struct calendar_time *ret, struct err *e)
{
    const char *zone = param(l, "TZID"), *kind = param(l, "VALUE");
    struct calendar_time t;

    if (kind && strcasecmp(kind, "DATE") != 0 && strcasecmp(kind, "DATE-TIME") != 0)
        return err_set(e, "line %d: %s holds a %.20s, which is not read", l->number, l->name, kind);
    if (calendar_time_parse(text, &t) < 0)
        return err_set(e, "line %d: %s: `%.40s` is no time", l->number, l->name, text);
    if (t.clock == CALENDAR_FLOATING && zone && *zone) {
        t.clock = CALENDAR_ZONED;
        t.zone = arena_strdup(&r->calendar->arena, zone);
    }
    *ret = t;
    return 0;
}

static int read_start(struct reading *r, const struct line *l, struct err *e)
{
    r->has_start = true;
    return read_time(r, l, l->value, &r->event.start, e);
}

static int read_end(struct reading *r, const struct line *l, struct err *e)
{
    r->event.has_end = true;
    return read_time(r, l, l->value, &r->event.end, e);
}

static int read_instead(struct reading *r, const struct line *l, struct err *e)
{
    if (param(l, "RANGE"))
        return err_set(e, "line %d: a change of this and all future occurrences is not read",
                       l->number);
    r->event.instead = true;
    return read_time(r, l, l->value, &r->event.instead_of, e);
}

static int read_dates(struct reading *r, const struct line *l, struct calendar_dates *dates,
                      struct err *e)
{
    char *rest = l->value;

    while (rest) {
        struct calendar_time t;

        if (dates->n == CALENDAR_DATES_MAX)
            return err_set(e, "line %d: more than %d dates", l->number, CALENDAR_DATES_MAX);
        if (read_time(r, l, strsep(&rest, ","), &t, e) < 0)
            return -1;
        vec_push(dates, t);
    }
    return 0;
}

static int read_also(struct reading *r, const struct line *l, struct err *e)
{
    return read_dates(r, l, &r->event.also, e);
}

static int read_except(struct reading *r, const struct line *l, struct err *e)
{
    return read_dates(r, l, &r->event.except, e);
}

static int read_rule(struct reading *r, const struct line *l, struct err *e)
{
    struct calendar_time until;
    struct err why;

    if (r->event.recurs)
        return err_set(e, "line %d: a second RRULE", l->number);
    if (recur_parse(l->value, &r->event.rule, &why) < 0)
        return err_set(e, "line %d: RRULE: %s", l->number, why.text);
    if (r->event.rule.until[0] && calendar_time_parse(r->event.rule.until, &until) < 0)
        return err_set(e, "line %d: RRULE: UNTIL is no time", l->number);
    r->event.recurs = true;
    return 0;
}

static int refuse_rule(struct reading *r, const struct line *l, struct err *e)
{
    (void)r;
    return err_set(e, "line %d: %s is not read", l->number, l->name);
}

static int read_uid(struct reading *r, const struct line *l, struct err *e)
{
    (void)e;
    r->event.uid = arena_strdup(&r->calendar->arena, l->value);
    return 0;
}

static int read_summary(struct reading *r, const struct line *l, struct err *e)
{
    (void)e;
    r->event.summary = unescape(&r->calendar->arena, l->value);
    return 0;
}

static int read_status(struct reading *r, const struct line *l, struct err *e)
{
    (void)e;
    r->event.cancelled = strcasecmp(l->value, "CANCELLED") == 0;
    return 0;
}

/* "P1W", "P1DT12H", "PT30M": days on the wall, the rest by the clock. */
static int read_duration(struct reading *r, const struct line *l, struct err *e)
{
    static const char units[] = "WDHMS";
    static const int64_t seconds[] = {7 * DAY_S, DAY_S, 3600, 60, 1};
    const char *p = l->value + (*l->value == '+');
    int64_t by_day = 0, by_clock = 0;
    bool good = *p == 'P' && p[1];

    for (p += good; good && *p;) {
        size_t n = strspn(p += *p == 'T', "0123456789");
        const char *unit = n && n < 8 && p[n] ? strchr(units, p[n]) : NULL;

        good = unit != NULL;
        if (good)
            *(unit < units + 2 ? &by_day : &by_clock) += digits(p, n) * seconds[unit - units];
        p += good ? n + 1 : 0;
    }
    if (!good || by_day + by_clock > LENGTH_MAX_S)
        return err_set(e, "line %d: DURATION: `%.40s` is no duration of at most ten years",
                       l->number, l->value);
    r->event.length_days = by_day / DAY_S;
    r->event.length_s = by_clock;
    return 0;
}

static const struct property {
    const char *name;
    int (*read)(struct reading *r, const struct line *l, struct err *e);
} properties[] = {
    {"UID", read_uid},
    {"SUMMARY", read_summary},
    {"STATUS", read_status},
    {"DTSTART", read_start},
    {"DTEND", read_end},
    {"DURATION", read_duration},
    {"RRULE", read_rule},
    {"EXRULE", refuse_rule},
    {"RDATE", read_also},
    {"EXDATE", read_except},
    {"RECURRENCE-ID", read_instead},
};

static int read_property(struct reading *r, const struct line *l, struct err *e)
{
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (strcmp(properties[i].name, l->name) != 0)
            continue;
        if (l->cut)
            return err_set(e, "line %d: %s is longer than %d bytes", l->number, l->name,
                           CALENDAR_LINE_MAX);
        return properties[i].read(r, l, e);
    }
    return 0;
}

/* --- components ---------------------------------------------------------------------------- */

static enum component where(const struct reading *r)
{
    const char *open = r->depth ? r->open[r->depth - 1] : "";

    if (strcasecmp(open, "VEVENT") == 0)
        return COMPONENT_EVENT;
    return strcasecmp(open, "VTIMEZONE") == 0 ? COMPONENT_ZONE : COMPONENT_OTHER;
}

static void forget_event(struct reading *r)
{
    vec_done(&r->event.also);
    vec_done(&r->event.except);
    r->event = (struct calendar_event){.uid = "", .summary = ""};
    r->has_start = false;
}

static int begin(struct reading *r, const struct line *l, struct err *e)
{
    bool calendar = strcasecmp(l->value, "VCALENDAR") == 0;

    if (r->depth == DEPTH_MAX)
        return err_set(e, "line %d: nested deeper than %d", l->number, DEPTH_MAX);
    if (calendar != (r->depth == 0))
        return err_set(e, "line %d: %.20s begins %s a VCALENDAR", l->number, l->value,
                       calendar ? "inside of" : "outside of");
    text_copy(r->open[r->depth++], sizeof *r->open, l->value);
    r->there = true;
    if (where(r) == COMPONENT_EVENT && r->depth != 2)
        return err_set(e, "line %d: an event inside of something else", l->number);
    if (where(r) == COMPONENT_EVENT) {
        forget_event(r);
        r->event.line = l->number;
    }
    r->zone_id = r->depth <= 2 ? NULL : r->zone_id;
    r->zone_location = r->depth <= 2 ? NULL : r->zone_location;
    return 0;
}

/* What is read may not contradict itself; whether it makes sense is for those who use it. */
static int check_event(const struct reading *r, struct err *e)
{
    const struct calendar_event *v = &r->event;

    if (!r->has_start)
        return err_set(e, "line %d: an event without DTSTART", v->line);
    if (v->has_end && (v->length_s || v->length_days))
        return err_set(e, "line %d: an event with DTEND and DURATION", v->line);
    if (v->has_end && (v->end.clock == CALENDAR_DAY) != (v->start.clock == CALENDAR_DAY))
        return err_set(e, "line %d: an event from a day to a time, or from a time to a day",
                       v->line);
    if (v->has_end && v->end.local_s - v->start.local_s > LENGTH_MAX_S)
        return err_set(e, "line %d: an event of more than ten years", v->line);
    return 0;
}

static int end(struct reading *r, const struct line *l, struct err *e)
{
    if (r->depth == 0 || strncasecmp(r->open[r->depth - 1], l->value, sizeof *r->open - 1) != 0)
        return err_set(e, "line %d: %.20s ends where it has not begun", l->number, l->value);
    if (where(r) == COMPONENT_EVENT) {
        if (check_event(r, e) < 0)
            return -1;
        if (r->calendar->events.n == CALENDAR_EVENTS_MAX)
            return err_set(e, "line %d: more than %d events", l->number, CALENDAR_EVENTS_MAX);
        vec_push(&r->calendar->events, r->event);
        r->event = (struct calendar_event){.uid = "", .summary = ""};
    }
    if (where(r) == COMPONENT_ZONE && r->zone_id && r->zone_location)
        map_put(&r->zones, r->zone_id, (void *)r->zone_location);
    r->depth--;
    return 0;
}

static int take_line(struct reading *r, const struct line *l, struct err *e)
{
    if (strcmp(l->name, "BEGIN") == 0)
        return begin(r, l, e);
    if (strcmp(l->name, "END") == 0)
        return end(r, l, e);
    if (r->depth == 0)
        return err_set(e, "line %d: %.20s stands outside of a VCALENDAR", l->number, l->name);
    if (where(r) == COMPONENT_EVENT)
        return read_property(r, l, e);
    if (where(r) == COMPONENT_ZONE && !l->cut && strcmp(l->name, "TZID") == 0)
        r->zone_id = arena_strdup(&r->calendar->arena, l->value);
    if (where(r) == COMPONENT_ZONE && !l->cut && strcmp(l->name, "X-LIC-LOCATION") == 0)
        r->zone_location = arena_strdup(&r->calendar->arena, l->value);
    return 0;
}

/* --- the whole ----------------------------------------------------------------------------- */

static void name_zone(const struct reading *r, struct calendar_time *t)
{
    const char *location = t->zone ? map_get(&r->zones, t->zone) : NULL;

    t->zone = location ? location : t->zone;
}

/* A VTIMEZONE may come after the events that name it. */
static void name_zones(struct reading *r)
{
    for (size_t i = 0; i < r->calendar->events.n; i++) {
        struct calendar_event *v = &r->calendar->events.items[i];

        name_zone(r, &v->start);
        name_zone(r, &v->end);
        name_zone(r, &v->instead_of);
        for (size_t k = 0; k < v->also.n; k++)
            name_zone(r, &v->also.items[k]);
        for (size_t k = 0; k < v->except.n; k++)
            name_zone(r, &v->except.items[k]);
    }
}

static int read_lines(struct reading *r, struct err *e)
{
    struct line l;
    int more;

    if (r->end - r->at >= 3 && memcmp(r->at, "\xef\xbb\xbf", 3) == 0)
        r->at += 3;
    while ((more = next_line(r, &l, e)) > 0)
        if (take_line(r, &l, e) < 0)
            return -1;
    if (more < 0)
        return -1;
    if (!r->there)
        return err_set(e, "line 1: there is no VCALENDAR");
    if (r->depth > 0)
        return err_set(e, "line %d: %s does not end", r->line, r->open[r->depth - 1]);
    name_zones(r);
    return 0;
}

int calendar_read(const char *bytes, size_t n, struct calendar *ret, struct err *e)
{
    struct calendar c = {0};
    struct reading *r = mem_new(struct reading);

    arena_init(&c.arena);
    map_init(&r->zones, 0);
    r->at = bytes;
    r->end = bytes + n;
    r->calendar = &c;
    forget_event(r);
    int rc = -1;

    if (n > CALENDAR_BYTES_MAX)
        err_set(e, "line 1: larger than %zu bytes", CALENDAR_BYTES_MAX);
    else if (!utf8_valid(bytes, n))
        err_set(e, "line 1: not UTF-8");
    else
        rc = read_lines(r, e);

    forget_event(r);
    map_done(&r->zones);
    mem_free(r);
    if (rc < 0)
        calendar_done(&c);
    else
        *ret = c;
    return rc;
}

void calendar_done(struct calendar *c)
{
    for (size_t i = 0; i < c->events.n; i++) {
        vec_done(&c->events.items[i].also);
        vec_done(&c->events.items[i].except);
    }
    vec_done(&c->events);
    arena_done(&c->arena);
}
