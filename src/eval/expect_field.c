/* expect_field.c - what may be asked of an observation: one row a field.
 *
 * A reader hands every value it finds to expect_take() and nothing when there is none.
 * What a failed transfer left unset (-1, 0, "") counts as none. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "expect_priv.h"

#define HTTP       "http"
#define AT(member) offsetof(struct observation, member)

/* --- readers ---------------------------------------------------------------------------- */

static bool answered(const struct sight *s)
{
    return s->o->status != 0;
}

static void take_int(struct reading *r, int64_t i)
{
    expect_take(r, &(struct value){.kind = VALUE_INT, .i = i});
}

static void take_text(struct reading *r, const char *text, size_t len)
{
    expect_take(r, &(struct value){.kind = VALUE_TEXT, .text = text, .len = len});
}

static void take_version(struct reading *r, const char *written)
{
    int64_t thousands;
    if (*written && expect_version(written, &thousands) == 0)
        expect_take(
            r, &(struct value){
                   .kind = VALUE_INT, .i = thousands, .text = written, .len = strlen(written)});
}

static const char *member(const struct expect_field *f, const struct sight *s)
{
    return (const char *)s->o + f->at;
}

static void read_count(const struct expect_field *f, struct sight *s, struct reading *r)
{
    int n;
    memcpy(&n, member(f, s), sizeof n);
    if (answered(s))
        take_int(r, n);
}

static void read_phase(const struct expect_field *f, struct sight *s, struct reading *r)
{
    int64_t us;
    memcpy(&us, member(f, s), sizeof us);
    if (us >= 0)
        take_int(r, us);
}

static void read_text(const struct expect_field *f, struct sight *s, struct reading *r)
{
    const char *text = member(f, s);
    if (*text)
        take_text(r, text, strlen(text));
}

static void read_version(const struct expect_field *f, struct sight *s, struct reading *r)
{
    take_version(r, member(f, s));
}

static void read_size(const struct expect_field *f, struct sight *s, struct reading *r)
{
    (void)f;
    if (answered(s))
        take_int(r, s->o->size);
}

static void read_body(const struct expect_field *f, struct sight *s, struct reading *r)
{
    (void)f;
    if (answered(s))
        take_text(r, s->o->body ? s->o->body : "", s->o->body ? s->o->body_len : 0);
}

static void read_header(const struct expect_field *f, struct sight *s, struct reading *r)
{
    (void)f;
    for (size_t i = 0; i < s->o->n_headers; i++) {
        const struct header *h = &s->o->headers[i];
        if (strcasecmp(h->name, r->x->argument) != 0)
            continue;
        struct value v = {.kind = VALUE_TEXT, .text = h->value, .len = strlen(h->value)};
        if (!expect_take(r, &v))
            return;
    }
}

static void read_expiry(const struct expect_field *f, struct sight *s, struct reading *r)
{
    (void)f;
    int64_t us;
    if (s->o->cert.present && !__builtin_sub_overflow(s->o->cert.not_after_ms, s->now_ms, &us) &&
        !__builtin_mul_overflow(us, 1000, &us))
        take_int(r, us);
}

/* Every name on its own. */
static void read_names(const struct expect_field *f, struct sight *s, struct reading *r)
{
    const char *p = member(f, s);
    while (*(p += strspn(p, ", "))) {
        size_t n = strcspn(p, ",");
        struct value v = {.kind = VALUE_TEXT, .text = p, .len = n};
        while (v.len > 0 && p[v.len - 1] == ' ')
            v.len--;
        if (!expect_take(r, &v))
            return;
        p += n;
    }
}

static bool on_match(const struct jv *match, void *arg)
{
    struct value v = expect_value_of(match);
    return expect_take(arg, &v);
}

/* The body as JSON, parsed by the first who asks; NULL: s->json_fault says why not. */
static const struct jv *json_of(struct sight *s)
{
    if (s->parsed)
        return s->json;
    s->parsed = true;
    struct err e = {0};
    char cap[40];
    if (!s->o->body || s->o->body_len == 0)
        snprintf(s->json_fault, sizeof s->json_fault, "the body is empty");
    else if (s->o->body_capped)
        snprintf(s->json_fault, sizeof s->json_fault, "body cut at %s",
                 text_from_size((int64_t)s->o->body_len, cap, sizeof cap));
    else if (jv_parse(s->o->body, s->o->body_len, &s->json, &e) != 0)
        expect_printable(e.text, strlen(e.text), s->json_fault, sizeof s->json_fault);
    return s->json;
}

