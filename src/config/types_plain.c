/* types_plain.c - texts, numbers, words. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "reader.h"

#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define TEXT_MAX     4000 /* bytes of a text whose row sets no maximum */

bool name_good(const char *name, size_t max)
{
    size_t n = strlen(name);
    return n > 0 && n <= max && strspn(name, NAME_LETTERS) == n;
}

/* --- texts -------------------------------------------------------------------------------- */

static bool length_good(struct reader *r, const struct row *row, const struct node *n)
{
    size_t max = row->max > 0 ? (size_t)row->max : TEXT_MAX, len = strlen(n->text);
    char why[80];
    if (len >= (size_t)row->min && len <= max)
        return true;
    snprintf(why, sizeof why, "%zu bytes long, allowed are %lld to %zu", len, (long long)row->min,
             max);
    read_refuse_why(r, row, n, why);
    return false;
}

static void read_any_text(struct reader *r, const struct row *row, const struct node *n,
                          void *object)
{
    const char *text = read_text(r, row, n);
    if (text && length_good(r, row, n))
        *FIELD(object, row, const char *) = read_keep(r, n, text);
}

static bool one_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static void read_line(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *text = read_text(r, row, n);
    if (text && !one_line(text))
        read_refuse(r, row, n);
    else if (text)
        read_any_text(r, row, n, object);
}

static void read_name(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *text = read_text(r, row, n);
    if (text && !name_good(text, NAME_MAX_BYTES))
        read_refuse(r, row, n);
    else if (text)
        *FIELD(object, row, const char *) = read_keep(r, n, text);
}

static void read_secret(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *text = read_text(r, row, n);
    if (text && length_good(r, row, n))
        *FIELD(object, row, struct secret) = read_keep_secret(r, text);
}

/* Text that looks like a number or a truth value is text all the same. */
static void schema_text(const struct row *row, struct jw *w)
{
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"number\",\"boolean\"]");
    if (row->type->pattern)
        jw_kv_text(w, "pattern", row->type->pattern);
    if (row->max > 0)
        jw_kv_int(w, "maxLength", row->max);
}

const struct type type_text = {"text", "a text", .read = read_any_text, .schema = schema_text};
const struct type type_line = {"line of text", "a text of one line", .read = read_line,
                               .schema = schema_text};
const struct type type_name = {"name", "1 to 100 of the letters A-Z a-z 0-9 . _ -",
                               .read = read_name, .schema = schema_text,
                               .pattern = "^[A-Za-z0-9._-]{1,100}$|\\$\\{"};
const struct type type_secret = {"text, secret", "a text", .read = read_secret,
                                 .schema = schema_text};

/* --- yes and no --------------------------------------------------------------------------- */

static const struct choice booleans[] = {
    {"true", 1}, {"false", 0}, {"yes", 1}, {"no", 0}, {"on", 1}, {"off", 0}, {0},
};

static void read_bool(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *text = read_text(r, row, n);
    if (!text)
        return;
    for (const struct choice *c = booleans; c->word; c++) {
        if (strcasecmp(c->word, text) == 0) {
            *FIELD(object, row, bool) = c->value != 0;
            return;
        }
    }
    read_refuse(r, row, n);
}

static void schema_bool(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"boolean\",\"string\"]");
    jw_kv_text(w, "pattern",
               "^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff|"
               "TRUE|FALSE|YES|NO|ON|OFF)$|\\$\\{");
}

const struct type type_bool = {"true or false", "true or false", .read = read_bool,
                               .schema = schema_bool};

/* --- numbers ------------------------------------------------------------------------------ */

static void complain_range(struct reader *r, const struct row *row, const struct node *n)
{
    char low[32], high[32], found[FOUND_SIZE];
    diag_error(
        r->d, n, "`%s` must be %s%s to %s, not %s", row->key,
        row->flags & ROW_OR_ZERO ? "0, or " : "", row->type->print(row->min, low, sizeof low),
        row->type->print(row->max, high, sizeof high), read_found(row, n, found, sizeof found));
}

static void read_number(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *text = read_text(r, row, n);
    int64_t value;
    if (!text)
        return;
    if (row->type->parse(text, &value, NULL) != 0)
        read_refuse(r, row, n);
    else if ((value < row->min || value > row->max) && !(value == 0 && (row->flags & ROW_OR_ZERO)))
        complain_range(r, row, n);
    else if (row->type->wide)
        *FIELD(object, row, int64_t) = value;
    else
        *FIELD(object, row, int) = (int)value;
}

