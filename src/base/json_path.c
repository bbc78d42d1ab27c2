/* json_path.c - a subset of JSONPath (RFC 9535), compiled once.
 *
 * A path is a line of steps; a filter holds a path of its own, of plain names and
 * indexes, and a comparison. Every node is visited at most once for each step, so the
 * work is bounded by the document times the length of the path. */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#define PATH_MAX_BYTES 512
#define STEPS_MAX      32

enum step_kind { STEP_NAME, STEP_INDEX, STEP_ALL, STEP_FILTER };
enum op { OP_EQ, OP_NE, OP_LE, OP_GE, OP_LT, OP_GT };

struct path_step {
    enum step_kind kind;
    char *name;           /* STEP_NAME */
    int64_t index;        /* STEP_INDEX; below 0 from the end */
    struct jv_path *left; /* STEP_FILTER: below @ */
    enum op op;
    struct jv *right; /* a literal */
};

struct jv_path {
    VEC(struct path_step) steps;
};

/* --- compiling -------------------------------------------------------------------------- */

struct source {
    const char *start, *p;
};

static int expected(struct source *s, struct err *e, const char *what)
{
    return err_set(e, "bad path at character %zu: expected %s", (size_t)(s->p - s->start) + 1,
                   what);
}

static void skip_blanks(struct source *s)
{
    while (*s->p == ' ' || *s->p == '\t')
        s->p++;
}

static bool take(struct source *s, const char *word)
{
    if (!text_starts(s->p, word))
        return false;
    s->p += strlen(word);
    return true;
}

/* A quoted text with either quote; the escapes are those of JSON, and \'. */
static int read_quoted(struct source *s, struct jv **ret, struct err *e)
{
    char quote = *s->p;
    const char *from = s->p + 1, *q = from;
    while (*q && *q != quote)
        q += *q == '\\' && q[1] ? 2 : 1;
    if (!*q)
        return expected(s, e, "the closing quote");
    struct buf json;
    buf_init(&json, 2 * PATH_MAX_BYTES);
    buf_char(&json, '"');
    for (; from < q; from++) {
        if (*from == '\\' && from[1] == '\'')
            continue;
        if (*from == '"')
            buf_char(&json, '\\');
        buf_char(&json, *from);
        if (*from == '\\')
            buf_char(&json, *++from);
    }
    buf_char(&json, '"');
    int answer = jv_parse(json.p, json.len, ret, NULL);
    buf_done(&json);
    if (answer != 0)
        return expected(s, e, "a text");
    s->p = q + 1;
    return 0;
}

static bool name_char(char c)
{
    return c == '_' || c == '-' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (unsigned char)c >= 0x80;
}

static int read_name(struct source *s, struct path_step *step, struct err *e)
{
    size_t n = 0;
    while (name_char(s->p[n]))
        n++;
    if (n == 0)
        return expected(s, e, "a name");
    step->kind = STEP_NAME;
    step->name = mem_strndup(s->p, n);
    s->p += n;
    return 0;
}

static int read_index(struct source *s, struct path_step *step, struct err *e)
{
    char digits[16];
    size_t n = strspn(s->p, "-0123456789");
    if (n == 0 || n >= sizeof digits)
        return expected(s, e, "a name in quotes, an index, * or ?");
    memcpy(digits, s->p, n);
    digits[n] = '\0';
    if (text_int(digits, -1000000000, 1000000000, &step->index, NULL) != 0)
        return expected(s, e, "an index");
    step->kind = STEP_INDEX;
    s->p += n;
    return 0;
}

static int read_op(struct source *s, enum op *ret, struct err *e)
{
    static const char *const words[] = {"==", "!=", "<=", ">=", "<", ">"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (take(s, words[i])) {
            *ret = (enum op)i;
            return 0;
        }
    }
    return expected(s, e, "== != <= >= < or >");
}

static int read_literal(struct source *s, struct jv **ret, struct err *e)
{
    if (*s->p == '"' || *s->p == '\'')
        return read_quoted(s, ret, e);
    size_t n = strcspn(s->p, " \t)]");
    bool list_or_object = *s->p == '[' || *s->p == '{';
    if (list_or_object || jv_parse(s->p, n, ret, NULL) != 0)
        return expected(s, e, "a text, a number, true, false or null");
    s->p += n;
    return 0;
}

static int read_steps(struct source *s, bool plain, struct jv_path *path, struct err *e);

/* Behind [? */
static int read_filter(struct source *s, struct path_step *step, struct err *e)
{
    step->kind = STEP_FILTER;
    step->left = mem_new(struct jv_path);
    skip_blanks(s);
    bool bracket = take(s, "(");
    skip_blanks(s);
    if (!take(s, "@"))
        return expected(s, e, "@");
    if (read_steps(s, true, step->left, e) != 0)
        return -1;
    skip_blanks(s);
    if (read_op(s, &step->op, e) != 0)
        return -1;
    skip_blanks(s);
    if (read_literal(s, &step->right, e) != 0)
        return -1;
    skip_blanks(s);
    return bracket && !take(s, ")") ? expected(s, e, ")") : 0;
}

static int read_quoted_name(struct source *s, struct path_step *step, struct err *e)
{
    struct jv *text = NULL;
    if (read_quoted(s, &text, e) != 0)
        return -1;
    step->kind = STEP_NAME;
    step->name = mem_strdup(jv_text(text));
    jv_free(text);
    return 0;
}

/* Behind [ */
static int read_bracket(struct source *s, bool plain, struct path_step *step, struct err *e)
{
    int answer;
    skip_blanks(s);
    if (*s->p == '"' || *s->p == '\'') {
        answer = read_quoted_name(s, step, e);
    } else if (!plain && take(s, "*")) {
        step->kind = STEP_ALL;
        answer = 0;
    } else if (!plain && take(s, "?")) {
        answer = read_filter(s, step, e);
    } else {
        answer = read_index(s, step, e);
    }
    if (answer != 0)
        return -1;
    skip_blanks(s);
    return take(s, "]") ? 0 : expected(s, e, "]");
}