static void read_json(const struct expect_field *f, struct sight *s, struct reading *r)
{
    (void)f;
    if (!answered(s)) {
        text_copy(r->fault, sizeof r->fault, "no answer");
        return;
    }
    const struct jv *root = json_of(s);
    if (root)
        jv_path_eval(r->x->path, root, on_match, r);
    else
        snprintf(r->fault, sizeof r->fault, "no JSON: %s", s->json_fault);
}

void expect_sight_init(struct sight *s, const struct observation *o, int64_t now_ms)
{
    *s = (struct sight){.o = o, .now_ms = now_ms};
}

void expect_sight_done(struct sight *s)
{
    jv_free(s->json);
    s->json = NULL;
}

/* --- the table -------------------------------------------------------------------------- */

#define NO_ANSWER   "no answer"
#define NOT_REACHED "not reached"
#define NO_CERT     "no certificate"

const struct expect_field expect_fields[FIELD_COUNT] = {
    [FIELD_STATUS] = {"status", NULL, TYPE_NUMBER, HTTP, read_count, AT(status), NO_ANSWER,
                      "status code of the last response, after redirects"},
    [FIELD_LATENCY] = {"latency", NULL, TYPE_DURATION, HTTP, read_phase, AT(phases.total_us),
                       NOT_REACHED, "the whole probe, all phases and redirects"},
    [FIELD_RESOLVE] = {"resolve", NULL, TYPE_DURATION, HTTP, read_phase, AT(phases.resolve_us),
                       NOT_REACHED, "looking the name up"},
    [FIELD_CONNECT] = {"connect", NULL, TYPE_DURATION, HTTP, read_phase, AT(phases.connect_us),
                       NOT_REACHED, "the TCP handshake"},
    [FIELD_TLS] = {"tls", NULL, TYPE_DURATION, HTTP, read_phase, AT(phases.tls_us), NOT_REACHED,
                   "the TLS handshake"},
    [FIELD_WAIT] = {"wait", NULL, TYPE_DURATION, HTTP, read_phase, AT(phases.wait_us), NOT_REACHED,
                    "from the request sent to the first byte of the response"},
    [FIELD_TRANSFER] = {"transfer", NULL, TYPE_DURATION, HTTP, read_phase, AT(phases.transfer_us),
                        NOT_REACHED, "from the first byte to the last"},
    [FIELD_SIZE] = {"size", NULL, TYPE_SIZE, HTTP, read_size, 0, NO_ANSWER,
                    "bytes of the whole body, also beyond what is kept"},
    [FIELD_BODY] = {"body", NULL, TYPE_LOOSE, HTTP, read_body, 0, NO_ANSWER,
                    "the body, up to the monitor's `max_body`"},
    [FIELD_HEADER] = {"header", "NAME", TYPE_LOOSE, HTTP, read_header, 0, "absent",
                      "a response header; its name in any case"},
    [FIELD_JSON] = {"json", "PATH", TYPE_JSON, HTTP, read_json, 0, "nothing there",
                    "what a path finds in the body"},
    [FIELD_CERT_EXPIRES_IN] = {"cert.expires_in", NULL, TYPE_DURATION, HTTP, read_expiry, 0,
                               NO_CERT,
                               "time left until the certificate ends; negative afterwards"},
    [FIELD_CERT_SUBJECT] = {"cert.subject", NULL, TYPE_TEXT, HTTP, read_text, AT(cert.subject),
                            NO_CERT, "whom the certificate names"},
    [FIELD_CERT_ISSUER] = {"cert.issuer", NULL, TYPE_TEXT, HTTP, read_text, AT(cert.issuer),
                           NO_CERT, "who signed the certificate"},
    [FIELD_CERT_SAN] = {"cert.san", NULL, TYPE_TEXT, HTTP, read_names, AT(cert.san), NO_CERT,
                        "the names the certificate is for, each on its own"},
    [FIELD_TLS_VERSION] = {"tls.version", NULL, TYPE_VERSION, HTTP, read_version,
                           AT(cert.tls_version), "no TLS", "version of TLS agreed on"},
    [FIELD_REDIRECTS] = {"redirects", NULL, TYPE_NUMBER, HTTP, read_count, AT(redirects), NO_ANSWER,
                         "how many redirects were followed"},
    [FIELD_HTTP_VERSION] = {"http_version", NULL, TYPE_VERSION, HTTP, read_version,
                            AT(http_version), NO_ANSWER, "version of HTTP in the response"},
    [FIELD_IP] = {"ip", NULL, TYPE_TEXT, HTTP, read_text, AT(ip), "not reached",
                  "the address talked to last"},
};

bool expect_field_of_kind(const struct expect_field *f, const char *kind)
{
    size_t n = strlen(kind);
    for (const char *p = f->kinds; *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && memcmp(p, kind, n) == 0)
            return true;
    return false;
}
