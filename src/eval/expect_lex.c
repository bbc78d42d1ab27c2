/* expect_lex.c - the text of an expectation into tokens.
 *
 * Texts in quotes, patterns, header names and paths are copied, unescaped, into the
 * scratch space; each takes at most one byte more than it has in the text, and there is
 * always a quote, a blank or the end to pay for it. Failures name the column. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "expect_priv.h"

static int column_of(const struct lexer *lx, const char *at)
{
    int column = 1;
    for (const char *p = lx->start; p < at; p++)
        column += ((unsigned char)*p & 0xc0) != 0x80;
    return column;
}

int expect_fail(const struct lexer *lx, const char *at, const char *fmt, ...)
{
    struct err fact;
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(fact.text, sizeof fact.text, fmt, ap) < 0)
        fact.text[0] = '\0';
    va_end(ap);
    return err_set(lx->e, "column %d: %s", column_of(lx, at), fact.text);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || (unsigned char)c >= 0x80;
}

static void skip_blanks(struct lexer *lx)
{
    while (blank(*lx->p))
        lx->p++;
}

/* Takes the bytes up to `end` as the token's word. */
static void take_word(struct lexer *lx, struct token *ret, enum token_kind kind, const char *end)
{
    size_t n = (size_t)(end - lx->p);
    n = utf8_cut(lx->p, n, n < sizeof ret->word ? n : sizeof ret->word - 1);
    memcpy(ret->word, lx->p, n);
    ret->word[n] = '\0';
    ret->kind = kind;
    lx->p = end;
}

/* Bytes from `from` into the scratch space, ended by NUL. */
static const char *keep(struct lexer *lx, const char *from, size_t n)
{
    char *kept = lx->scratch;
    memcpy(kept, from, n);
    kept[n] = '\0';
    lx->scratch += n + 1;
    return kept;
}

/* --- texts and patterns ----------------------------------------------------------------- */

static char unescaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case '"':
    case '\'':
    case '\\':
        return c;
    default:
        return '\0';
    }
}

static int lex_text(struct lexer *lx, struct token *ret)
{
    char quote = *lx->p;
    char *to = lx->scratch;
    const char *p = lx->p + 1;
    for (; *p && *p != quote; p++) {
        char c = *p;
        if (c == '\\') {
            c = unescaped(*++p);
            if (!c)
                return expect_fail(lx, p - 1, "unknown escape: \\\" \\' \\\\ \\n \\t are known");
        }
        *to++ = c;
    }
    if (!*p)
        return expect_fail(lx, lx->p, "the text has no closing %c", quote);
    *to = '\0';
    ret->text = lx->scratch;
    ret->len = (size_t)(to - lx->scratch);
    lx->scratch = to + 1;
    take_word(lx, ret, TOKEN_TEXT, p + 1);
    return 0;
}

/* Only `\/` is ours; every other escape belongs to the pattern. */
static int lex_regex(struct lexer *lx, struct token *ret)
{
    char *to = lx->scratch;
    const char *p = lx->p + 1;
    for (; *p && *p != '/'; p++) {
        if (*p == '\\' && p[1] && p[1] != '/')
            *to++ = *p++;
        else if (*p == '\\' && p[1] == '/')
            p++;
        *to++ = *p;
    }
    if (!*p)
        return expect_fail(lx, lx->p, "the regular expression has no closing /");
    *to = '\0';
    ret->text = lx->scratch;
    ret->len = (size_t)(to - lx->scratch);
    lx->scratch = to + 1;
    for (p++; letter(*p) || digit(*p); p++) {
        if (*p != 'i')
            return expect_fail(lx, p, "unknown flag: after /…/ only `i` is known");
        ret->ignore_case = true;
    }
    take_word(lx, ret, TOKEN_REGEX, p);
    return 0;
}

/* --- words, quantities, symbols --------------------------------------------------------- */

