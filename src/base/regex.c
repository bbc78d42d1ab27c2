/* regex.c - regular expressions with a bound, on PCRE2.
 *
 * Machine code is made at the first match, not when a configuration is read: most
 * starts are in a hurry, and a sandbox that forbids it costs one failed try. Where the
 * small stack of the machine code is not enough the interpreter does it again. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/regex.h"

#include <pcre2.h>

#include "base/mem.h"

#define PATTERN_MAX  4096
#define NESTED_MAX   50
#define STEPS_MAX    100000
#define HEAP_MAX_KIB 8192

struct regex {
    pcre2_code *code;
    pcre2_match_context *limits;
    bool jit_tried;
};

static void explain(int number, struct err *e)
{
    PCRE2_UCHAR words[160];
    pcre2_get_error_message(number, words, sizeof words);
    err_set(e, "%s", (const char *)words);
}

static pcre2_code *compile(const char *pattern, bool ignore_case, struct err *e)
{
    int number;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
    pcre2_set_parens_nest_limit(limits, NESTED_MAX);
    pcre2_set_max_pattern_length(limits, PATTERN_MAX);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                      options | (ignore_case ? PCRE2_CASELESS : 0), &number, &at, limits);
    pcre2_compile_context_free(limits);
    if (!code) {
        explain(number, e);
        err_wrap(e, "bad regular expression at byte %zu", (size_t)at + 1);
    }
    return code;
}

int regex_compile(const char *pattern, bool ignore_case, struct regex **ret, struct err *e)
{
    pcre2_code *code = compile(pattern, ignore_case, e);
    if (!code)
        return -1;
    struct regex *r = mem_new(struct regex);
    r->code = code;
    r->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(r->limits, STEPS_MAX);
    pcre2_set_depth_limit(r->limits, STEPS_MAX);
    pcre2_set_heap_limit(r->limits, HEAP_MAX_KIB);
    *ret = r;
    return 0;
}

void regex_free(struct regex *r)
{
    if (!r)
        return;
    pcre2_match_context_free(r->limits);
    pcre2_code_free(r->code);
    mem_free(r);
}

void regex_bound(struct regex *r, unsigned steps)
{
    pcre2_set_match_limit(r->limits, steps);
}

int regex_match(struct regex *r, const char *text, size_t n, struct err *e)
{
    if (!r->jit_tried)
        pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
    r->jit_tried = true;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int answer = pcre2_match(r->code, (PCRE2_SPTR)text, n, 0, 0, data, r->limits);
    if (answer == PCRE2_ERROR_JIT_STACKLIMIT)
        answer = pcre2_match(r->code, (PCRE2_SPTR)text, n, 0, PCRE2_NO_JIT, data, r->limits);
    pcre2_match_data_free(data);
    if (answer >= 0)
        return 1;
    if (answer == PCRE2_ERROR_NOMATCH)
        return 0;
    explain(answer, e);
    err_wrap(e, "regular expression gave up");
    return -1;
}
