/* test_expect_lex.c - tokens, arguments, columns. */
#include "fixture.h"

#include "eval/expect_priv.h"

struct bench {
    char scratch[256];
    struct lexer lx;
    struct err e;
};

static void begin(struct bench *b, const char *text)
{
    *b = (struct bench){0};
    b->lx = (struct lexer){.start = text, .p = text, .scratch = b->scratch, .e = &b->e};
}

static void lex__every_kind__is_told_apart(void **state)
{
    (void)state;
    static const struct {
        enum token_kind kind;
        const char *word;
    } wanted[] = {
        {TOKEN_WORD, "cert.san"}, {TOKEN_SYMBOL, "<="},      {TOKEN_QUANTITY, "1h30m"},
        {TOKEN_RANGE, ".."},      {TOKEN_QUANTITY, "2e-5"},  {TOKEN_OPEN, "["},
        {TOKEN_QUANTITY, "-1.5"}, {TOKEN_COMMA, ","},        {TOKEN_TEXT, "'a\\'b'"},
        {TOKEN_CLOSE, "]"},       {TOKEN_REGEX, "/x\\/y/i"}, {TOKEN_SYMBOL, "="},
        {TOKEN_QUANTITY, ".5"},   {TOKEN_END, ""},
    };
    struct bench b;
    begin(&b, "cert.san<=1h30m..2e-5[-1.5,'a\\'b']/x\\/y/i\t= .5 ");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct token t;
        assert_int_equal(expect_lex(&b.lx, &t), 0);
        assert_int_equal(t.kind, wanted[i].kind);
        assert_string_equal(t.word, wanted[i].word);
    }
}

static void lex__texts__are_unescaped(void **state)
{
    (void)state;
    static const struct {
        const char *written, *text;
    } cases[] = {
        {"\"\"", ""},
        {"''", ""},
        {"\"a'b\"", "a'b"},
        {"'a\"b'", "a\"b"},
        {"\"\\\"\\\\\\n\\t\\'\"", "\"\\\n\t'"},
        {"\"äö\"", "äö"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b;
        struct token t;
        begin(&b, cases[i].written);
        assert_int_equal(expect_lex(&b.lx, &t), 0);
        assert_int_equal(t.kind, TOKEN_TEXT);
        assert_string_equal(t.text, cases[i].text);
        assert_int_equal(t.len, strlen(cases[i].text));
    }
}

static void lex__patterns__keep_all_escapes_but_the_slash(void **state)
{
    (void)state;
    static const struct {
        const char *written, *pattern;
        bool ignore_case;
    } cases[] = {
        {"/a/", "a", false},
        {"/a/i", "a", true},
        {"/\\d+\\/\\w/", "\\d+/\\w", false},
        {"/\\\\/", "\\\\", false},
        {"/\\\\\\//i", "\\\\/", true},
        {"//", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b;
        struct token t;
        begin(&b, cases[i].written);
        assert_int_equal(expect_lex(&b.lx, &t), 0);
        assert_int_equal(t.kind, TOKEN_REGEX);
        assert_string_equal(t.text, cases[i].pattern);
        assert_int_equal(t.ignore_case, cases[i].ignore_case);
    }
}

static void lex__broken__names_the_column_in_characters(void **state)
{
    (void)state;
    static const struct refusal {
        const char *text, *error;
    } cases[] = {
        {"body == \"ä\\d\"", "column 11: unknown escape: \\\" \\' \\\\ \\n \\t are known"},
        {"body == \"ä", "column 9: the text has no closing \""},
        {"body == 'a\\'", "column 9: the text has no closing '"},
        {"body == \"a\\", "column 11: unknown escape: \\\" \\' \\\\ \\n \\t are known"},
        {"body matches /a\\/", "column 14: the regular expression has no closing /"},
        {"body matches /a\\", "column 14: the regular expression has no closing /"},
        {"body matches /ä/x", "column 17: unknown flag: after /…/ only `i` is known"},
        {"status == (1)", "column 11: unexpected `(`"},
        {"status == 1 # one", "column 13: unexpected `#`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fixture_refuse(cases[i].text, cases[i].error);
}

static void lex__word_longer_than_its_place__is_cut(void **state)
{
    (void)state;
    char text[200];
    struct bench b;
    struct token t;
    memset(text, 'w', sizeof text);
    text[150] = '\0';
    begin(&b, text);
    assert_int_equal(expect_lex(&b.lx, &t), 0);
    assert_int_equal(strlen(t.word), sizeof t.word - 1);
    assert_int_equal(expect_lex(&b.lx, &t), 0);
    assert_int_equal(t.kind, TOKEN_END);
}

static void path__ends_at_a_blank_or_operator_outside_brackets(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path, *rest;
    } cases[] = {
        {" $.a.b[0] == 1", "$.a.b[0]", " == 1"},
        {"$.a==1", "$.a", "==1"},
        {"$.a[?(@.k == \"v ] w\")].x<1", "$.a[?(@.k == \"v ] w\")].x", "<1"},
        {"$['a\\' b'] exists", "$['a\\' b']", " exists"},
        {"$", "$", ""},
        {"$[\"a", "$[\"a", ""},
        {"$.a]b c", "$.a]b", " c"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b;
        const char *path;
        begin(&b, cases[i].text);
        assert_int_equal(expect_lex_path(&b.lx, &path), 0);
        assert_string_equal(path, cases[i].path);
        assert_string_equal(b.lx.p, cases[i].rest);
    }
}

static void name__bare_or_in_quotes__is_taken_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *rest;
    } cases[] = {
        {" X-Rate_1.5 exists", "X-Rate_1.5", " exists"},
        {"age<5", "age", "<5"},
        {"\"x!y\" exists", "x!y", " exists"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b;
        const char *name;
        begin(&b, cases[i].text);
        assert_int_equal(expect_lex_name(&b.lx, &name), 0);
        assert_string_equal(name, cases[i].name);
        assert_string_equal(b.lx.p, cases[i].rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lex__every_kind__is_told_apart),
        cmocka_unit_test(lex__texts__are_unescaped),
        cmocka_unit_test(lex__patterns__keep_all_escapes_but_the_slash),
        cmocka_unit_test(lex__broken__names_the_column_in_characters),
        cmocka_unit_test(lex__word_longer_than_its_place__is_cut),
        cmocka_unit_test(path__ends_at_a_blank_or_operator_outside_brackets),
        cmocka_unit_test(name__bare_or_in_quotes__is_taken_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
