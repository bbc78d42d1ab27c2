/* interpolate.c - values from the environment, files and systemd credentials.
 *
 * What comes in from outside is a secret: `shown` has *** in its place, and the bytes live
 * only in the vault. (A default stands in the file, like any other text.) Each `${…}` is
 * expanded once; what it yields is not looked at again. */
#include "interpolate.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "files.h"

#define EXPANDED_MAX (256 * 1000)
#define ARGUMENT_MAX 1000
#define LETTERS      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

struct expansion {
    struct tree *tree;
    const struct node *node;
    struct buf text, shown;
    bool secret;
};

/* What came from outside. */
static void put_hidden(struct expansion *x, const char *s, size_t n)
{
    buf_put(&x->text, s, n);
    buf_str(&x->shown, "***");
    x->secret = true;
}

/* What stands in the file. */
static void put_plain(struct expansion *x, const char *s, size_t n)
{
    buf_put(&x->text, s, n);
    buf_put(&x->shown, s, n);
}

/* `NAME` or `NAME:-otherwise`, which also stands in for an empty value, as in a shell. */
static int put_env(struct expansion *x, char *argument, struct err *e)
{
    char *otherwise = strstr(argument, ":-");
    if (otherwise)
        *otherwise = '\0';
    size_t n = strlen(argument);
    if (n == 0 || strspn(argument, LETTERS "0123456789_") != n)
        return err_set(e, "`%.60s` cannot be the name of an environment variable", argument);
    const char *value = files_env(x->tree->options, argument);
    if (otherwise && (!value || !*value)) {
        put_plain(x, otherwise + 2, strlen(otherwise + 2));
        return 0;
    }
    if (!value)
        return err_set(e, "the environment variable `%s` is not set", argument);
    put_hidden(x, value, strlen(value));
    return 0;
}

static int put_file_at(struct expansion *x, const char *path, struct err *e)
{
    struct bytes b;
    if (files_read(path, SECRET_FILE_MAX, &b, e) != 0)
        return -1;
    size_t n = b.n;
    n -= n > 0 && b.p[n - 1] == '\n';
    n -= n < b.n && n > 0 && b.p[n - 1] == '\r';
    bool text = memchr(b.p, '\0', n) == NULL && utf8_valid(b.p, n);
    if (text)
        put_hidden(x, b.p, n);
    bytes_wipe(&b);
    return text ? 0 : err_set(e, "`%s` is not text", path);
}

static int put_file(struct expansion *x, char *argument, struct err *e)
{
    char *path = files_beside(x->node->source->path, argument);
    int status = put_file_at(x, path, e);
    mem_free(path);
    return status;
}

static int put_credential(struct expansion *x, char *argument, struct err *e)
{
    if (!*argument || strchr(argument, '/') || *argument == '.')
        return err_set(e, "`%.60s` cannot be the name of a credential", argument);
    char *path = files_credential(x->tree->options, argument, e);
    int status = path ? put_file_at(x, path, e) : -1;
    mem_free(path);
    return status;
}

static const struct {
    const char *name;
    int (*put)(struct expansion *x, char *argument, struct err *e);
} sources[] = {
    {"env:", put_env},
    {"file:", put_file},
    {"cred:", put_credential},
};

static int put_value(struct expansion *x, const char *inside, size_t n, struct err *e)
{
    char argument[ARGUMENT_MAX + 1];
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        size_t prefix = strlen(sources[i].name);
        if (n < prefix || memcmp(inside, sources[i].name, prefix) != 0)
            continue;
        if (n - prefix > ARGUMENT_MAX)
            return err_set(e, "a `${…}` is longer than %d bytes", ARGUMENT_MAX);
        memcpy(argument, inside + prefix, n - prefix);
        argument[n - prefix] = '\0';
        return sources[i].put(x, argument, e);
    }
    return err_set(e, "a `${…}` begins with `${env:`, `${file:` or `${cred:`; "
                      "for a plain `${` write `$${`");
}

/* One piece of the text: plain up to the next `${`, or the `${…}` itself. */
static int put_piece(struct expansion *x, const char **p, struct err *e)
{
    const char *open = strstr(*p, "${");
    if (!open) {
        put_plain(x, *p, strlen(*p));
        *p += strlen(*p);
        return 0;
    }
    bool escaped = open > *p && open[-1] == '$';
    put_plain(x, *p, (size_t)(open - *p) - escaped);
    *p = open + 2;
    if (escaped) {
        put_plain(x, "${", 2);
        return 0;
    }
    const char *close = strchr(*p, '}');
    if (!close)
        return err_set(e, "a `${` without its `}`; for a plain `${` write `$${`");
    const char *inside = *p;
    *p = close + 1;
    return put_value(x, inside, (size_t)(close - inside), e);
}

static int expand(struct expansion *x, struct err *e)
{
    for (const char *p = x->node->text; *p;)
        if (put_piece(x, &p, e) != 0)
            return -1;
    if (x->text.over)
        return err_set(e, "the value is longer than %d bytes", EXPANDED_MAX);
    return 0;
}

void interpolate(struct tree *t, struct node *n)
{
    if (!strstr(n->text, "${"))
        return;
    struct expansion x = {.tree = t, .node = n};
    struct err e;
    buf_init(&x.text, EXPANDED_MAX);
    buf_init(&x.shown, EXPANDED_MAX);
    if (expand(&x, &e) == 0) {
        n->text = vault_keep(t->vault, buf_text(&x.text), x.text.len);
        n->shown = vault_keep(t->vault, buf_text(&x.shown), x.shown.len);
        n->secret = x.secret;
    } else {
        if (!t->options->without_secrets)
            diag_error(t->d, n, "%s", e.text);
        n->broken = true;
    }
    if (x.text.p)
        explicit_bzero(x.text.p, x.text.len);
    buf_done(&x.text);
    buf_done(&x.shown);
}
