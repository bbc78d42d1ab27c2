/* test_archive.c - lines out, lines in, and what is no export. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "loop/crypto.h"
#include "store/archive.h"
#include "unit.h"

struct file {
    char *p;
    size_t n;
};

/* Under a key of its own when it is a string. */
static void put(struct archive_out *o, enum key which, enum archive_type type,
                const struct archive_value *values, size_t n)
{
    struct archive_piece p = {.type = type, .which = which};

    text_copy(p.key, sizeof p.key, which < KEY_COUNT ? key_name(which) : "raw:k3f:20261122");
    for (size_t i = 0; i < n; i++)
        vec_push(&p.values, values[i]);
    if (type == ARCHIVE_STREAM) {
        for (size_t i = 3; i <= n; i += 3)
            vec_push(&p.ends, i);
    }
    if (type == ARCHIVE_STRING)
        p.expires_ms = INT64_C(1797994800000);
    archive_put_piece(o, &p);
    archive_piece_done(&p);
}

#define V(text)                                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* One of every type, with a value of every kind. */
static struct file a_file(void)
{
    static const struct archive_value pairs[] = {V("api"), V("{\"state\":\"up \xc3\xa9\"}"),
                                                 V("\xff\0x"), V("")},
                                      members[] = {V("inc1"), V("1795316645678"), V("inc2"),
                                                   V("1.5e+300")},
                                      entries[] = {V("5-1"), V("j"), V("{}"),
                                                   V("5-2"), V("j"), V("{}")},
                                      block[] = {V("\0\0\xb5\x80")};
    struct file f = {NULL, 0};
    FILE *to = open_memstream(&f.p, &f.n);
    struct archive_head h = {.name = "acme", .midwatch = "0.1.0", .at_ms = 1795316645678};
    struct archive_counts about = {.strings = 0};
    struct archive_out o;

    about.of[KEY_MONITORS] = 2;
    archive_out_init(&o, to);
    archive_put_head(&o, &h, &about);
    put(&o, KEY_MONITORS, ARCHIVE_HASH, pairs, 4);
    put(&o, KEY_RESOLVED_INDEX, ARCHIVE_ZSET, members, 4);
    put(&o, KEY_AUDIT, ARCHIVE_STREAM, entries, 6);
    put(&o, KEY_COUNT, ARCHIVE_STRING, block, 1);
    archive_put_end(&o);
    assert_false(o.failed);
    archive_out_done(&o);
    fclose(to);
    return f;
}

static int read_bytes(const char *p, size_t n, archive_piece_fn *each, void *arg, struct err *e)
{
    struct archive_summary s;
    FILE *from = fmemopen((void *)(uintptr_t)p, n, "r");
    int rc = archive_read(from, each, arg, &s, e);

    fclose(from);
    return rc;
}

/* As one text, to compare. */
static int describe(void *arg, const struct archive_piece *p, struct err *e)
{
    struct buf *out = arg;

    (void)e;
    buf_printf(out, "%s %s %lld:", p->key, archive_type_name(p->type), (long long)p->expires_ms);
    for (size_t i = 0; i < p->values.n; i++) {
        buf_char(out, ' ');
        buf_put(out, p->values.items[i].p, p->values.items[i].n);
    }
    buf_printf(out, " (%zu)\n", p->ends.n);
    return 0;
}

static void archive__written_and_read__is_the_same(void **state)
{
    static const char wanted[] = "monitors hash 0: api {\"state\":\"up \xc3\xa9\"} \xff\0x  (0)\n"
                                 "resolved:index zset 0: inc1 1795316645678 inc2 1.5e+300 (0)\n"
                                 "audit stream 0: 5-1 j {} 5-2 j {} (2)\n"
                                 "raw:k3f:20261122 string 1797994800000: \0\0\xb5\x80 (0)\n";
    struct file f = a_file();
    FILE *from = fmemopen(f.p, f.n, "r");
    struct archive_summary s;
    struct buf got;
    struct err e = {""};

    (void)state;
    buf_init(&got, 4096);
    assert_int_equal(archive_read(from, describe, &got, &s, &e), 0);
    assert_int_equal(got.len, sizeof wanted - 1);
    assert_memory_equal(got.p, wanted, got.len);
    assert_string_equal(s.head.name, "acme");
    assert_int_equal(s.head.at_ms, 1795316645678);
    assert_int_equal(s.records, 4);
    assert_int_equal(s.lines, 6);
    assert_int_equal(s.bytes, f.n);
    assert_int_equal(s.counts.of[KEY_MONITORS], 2);
    assert_int_equal(s.counts.of[KEY_AUDIT], 2);
    assert_int_equal(s.counts.strings, 1);
    fclose(from);
    buf_done(&got);
    free(f.p);
}

