/* log.h - lines on stderr, one a fact, one write(2) each.
 *
 * Text ("03:04:05Z warning monitor api: up -> down …", with the date when stderr is not a
 * terminal), journald's <N> prefix when stderr is the journal, JSON when asked:
 * {"time","level","subject","text"}. Line breaks and control bytes in foreign text are
 * escaped, bytes that are not UTF-8 become U+FFFD, long texts are cut. Pure rooms never log. */
#ifndef LOOP_LOG_H
#define LOOP_LOG_H

#include <stdbool.h>

#include "base/err.h"

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_NOTICE,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};
enum log_format { LOG_AUTO, LOG_TEXT, LOG_JSON };

/* LOG_AUTO: the journal when $JOURNAL_STREAM says so, else text. Colour only on a terminal,
 * never with $NO_COLOR. Without log_open() it is LOG_AUTO up to info. */
void log_open(enum log_format format, enum log_level max);
/* `subject` names what the line is about: "monitor api", "incident 1mh5…", "store", "web". */
void log_line(enum log_level level, const char *subject, const char *fmt, ...) MW_PRINTF(3, 4);
#define log_error(subject, ...)   log_line(LOG_LEVEL_ERROR, subject, __VA_ARGS__)
#define log_warning(subject, ...) log_line(LOG_LEVEL_WARNING, subject, __VA_ARGS__)
#define log_notice(subject, ...)  log_line(LOG_LEVEL_NOTICE, subject, __VA_ARGS__)
#define log_info(subject, ...)    log_line(LOG_LEVEL_INFO, subject, __VA_ARGS__)
#define log_debug(subject, ...)   log_line(LOG_LEVEL_DEBUG, subject, __VA_ARGS__)

#endif
