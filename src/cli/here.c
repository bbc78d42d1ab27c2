/* here.c - the zone of this machine, read as the value that zones are everywhere in midwatch. */
#include "here.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/mem.h"
#include "base/text.h"
#include "show.h"

#define ZONEINFO       "/usr/share/zoneinfo/"
#define ZONE_FILE_MOST (256 << 10)

/* "Europe/Madrid" of what /etc/localtime points at. */
static void name_of_localtime(char *dst, size_t size)
{
    char target[512];
    ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
    const char *at;

    text_copy(dst, size, "local time");
    if (n <= 0)
        return;
    target[n] = '\0';
    at = strstr(target, "zoneinfo/");
    if (at)
        text_copy(dst, size, at + strlen("zoneinfo/"));
}

static struct zone *read_zone(const char *name, const char *path)
{
    struct zone *z = NULL;
    FILE *f = fopen(path, "rbe");
    char *bytes;
    size_t n;

    if (!f)
        return NULL;
    bytes = mem_alloc(ZONE_FILE_MOST);
    n = fread(bytes, 1, ZONE_FILE_MOST, f);
    fclose(f);
    if (zone_parse(name, bytes, n, &z, NULL) < 0)
        z = NULL;
    mem_free(bytes);
    return z;
}

static struct zone *of_environment(void)
{
    const char *tz = getenv("TZ");
    char path[512];

    if (tz && *tz == ':')
        tz++;
    if (!tz || !*tz || *tz == '/' || strstr(tz, ".."))
        return NULL;
    snprintf(path, sizeof path, ZONEINFO "%s", tz);
    return read_zone(tz, path);
}

const struct zone *here_zone(void)
{
    static struct zone *zone;
    char name[128];

    if (!zone)
        zone = of_environment();
    if (!zone) {
        name_of_localtime(name, sizeof name);
        zone = read_zone(name, "/etc/localtime");
    }
    return zone ? zone : zone_utc();
}

/* "18:00" -> minutes of a day, or -1. */
static int minutes_of(const char *text)
{
    int hour, minute;
    char more;

    if (strlen(text) != 5 || text[2] != ':' ||
        sscanf(text, "%2d:%2d%c", &hour, &minute, &more) != 2 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59)
        return -1;
    return hour * 60 + minute;
}

int here_read_in(const struct zone *z, const char *text, int64_t now_ms, int64_t *ret_ms)
{
    int minutes = minutes_of(text);
    int64_t local_s = zone_local(z, now_ms / 1000), day_s = local_s - local_s % 86400, at_s, ms;
    struct err e;

    if (text[0] == '+') {
        if (text_duration(text + 1, &ms, &e) < 0)
            return -1;
        *ret_ms = now_ms + ms;
        return 0;
    }
    if (minutes < 0)
        return show_read_time(text, z, ret_ms);
    at_s = zone_resolve(z, day_s + minutes * 60, ZONE_GAP_NEXT);
    if (at_s * 1000 <= now_ms)
        at_s = zone_resolve(z, day_s + 86400 + minutes * 60, ZONE_GAP_NEXT);
    *ret_ms = at_s * 1000;
    return 0;
}

int here_read_time(const char *text, int64_t now_ms, int64_t *ret_ms)
{
    return here_read_in(here_zone(), text, now_ms, ret_ms);
}

const char *here_time(int64_t at_ms, int64_t now_ms, char *dst, size_t size)
{
    const struct zone *z = here_zone();
    int64_t local_s = zone_local(z, at_ms / 1000);
    struct civil c = civil_of(local_s);

    if (local_s / 86400 != zone_local(z, now_ms / 1000) / 86400)
        return show_local(at_ms, z, dst, size);
    snprintf(dst, size, "%02d:%02d", c.hour, c.minute);
    return dst;
}

const char *here_head(const char *word, char *dst, size_t size)
{
    snprintf(dst, size, "%s (%s)", word, zone_name(here_zone()));
    return dst;
}
