/* version.c - what this binary is, and what it stands on. */
#include <stdio.h>

#include "base/json.h"
#include "cli.h"
#include "loop/versions.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

static int run(const struct args *a)
{
    const struct version_of *libs;
    size_t n = versions_of_libraries(&libs);

    if (!a->json) {
        printf("midwatch %s\n", MW_VERSION);
        for (size_t i = 0; i < n; i++)
            printf("  %-10s %s\n", libs[i].name, libs[i].version);
        printf("  %-10s %s\n", "compiler", COMPILER);
        return EXIT_GOOD;
    }
    struct buf out;
    struct jw w;

    buf_init(&out, 1 << 16);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kv_text(&w, "version", MW_VERSION);
    jw_kv_text(&w, "compiler", COMPILER);
    jw_kv_object(&w, "libraries");
    for (size_t i = 0; i < n; i++)
        jw_kv_text(&w, libs[i].name, libs[i].version);
    jw_object_end(&w);
    jw_object_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
    return EXIT_GOOD;
}

const struct command command_version = {
    .name = "version",
    .summary = "version, compiler and libraries",
    .help = "Prints the version of midwatch, of its compiler and of the libraries it runs with.",
    .offline = true,
    .run = run,
};
