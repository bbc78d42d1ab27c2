/* test_spool.c - what is on disk is read back whole, in order, or not at all. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit.h"

#include "../../../src/store/spool.h"
#include "base/mem.h"
#include "base/text.h"

struct place {
    char dir[64];
    int said;
    struct spool *spool;
};

static void on_say(void *arg, const char *text)
{
    (void)text;
    ((struct place *)arg)->said++;
}

static void open_spool(struct place *p)
{
    struct err e = {""};

    p->said = 0;
    if (spool_open(p->dir, "lane", on_say, p, &p->spool, &e) != 0)
        fail_msg("%s", e.text);
}

static int setup(void **state)
{
    struct place *p = mem_new(struct place);

    snprintf(p->dir, sizeof p->dir, "/tmp/mwspoolXXXXXX");
    assert_non_null(mkdtemp(p->dir));
    open_spool(p);
    *state = p;
    return 0;
}

/* The n-th name in the directory, or NULL. */
static const char *file_in(const struct place *p, int n)
{
    static char path[400];
    DIR *d = opendir(p->dir);
    const char *found = NULL;

    for (const struct dirent *e; found == NULL && (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.' || n-- > 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", p->dir, e->d_name);
        found = path;
    }
    closedir(d);
    return found;
}

static int teardown(void **state)
{
    struct place *p = *state;
    const char *path;

    spool_close(p->spool);
    while ((path = file_in(p, 0)) != NULL)
        unlink(path);
    rmdir(p->dir);
    mem_free(p);
    return 0;
}

static int append(struct place *p, int i, size_t limit)
{
    char text[64];
    struct spool_record r = {i % 2 ? RECORD_COMMIT : RECORD_COMMANDS, (uint32_t)i + 1, text, 0};

    r.n = (size_t)snprintf(text, sizeof text, "record number %d", i);
    return spool_append(p->spool, &r, limit, NULL);
}

/* Reads on; every record must be one of ours, in order, from `first`. How many. */
static int read_from(struct place *p, int first)
{
    struct spool_record r;
    char text[64];
    int n = 0;

    for (; spool_next(p->spool, &r); n++) {
        size_t len = (size_t)snprintf(text, sizeof text, "record number %d", first + n);
        assert_int_equal(r.n, len);
        assert_memory_equal(r.p, text, len);
        assert_int_equal(r.count, first + n + 1);
        assert_int_equal(r.kind, (first + n) % 2 ? RECORD_COMMIT : RECORD_COMMANDS);
    }
    return n;
}

#define NO_LIMIT ((size_t)1 << 30)

static void records__come_back_in_order__also_after_reopening(void **state)
{
    struct place *p = *state;

    for (int i = 0; i < 100; i++)
        assert_int_equal(append(p, i, NO_LIMIT), 0);
    assert_int_equal(spool_records(p->spool), 100);
    assert_int_equal(read_from(p, 0), 100);
    spool_close(p->spool);
    open_spool(p);
    assert_int_equal(p->said, 0);
    for (int i = 100; i < 150; i++)
        assert_int_equal(append(p, i, NO_LIMIT), 0);
    assert_int_equal(read_from(p, 0), 150);
}

static void acknowledged__is_not_read_again__and_its_file_goes(void **state)
{
    struct place *p = *state;
    struct spool_record r;

    for (int i = 0; i < 10; i++)
        assert_int_equal(append(p, i, NO_LIMIT), 0);
    for (int i = 0; i < 4; i++)
        assert_true(spool_next(p->spool, &r));
    spool_ack(p->spool);
    spool_ack(p->spool);
    assert_int_equal(spool_records(p->spool), 8);
    spool_rewind(p->spool);
    assert_int_equal(read_from(p, 2), 8);
    for (int i = 0; i < 8; i++)
        spool_ack(p->spool);
    assert_true(spool_empty(p->spool));
    assert_int_equal(spool_bytes(p->spool), 0);
    assert_null(file_in(p, 0));
    assert_int_equal(append(p, 0, NO_LIMIT), 0);
    assert_int_equal(read_from(p, 0), 1);
}

static void appended_while_being_read__is_read_too(void **state)
{
    struct place *p = *state;
    struct spool_record r;

    assert_int_equal(append(p, 0, NO_LIMIT), 0);
    assert_true(spool_next(p->spool, &r));
    assert_false(spool_next(p->spool, &r));
    assert_int_equal(append(p, 1, NO_LIMIT), 0);
    assert_int_equal(read_from(p, 1), 1);
}

static void many_bytes__several_segments__each_goes_when_done(void **state)
{
    static char big[300000];
    struct place *p = *state;
    struct spool_record out = {RECORD_COMMIT, 1, big, sizeof big}, in;

    for (int i = 0; i < 60; i++) {
        memset(big, 'a' + i % 26, sizeof big);
        assert_int_equal(spool_append(p->spool, &out, NO_LIMIT, NULL), 0);
    }
    assert_non_null(file_in(p, 3));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 60; i++) {
            assert_true(spool_next(p->spool, &in));
            assert_int_equal(in.p[0], 'a' + i % 26);
            assert_int_equal(in.p[in.n - 1], 'a' + i % 26);
        }
        spool_rewind(p->spool);
    }
    for (int i = 0; i < 60; i++) {
        assert_true(spool_next(p->spool, &in));
        spool_ack(p->spool);
    }
    assert_null(file_in(p, 0));
}

