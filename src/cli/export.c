/* export.c - everything that is kept, into one file.
 *
 * Happy path: FILE.tmp, readable by its owner alone -> written, synced -> renamed to FILE. What is
 *             there and is no file (a device, a pipe) is written into instead: a name that is
 *             renamed over it would take its place.
 * Failures:   FILE.tmp is removed; what was FILE before stays. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "progress.h"

static FILE *create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *f = fd >= 0 && fchmod(fd, 0600) == 0 ? fdopen(fd, "w") : NULL;

    if (f == NULL) {
        fprintf(stderr, "midwatch: %s: %s\n", path, strerror(errno));
        if (fd >= 0)
            close(fd);
    }
    return f;
}

/* The name is on disk when its folder is. */
static int sync_folder(const char *path)
{
    char *folder = mem_strdup(path), *slash = strrchr(folder, '/');
    int fd, rc;

    if (slash != NULL)
        slash[slash == folder ? 1 : 0] = '\0';
    fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rc = fd >= 0 ? fsync(fd) : -1;
    if (fd >= 0)
        close(fd);
    mem_free(folder);
    return rc;
}

static int keep(FILE *f, const char *tmp, const char *path)
{
    int rc = fflush(f) == 0 && fsync(fileno(f)) == 0 ? 0 : -1;

    if (fclose(f) != 0 || rc != 0 || rename(tmp, path) != 0 || sync_folder(path) != 0) {
        fprintf(stderr, "midwatch: %s: %s\n", path, strerror(errno));
        unlink(tmp);
        return -1;
    }
    return 0;
}

static void print_json(const struct export_report *r, const char *path)
{
    struct buf out;
    struct jw w;

    buf_init(&out, 1 << 16);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kv_text(&w, "file", path);
    jw_kv_int(&w, "records", (int64_t)r->records);
    jw_kv_int(&w, "strings", (int64_t)r->strings);
    jw_kv_int(&w, "bytes", (int64_t)r->bytes);
    jw_kv_int(&w, "passed_over", r->passed_over);
    jw_kv_int(&w, "spooled_bytes", (int64_t)r->spooled);
    jw_object_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
}

static void say(const struct args *a, const struct config *c, const struct export_report *r)
{
    const char *path = a->words[0];
    bool to_stdout = text_eq(path, "-");

    if (r->passed_over > 0)
        fprintf(stderr,
                "midwatch: %u keys under our name are none of ours and are not in it, the "
                "first: %s\n",
                r->passed_over, r->passed_over_key);
    if (r->spooled > 0)
        fprintf(stderr,
                "midwatch: %s/spool holds %zu bytes that Redis has not got yet; they are "
                "not in it\n",
                c->store.dir, r->spooled);
    if (a->json && !to_stdout)
        print_json(r, path);
    else
        fprintf(to_stdout ? stderr : stdout, "%s: %llu records, %.1f MB\n",
                to_stdout ? "exported" : path, (unsigned long long)r->records,
                (double)r->bytes / 1e6);
}

static int export_to(const struct args *a, const struct config *c, FILE *f,
                     struct export_report *ret)
{
    struct err e;
    enum moved rc = store_export(c, f, progress_here(), ret, &e);

    progress_end();
    if (rc != MOVED)
        fprintf(stderr, "midwatch: %s: %s\n", a->words[0], e.text);
    return progress_status(rc);
}

static bool is_special(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int export_into(const struct args *a, const struct config *c, struct export_report *ret)
{
    const char *path = a->words[0];
    FILE *f = fopen(path, "we");
    int status;

    if (f == NULL) {
        fprintf(stderr, "midwatch: %s: %s\n", path, strerror(errno));
        return EXIT_NO;
    }
    status = export_to(a, c, f, ret);
    if (fclose(f) != 0 && status == EXIT_GOOD) {
        fprintf(stderr, "midwatch: %s: %s\n", path, strerror(errno));
        status = EXIT_NO;
    }
    return status;
}

static int export_file(const struct args *a, const struct config *c, struct export_report *ret)
{
    const char *path = a->words[0];
    char *tmp = mem_printf("%s.tmp", path);
    FILE *f = create(tmp);
    int status = EXIT_NO;

    if (f != NULL) {
        status = export_to(a, c, f, ret);
        if (status != EXIT_GOOD) {
            fclose(f);
            unlink(tmp);
        } else if (keep(f, tmp, path) != 0) {
            status = EXIT_NO;
        }
    }
    mem_free(tmp);
    return status;
}

static int run(const struct args *a)
{
    struct config *c = NULL;
    struct export_report r;
    int status;

    if (cli_load(a, &c) != 0)
        return EXIT_NO;
    if (text_eq(a->words[0], "-"))
        status = export_to(a, c, stdout, &r);
    else if (is_special(a->words[0]))
        status = export_into(a, c, &r);
    else
        status = export_file(a, c, &r);
    if (status == EXIT_GOOD)
        say(a, c, &r);
    config_free(c);
    return status;
}

const struct command command_export = {
    .name = "export",
    .words = "FILE",
    .least = 1,
    .most = 1,
    .summary = "everything that is kept, into one file",
    .help =
        "Incidents, deliveries, silences, the record, results, roll-ups, reports: all that the\n"
        "store keeps under the name of the configuration, as lines of JSON with a checksum. FILE\n"
        "may be - for standard output. Goes beside a running daemon; without one, an embedded\n"
        "store is started for it. FILE is written under another name and renamed when it is "
        "whole;\n"
        "only its owner may read it.",
    .run = run,
};
