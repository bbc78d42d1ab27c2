/* err.c - the words of a failure. Too long a text is cut at its end, on a code point. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Built beside `e` first, so that an argument may be e->text itself. */
int err_set(struct err *e, const char *fmt, ...)
{
    if (!e)
        return -1;
    struct err made;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(made.text, sizeof made.text, fmt, ap);
    va_end(ap);
    if (n < 0)
        made.text[0] = '\0';
    if (n >= (int)sizeof made.text)
        made.text[utf8_whole(made.text, sizeof made.text - 1)] = '\0';
    *e = made;
    return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
    if (!e)
        return -1;
    char subject[sizeof e->text];
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(subject, sizeof subject, fmt, ap) < 0)
        subject[0] = '\0';
    va_end(ap);
    return err_set(e, "%s: %s", subject, e->text);
}