static void archive__cut_anywhere__is_refused_with_its_line(void **state)
{
    struct file f = a_file();
    struct err e;

    (void)state;
    for (size_t n = 1; n < f.n; n++) {
        assert_int_equal(read_bytes(f.p, n, NULL, NULL, &e), -1);
        assert_true(text_starts(e.text, "line "));
    }
    free(f.p);
}

static void archive__any_bit_flipped__is_refused_with_its_line(void **state)
{
    struct file f = a_file();
    struct err e;

    (void)state;
    for (size_t i = 0; i < 8 * f.n; i++) {
        f.p[i / 8] = (char)(f.p[i / 8] ^ 1 << i % 8);
        if (read_bytes(f.p, f.n, NULL, NULL, &e) != -1)
            fail_msg("bit %zu of byte %zu", i % 8, i / 8);
        assert_true(text_starts(e.text, "line "));
        f.p[i / 8] = (char)(f.p[i / 8] ^ 1 << i % 8);
    }
    free(f.p);
}

#define HEAD                                                                                       \
    "{\"format\":\"midwatch-export\",\"version\":1,\"name\":\"acme\",\"midwatch\":\"0.1.0\","      \
    "\"at\":\"2026-11-22T03:04:05.678Z\"}\n"

/* With an end that is right, whatever is in the middle. */
static char *with_end(const char *middle, int records, const char *counts)
{
    char *all = mem_printf("%s%s", HEAD, middle), hex[65], *whole;
    unsigned char digest[32];

    crypto_sha256(all, strlen(all), digest);
    hex_encode(digest, sizeof digest, hex);
    whole = mem_printf("%s{\"end\":true,\"records\":%d,\"counts\":{%s},\"sha256\":\"%s\"}\n", all,
                       records, counts, hex);
    mem_free(all);
    return whole;
}

static void piece__not_as_it_must_be__is_refused_in_words(void **state)
{
    static const struct {
        const char *piece, *words;
    } cases[] = {
        {"{\"type\":\"hash\",\"data\":[\"a\",\"b\"]}", "a piece without a usable key"},
        {"{\"key\":\"a b\",\"type\":\"string\",\"data\":[\"a\"]}", "a piece without a usable key"},
        {"{\"key\":\"\",\"type\":\"string\",\"data\":[\"a\"]}", "a piece without a usable key"},
        {"{\"key\":\"raw:a\",\"type\":\"set\",\"data\":[\"a\"]}", "of no type that is known"},
        {"{\"key\":\"raw:a\",\"type\":\"hash\",\"data\":[\"a\",\"b\"]}", "raw:a is no hash"},
        {"{\"key\":\"monitors\",\"type\":\"string\",\"data\":[\"a\"]}", "monitors is no string"},
        {"{\"key\":\"monitors\",\"type\":\"hash\",\"data\":[\"a\"]}", "no pairs"},
        {"{\"key\":\"monitors\",\"type\":\"hash\",\"data\":[]}", "has no data"},
        {"{\"key\":\"monitors\",\"type\":\"hash\",\"data\":{}}", "has no data"},
        {"{\"key\":\"monitors\",\"type\":\"hash\",\"data\":[\"a\",1]}", "neither a text nor"},
        {"{\"key\":\"monitors\",\"type\":\"hash\",\"data\":[\"a\",{\"b64\":\"A\"}]}", "no base64"},
        {"{\"key\":\"monitors\",\"type\":\"hash\",\"data\":[\"a\",{\"b65\":\"A\"}]}",
         "neither a text nor"},
        {"{\"key\":\"monitors\",\"type\":\"hash\",\"expires\":5,\"data\":[\"a\",\"b\"]}",
         "ends at no instant"},
        {"{\"key\":\"raw:a\",\"type\":\"string\",\"expires\":-5,\"data\":[\"b\"]}",
         "ends at no instant"},
        {"{\"key\":\"raw:a\",\"type\":\"string\",\"expires\":\"5\",\"data\":[\"b\"]}",
         "ends at no instant"},
        {"{\"key\":\"raw:a\",\"type\":\"string\",\"data\":[\"a\",\"b\"]}", "has one value"},
        {"{\"key\":\"resolved:index\",\"type\":\"zset\",\"data\":[\"a\",\"b\"]}",
         "a score is no number"},
        {"{\"key\":\"audit\",\"type\":\"stream\",\"data\":[\"5-1\",\"j\",\"{}\"]}",
         "an entry is not"},
        {"{\"key\":\"audit\",\"type\":\"stream\",\"data\":[[\"5-1\",\"j\"]]}", "an entry is not"},
        {"{\"key\":\"audit\",\"type\":\"stream\",\"data\":[[\"51\",\"j\",\"{}\"]]}",
         "the id of an entry is none"},
        {"{\"key\":\"audit\",\"type\":\"stream\",\"data\":[[\"5-1\",\"j\",\"\"],[\"5-1\",\"j\","
         "\"\"]]}",
         "do not grow"},
        {"[]", "a piece without a usable key"},
        {"", "not a line of an export"},
        {"{\"key\":\"raw:a\"", "not a line of an export"},
    };
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = mem_printf("%s%s\n", HEAD, cases[i].piece);
        assert_int_equal(read_bytes(text, strlen(text), NULL, NULL, &e), -1);
        if (!text_starts(e.text, "line 2: ") || strstr(e.text, cases[i].words) == NULL)
            fail_msg("%s\nshould say: %s", e.text, cases[i].words);
        mem_free(text);
    }
}

