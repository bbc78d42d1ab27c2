/* types_net.c - addresses, files, digests and keys. */
#include <string.h>

#include "base/text.h"
#include "files.h"
#include "reader.h"
#include "url.h"

static const char *const web_schemes[] = {"http", "https", NULL};
static const char *const redis_schemes[] = {"redis", "rediss", NULL};

/* --- URLs --------------------------------------------------------------------------------- */

/* The URL itself is quoted only when nothing in it is secret. */
static bool url_good(struct reader *r, const struct row *row, const struct node *n)
{
    struct err e;
    if (!read_text(r, row, n))
        return false;
    if (url_check(n->text, web_schemes, &e) == 0)
        return true;
    if (read_shows(row, n))
        diag_error(r->d, n, "`%s`: %s: `%.200s`", row->key, e.text,
                   url_without_user(&r->tree->arena, n->shown));
    else
        read_refuse_why(r, row, n, e.text);
    return false;
}

/* A row without `beside` keeps no shown form. */
static void read_url(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    if (!url_good(r, row, n))
        return;
    if (row->max > 0 && strlen(n->text) > (size_t)row->max) {
        read_refuse_why(r, row, n, "too long");
        return;
    }
    *FIELD(object, row, const char *) = read_keep(r, n, n->text);
    if (row->beside)
        *BESIDE(object, row, const char *) = url_without_user(&r->config->arena, n->shown);
}

static void read_secret_url(struct reader *r, const struct row *row, const struct node *n,
                            void *object)
{
    if (!url_good(r, row, n))
        return;
    *FIELD(object, row, struct secret) = read_keep_secret(r, n->text);
    *BESIDE(object, row, const char *) = url_origin(&r->config->arena, n->shown);
}

static int check_store_url(const char *text, struct err *e)
{
    if (strcmp(text, "embedded") == 0)
        return 0;
    if (text_starts(text, "unix://"))
        return text[7] == '/'
                   ? 0
                   : err_set(e, "unix:// takes an absolute path: unix:///run/redis.sock?db=0");
    if (strstr(text, "://"))
        return url_check(text, redis_schemes, e);
    return err_set(e, "must be `embedded` or begin with redis://, rediss:// or unix://");
}

static void read_store_url(struct reader *r, const struct row *row, const struct node *n,
                           void *object)
{
    struct err e;
    const char *text = read_text(r, row, n);
    if (!text)
        return;
    if (check_store_url(text, &e) != 0) {
        read_refuse_why(r, row, n, e.text);
        return;
    }
    *FIELD(object, row, const char *) = vault_keep(r->config->vault, text, strlen(text));
    *BESIDE(object, row, const char *) = url_without_user(&r->config->arena, n->shown);
}

static int check_listen(const char *text, struct err *e)
{
    if (text_starts(text, "unix:"))
        return text[5] == '/' ? 0 : err_set(e, "unix: takes an absolute path");
    return url_check_authority(text, strlen(text), true, e);
}

static void read_listen(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    struct err e;
    const char *text = read_text(r, row, n);
    if (text && check_listen(text, &e) != 0)
        read_refuse_why(r, row, n, e.text);
    else if (text)
        *FIELD(object, row, const char *) = read_keep(r, n, text);
}

const struct type type_url = {
    "URL",
    "a URL",
    .read = read_url,
    .pattern = "^https?://[^ ]+$" OR_OUTSIDE,
};
const struct type type_secret_url = {
    "URL, secret",
    "a URL",
    .read = read_secret_url,
    .pattern = "^https?://[^ ]+$" OR_OUTSIDE,
};
const struct type type_store_url = {
    "URL",
    "`embedded` or a URL",
    .read = read_store_url,
    .pattern = "^(embedded|rediss?://[^ ]+|unix:///[^ ]+)$" OR_OUTSIDE,
};
const struct type type_listen = {
    "address",
    "host:port or unix:/path",
    .read = read_listen,
    .pattern = "^(unix:/.+|.+:[0-9]{1,5})$" OR_OUTSIDE,
};

/* --- canaries ----------------------------------------------------------------------------- */

#define CANARIES_MAX 16

static int parse_canary(struct reader *r, const struct node *n, struct canary *ret, struct err *e)
{
    int64_t port;
    const char *text = n->text, *colon = strrchr(text, ':');
    if (url_check_authority(text, strlen(text), true, e) != 0)
        return -1;
    if (text_int(colon + 1, 1, 65535, &port, NULL) != 0)
        return err_set(e, "the port must be a number from 1 to 65535");
    bool v6 = *text == '[';
    char *host = mem_strndup(text + v6, (size_t)(colon - text) - 2 * v6);
    *ret = (struct canary){.host = read_keep(r, n, host), .port = (int)port};
    mem_free(host);
    return 0;
}

static void read_canary(struct reader *r, const struct row *row, const struct node *n,
                        struct canary *canaries, size_t *count)
{
    struct err e;
    if (!read_text(r, row, n))
        return;
    if (parse_canary(r, n, &canaries[*count], &e) != 0)
        read_refuse_why(r, row, n, read_shows(row, n) ? e.text : "must be host:port");
    else
        ++*count;
}

