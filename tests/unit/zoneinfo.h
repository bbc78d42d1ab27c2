/* zoneinfo.h - zones for tests, from the system's database. */
#ifndef TESTS_ZONEINFO_H
#define TESTS_ZONEINFO_H

#include <stdio.h>

#include "base/zone.h"

#define ZONEINFO_DIR "/usr/share/zoneinfo/"

/* Reads up to `size` bytes of a zone's file; 0 when it is not there. */
static inline size_t zoneinfo_read(const char *name, unsigned char *bytes, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, ZONEINFO_DIR "%s", name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    size_t n = fread(bytes, 1, size, f);
    fclose(f);
    return n;
}

/* NULL, with a word on stderr, when the system has no such zone. */
static inline struct zone *zoneinfo_load(const char *name)
{
    static unsigned char bytes[1 << 16];
    struct zone *z = NULL;
    struct err e;
    size_t n = zoneinfo_read(name, bytes, sizeof bytes);
    if (n == 0)
        fprintf(stderr, "no time zone %s on this system (Debian: package tzdata)\n", name);
    else if (zone_parse(name, bytes, n, &z, &e) != 0)
        fprintf(stderr, "%s: %s\n", name, e.text);
    return z;
}

#endif
