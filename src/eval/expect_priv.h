/* expect_priv.h - what the files of the expectation language share.
 *
 *   expect_lex.c    text -> tokens
 *   expect_field.c  the table of fields: what may be asked of an observation, and how it is read
 *   expect_type.c   the tables of types and operators, literals, how values are shown
 *   expect.c        tokens -> struct expectation; every error of the language
 *   expect_eval.c   expectation + observation -> struct held */
#ifndef EVAL_EXPECT_PRIV_H
#define EVAL_EXPECT_PRIV_H

#include "base/json.h"
#include "base/regex.h"
#include "eval/expect.h"

/* --- values ----------------------------------------------------------------------------- */

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_TREE };

/* A literal, or something read from an observation. Durations are whole microseconds,
 * sizes bytes, versions thousands (1.3 is 1003). Borrows its text and its tree. */
struct value {
    enum value_kind kind;
    int64_t i;        /* INT; BOOL: 0 or 1 */
    double real;      /* REAL */
    const char *text; /* TEXT; also what an INT of TYPE_VERSION was written as */
    size_t len;
    const struct jv *tree; /* a JSON list or object */
};

/* One value to compare with, or a range with both ends in it. */
struct bound {
    struct value lo, hi;
    bool range;
};

/* --- the tables ------------------------------------------------------------------------- */

enum expect_type {
    TYPE_NUMBER,
    TYPE_DURATION,
    TYPE_SIZE,
    TYPE_VERSION,
    TYPE_TEXT,
    TYPE_LOOSE, /* text that may also be compared as a number */
    TYPE_JSON,
    TYPE_COUNT
};

enum expect_base { BASE_EQUAL, BASE_ORDER, BASE_IN, BASE_CONTAINS, BASE_MATCHES, BASE_EXISTS };

/* How many of the values found must fit. */
enum expect_rule { RULE_ANY, RULE_ALL, RULE_NONE };

struct expect_op {
    const char *name;
    enum expect_base base;
    enum expect_rule rule;
    unsigned signs; /* BASE_ORDER: which outcomes of a comparison fit */
};
#define SIGN_LESS  1u
#define SIGN_EQUAL 2u
#define SIGN_MORE  4u

enum expect_op_id {
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_NOT_IN,
    OP_CONTAINS,
    OP_NOT_CONTAINS,
    OP_MATCHES,
    OP_NOT_MATCHES,
    OP_EXISTS,
    OP_NOT_EXISTS,
    OP_COUNT
};
extern const struct expect_op expect_ops[OP_COUNT];

struct expect_type_row {
    const char *what;    /* "a duration" */
    const char *usual;   /* the operator most used with it */
    const char *example; /* "800ms" */
    unsigned bases;      /* bit i: enum expect_base i */
    bool takes_text;
    /* A word that begins with a digit; NULL: this type has none. */
    int (*read)(const char *word, struct value *ret, struct err *e);
};
extern const struct expect_type_row expect_types[TYPE_COUNT];

struct sight;
struct reading;

struct expect_field {
    const char *name;
    const char *argument; /* "NAME", "PATH" or NULL */
    enum expect_type type;
    const char *kinds; /* probe kinds that have it, separated by blanks */
    void (*read)(const struct expect_field *f, struct sight *s, struct reading *r);
    size_t at;          /* offset in struct observation, for the readers of plain members */
    const char *absent; /* the actual value when there is none: "no answer" */
    const char *about;  /* for the manual */
};

enum expect_field_id {
    FIELD_STATUS,
    FIELD_LATENCY,
    FIELD_RESOLVE,
    FIELD_CONNECT,
    FIELD_TLS,
    FIELD_WAIT,
    FIELD_TRANSFER,
    FIELD_SIZE,
    FIELD_BODY,
    FIELD_HEADER,
    FIELD_JSON,
    FIELD_CERT_EXPIRES_IN,
    FIELD_CERT_SUBJECT,
    FIELD_CERT_ISSUER,
    FIELD_CERT_SAN,
    FIELD_TLS_VERSION,
    FIELD_REDIRECTS,
    FIELD_HTTP_VERSION,
    FIELD_IP,
    FIELD_COUNT
};
extern const struct expect_field expect_fields[FIELD_COUNT];
bool expect_field_of_kind(const struct expect_field *f, const char *kind);

struct expectation {
    char *memory; /* holds text and all texts below */
    const char *text;
    char *shown; /* instead of text, which holds a secret; NULL: it may be seen */
    const struct expect_field *field;
    const struct expect_op *op;
    const char *argument; /* header name or path, else NULL */
    struct jv_path *path;
    struct regex *regex;
    const struct bound *bounds; /* heap, unless memory is NULL */
    size_t n_bounds;
};

/* --- reading an observation ------------------------------------------------------------- */

/* One observation under evaluation. The body is parsed once, by the first who asks. */
struct sight {
    const struct observation *o;
    int64_t now_ms;
    bool parsed;
    struct jv *json; /* NULL: json_fault says why */
    char json_fault[72];
};
void expect_sight_init(struct sight *s, const struct observation *o, int64_t now_ms);
void expect_sight_done(struct sight *s);

/* The values of a field as they come in, judged at once. */
struct reading {
    const struct expectation *x;
    size_t seen, fit;
    struct value shown; /* the one that decides, else the first */
    char fault[88];     /* could not be read or judged: the expectation is not held */
};
/* False: no more is wanted. */
bool expect_take(struct reading *r, const struct value *v);

void expect_eval_sight(const struct expectation *x, struct sight *s, struct held *ret);
/* `status in 200..299`, for monitors that say nothing about it. Static. */
const struct expectation *expect_default_status(void);

/* --- values, in expect_type.c ----------------------------------------------------------- */

/* Both INT or REAL: < 0, 0, > 0. */
int expect_compare(const struct value *a, const struct value *b);
bool expect_equal(const struct value *a, const struct value *b);
bool expect_number_in(const struct value *text, struct value *ret); /* " 42 " -> 42 */
/* "1.3", "TLSv1.3", "HTTP/2" -> thousands. */
int expect_version(const char *s, int64_t *ret);
void expect_show(const struct expectation *x, const struct value *v, char *dst, size_t size);
struct value expect_value_of(const struct jv *v);
/* Foreign text on one line: control bytes as blanks, broken UTF-8 as `?`. Returns how many bytes
 * of `text` found room. */
size_t expect_printable(const char *text, size_t len, char *dst, size_t size);

/* --- tokens, in expect_lex.c ------------------------------------------------------------ */

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUANTITY,
    TOKEN_SYMBOL,
    TOKEN_RANGE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_TEXT,
    TOKEN_REGEX
};

struct token {
    enum token_kind kind;
    const char *at;   /* where it begins, for columns */
    char word[64];    /* as written, cut; also of texts, for messages */
    const char *text; /* TEXT: without quotes; REGEX: the pattern; lives in `scratch` */
    size_t len;
    bool ignore_case; /* REGEX */
};

struct lexer {
    const char *start, *p;
    char *scratch; /* room for as many bytes as the text has, plus one */
    struct err *e;
};
int expect_lex(struct lexer *lx, struct token *ret);
/* What follows `header` and `json`. */
int expect_lex_name(struct lexer *lx, const char **ret);
int expect_lex_path(struct lexer *lx, const char **ret);
/* "column N: …" for a place in the text. Always -1. */
int expect_fail(const struct lexer *lx, const char *at, const char *fmt, ...) MW_PRINTF(3, 4);

#endif
