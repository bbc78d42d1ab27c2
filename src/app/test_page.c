/* test_page.c - every channel of one person, or one channel, told that this is a test. */
#include "app/test_page.h"

#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "loop/crypto.h"

struct test {
    struct buf out;
    struct jw json;
    size_t left;
    bool ok;
    test_page_done_fn *done;
    void *arg;
};

struct test_try {
    struct test *test;
    char person[NAME_SIZE], channel[NAME_SIZE];
};

static void write_outcome(struct test *t, const struct test_try *y, const struct attempt *a)
{
    static const char *const words[] = {
        [OUTCOME_OK] = "accepted",
        [OUTCOME_RETRY] = "failed",
        [OUTCOME_PERMANENT] = "refused",
    };

    jw_object(&t->json);
    jw_kv_text(&t->json, "person", y->person[0] ? y->person : NULL);
    jw_kv_text(&t->json, "channel", y->channel);
    jw_kv_text(&t->json, "outcome", words[a->outcome]);
    jw_kv_int(&t->json, "status", a->status);
    jw_kv_int(&t->json, "took_ms", a->took_ms);
    jw_kv_text(&t->json, "error", a->error[0] ? a->error : NULL);
    jw_object_end(&t->json);
}

static void on_done(void *arg, const struct attempt *a, int64_t first_byte_us)
{
    struct test_try *y = arg;
    struct test *t = y->test;

    (void)first_byte_us;
    if (a)
        write_outcome(t, y, a);
    t->ok = t->ok && a && a->outcome == OUTCOME_OK;
    mem_free(y);
    if (--t->left)
        return;
    jw_list_end(&t->json);
    t->done(t->arg, buf_text(&t->out), t->ok);
    buf_done(&t->out);
    mem_free(t);
}

static void send_test(struct test *t, struct notifier *n, const struct person *p,
                      const struct channel *ch)
{
    struct test_try *y = mem_new(struct test_try);
    struct delivery d = {.attempt = 1};
    unsigned char random[8];

    y->test = t;
    text_copy(y->person, sizeof y->person, p ? p->name : "");
    text_copy(y->channel, sizeof y->channel, ch->name);
    crypto_random(random, sizeof random);
    snprintf(d.id, sizeof d.id, "test-");
    hex_encode(random, sizeof random, d.id + 5);
    d.notice.type = NOTICE_TEST;
    d.notice.at_ms = loop_now_ms();
    text_copy(d.notice.title, sizeof d.notice.title,
              "This is a test of midwatch. Nothing is wrong.");
    text_copy(d.notice.person, sizeof d.notice.person, y->person);
    text_copy(d.notice.person_name, sizeof d.notice.person_name,
              p && p->full_name ? p->full_name : y->person);
    text_copy(d.notice.channel, sizeof d.notice.channel, ch->name);
    notifier_send(n, ch, &d, 1, on_done, y);
}

int test_page(const struct config *c, struct notifier *n, const char *to, test_page_done_fn *done,
              void *arg, struct err *e)
{
    const struct person *p = config_person(c, to);
    const struct channel *ch = p ? NULL : config_channel(c, to);
    struct test *t;

    if (!p && !ch)
        return err_set(e, "`%s` is neither a person nor a channel", to);
    if (p && !p->n_rules)
        return err_set(e, "%s has no `notify` rules, so no channel to test", to);
    t = mem_new(struct test);
    *t = (struct test){.ok = true, .done = done, .arg = arg, .left = p ? p->n_rules : 1};
    buf_init(&t->out, 1 << 16);
    jw_init(&t->json, &t->out);
    jw_list(&t->json);
    for (size_t i = 0; p && i < p->n_rules; i++)
        send_test(t, n, p, p->rules[i].via);
    if (ch)
        send_test(t, n, NULL, ch);
    return 0;
}
