/* fuzz_match.c - any text as matchers, any other as labels.
 *
 * Each line before the first empty one is a matcher as people write it; what follows are
 * packed labels. What is taken must compile as it was kept, and answer the same twice. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "incident/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

static void ask(const char *kept, const char *labels)
{
    struct match_subject s = {"api", "core", "critical", NULL, labels};
    struct match *m = NULL, *again = NULL;
    struct err e;
    require(match_compile(kept, &m, &e) == 0 && match_compile(kept, &again, &e) == 0);
    require(match_fits(m, &s) == match_fits(again, &s));
    match_free(m);
    match_free(again);
}

static void run(char *lines, const char *labels)
{
    char kept[MATCHERS_SIZE] = "";
    struct match *stranger = NULL;
    struct err e = {{0}};
    struct match_subject s = {"api", "", NULL, "default", labels};
    if (match_compile(labels, &stranger, &e) == 0)
        (void)match_fits(stranger, &s);
    match_free(stranger);
    for (char *line = lines, *end; *line; line = end) {
        size_t before = strlen(kept);
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        if (match_add(kept, line, &e) != 0) {
            require(strlen(kept) == before && e.text[0]);
            continue;
        }
        require(strlen(kept) < MATCHERS_SIZE && kept[strlen(kept) - 1] == '\n');
        require(memchr(kept + before, '\n', MATCHERS_SIZE - before) == kept + strlen(kept) - 1);
    }
    ask(kept, labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size), *gap = strstr(text, "\n\n");
    if (gap)
        *gap = '\0';
    char *labels = mem_strdup(gap ? gap + 2 : "");
    run(text, labels);
    mem_free(labels);
    mem_free(text);
    return 0;
}
