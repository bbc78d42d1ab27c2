/* show.c - ages, times, colours; and the one way a list is asked for and shown. */
#include "show.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "here.h"
#include "loop/loop.h"

static int64_t time_of(const struct jv *object, const char *key)
{
    const char *text = jv_get_text(object, key);
    int64_t ms;
    bool zoned;

    return text && rfc3339_parse(text, &ms, &zoned) == 0 ? ms : 0;
}

const char *show_age(const struct jv *object, const char *key, int64_t now_ms, char *dst,
                     size_t size)
{
    int64_t at_ms = time_of(object, key);

    dst[0] = '\0';
    if (at_ms && now_ms - at_ms < 1000)
        text_copy(dst, size, "now");
    else if (at_ms)
        text_human_ms((double)((now_ms - at_ms) / 1000 * 1000), dst, size);
    return dst;
}

const char *show_time(const struct jv *object, const char *key, int64_t now_ms, char *dst,
                      size_t size)
{
    int64_t at_ms = time_of(object, key);
    const struct zone *z = here_zone();
    struct civil c = civil_of(zone_local(z, at_ms / 1000));
    struct civil today = civil_of(zone_local(z, now_ms / 1000));

    dst[0] = '\0';
    if (at_ms && c.day == today.day && c.month == today.month && c.year == today.year)
        snprintf(dst, size, "%02d:%02d:%02d", c.hour, c.minute, c.second);
    else if (at_ms)
        snprintf(dst, size, "%02d-%02d %02d:%02d", c.month, c.day, c.hour, c.minute);
    return dst;
}

const char *show_local(int64_t at_ms, const struct zone *z, char *dst, size_t size)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    int64_t local_s = zone_local(z, at_ms / 1000);
    struct civil c = civil_of(local_s);

    snprintf(dst, size, "%s %04d-%02d-%02d %02d:%02d", days[civil_weekday(local_s)], c.year,
             c.month, c.day, c.hour, c.minute);
    return dst;
}

int show_read_time(const char *text, const struct zone *z, int64_t *ret_ms)
{
    bool zoned;

    if (rfc3339_parse(text, ret_ms, &zoned) < 0)
        return -1;
    if (!zoned)
        *ret_ms = zone_resolve(z, *ret_ms / 1000, ZONE_GAP_NEXT) * 1000;
    return 0;
}

const char *show_count(size_t n, const char *one, const char *many, char *dst, size_t size)
{
    snprintf(dst, size, "%zu %s", n, n == 1 ? one : many);
    return dst;
}

char show_tint(const char *state)
{
    static const struct {
        const char *state;
        char tint;
    } tints[] = {
        {"up", 'g'},           {"degraded", 'y'}, {"down", 'r'},      {"triggered", 'r'},
        {"acknowledged", 'y'}, {"resolved", 'g'}, {"delivered", 'g'}, {"accepted", 'g'},
        {"refused", 'r'},      {"failed", 'r'},   {"waiting", 'y'},   {"sending", 'y'},
        {"snoozed", 'y'},      {"active", 'y'},   {"pending", 'd'},   {"over", 'd'},
    };

    for (size_t i = 0; state && i < sizeof tints / sizeof *tints; i++)
        if (strcmp(tints[i].state, state) == 0)
            return tints[i].tint;
    return 'd';
}

const char *show_or(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

int show_list(const struct args *a, const char *path, int (*print)(const struct jv *list))
{
    struct jv *v = NULL;
    struct err e;
    char *body;
    int rc = cli_ask(a, "GET", path, NULL, &body);

    if (rc != EXIT_GOOD)
        return rc;
    if (a->json) {
        puts(body);
    } else if (jv_parse(body, strlen(body), &v, &e) < 0) {
        fprintf(stderr, "midwatch: the daemon's answer cannot be read: %s\n", e.text);
        rc = EXIT_UNREACHABLE;
    } else {
        rc = print(v);
    }
    jv_free(v);
    mem_free(body);
    return rc;
}