static int parse_int(const char *text, int64_t *ret, struct err *e)
{
    return text_int(text, INT32_MIN, INT32_MAX, ret, e);
}

static const char *print_int(int64_t value, char *dst, size_t size)
{
    snprintf(dst, size, "%lld", (long long)value);
    return dst;
}

static void schema_int(const struct row *row, struct jw *w)
{
    jw_key(w, "type");
    jw_raw(w, "[\"integer\",\"string\"]");
    jw_kv_int(w, "minimum", row->flags & ROW_OR_ZERO ? 0 : row->min);
    jw_kv_int(w, "maximum", row->max);
    jw_kv_text(w, "pattern", "^-?[0-9]+$|\\$\\{");
}

/* A bare number is one, too, where 0 stands for nothing or bytes are counted. */
static void schema_quantity(const struct row *row, struct jw *w)
{
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"integer\"]");
    jw_kv_text(w, "pattern", row->type->pattern);
    jw_kv_int(w, "minimum", 0);
    if (row->type == &type_duration)
        jw_kv_int(w, "maximum", 0);
}

const struct type type_int = {
    "number",           "a whole number",   .read = read_number, .schema = schema_int,
    .parse = parse_int, .print = print_int,
};
const struct type type_duration = {
    "duration",
    "a duration such as 30s, 5m or 1h30m",
    .read = read_number,
    .schema = schema_quantity,
    .pattern = "^(0|([0-9]+(w|d|h|m|s|ms))+)$|\\$\\{",
    .parse = text_duration,
    .print = text_from_duration,
    .wide = true,
};
const struct type type_size = {
    "size",
    "a size such as 64kB, 10MB or 16MiB",
    .read = read_number,
    .schema = schema_quantity,
    .pattern = "^[0-9]+(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?$|\\$\\{",
    .parse = text_size,
    .print = text_from_size,
    .wide = true,
};

/* --- one of a few words ------------------------------------------------------------------- */

const struct choice *choice_find(const struct choice *choices, const char *word)
{
    for (const struct choice *c = choices; c->word; c++)
        if (strcmp(c->word, word) == 0)
            return c;
    return NULL;
}

static const struct choice *next_choice(const struct choice *c)
{
    while (c->word && c->value == CHOICE_LATER)
        c++;
    return c;
}

const char *choice_list(const struct choice *choices, char *dst, size_t size)
{
    struct buf b;
    buf_init(&b, size - 1);
    for (const struct choice *c = next_choice(choices), *next; c->word; c = next) {
        next = next_choice(c + 1);
        buf_printf(&b, "%s%s", b.len == 0 ? "" : next->word ? ", " : " or ", c->word);
    }
    text_copy(dst, size, buf_text(&b));
    buf_done(&b);
    return dst;
}

static const struct choice *pick(struct reader *r, const struct row *row, const struct node *n)
{
    const char *text = read_text(r, row, n);
    const struct choice *found = text ? choice_find(row->of, text) : NULL;
    char list[200], there[FOUND_SIZE];
    if (found && found->value != CHOICE_LATER)
        return found;
    if (found)
        diag_error(r->d, n, "`%s: %s` is not available in this version; there is %s", row->key,
                   found->word, choice_list(row->of, list, sizeof list));
    else if (text)
        diag_error(r->d, n, "`%s` must be %s, not %s", row->key,
                   choice_list(row->of, list, sizeof list),
                   read_found(row, n, there, sizeof there));
    return NULL;
}

static void read_choice(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct choice *found = pick(r, row, n);
    if (found)
        *FIELD(object, row, int) = found->value;
}

static void read_word(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const struct choice *found = pick(r, row, n);
    if (found)
        *FIELD(object, row, const char *) = found->word;
}

/* A word of digits is read as a number by whoever types YAML. */
static void schema_choice(const struct row *row, struct jw *w)
{
    double number;
    jw_kv_list(w, "anyOf");
    jw_object(w);
    jw_kv_list(w, "enum");
    for (const struct choice *c = next_choice(row->of); c->word; c = next_choice(c + 1)) {
        jw_text(w, c->word);
        if (text_double(c->word, &number, NULL) == 0)
            jw_raw(w, c->word);
    }
    jw_list_end(w);
    jw_object_end(w);
    jw_raw(w, "{\"type\":\"string\",\"pattern\":\"\\\\$\\\\{\"}");
    jw_list_end(w);
}

const struct type type_choice = {"word", "one of a few words", .read = read_choice,
                                 .schema = schema_choice};
const struct type type_word = {"word", "one of a few words", .read = read_word,
                               .schema = schema_choice};
