/* files.c - the only place of this room that touches the world: files and environment.
 *
 * Failures say what the system said; paths are shown, contents never. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZONE_FILE_MAX (1 << 20)
#define PIPE_WAITS    20
#define PIPE_WAIT_MS  50
#define ZONEINFO_DIR  "/usr/share/zoneinfo"

/* A pipe may be read (`-c <(…)`), but nobody waits for one for ever: the daemon reads its
 * files anew while it watches. */
static bool more_comes(int fd, int *waits_left)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (--*waits_left < 0)
        return false;
    poll(&p, 1, PIPE_WAIT_MS);
    return true;
}

/* Straight into the one place the bytes will have: no copy is left behind unwiped. */
static int read_all(int fd, size_t max, struct bytes *b)
{
    int waits_left = PIPE_WAITS;
    while (b->n <= max) {
        ssize_t got = read(fd, b->p + b->n, max + 1 - b->n);
        if (got == 0)
            return 0;
        if (got < 0 && errno == EAGAIN && !more_comes(fd, &waits_left))
            return ETIMEDOUT;
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return errno;
        b->n += got > 0 ? (size_t)got : 0;
    }
    return EFBIG;
}

int files_read(const char *path, size_t max, struct bytes *ret, struct err *e)
{
    struct bytes b = {.p = mem_alloc(max + 2)};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int failed = fd < 0 ? errno : read_all(fd, max, &b);
    if (fd >= 0)
        close(fd);
    if (!failed) {
        b.p[b.n] = '\0';
        *ret = b;
        return 0;
    }
    bytes_wipe(&b);
    if (failed == EFBIG)
        return err_set(e, "`%s` is larger than %zu bytes", path, max);
    return err_set(e, "cannot read `%s`: %s", path, strerror(failed));
}

void bytes_wipe(struct bytes *b)
{
    if (b->p)
        explicit_bzero(b->p, b->n);
    mem_free(b->p);
    *b = (struct bytes){0};
}

int files_readable(const char *path, struct err *e)
{
    if (access(path, R_OK) != 0)
        return err_set(e, "cannot read `%s`: %s", path, strerror(errno));
    return 0;
}

char *files_beside(const char *from, const char *path)
{
    const char *slash = strrchr(from, '/');
    if (*path == '/' || !slash)
        return mem_strdup(path);
    return mem_printf("%.*s%s", (int)(slash + 1 - from), from, path);
}

/* A folder that is not there holds no match; one that cannot be read may hide some. */
static int on_glob_error(const char *path, int error)
{
    (void)path;
    return error != ENOENT && error != ENOTDIR;
}

int files_match(const char *pattern, struct paths *ret, struct err *e)
{
    glob_t found = {0};
    int status = glob(pattern, 0, on_glob_error, &found);
    bool wild = strpbrk(pattern, "*?[") != NULL;
    bool none = status == GLOB_NOMATCH && !wild;
    for (size_t i = 0; status == 0 && i < found.gl_pathc; i++)
        vec_push(&ret->list, mem_strdup(found.gl_pathv[i]));
    globfree(&found);
    if (none)
        return err_set(e, "there is no file `%s`", pattern);
    if (status != 0 && status != GLOB_NOMATCH)
        return err_set(e, "cannot look for `%s`", pattern);
    return 0;
}

void paths_done(struct paths *p)
{
    for (size_t i = 0; i < p->list.n; i++)
        mem_free(p->list.items[i]);
    vec_done(&p->list);
}

const char *files_env(const struct load_options *o, const char *name)
{
    return o && o->env ? o->env(name) : getenv(name);
}

char *files_credential(const struct load_options *o, const char *name, struct err *e)
{
    const char *dir =
        o && o->credentials_dir ? o->credentials_dir : files_env(o, "CREDENTIALS_DIRECTORY");
    if (dir)
        return mem_printf("%s/%s", dir, name);
    err_set(e, "there are no credentials here: systemd passes them (LoadCredential=)");
    return NULL;
}

/* Nothing outside the directory: no absolute path, and without a dot no way up. (A NUL never
 * gets this far.) */
static bool zone_name_good(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= 100 && *name != '/' &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/") == n;
}

int files_zone(const struct load_options *o, const char *name, struct zone **ret, struct err *e)
{
    const char *dir = o && o->zoneinfo_dir ? o->zoneinfo_dir : ZONEINFO_DIR;
    if (!zone_name_good(name))
        return err_set(e, "`%.60s` cannot be the name of a time zone", name);
    if (access(dir, R_OK | X_OK) != 0)
        return err_set(e, "no time zone can be read: %s is missing (package tzdata)", dir);
    char *path = mem_printf("%s/%s", dir, name);
    struct bytes bytes;
    int status = files_read(path, ZONE_FILE_MAX, &bytes, NULL);
    mem_free(path);
    if (status != 0)
        return err_set(e, "there is no time zone `%s` in %s", name, dir);
    status = zone_parse(name, bytes.p, bytes.n, ret, e);
    bytes_wipe(&bytes);
    return status;
}