static void limit__is_held__and_nothing_is_half_written(void **state)
{
    struct place *p = *state;
    int n = 0;

    while (append(p, n, 1000) == 0)
        n++;
    assert_true(n > 10);
    assert_true(spool_bytes(p->spool) <= 1000);
    assert_int_equal(read_from(p, 0), n);
    spool_close(p->spool);
    open_spool(p);
    assert_int_equal(read_from(p, 0), n);
}

static size_t slurp(const char *path, unsigned char *dst, size_t max)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, dst, max);

    close(fd);
    return (size_t)n;
}

static void spit(const char *path, const unsigned char *p, size_t n)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

/* The segment of ten records, as bytes. */
static size_t ten_records(struct place *p, unsigned char *bytes, size_t max, char path[400])
{
    for (int i = 0; i < 10; i++)
        assert_int_equal(append(p, i, NO_LIMIT), 0);
    snprintf(path, 400, "%s", file_in(p, 0));
    spool_close(p->spool);
    return slurp(path, bytes, max);
}

static void cut_at_every_byte__whole_records_before_it_are_kept(void **state)
{
    static unsigned char bytes[2000];
    struct place *p = *state;
    char path[400];
    size_t n = ten_records(p, bytes, sizeof bytes, path);
    int last = 0;

    for (size_t cut = 0; cut < n; cut++) {
        spit(path, bytes, cut);
        open_spool(p);
        int got = read_from(p, 0);
        assert_true(got == last || got == last + 1);
        last = got;
        assert_int_equal(append(p, got, NO_LIMIT), 0); /* and it goes on */
        assert_int_equal(read_from(p, got), 1);
        for (int i = 0; i <= got; i++)
            spool_ack(p->spool);
        spool_close(p->spool);
        assert_null(file_in(p, 0));
    }
    assert_int_equal(last, 9);
    open_spool(p);
}

static void flipped_at_every_byte__no_wrong_record_is_ever_read(void **state)
{
    static unsigned char bytes[2000];
    struct place *p = *state;
    char path[400];
    size_t n = ten_records(p, bytes, sizeof bytes, path);

    for (size_t at = 0; at < n; at++) {
        bytes[at] ^= 0x41;
        spit(path, bytes, n);
        bytes[at] ^= 0x41;
        open_spool(p);
        int got = read_from(p, 0);
        assert_true(got < 10);
        assert_true(at < 8 || got == (int)((at - 8) / 31));
        assert_true(p->said > 0);
        spool_close(p->spool);
        unlink(path);
    }
    open_spool(p);
}

static void damaged_while_open__the_rest_is_passed_over__the_next_segment_is_read(void **state)
{
    static char big[1 << 20];
    struct place *p = *state;
    struct spool_record out = {RECORD_COMMIT, 1, big, sizeof big}, in;
    int n = 0;

    for (int i = 0; i < 10; i++)
        assert_int_equal(spool_append(p->spool, &out, NO_LIMIT, NULL), 0);
    char path[200];
    snprintf(path, sizeof path, "%s/lane-00000001.seg", p->dir);
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "x", 1, 3 << 20), 1);
    close(fd);
    while (spool_next(p->spool, &in))
        n++;
    assert_int_equal(p->said, 1);
    assert_true(n >= 7 && n < 10);
    assert_int_equal(spool_records(p->spool), n);
    for (int i = 0; i < n; i++)
        spool_ack(p->spool);
    assert_true(spool_empty(p->spool));
}