static int read_step(struct source *s, bool plain, struct path_step *step, struct err *e)
{
    if (take(s, "["))
        return read_bracket(s, plain, step, e);
    s->p++; /* the point */
    if (!plain && take(s, "*")) {
        step->kind = STEP_ALL;
        return 0;
    }
    return read_name(s, step, e);
}

static int read_steps(struct source *s, bool plain, struct jv_path *path, struct err *e)
{
    while (*s->p == '.' || *s->p == '[') {
        struct path_step step = {0};
        if (path->steps.n == STEPS_MAX)
            return err_set(e, "bad path: more than %d steps", STEPS_MAX);
        int answer = read_step(s, plain, &step, e);
        vec_push(&path->steps, step); /* also a half-read one: jv_path_free ends it */
        if (answer != 0)
            return -1;
    }
    return 0;
}

int jv_path_compile(const char *text, struct jv_path **ret, struct err *e)
{
    struct source s = {text, text};
    if (strlen(text) > PATH_MAX_BYTES)
        return err_set(e, "bad path: longer than %d bytes", PATH_MAX_BYTES);
    if (!take(&s, "$"))
        return expected(&s, e, "$");
    struct jv_path *path = mem_new(struct jv_path);
    int answer = read_steps(&s, false, path, e);
    if (answer == 0 && *s.p)
        answer = expected(&s, e, ". or [");
    if (answer != 0) {
        jv_path_free(path);
        return -1;
    }
    *ret = path;
    return 0;
}

void jv_path_free(struct jv_path *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->steps.n; i++) {
        mem_free(p->steps.items[i].name);
        jv_path_free(p->steps.items[i].left);
        if (p->steps.items[i].right)
            jv_free(p->steps.items[i].right);
    }
    vec_done(&p->steps);
    mem_free(p);
}

/* --- walking ---------------------------------------------------------------------------- */

struct walk {
    const struct jv_path *path;
    bool (*each)(const struct jv *match, void *arg);
    void *arg;
    size_t seen;
};

static bool first_only(const struct jv *match, void *arg)
{
    *(const struct jv **)arg = match;
    return false;
}

/* -1, 0, 1, or 2 when the two have no order. */
static int order(const struct jv *a, const struct jv *b)
{
    enum jv_type left = jv_type(a), right = jv_type(b);
    if (left == JV_TEXT && right == JV_TEXT) {
        int by = strcmp(jv_text(a), jv_text(b));
        return (by > 0) - (by < 0);
    }
    if (left == JV_INT && right == JV_INT)
        return (jv_int(a, 0) > jv_int(b, 0)) - (jv_int(a, 0) < jv_int(b, 0));
    if ((left == JV_INT || left == JV_REAL) && (right == JV_INT || right == JV_REAL))
        return (jv_real(a, 0) > jv_real(b, 0)) - (jv_real(a, 0) < jv_real(b, 0));
    bool same = left == right &&
                (left == JV_NULL || (left == JV_BOOL && jv_bool(a, false) == jv_bool(b, false)));
    return same ? 0 : 2;
}

static bool filter_holds(const struct path_step *step, const struct jv *item)
{
    const struct jv *left = NULL;
    jv_path_eval(step->left, item, first_only, &left);
    int by = left ? order(left, step->right) : 2;
    switch (step->op) {
    case OP_EQ:
        return by == 0;
    case OP_NE:
        return by != 0;
    case OP_LE:
        return by == 0 || by == -1;
    case OP_GE:
        return by == 0 || by == 1;
    case OP_LT:
        return by == -1;
    case OP_GT:
        break;
    }
    return by == 1;
}

static bool walk_from(struct walk *w, const struct jv *v, size_t at);

/* Every child in turn, or those the filter lets through. */
static bool walk_children(struct walk *w, const struct jv *v, size_t at)
{
    const struct path_step *step = &w->path->steps.items[at];
    const struct jv *child;
    if (jv_type(v) == JV_LIST) {
        for (size_t i = 0; i < jv_len(v); i++) {
            child = jv_at(v, i);
            if ((step->kind == STEP_ALL || filter_holds(step, child)) &&
                !walk_from(w, child, at + 1))
                return false;
        }
    }
    for (void *it = NULL; jv_each(v, &it, NULL, &child);)
        if ((step->kind == STEP_ALL || filter_holds(step, child)) && !walk_from(w, child, at + 1))
            return false;
    return true;
}

/* False once `each` has had enough. */
static bool walk_from(struct walk *w, const struct jv *v, size_t at)
{
    if (!v)
        return true;
    if (at == w->path->steps.n) {
        w->seen++;
        return w->each(v, w->arg);
    }
    const struct path_step *step = &w->path->steps.items[at];
    if (step->kind == STEP_NAME)
        return walk_from(w, jv_get(v, step->name), at + 1);
    if (step->kind != STEP_INDEX)
        return walk_children(w, v, at);
    int64_t n = (int64_t)jv_len(v), i = step->index < 0 ? step->index + n : step->index;
    bool there = jv_type(v) == JV_LIST && i >= 0 && i < n;
    return !there || walk_from(w, jv_at(v, (size_t)i), at + 1);
}

size_t jv_path_eval(const struct jv_path *p, const struct jv *root,
                    bool (*each)(const struct jv *match, void *arg), void *arg)
{
    struct walk w = {.path = p, .each = each, .arg = arg};
    walk_from(&w, root, 0);
    return w.seen;
}
