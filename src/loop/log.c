/* log.c - one line, one write(2), on stderr.
 *
 * The format is settled once by log_open(). A line is built in a buffer with a maximum and
 * written whole; what stderr does not take is lost, because there is nobody to tell. */
#include "loop/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "loop/loop.h"

#define TEXT_MAX       4096
#define LINE_MAX_BYTES 32768 /* every byte of a text may become six in JSON */

static const struct level {
    const char *name;
    int syslog; /* journald's <N> */
    const char *colour;
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", 3, "\033[1;31m"},
    [LOG_LEVEL_WARNING] = {"warning", 4, "\033[33m"},
    [LOG_LEVEL_NOTICE] = {"notice", 5, "\033[1m"},
    [LOG_LEVEL_INFO] = {"info", 6, ""},
    [LOG_LEVEL_DEBUG] = {"debug", 7, "\033[2m"},
};

static struct {
    bool open, journal, json, terminal, colour;
    enum log_level max;
} out = {.max = LOG_LEVEL_INFO};

/* $JOURNAL_STREAM is "dev:inode" of the socket systemd gave us; stderr may since have
 * been sent elsewhere, so both must still be the same. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
        return false;
    char ours[64];
    snprintf(ours, sizeof ours, "%" PRIuMAX ":%" PRIuMAX, (uintmax_t)st.st_dev,
             (uintmax_t)st.st_ino);
    return strcmp(stream, ours) == 0;
}

void log_open(enum log_format format, enum log_level max)
{
    out.open = true;
    out.max = max;
    out.json = format == LOG_JSON;
    out.journal = format == LOG_AUTO && stderr_is_journal();
    out.terminal = isatty(STDERR_FILENO) == 1;
    const char *no_color = getenv("NO_COLOR");
    out.colour = out.terminal && (no_color == NULL || no_color[0] == '\0');
}

/* Length of the UTF-8 sequence at s, or 0 when the bytes there are none. */
static size_t sequence_length(const char *s)
{
    size_t have = strnlen(s, 4);
    for (size_t n = 1; n <= have; n++) {
        if (utf8_valid(s, n))
            return n;
    }
    return 0;
}

/* Appends s; nothing in it can start a new line or steer a terminal. */
static void put_escaped(struct buf *b, const char *s)
{
    while (*s != '\0') {
        unsigned char c = (unsigned char)*s;
        size_t n = c < 0x80 ? 1 : sequence_length(s);
        if (n == 0)
            buf_str(b, "\xef\xbf\xbd");
        else if (c == '\n' || c == '\r' || c == '\t')
            buf_printf(b, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        else if (c < 0x20 || c == 0x7f)
            buf_printf(b, "\\x%02x", c);
        else if (c == 0xc2 && (unsigned char)s[1] < 0xa0) /* U+0080..9F, C1 */
            buf_printf(b, "\\x%02x", (unsigned char)s[1]);
        else
            buf_put(b, s, n);
        s += n == 0 ? 1 : n;
    }
}

static void put_text(struct buf *b, const struct level *v, const char *subject, const char *text)
{
    char time[40];
    rfc3339_format_ms(loop_now_ms(), time, sizeof time);
    if (out.journal)
        buf_printf(b, "<%d>", v->syslog);
    else if (out.terminal)
        buf_printf(b, "%.8sZ %s%s%s ", time + 11, out.colour ? v->colour : "", v->name,
                   out.colour ? "\033[0m" : "");
    else
        buf_printf(b, "%s %s ", time, v->name);
    put_escaped(b, subject);
    buf_str(b, ": ");
    put_escaped(b, text);
}

static void put_json(struct buf *b, const struct level *v, const char *subject, const char *text)
{
    struct jw w;
    jw_init(&w, b);
    jw_object(&w);
    jw_kv_time(&w, "time", loop_now_ms());
    jw_kv_text(&w, "level", v->name);
    jw_kv_text(&w, "subject", subject);
    jw_kv_text(&w, "text", text);
    jw_object_end(&w);
}

static void write_whole(const char *p, size_t n)
{
    while (n > 0) {
        ssize_t written = write(STDERR_FILENO, p, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        p += written;
        n -= (size_t)written;
    }
}

void log_line(enum log_level level, const char *subject, const char *fmt, ...)
{
    if (!out.open)
        log_open(LOG_AUTO, out.max);
    if (level > out.max)
        return;
    char text[TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    int want = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (want >= (int)sizeof text) {
        size_t end = utf8_cut(text, sizeof text - 1, sizeof text - 4);
        memcpy(text + end, "\xe2\x80\xa6", 4);
    }
    struct buf b;
    buf_init(&b, LINE_MAX_BYTES);
    (out.json ? put_json : put_text)(&b, &levels[level], subject, text);
    buf_char(&b, '\n');
    write_whole(b.p, b.len);
    buf_done(&b);
}
