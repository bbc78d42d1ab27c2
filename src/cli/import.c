/* import.c - an export, into the store.
 *
 * Happy path: FILE is verified whole -> written -> said how much it was.
 * Failures:   what is wrong with FILE, or with the place, in one line; then nothing was changed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "progress.h"

enum { OPTION_REPLACE, OPTION_NAME };
static const struct option_row options[] = {
    {"replace", 0, NULL, "delete what the store holds under the name first"},
    {"name", 0, "NAME", "under this name, whatever name the file and the configuration have"},
    {NULL, 0, NULL, NULL},
};

/* A file without a name: standard input is read twice. */
static FILE *scratch(void)
{
    const char *dir = getenv("TMPDIR");
    char *path = mem_printf("%s/midwatch-import-XXXXXX", dir != NULL && *dir ? dir : "/var/tmp");
    int fd = mkostemp(path, O_CLOEXEC);

    if (fd >= 0)
        unlink(path);
    mem_free(path);
    return fd >= 0 ? fdopen(fd, "w+") : NULL;
}

static FILE *copy_stdin(void)
{
    char chunk[65536];
    FILE *f = scratch();
    size_t n;

    while (f != NULL && (n = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        if (fwrite(chunk, 1, n, f) != n) {
            fclose(f);
            f = NULL;
        }
    }
    if (f != NULL && (ferror(stdin) || fflush(f) != 0 || fseek(f, 0, SEEK_SET) != 0)) {
        fclose(f);
        f = NULL;
    }
    return f;
}

static FILE *open_file(const char *path)
{
    FILE *f = text_eq(path, "-") ? copy_stdin() : fopen(path, "re");

    if (f != NULL && fseek(f, 0, SEEK_SET) != 0) {
        fclose(f);
        f = NULL;
    }
    if (f == NULL)
        fprintf(stderr, "midwatch: %s: %s\n", path, strerror(errno));
    return f;
}

static void print_json(const struct import_report *r, const char *name)
{
    struct buf out;
    struct jw w;

    buf_init(&out, 1 << 16);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kv_text(&w, "name", name);
    jw_kv_text(&w, "exported_from", r->name);
    jw_kv_text(&w, "exported_at", r->at);
    jw_kv_int(&w, "records", (int64_t)r->records);
    jw_kv_int(&w, "strings", (int64_t)r->strings);
    jw_kv_int(&w, "expired", (int64_t)r->expired);
    jw_kv_int(&w, "replaced", (int64_t)r->replaced);
    jw_object_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
}

static void say(const struct import_report *r, const char *name)
{
    printf("%s: %llu records of `%s`, exported %s\n", name, (unsigned long long)r->records, r->name,
           r->at);
    if (r->replaced > 0)
        printf("%llu keys that were there have been deleted\n", (unsigned long long)r->replaced);
    if (r->expired > 0)
        printf("%llu blocks whose time of keeping is over were left out\n",
               (unsigned long long)r->expired);
}

static bool is_name(const char *name)
{
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    return n > 0 && n <= NAME_MAX_BYTES && name[n] == '\0';
}

static int run(const struct args *a)
{
    const char *name = a->values[OPTION_NAME];
    struct import_options o = {name, a->values[OPTION_REPLACE] != NULL};
    struct import_report r;
    struct config *c = NULL;
    enum moved rc = MOVED_NOT;
    struct err e;

    if (name != NULL && !is_name(name))
        return cli_usage(a->command, "--name takes letters, digits and . _ -, not `%s`", name);
    if (cli_load(a, &c) != 0)
        return EXIT_NO;
    FILE *f = open_file(a->words[0]);
    if (f != NULL) {
        rc = store_import(c, f, &o, progress_here(), &r, &e);
        progress_end();
        fclose(f);
        if (rc != MOVED)
            fprintf(stderr, "midwatch: %s: %s\n", a->words[0], e.text);
        else if (a->json)
            print_json(&r, name != NULL ? name : c->name);
        else
            say(&r, name != NULL ? name : c->name);
    }
    config_free(c);
    return progress_status(rc);
}

const struct command command_import = {
    .name = "import",
    .words = "FILE",
    .least = 1,
    .most = 1,
    .summary = "an export, into the store",
    .help =
        "Verifies all of FILE (- for standard input) before anything is written: form, version,\n"
        "counts, checksum. The store must hold nothing under the name, unless --replace is given,\n"
        "and no daemon may be writing to it. An import that was ended in the middle is marked: no\n"
        "daemon goes on from it, and --replace begins anew.",
    .options = options,
    .run = run,
};
