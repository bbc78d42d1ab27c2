/* test_log.c - what a line looks like on stderr, and that foreign text stays on its line. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "help.h"

#include "base/json.h"
#include "base/text.h"
#include "loop/log.h"

/* stderr goes into a file that is already gone from its directory. */
static struct {
    int saved, fd;
    char text[65536];
} caught;

static void catch_begin(void)
{
    char name[] = "/tmp/midwatch-test-log-XXXXXX";
    caught.fd = mkstemp(name);
    assert_true(caught.fd >= 0);
    unlink(name);
    caught.saved = dup(STDERR_FILENO);
    dup2(caught.fd, STDERR_FILENO);
}

static const char *catch_end(void)
{
    dup2(caught.saved, STDERR_FILENO);
    close(caught.saved);
    ssize_t n = pread(caught.fd, caught.text, sizeof caught.text - 1, 0);
    assert_true(n >= 0);
    caught.text[n] = '\0';
    close(caught.fd);
    return caught.text;
}

static const char *line_of(enum log_format format, const char *subject, const char *text)
{
    catch_begin();
    log_open(format, LOG_LEVEL_DEBUG);
    log_warning(subject, "%s", text);
    return catch_end();
}

static void text__foreign_bytes__are_escaped(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"plain", "plain"},
        {"two\nlines\r\n", "two\\nlines\\r\\n"},
        {"tab\there", "tab\\there"},
        {"\033[2Jred", "\\x1b[2Jred"},
        {"del\x7f", "del\\x7f"},
        {"c1 \xc2\x9b"
         "31m",
         "c1 \\x9b31m"},
        {"good \xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\xa5",
         "good \xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\xa5"},
        {"bad \xff.", "bad \xef\xbf\xbd."},
        {"cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd"},
        {"surrogate \xed\xa0\x80", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"C:\\new %s", "C:\\new %s"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const char *line = line_of(LOG_TEXT, "monitor api", pairs[i][0]);
        char want[256];
        snprintf(want, sizeof want, "Z warning monitor api: %s\n", pairs[i][1]);
        assert_non_null(strchr(line, 'Z'));
        assert_string_equal(strchr(line, 'Z'), want);
    }
}

static void text__not_on_a_terminal__has_the_date_and_no_colour(void **state)
{
    (void)state;
    const char *line = line_of(LOG_AUTO, "web", "up");
    int year, ms;
    assert_int_equal(sscanf(line, "%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%3dZ", &year, &ms), 2);
    assert_true(year >= 2024);
    assert_null(strchr(line, '\033'));
}

static void journal__stream_is_stderr__prefix_and_no_time(void **state)
{
    (void)state;
    catch_begin();
    struct stat st;
    char stream[64];
    fstat(STDERR_FILENO, &st);
    snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_open(LOG_AUTO, LOG_LEVEL_DEBUG);
    log_error("store", "gone");
    log_warning("store", "slow");
    log_notice("store", "back");
    log_info("store", "fine");
    log_debug("store", "pong");
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(catch_end(), "<3>store: gone\n<4>store: slow\n<5>store: back\n"
                                     "<6>store: fine\n<7>store: pong\n");
}

static void journal__stream_is_another__plain_text(void **state)
{
    (void)state;
    setenv("JOURNAL_STREAM", "1:1", 1);
    const char *line = line_of(LOG_AUTO, "store", "gone");
    unsetenv("JOURNAL_STREAM");
    assert_int_not_equal(line[0], '<');
}

static void json__foreign_bytes__parse_back(void **state)
{
    (void)state;
    const char *line = line_of(LOG_JSON, "monitor \"x\"", "a\nb\033 \xff \xc3\xa9");
    size_t n = strlen(line);
    struct jv *v;
    struct err e;
    assert_int_equal(line[n - 1], '\n');
    assert_null(memchr(line, '\n', n - 1));
    assert_int_equal(jv_parse(line, n - 1, &v, &e), 0);
    assert_string_equal(jv_get_text(v, "level"), "warning");
    assert_string_equal(jv_get_text(v, "subject"), "monitor \"x\"");
    assert_string_equal(jv_get_text(v, "text"), "a\nb\033 \xef\xbf\xbd \xc3\xa9");
    assert_non_null(jv_get_text(v, "time"));
    jv_free(v);
}

/* Whatever comes in, one line of good UTF-8 without control bytes goes out. */
static void text__random_bytes__one_clean_line(void **state)
{
    (void)state;
    uint64_t seed = 20261122;
    for (int round = 0; round < 2000; round++) {
        char hostile[65];
        for (size_t i = 0; i < sizeof hostile - 1; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            hostile[i] = (char)(seed >> 56 | (round % 2 ? 0x80 : 0));
        }
        hostile[64] = '\0';
        const char *line = line_of(round % 3 ? LOG_TEXT : LOG_JSON, hostile, hostile);
        size_t n = strlen(line);
        assert_true(n > 0 && line[n - 1] == '\n');
        assert_true(utf8_valid(line, n));
        for (size_t i = 0; i + 1 < n; i++)
            assert_true((unsigned char)line[i] >= 0x20 && (line[i] != 0x7f || line[0] == '{'));
    }
}

static void level__above_the_maximum__is_silent(void **state)
{
    (void)state;
    catch_begin();
    log_open(LOG_TEXT, LOG_LEVEL_WARNING);
    log_notice("web", "hidden");
    log_warning("web", "seen");
    const char *text = catch_end();
    assert_null(strstr(text, "hidden"));
    assert_non_null(strstr(text, "seen"));
}

static void text__too_long__is_cut_and_stays_one_line(void **state)
{
    (void)state;
    static char hostile[20001];
    memset(hostile, 1, sizeof hostile - 1);
    const char *line = line_of(LOG_JSON, "web", hostile);
    size_t n = strlen(line);
    struct jv *v;
    assert_int_equal(jv_parse(line, n - 1, &v, NULL), 0);
    assert_true(jv_len(jv_get(v, "text")) < 4200);
    jv_free(v);
    line = line_of(LOG_TEXT, "web", hostile);
    n = strlen(line);
    assert_string_equal(line + n - 4, "\xe2\x80\xa6\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text__foreign_bytes__are_escaped),
        cmocka_unit_test(text__not_on_a_terminal__has_the_date_and_no_colour),
        cmocka_unit_test(journal__stream_is_stderr__prefix_and_no_time),
        cmocka_unit_test(journal__stream_is_another__plain_text),
        cmocka_unit_test(json__foreign_bytes__parse_back),
        cmocka_unit_test(text__random_bytes__one_clean_line),
        cmocka_unit_test(level__above_the_maximum__is_silent),
        cmocka_unit_test(text__too_long__is_cut_and_stays_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
