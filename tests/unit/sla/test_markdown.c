/* A report as Markdown: what strangers wrote changes nothing of its form. */
#include "hostile.h"

/* Without what is escaped, what strangers wrote changes nothing of the form. */
static void form_of(const char *s, struct buf *ret)
{
    for (; *s != 0; s++) {
        if (*s == '\\' && s[1] != 0)
            s++;
        else if (strchr("|\n<>[]*`#", *s) != NULL)
            buf_char(ret, *s);
    }
}

static void markdown__hostile_texts__same_tables_and_heads(void **state)
{
    struct buf plain, out, a, b;

    (void)state;
    render("x", RENDER_MARKDOWN, &plain);
    buf_init(&a, RENDER_MAX_BYTES);
    form_of(plain.p, &a);
    for (size_t i = 0; i < HOSTILE; i++) {
        render(hostile[i], RENDER_MARKDOWN, &out);
        buf_init(&b, RENDER_MAX_BYTES);
        form_of(out.p, &b);
        assert_string_equal(buf_text(&a), buf_text(&b));
        buf_done(&b);
        buf_done(&out);
    }
    buf_done(&a);
    buf_done(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown__hostile_texts__same_tables_and_heads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