static void sync__takes_what_is_unsynced_once(void **state)
{
    struct place *p = *state;
    struct spool_sync y;

    assert_int_equal(append(p, 0, NO_LIMIT), 0);
    spool_take_unsynced(p->spool, &y);
    assert_int_equal(y.n, 2); /* the directory and the segment */
    assert_int_equal(spool_sync_now(&y), 0);
    spool_take_unsynced(p->spool, &y);
    assert_int_equal(y.n, 0);
    assert_int_equal(append(p, 1, NO_LIMIT), 0);
    spool_take_unsynced(p->spool, &y);
    assert_int_equal(y.n, 1);
    assert_int_equal(spool_sync_now(&y), 0);
}

static void disk_full__refused__and_nothing_is_half_written(void **state)
{
    struct place *p = *state;
    struct rlimit was, small = {500, RLIM_INFINITY};
    int n = 0;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    small.rlim_max = was.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    while (append(p, n, NO_LIMIT) == 0)
        n++;
    assert_int_equal(append(p, n, NO_LIMIT), -1);
    setrlimit(RLIMIT_FSIZE, &was);
    assert_in_range(n, 10, 16);
    assert_int_equal(append(p, n, NO_LIMIT), 0);
    assert_int_equal(read_from(p, 0), n + 1);
    spool_close(p->spool);
    open_spool(p);
    assert_int_equal(p->said, 0);
    assert_int_equal(read_from(p, 0), n + 1);
}

static void no_descriptor_to_spare__nothing_is_passed_over__it_comes_later(void **state)
{
    struct place *p = *state;
    struct rlimit was, small;
    struct spool_record r;
    int next = dup(STDERR_FILENO);

    close(next);
    for (int i = 0; i < 3; i++)
        assert_int_equal(append(p, i, NO_LIMIT), 0);
    getrlimit(RLIMIT_NOFILE, &was);
    small = (struct rlimit){(rlim_t)next, was.rlim_max};
    setrlimit(RLIMIT_NOFILE, &small);
    bool came = spool_next(p->spool, &r);
    setrlimit(RLIMIT_NOFILE, &was);
    assert_false(came);
    assert_int_equal(p->said, 0);
    assert_int_equal(read_from(p, 0), 3);
}

static void segment_that_cannot_be_opened__is_not_deleted__the_start_says_so(void **state)
{
    struct place *p = *state;
    struct err e = {""};
    char path[400], aside[sizeof p->dir + 8];

    assert_int_equal(append(p, 0, NO_LIMIT), 0);
    spool_close(p->spool);
    p->spool = NULL;
    text_copy(path, sizeof path, file_in(p, 0));
    snprintf(aside, sizeof aside, "%s/aside", p->dir);
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(symlink(path, path), 0); /* ELOOP, for root too */
    assert_int_equal(spool_open(p->dir, "lane", on_say, p, &p->spool, &e), -1);
    assert_non_null(strstr(e.text, "lane-00000001.seg"));
    assert_int_equal(rename(aside, path), 0);
    open_spool(p);
    assert_int_equal(read_from(p, 0), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records__come_back_in_order__also_after_reopening),
        TEST(acknowledged__is_not_read_again__and_its_file_goes),
        TEST(appended_while_being_read__is_read_too),
        TEST(many_bytes__several_segments__each_goes_when_done),
        TEST(limit__is_held__and_nothing_is_half_written),
        TEST(cut_at_every_byte__whole_records_before_it_are_kept),
        TEST(flipped_at_every_byte__no_wrong_record_is_ever_read),
        TEST(damaged_while_open__the_rest_is_passed_over__the_next_segment_is_read),
        TEST(disk_full__refused__and_nothing_is_half_written),
        TEST(no_descriptor_to_spare__nothing_is_passed_over__it_comes_later),
        TEST(segment_that_cannot_be_opened__is_not_deleted__the_start_says_so),
        TEST(sync__takes_what_is_unsynced_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
