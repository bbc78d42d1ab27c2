/* runner.c - a fuzz driver as an ordinary test, for compilers without libFuzzer.
 *
 * Linked with one fuzz_NAME.c it feeds every file of tests/corpus/NAME to the driver, whole and
 * cut off at every length (long files: at evenly spread lengths). Each input is a heap block of
 * exactly its size, so that a sanitizer sees one byte read too far. Files or folders may be
 * given instead. Ends with one `ok` line; a crash or a sanitizer ends the program before. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CUTS_MAX 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t files, inputs;

static void feed(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        abort();
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static int feed_file(const char *path, size_t size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(size + 1);
    size_t n, step;

    if (!f || !data) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    n = fread(data, 1, size, f);
    fclose(f);
    step = n / CUTS_MAX + 1;
    for (size_t cut = 0; cut < n; cut += step)
        feed(data, cut);
    feed(data, n);
    free(data);
    files++;
    return 0;
}

static int feed_path(const char *path)
{
    struct stat st;
    struct dirent **names;
    int n;

    if (stat(path, &st) != 0)
        return -1;
    if (!S_ISDIR(st.st_mode))
        return feed_file(path, (size_t)st.st_size);
    n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char below[4096];

        if (names[i]->d_name[0] != '.' &&
            snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name) < (int)sizeof below)
            feed_path(below);
        free(names[i]);
    }
    free(names);
    return n < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    const char *base = strrchr(argv[0], '/');
    const char *name = base ? base + 1 : argv[0];
    char corpus[512];

    name += strncmp(name, "fuzz_", 5) == 0 ? 5 : 0;
    if (argc == 1 && snprintf(corpus, sizeof corpus, "tests/corpus/%s", name) < (int)sizeof corpus)
        feed_path(corpus);
    for (int i = 1; i < argc; i++)
        feed_path(argv[i]);
    if (files == 0) {
        printf("not ok - corpus %s: no seeds found\n", name);
        return 1;
    }
    printf("ok - corpus %s: %zu files, %zu inputs\n", name, files, inputs);
    return 0;
}
