/* ask_when.c - parts of an address. */
#include "ask_when.h"

#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "here.h"
#include "loop/loop.h"

void query_add_segment(struct buf *path, const char *name)
{
    for (; *name; name++) {
        bool plain = strchr("-._~:", *name) || (*name >= '0' && *name <= '9') ||
                     (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');

        buf_printf(path, plain ? "%c" : "%%%02X", (unsigned char)*name);
    }
}

void query_add(struct buf *path, const char *key, const char *value)
{
    buf_printf(path, "%c%s=", strchr(buf_text(path), '?') ? '&' : '?', key);
    query_add_segment(path, value);
}

int query_add_past(const struct args *a, struct buf *path, const char *key, const char *text)
{
    int64_t now_ms = loop_now_ms(), ms;
    char instant[40];

    if (!text)
        return EXIT_GOOD;
    if (here_read_time(text, now_ms, &ms) < 0)
        return cli_usage(a->command, "--%s is a time such as 18:00 or 2026-11-22T18:00, not `%s`",
                         key, text);
    if (strlen(text) == 5 && ms > now_ms)
        ms -= (int64_t)86400000;
    query_add(path, key, rfc3339_format(ms, instant, sizeof instant));
    return EXIT_GOOD;
}

int query_add_since(const struct args *a, struct buf *path, const char *text)
{
    char relative[64];
    int64_t ms;

    if (text_duration(text, &ms, NULL) < 0)
        return strpbrk(text, ":-") ? query_add_past(a, path, "from", text)
                                   : cli_usage(a->command,
                                               "--since is a duration such as 24h or 30d, or a "
                                               "time such as 18:00, not `%s`",
                                               text);
    text_printf(relative, sizeof relative, "-%s", text);
    query_add(path, "from", relative);
    return EXIT_GOOD;
}
