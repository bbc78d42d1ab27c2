/* spool.c - segments: append at the end, read from the front, forget what is done.
 *
 * Happy path: append -> (sync by the caller) -> next -> ack -> the segment goes when its last is
 *             done.
 * Failures:   disk full, over the limit -> -1, and the segment is cut back to its last whole
 *             record; torn or flipped bytes -> the rest of that segment is passed over with a
 *             line. */
#include "spool.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/vec.h"

#define MAGIC         "mwspool1"
#define MAGIC_BYTES   8
#define HEAD_BYTES    16
#define PAYLOAD_MAX   ((size_t)64 << 20)
#define SEGMENT_BYTES ((int64_t)4 << 20)

struct segment {
    uint64_t number;
    int64_t bytes;  /* up to the end of its last whole record */
    size_t records; /* not acknowledged */
    bool unsynced;
};

/* A record that was read and is not acknowledged yet. */
struct taken {
    uint64_t segment;
    int64_t end;
};

struct spool {
    char lane[16];
    spool_say_fn *say;
    void *arg;
    int dir_fd, write_fd, read_fd;
    bool dir_unsynced;
    VEC(struct segment) segments; /* oldest first; the last is written when write_fd >= 0 */
    uint64_t next_number;
    size_t read_segment;       /* index; == segments.n: nothing to read */
    int64_t read_at, acked_at; /* acked_at: in the first segment */
    VEC(struct taken) taken;   /* from taken_first on */
    size_t taken_first;
    struct buf payload;
};

static void segment_name(const struct spool *s, uint64_t number, char dst[64])
{
    snprintf(dst, 64, "%s-%08" PRIu64 ".seg", s->lane, number);
}

static void put32(unsigned char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> (24 - 8 * i));
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t checksum(const unsigned char head[HEAD_BYTES], const char *p, size_t n)
{
    uint32_t crc = crc32_of(head, 4, 0);

    crc = crc32_of(head + 8, HEAD_BYTES - 8, crc);
    return crc32_of(p, n, crc);
}

/* --- reading --- */

