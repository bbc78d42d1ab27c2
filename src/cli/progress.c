/* progress.c - one line on standard error, written over itself five times a second. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "loop/loop.h"

#define EVERY_US 200000

static void show(void *arg, const char *doing, uint64_t done, uint64_t of)
{
    static int64_t last_us;
    int64_t now_us = loop_mono_us();

    (void)arg;
    if (now_us - last_us < EVERY_US)
        return;
    last_us = now_us;
    fprintf(stderr, "\r\033[K%s: %llu", doing, (unsigned long long)done);
    if (of >= done && of > 0)
        fprintf(stderr, " of about %llu", (unsigned long long)of);
}

const struct progress *progress_here(void)
{
    static const struct progress here = {show, NULL};

    return isatty(2) ? &here : NULL;
}

void progress_end(void)
{
    if (isatty(2))
        fputs("\r\033[K", stderr);
}

int progress_status(enum moved m)
{
    static const int statuses[] = {
        [MOVED] = EXIT_GOOD, [MOVED_NOT] = EXIT_NO, [MOVED_UNREACHABLE] = EXIT_UNREACHABLE};

    return statuses[m];
}