/* 200, -1.5, 1e-5, 800ms, 1h30m, 64kB; `..` ends it. */
static const char *quantity_end(const char *p)
{
    if (*p == '-' || *p == '+')
        p++;
    for (;; p++) {
        bool exponent = (*p == '-' || *p == '+') && (p[-1] | 32) == 'e' && digit(p[1]);
        bool point = *p == '.' && p[1] != '.';
        if (!digit(*p) && !letter(*p) && !exponent && !point && *p != '%')
            return p;
    }
}

static bool begins_quantity(const char *p)
{
    if (*p == '-' || *p == '+' || (*p == '.' && p[1] != '.'))
        p++;
    return digit(*p);
}

static const char *word_end(const char *p)
{
    while (letter(*p) || digit(*p) || (*p == '.' && p[1] != '.') || *p == '-')
        p++;
    return p;
}

static bool symbol(char c)
{
    return c && strchr("=!<>~&|", c);
}

static int lex_single(struct lexer *lx, struct token *ret)
{
    static const struct {
        char c;
        enum token_kind kind;
    } singles[] = {{'[', TOKEN_OPEN}, {']', TOKEN_CLOSE}, {',', TOKEN_COMMA}};

    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++) {
        if (*lx->p == singles[i].c) {
            take_word(lx, ret, singles[i].kind, lx->p + 1);
            return 0;
        }
    }
    return expect_fail(lx, lx->p, "unexpected `%c`", *lx->p);
}

int expect_lex(struct lexer *lx, struct token *ret)
{
    skip_blanks(lx);
    const char *p = lx->p;
    *ret = (struct token){.at = p};
    if (!*p)
        take_word(lx, ret, TOKEN_END, p);
    else if (*p == '"' || *p == '\'')
        return lex_text(lx, ret);
    else if (*p == '/')
        return lex_regex(lx, ret);
    else if (begins_quantity(p))
        take_word(lx, ret, TOKEN_QUANTITY, quantity_end(p));
    else if (letter(*p))
        take_word(lx, ret, TOKEN_WORD, word_end(p));
    else if (p[0] == '.' && p[1] == '.')
        take_word(lx, ret, TOKEN_RANGE, p + 2);
    else if (symbol(*p))
        take_word(lx, ret, TOKEN_SYMBOL, p + 1 + symbol(p[1]));
    else
        return lex_single(lx, ret);
    return 0;
}

/* --- arguments -------------------------------------------------------------------------- */

int expect_lex_name(struct lexer *lx, const char **ret)
{
    skip_blanks(lx);
    const char *p = lx->p;
    if (*p == '"' || *p == '\'') {
        struct token t = {.at = p};
        if (lex_text(lx, &t) != 0)
            return -1;
        if (t.len == 0)
            return expect_fail(lx, t.at, "the header's name is empty");
        *ret = t.text;
        return 0;
    }
    while (letter(*p) || digit(*p) || *p == '-' || *p == '.')
        p++;
    if (p == lx->p)
        return expect_fail(lx, p, "`header` needs a name, such as `header content-type`");
    *ret = keep(lx, lx->p, (size_t)(p - lx->p));
    lx->p = p;
    return 0;
}

/* The end of the quoted text that begins at p, or of everything. */
static const char *past_quotes(const char *p)
{
    char quote = *p++;
    for (; *p && *p != quote; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

/* A path goes on to a blank or an operator outside brackets. */
int expect_lex_path(struct lexer *lx, const char **ret)
{
    skip_blanks(lx);
    if (*lx->p != '$')
        return expect_fail(lx, lx->p, "`json` needs a path, such as `json $.status`");
    const char *p = lx->p;
    for (int depth = 0; *p && (depth > 0 || (!blank(*p) && !symbol(*p)));) {
        if (depth > 0 && (*p == '"' || *p == '\'')) {
            p = past_quotes(p);
            continue;
        }
        depth += (*p == '[') - (*p == ']');
        p++;
    }
    *ret = keep(lx, lx->p, (size_t)(p - lx->p));
    lx->p = p;
    return 0;
}