static int read_all(int fd, void *p, size_t n, int64_t at)
{
    char *to = p;

    while (n > 0) {
        ssize_t got = pread(fd, to, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        to += got;
        at += got;
        n -= (size_t)got;
    }
    return 0;
}

static int open_segment(const struct spool *s, uint64_t number, int flags)
{
    char name[64];

    segment_name(s, number, name);
    return openat(s->dir_fd, name, flags | O_CLOEXEC, 0600);
}

/* Reads the record at *at; 1 and *at behind it, 0 at the end of the segment, -1 torn. */
static int read_record(struct spool *s, int fd, int64_t *at, int64_t end, struct spool_record *ret)
{
    unsigned char head[HEAD_BYTES];

    if (*at == end)
        return 0;
    if (end - *at < HEAD_BYTES || read_all(fd, head, HEAD_BYTES, *at) != 0)
        return -1;
    size_t n = get32(head);
    if (n == 0 || n > PAYLOAD_MAX || (int64_t)n > end - *at - HEAD_BYTES)
        return -1;
    buf_clear(&s->payload);
    if (s->payload.cap <= n) {
        s->payload.p = mem_resize(s->payload.p, n + 1, 1);
        s->payload.cap = n + 1;
    }
    if (read_all(fd, s->payload.p, n, *at + HEAD_BYTES) != 0)
        return -1;
    if (checksum(head, s->payload.p, n) != get32(head + 4))
        return -1;
    if ((head[8] != RECORD_COMMIT && head[8] != RECORD_COMMANDS) || get32(head + 12) == 0)
        return -1;
    *at += HEAD_BYTES + (int64_t)n;
    *ret = (struct spool_record){(enum record_kind)head[8], get32(head + 12), s->payload.p, n};
    return 1;
}

static void say(const struct spool *s, uint64_t number, const char *fact, int64_t at)
{
    char name[64], text[160];

    segment_name(s, number, name);
    snprintf(text, sizeof text, "spool %s: %s at byte %" PRId64, name, fact, at);
    s->say(s->arg, text);
}

/* The rest of the segment cannot be read. */
static void pass_over(struct spool *s, struct segment *g)
{
    say(s, g->number, "damaged, passing over the rest of it", s->read_at);
    size_t unread = g->records;
    for (size_t i = s->taken_first; i < s->taken.n; i++)
        unread -= s->taken.items[i].segment == g->number ? 1 : 0;
    g->records -= unread;
    g->bytes = s->read_at;
}

static void drop_first(struct spool *s)
{
    char name[64];
    bool writing = s->segments.n == 1 && s->write_fd >= 0;

    segment_name(s, s->segments.items[0].number, name);
    unlinkat(s->dir_fd, name, 0);
    if (writing) {
        close(s->write_fd);
        s->write_fd = -1;
    }
    if (s->read_segment == 0) {
        if (s->read_fd >= 0)
            close(s->read_fd);
        s->read_fd = -1;
        s->read_at = MAGIC_BYTES;
    } else {
        s->read_segment--;
    }
    s->segments.n--;
    memmove(s->segments.items, s->segments.items + 1, s->segments.n * sizeof *s->segments.items);
    s->acked_at = MAGIC_BYTES;
}

/* Whole segments that are done go; the one being written stays until it is done as well. */
static void drop_done(struct spool *s)
{
    while (s->segments.n > 0 && s->segments.items[0].records == 0)
        drop_first(s);
}

bool spool_next(struct spool *s, struct spool_record *ret)
{
    while (s->read_segment < s->segments.n) {
        struct segment *g = &s->segments.items[s->read_segment];
        if (s->read_fd < 0)
            s->read_fd = open_segment(s, g->number, O_RDONLY);
        if (s->read_fd < 0 && errno != ENOENT)
            return false; /* no descriptor to spare, say: it is all still there */
        int rc = s->read_fd < 0 ? -1 : read_record(s, s->read_fd, &s->read_at, g->bytes, ret);
        if (rc == 1) {
            struct taken t = {g->number, s->read_at};
            vec_push(&s->taken, t);
            return true;
        }
        if (rc < 0)
            pass_over(s, g);
        else if (s->read_segment + 1 == s->segments.n && s->write_fd >= 0)
            return false; /* more may come */
        if (s->read_fd >= 0)
            close(s->read_fd);
        s->read_fd = -1;
        s->read_at = MAGIC_BYTES;
        s->read_segment++;
        drop_done(s);
    }
    return false;
}

void spool_ack(struct spool *s)
{
    assert(s->taken_first < s->taken.n);
    struct taken t = s->taken.items[s->taken_first++];

    if (s->taken_first == s->taken.n)
        s->taken_first = s->taken.n = 0;
    assert(s->segments.n > 0 && s->segments.items[0].number == t.segment);
    s->segments.items[0].records--;
    s->acked_at = t.end;
    drop_done(s);
}

void spool_rewind(struct spool *s)
{
    if (s->read_fd >= 0)
        close(s->read_fd);
    s->read_fd = -1;
    s->read_segment = 0;
    s->read_at = s->acked_at;
    s->taken.n = s->taken_first = 0;
}

/* --- writing --- */

static int write_all(int fd, const void *p, size_t n)
{
    const char *from = p;

    while (n > 0) {
        ssize_t put = write(fd, from, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        from += put;
        n -= (size_t)put;
    }
    return 0;
}

static int begin_segment(struct spool *s, struct err *e)
{
    struct segment g = {.number = s->next_number, .bytes = MAGIC_BYTES};
    int fd = open_segment(s, g.number, O_WRONLY | O_CREAT | O_EXCL | O_APPEND);

    if (fd < 0)
        return err_set(e, "spool: new segment: %s", strerror(errno));
    if (write_all(fd, MAGIC, MAGIC_BYTES) != 0) {
        char name[64];
        err_set(e, "spool: new segment: %s", strerror(errno));
        segment_name(s, g.number, name);
        unlinkat(s->dir_fd, name, 0);
        close(fd);
        return -1;
    }
    if (s->write_fd >= 0)
        close(s->write_fd);
    s->write_fd = fd;
    s->next_number++;
    s->dir_unsynced = true;
    vec_push(&s->segments, g);
    return 0;
}

static bool needs_segment(const struct spool *s)
{
    return s->write_fd < 0 || s->segments.items[s->segments.n - 1].bytes >= SEGMENT_BYTES;
}

int spool_append(struct spool *s, const struct spool_record *r, size_t limit, struct err *e)
{
    unsigned char head[HEAD_BYTES] = {0};

    assert(r->n > 0 && r->n <= PAYLOAD_MAX);
    if (spool_bytes(s) + HEAD_BYTES + r->n > limit)
        return err_set(e, "spool: full (%zu bytes)", limit);
    if (needs_segment(s) && begin_segment(s, e) != 0)
        return -1;
    struct segment *g = &s->segments.items[s->segments.n - 1];
    put32(head, (uint32_t)r->n);
    head[8] = (unsigned char)r->kind;
    put32(head + 12, r->count);
    put32(head + 4, checksum(head, r->p, r->n));
    if (write_all(s->write_fd, head, HEAD_BYTES) != 0 || write_all(s->write_fd, r->p, r->n) != 0) {
        err_set(e, "spool: %s", strerror(errno));
        if (ftruncate(s->write_fd, g->bytes) != 0) {
            close(s->write_fd); /* then a new segment, and this one is torn at its end */
            s->write_fd = -1;
        }
        return -1;
    }
    g->bytes += HEAD_BYTES + (int64_t)r->n;
    g->records++;
    g->unsynced = true;
    return 0;
}

void spool_take_unsynced(struct spool *s, struct spool_sync *ret)
{
    const int max = (int)(sizeof ret->fds / sizeof ret->fds[0]);

    ret->n = 0;
    if (s->dir_unsynced)
        ret->fds[ret->n++] = openat(s->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    s->dir_unsynced = false;
    for (size_t i = s->segments.n; i > 0 && ret->n < max; i--) {
        struct segment *g = &s->segments.items[i - 1];
        if (!g->unsynced)
            continue;
        ret->fds[ret->n++] = open_segment(s, g->number, O_WRONLY);
        g->unsynced = false;
    }
}

int spool_sync_now(struct spool_sync *y)
{
    int rc = 0;

    for (int i = 0; i < y->n; i++) {
        if (y->fds[i] < 0 || fdatasync(y->fds[i]) != 0)
            rc = -1;
        if (y->fds[i] >= 0)
            close(y->fds[i]);
    }
    y->n = 0;
    return rc;
}

/* --- opening --- */

bool spool_empty(const struct spool *s)
{
    return spool_records(s) == 0;
}

size_t spool_bytes(const struct spool *s)
{
    int64_t sum = 0;

    for (size_t i = 0; i < s->segments.n; i++)
        sum += s->segments.items[i].bytes;
    return (size_t)sum;
}

size_t spool_records(const struct spool *s)
{
    size_t sum = 0;

    for (size_t i = 0; i < s->segments.n; i++)
        sum += s->segments.items[i].records;
    return sum;
}

size_t spool_unread(const struct spool *s)
{
    return spool_records(s) - (s->taken.n - s->taken_first);
}

/* Counts whole records; cuts a torn tail off. -1: it cannot be opened, and is left as it is. */
static int scan_segment(struct spool *s, struct segment *g, struct err *e)
{
    char magic[MAGIC_BYTES] = {0};
    struct spool_record r;
    struct stat st = {0};
    int64_t at = MAGIC_BYTES;
    int rc = -1;
    int fd = open_segment(s, g->number, O_RDWR);

    if (fd < 0)
        return err_set(e, "spool: %s-%08" PRIu64 ".seg: %s", s->lane, g->number, strerror(errno));
    if (fstat(fd, &st) == 0 && read_all(fd, magic, MAGIC_BYTES, 0) == 0 &&
        memcmp(magic, MAGIC, MAGIC_BYTES) == 0) {
        while ((rc = read_record(s, fd, &at, st.st_size, &r)) == 1)
            g->records++;
    }
    g->bytes = at;
    if (rc < 0) {
        say(s, g->number, "torn, keeping what is before it", at);
        if (at <= st.st_size && ftruncate(fd, at) != 0)
            say(s, g->number, "can't be cut", at);
    }
    close(fd);
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static bool number_of(const struct spool *s, const char *name, uint64_t *ret)
{
    size_t n = strlen(s->lane);
    char *end = NULL;

    if (strncmp(name, s->lane, n) != 0 || name[n] != '-' || name[n + 1] < '0' || name[n + 1] > '9')
        return false;
    *ret = strtoull(name + n + 1, &end, 10);
    return text_eq(end, ".seg");
}

static int find_segments(struct spool *s, struct err *e)
{
    int fd = openat(s->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

    if (d == NULL) {
        err_set(e, "spool: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
        struct segment g = {0};
        if (number_of(s, entry->d_name, &g.number))
            vec_push(&s->segments, g);
    }
    closedir(d);
    if (s->segments.n > 0)
        qsort(s->segments.items, s->segments.n, sizeof *s->segments.items, by_number);
    return 0;
}

int spool_open(const char *dir, const char *lane, spool_say_fn *say_fn, void *arg,
               struct spool **ret, struct err *e)
{
    struct spool *s = mem_new(struct spool);

    *s = (struct spool){.say = say_fn, .arg = arg, .write_fd = -1, .read_fd = -1, .next_number = 1};
    text_copy(s->lane, sizeof s->lane, lane);
    buf_init(&s->payload, SIZE_MAX);
    s->acked_at = s->read_at = MAGIC_BYTES;
    s->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir_fd < 0 || find_segments(s, e) != 0) {
        if (s->dir_fd < 0)
            err_set(e, "%s: %s", dir, strerror(errno));
        spool_close(s);
        return -1;
    }
    for (size_t i = 0; i < s->segments.n; i++) {
        if (scan_segment(s, &s->segments.items[i], e) != 0) {
            spool_close(s);
            return -1;
        }
        s->next_number = s->segments.items[i].number + 1;
    }
    drop_done(s);
    *ret = s;
    return 0;
}

void spool_close(struct spool *s)
{
    if (s == NULL)
        return;
    if (s->write_fd >= 0)
        close(s->write_fd);
    if (s->read_fd >= 0)
        close(s->read_fd);
    if (s->dir_fd >= 0)
        close(s->dir_fd);
    vec_done(&s->segments);
    vec_done(&s->taken);
    buf_done(&s->payload);
    mem_free(s);
}