static void read_canaries(struct reader *r, const struct row *row, const struct node *n,
                          void *object)
{
    const struct node *list = read_as_list(r, n);
    struct canary *canaries = arena_calloc(&r->config->arena, list->n + 1, sizeof *canaries);
    size_t count = 0;
    if (list->n > CANARIES_MAX)
        read_refuse_why(r, row, n, "more than 16 are no help");
    node_each(e, list)
        read_canary(r, row, e->value, canaries, &count);
    *FIELD(object, row, struct canary *) = canaries;
    *BESIDE(object, row, size_t) = count;
}

static void schema_canaries(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"array\",\"null\"]");
    jw_kv_int(w, "maxItems", CANARIES_MAX);
    jw_kv_object(w, "items");
    jw_kv_text(w, "type", "string");
    jw_kv_text(w, "pattern", "^.+:[0-9]{1,5}$" OR_OUTSIDE);
    jw_object_end(w);
}

const struct type type_canaries = {
    "addresses",
    "a list of host:port",
    .read = read_canaries,
    .schema = schema_canaries,
};

/* --- files -------------------------------------------------------------------------------- */

static void read_path(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *text = read_text(r, row, n);
    if (text && (!*text || strlen(text) > 1000))
        read_refuse(r, row, n);
    else if (text)
        *FIELD(object, row, const char *) = read_keep(r, n, text);
}

/* A file that must be there: named as seen from the file it is written in. */
static void read_file(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    struct err e;
    const char *text = read_text(r, row, n);
    if (!text)
        return;
    char *path = files_beside(n->source->path, text);
    if (files_readable(path, &e) != 0)
        read_refuse_why(r, row, n, read_shows(row, n) ? e.text : "the file cannot be read");
    else
        *FIELD(object, row, const char *) = read_keep(r, n, path);
    mem_free(path);
}

const struct type type_path = {"path", "a path", .read = read_path};
const struct type type_file = {"file", "a file", .read = read_file};

/* --- digests and keys --------------------------------------------------------------------- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c | 32) : NULL;
    return found ? (int)(found - digits) : -1;
}

static void read_sha256(struct reader *r, const struct row *row, const struct node *n, void *object)
{
    const char *text = read_text(r, row, n);
    unsigned char digest[32];
    bool good = text && strlen(text) == 2 * sizeof digest;
    for (size_t i = 0; good && i < sizeof digest; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        good = high >= 0 && low >= 0;
        digest[i] = (unsigned char)(high * 16 + low);
    }
    if (good)
        memcpy(FIELD(object, row, char), digest, sizeof digest);
    else if (text) /* not what it is: the token itself may stand there by mistake */
        diag_error(r->d, n, "`%s` must be %s", row->key, row->type->expected);
}

/* Strict: padded, no blanks, and no bits beyond the last byte. The bytes it stands for, or -1. */
static int base64_bytes(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = strlen(text), body = strspn(text, letters), padding = n - body;
    if (n == 0 || n % 4 != 0 || padding > 2 || strspn(text + body, "=") != padding)
        return -1;
    long last = strchr(letters, text[body - 1]) - letters;
    if ((padding == 1 && last % 4 != 0) || (padding == 2 && last % 16 != 0))
        return -1;
    return (int)(n / 4 * 3 - padding);
}

static bool signing_good(const char *text)
{
    int bytes = text_starts(text, "whsec_") ? base64_bytes(text + 6) : -1;
    return bytes >= 24 && bytes <= 64;
}

/* Adds to what another key has brought already: `secret` and `secrets` are the same list. */
static void read_signing(struct reader *r, const struct row *row, const struct node *n,
                         void *object)
{
    const struct node *list = read_as_list(r, n);
    struct secret *secrets = arena_calloc(&r->config->arena, list->n + 1, sizeof *secrets);
    size_t count = 0;
    node_each(e, list) {
        const char *text = read_text(r, row, e->value);
        if (text && !signing_good(text))
            read_refuse(r, row, e->value);
        else if (text)
            secrets[count++] = read_keep_secret(r, text);
    }
    *FIELD(object, row, struct secret *) = secrets;
    *BESIDE(object, row, size_t) = count;
}

static void schema_signing(const struct row *row, struct jw *w)
{
    (void)row;
    jw_key(w, "type");
    jw_raw(w, "[\"string\",\"array\"]");
    jw_kv_text(w, "pattern", "^whsec_[A-Za-z0-9+/]+=*$" OR_OUTSIDE);
    jw_key(w, "items");
    jw_raw(w, "{\"type\":\"string\"}");
}

const struct type type_sha256 = {
    "SHA-256",
    "64 hexadecimal digits (printf %s TOKEN | sha256sum)",
    .read = read_sha256,
    .pattern = "^[0-9a-fA-F]{64}$" OR_OUTSIDE,
};
const struct type type_signing = {
    "signing secret",
    "whsec_ and the base64 of 24 to 64 bytes (made by: echo whsec_$(openssl rand -base64 32))",
    .read = read_signing,
    .schema = schema_signing,
};
