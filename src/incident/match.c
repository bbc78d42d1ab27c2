/* match.c - matchers of silences.
 *
 * People write them with blanks and quotes; kept is NAME, operator and value without
 * anything between them. A regular expression that gives up on a text decides nothing:
 * then the silence does not fit, and the page goes out. */
#include "incident/match.h"

#include <string.h>

#include "base/mem.h"
#include "base/regex.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/names.h"

#define BLANKS        " \t"
#define LABEL_LONGEST 64
#define STEPS_MAX     2000 /* asked of every open incident: a bad one must not hold up the pages */

enum op { OP_IS, OP_IS_NOT, OP_FITS, OP_FITS_NOT };

/* The longer ones first: `=` begins `=~`. */
static const struct {
    const char *sign;
    enum op op;
} ops[] = {{"=~", OP_FITS}, {"!~", OP_FITS_NOT}, {"!=", OP_IS_NOT}, {"=", OP_IS}};

struct matcher {
    char name[LABEL_LONGEST + 1];
    enum op op;
    const char *value; /* in `kept` */
    size_t value_len;
    struct regex *regex;
};

struct match {
    char kept[MATCHERS_SIZE];
    VEC(struct matcher) matchers;
};

struct span {
    const char *p;
    size_t n;
};

static const char *sign_of(enum op op)
{
    size_t i = 0;

    while (ops[i].op != op)
        i++;
    return ops[i].sign;
}

static size_t name_length(struct span s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] &&
           strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                  "0123456789._-",
                  s.p[n]))
        n++;
    return n;
}

static struct span skip(struct span s, size_t n)
{
    return (struct span){s.p + n, s.n - n};
}

static struct span trim(struct span s)
{
    while (s.n && strchr(BLANKS, s.p[0]))
        s = skip(s, 1);
    while (s.n && strchr(BLANKS, s.p[s.n - 1]))
        s.n--;
    return s;
}

static int take_name(struct matcher *m, struct span *s, struct err *e)
{
    size_t n = name_length(*s);

    if (n == 0)
        return err_set(e, "a matcher is NAME=VALUE, with one of = != =~ !~");
    if (n > LABEL_LONGEST)
        return err_set(e, "the name is longer than %d bytes", LABEL_LONGEST);
    memcpy(m->name, s->p, n);
    m->name[n] = '\0';
    *s = skip(*s, n);
    return 0;
}

static int take_op(struct matcher *m, struct span *s, struct err *e)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        size_t n = strlen(ops[i].sign);

        if (s->n < n || memcmp(s->p, ops[i].sign, n) != 0)
            continue;
        m->op = ops[i].op;
        *s = skip(*s, n);
        return 0;
    }
    if (s->n == 0)
        return err_set(e, "after `%s` one of = != =~ !~ is missing; did you mean monitor=%s?",
                       m->name, m->name);
    return err_set(e, "after `%s` one of = != =~ !~ is missing", m->name);
}

/* The value must fit as a whole. Compiled alone first, so that no parenthesis of its own
 * closes the one around it. `\E` ends a `\Q` that was left open. */
static int compile_whole(struct matcher *m, struct err *e)
{
    char *alone = mem_strndup(m->value, m->value_len);
    char *whole = mem_printf("\\A(?:%s\\E)\\z", alone);
    int failed = regex_compile(alone, false, &m->regex, e);

    if (failed == 0) {
        regex_free(m->regex);
        m->regex = NULL;
        failed = regex_compile(whole, false, &m->regex, e);
        if (!failed)
            regex_bound(m->regex, STEPS_MAX);
    }
    mem_free(alone);
    mem_free(whole);
    return failed ? err_wrap(e, "%s", m->name) : 0;
}

static bool is_regex(enum op op)
{
    return op == OP_FITS || op == OP_FITS_NOT;
}

/* --- as people write it -------------------------------------------------------------------- */

/* Nothing is special between quotes, so a regular expression needs no second backslash. */
static int unquote(struct matcher *m, struct span s, struct err *e)
{
    if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
        if (s.n < 2 || s.p[s.n - 1] != s.p[0])
            return err_set(e, "the value of `%s` begins with a quote that does not end it",
                           m->name);
        s = (struct span){s.p + 1, s.n - 2};
    }
    m->value = s.p;
    m->value_len = s.n;
    return 0;
}

static int check_text(const char *text, struct err *e)
{
    size_t n = strnlen(text, MATCHERS_SIZE);

    if (n == MATCHERS_SIZE)
        return err_set(e, "a matcher is at most %d bytes long", MATCHERS_SIZE - 2);
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 127)
            return err_set(e, "a matcher has no line break and no control character");
    return utf8_valid(text, n) ? 0 : err_set(e, "a matcher is UTF-8");
}

