/* A report as a page: what strangers wrote is text in it. */
#include "hostile.h"

/* Every tag and attribute is one of ours, whatever was written: the same as without it. */
static void tags_of(const char *html, struct buf *ret)
{
    bool in_tag = false;
    char quote = 0;

    for (; *html != 0; html++) {
        if (!in_tag && *html == '<') {
            in_tag = true;
        } else if (in_tag && quote == 0 && *html == '>') {
            buf_char(ret, '\n');
            in_tag = false;
            continue;
        } else if (in_tag && *html == '"') {
            quote = quote == 0 ? '"' : 0;
        }
        if (in_tag)
            buf_char(ret, *html);
    }
}

static void html__hostile_texts__not_a_tag_more(void **state)
{
    struct buf plain, out, plain_tags, tags;

    (void)state;
    render("x", RENDER_HTML, &plain);
    buf_init(&plain_tags, RENDER_MAX_BYTES);
    tags_of(plain.p, &plain_tags);
    for (size_t i = 0; i < HOSTILE; i++) {
        render(hostile[i], RENDER_HTML, &out);
        buf_init(&tags, RENDER_MAX_BYTES);
        tags_of(out.p, &tags);
        assert_string_equal(buf_text(&tags), buf_text(&plain_tags));
        assert_null(strcasestr(out.p, "<script"));
        buf_done(&tags);
        buf_done(&out);
    }
    buf_done(&plain_tags);
    buf_done(&plain);
}

static void html__as_it_is__nothing_from_elsewhere_and_every_tag_closed(void **state)
{
    static const char *const never[] = {"src=",    "href=",  "url(http", "@import",
                                        "<script", "onload", "\"nan",    "Mnan",
                                        " nan",    "inf\"",  "(null)"};
    static const char *const pairs[] = {"table", "tr", "td", "th",  "svg", "section", "figure",
                                        "text",  "p",  "dl", "bdi", "div", "main"};
    struct buf out;

    (void)state;
    render(NULL, RENDER_HTML, &out);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strcasestr(out.p, never[i]) != NULL)
            fail_msg("the page holds `%s`", never[i]);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char open[16], more[16], close[16];
        int opened = 0, closed = 0;

        snprintf(open, sizeof open, "<%s>", pairs[i]);
        snprintf(more, sizeof more, "<%s ", pairs[i]);
        snprintf(close, sizeof close, "</%s>", pairs[i]);
        for (const char *s = out.p; (s = strchr(s, '<')) != NULL; s++) {
            opened += strncmp(s, open, strlen(open)) == 0 || strncmp(s, more, strlen(more)) == 0;
            closed += strncmp(s, close, strlen(close)) == 0;
        }
        if (opened != closed)
            fail_msg("<%s>: %d opened, %d closed", pairs[i], opened, closed);
    }
    buf_done(&out);
}

static void html__policy__has_the_hash_of_the_style(void **state)
{
    unsigned char sum[32];
    char hash[64], wanted[96];

    (void)state;
    crypto_sha256(render_html_style(), strlen(render_html_style()), sum);
    base64_encode(sum, sizeof sum, hash);
    snprintf(wanted, sizeof wanted, "style-src 'sha256-%s'", hash);
    if (strstr(render_html_policy(), wanted) == NULL)
        fail_msg("src/sla/html_style.c: the policy must say %s", wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html__hostile_texts__not_a_tag_more),
        cmocka_unit_test(html__as_it_is__nothing_from_elsewhere_and_every_tag_closed),
        cmocka_unit_test(html__policy__has_the_hash_of_the_style),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