static void file__foreign_newer_or_inconsistent__is_refused_in_words(void **state)
{
    static const char piece[] = "{\"key\":\"raw:a\",\"type\":\"string\",\"data\":[\"b\"]}\n";
    char *good = with_end(piece, 1, "\"strings\":1"), *more = mem_printf("%s\n", good),
         *records = with_end(piece, 2, "\"strings\":1"), *counts = with_end(piece, 1, "");
    const struct {
        const char *text, *words;
    } cases[] = {
        {"hello\n", "line 1: this is no export of midwatch"},
        {"hello", "line 1: this is no export of midwatch"},
        {"{}\n", "line 1: this is no export of midwatch"},
        {"{\"format\":\"midwatch-export\",\"version\":2,\"midwatch\":\"9\"}\n",
         "line 1: an export of version 2, by midwatch 9; this midwatch reads 1"},
        {"{\"format\":\"midwatch-export\",\"version\":1}\n", "line 1: the head"},
        {HEAD, "line 1: the file ends before"},
        {more, "line 4: something follows the end"},
        {records, "line 3: the counts at the end"},
        {counts, "line 3: the counts at the end"},
        {HEAD "{\"end\":true}\n", "line 2: the checksum is not"},
    };
    struct err e = {""};

    (void)state;
    assert_int_equal(read_bytes(good, strlen(good), NULL, NULL, &e), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(read_bytes(cases[i].text, strlen(cases[i].text), NULL, NULL, &e), -1);
        if (!text_starts(e.text, cases[i].words))
            fail_msg("%s\nshould say: %s", e.text, cases[i].words);
    }
    mem_free(good);
    mem_free(more);
    mem_free(records);
    mem_free(counts);
}

static void line__huge__is_refused_without_being_held(void **state)
{
    size_t n = ARCHIVE_LINE_MAX + 4096;
    char *text = mem_alloc(n);
    struct err e;

    (void)state;
    memset(text, 'x', n);
    memcpy(text, HEAD, strlen(HEAD));
    assert_int_equal(read_bytes(text, n, NULL, NULL, &e), -1);
    assert_true(text_starts(e.text, "line 2: longer than"));
    mem_free(text);
}

static void value__as_big_as_may_be__fits_into_a_line(void **state)
{
    struct file f = {NULL, 0};
    FILE *to = open_memstream(&f.p, &f.n);
    struct archive_out o;
    struct archive_value v = {mem_alloc(ARCHIVE_VALUE_MAX), ARCHIVE_VALUE_MAX};
    struct err e = {""};

    (void)state;
    archive_out_init(&o, to);
    archive_put_head(&o, &(struct archive_head){.name = "a", .midwatch = "0", .at_ms = 1}, NULL);
    put(&o, KEY_COUNT, ARCHIVE_STRING, &v, 1);
    memset((char *)(uintptr_t)v.p, 1, v.n); /* six bytes each, were it escaped */
    put(&o, KEY_COUNT, ARCHIVE_STRING, &v, 1);
    archive_put_end(&o);
    assert_false(o.failed);
    archive_out_done(&o);
    fclose(to);
    assert_int_equal(read_bytes(f.p, f.n, NULL, NULL, &e), 0);
    mem_free((void *)(uintptr_t)v.p);
    free(f.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(archive__written_and_read__is_the_same),
        cmocka_unit_test(archive__cut_anywhere__is_refused_with_its_line),
        cmocka_unit_test(archive__any_bit_flipped__is_refused_with_its_line),
        cmocka_unit_test(piece__not_as_it_must_be__is_refused_in_words),
        cmocka_unit_test(file__foreign_newer_or_inconsistent__is_refused_in_words),
        cmocka_unit_test(line__huge__is_refused_without_being_held),
        cmocka_unit_test(value__as_big_as_may_be__fits_into_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