/* A name of a severity that does not exist would never fit, and nobody would notice. */
static int check_severity(const struct matcher *m, struct err *e)
{
    char word[16];

    if (!text_eq(m->name, "severity") || is_regex(m->op) || m->value_len == 0)
        return 0;
    text_printf(word, sizeof word, "%.*s", (int)m->value_len, m->value);
    if (m->value_len < sizeof word && severity_from(word) >= 0)
        return 0;
    return err_set(e, "severity is critical, warning or info, not `%.*s`", (int)m->value_len,
                   m->value);
}

static int check_value(const struct matcher *m, struct err *e)
{
    struct matcher tried = *m;

    if (m->op == OP_IS && m->value_len && m->value[0] == '~')
        return err_set(e, "a value that begins with `~` needs a regular expression: %s=~\\~…",
                       m->name);
    if (is_regex(m->op)) {
        if (compile_whole(&tried, e) != 0)
            return -1;
        regex_free(tried.regex);
    }
    return check_severity(m, e);
}

static int read_written(struct matcher *m, const char *text, struct err *e)
{
    struct span s = trim((struct span){text, strlen(text)});

    if (take_name(m, &s, e) != 0)
        return -1;
    s = trim(s);
    if (s.n >= 2 && memcmp(s.p, "==", 2) == 0)
        return err_set(e, "`==` is not an operator; equal is `=`");
    if (take_op(m, &s, e) != 0 || unquote(m, trim(s), e) != 0)
        return -1;
    return check_value(m, e);
}

int match_add(char dst[MATCHERS_SIZE], const char *text, struct err *e)
{
    struct matcher m = {.regex = NULL};
    size_t have = strlen(dst);

    if (check_text(text, e) != 0 || read_written(&m, text, e) != 0)
        return -1;
    if (have + strlen(m.name) + strlen(sign_of(m.op)) + m.value_len + 1 >= MATCHERS_SIZE)
        return err_set(e, "the matchers are longer than %d bytes together", MATCHERS_SIZE - 1);
    text_printf(dst + have, MATCHERS_SIZE - have, "%s%s%.*s\n", m.name, sign_of(m.op),
                (int)m.value_len, m.value);
    return 0;
}

/* --- as kept ------------------------------------------------------------------------------- */

static int read_kept(struct matcher *m, struct span s, struct err *e)
{
    if (take_name(m, &s, e) != 0 || take_op(m, &s, e) != 0)
        return -1;
    m->value = s.p;
    m->value_len = s.n;
    return is_regex(m->op) ? compile_whole(m, e) : 0;
}

int match_compile(const char *matchers, struct match **ret, struct err *e)
{
    struct match *m = mem_new(struct match);

    if (strnlen(matchers, MATCHERS_SIZE) == MATCHERS_SIZE) {
        match_free(m);
        return err_set(e, "the matchers are longer than %d bytes together", MATCHERS_SIZE - 1);
    }
    text_copy(m->kept, sizeof m->kept, matchers);
    for (const char *p = m->kept; *p;) {
        struct span line = {p, strcspn(p, "\n")};
        struct matcher one = {.regex = NULL};

        if (read_kept(&one, line, e) != 0) {
            match_free(m);
            return -1;
        }
        vec_push(&m->matchers, one);
        p += line.n + (p[line.n] == '\n');
    }
    *ret = m;
    return 0;
}

void match_free(struct match *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->matchers.n; i++)
        regex_free(m->matchers.items[i].regex);
    vec_done(&m->matchers);
    mem_free(m);
}

/* --- asked --------------------------------------------------------------------------------- */

static struct span whole(const char *text)
{
    return text ? (struct span){text, strlen(text)} : (struct span){"", 0};
}

static struct span label(const char *packed, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = packed ? packed : ""; *p;) {
        size_t line = strcspn(p, "\n");

        if (line > n && p[n] == '=' && memcmp(p, name, n) == 0)
            return (struct span){p + n + 1, line - n - 1};
        p += line + (p[line] == '\n');
    }
    return (struct span){"", 0};
}

static struct span text_of(const struct match_subject *s, const char *name)
{
    const struct {
        const char *name, *text;
    } own[] = {{"monitor", s->monitor},
               {"group", s->group},
               {"severity", s->severity},
               {"policy", s->policy}};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (text_eq(own[i].name, name))
            return whole(own[i].text);
    return label(s->labels, name);
}

static bool holds(const struct matcher *m, struct span text)
{
    if (!is_regex(m->op)) {
        bool same = text.n == m->value_len && memcmp(text.p, m->value, text.n) == 0;

        return same == (m->op == OP_IS);
    }
    int answer = regex_match(m->regex, text.p, text.n, NULL);
    return answer == (m->op == OP_FITS ? 1 : 0);
}

bool match_fits(const struct match *m, const struct match_subject *s)
{
    for (size_t i = 0; i < m->matchers.n; i++)
        if (!holds(&m->matchers.items[i], text_of(s, m->matchers.items[i].name)))
            return false;
    return true;
}
