/* test_notify.c - one attempt, one end: what an answer means, and what the ledger keeps of it. */
#include "../loop/help.h"

#include "../peer.h"
#include "base/buf.h"
#include "base/text.h"
#include "format/webhook.h"
#include "loop/crypto.h"
#include "notify/notify.h"

#define long_line "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"

static struct loop loop;
static struct resolver *resolver;
static struct http_client *client;
static struct notifier *notifier;
static struct peer peer;
static int closed_port;

static const struct peer_page pages[] = {
    {"/yes", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nid=\xc3\xa4\n\x01 7", THEN_CLOSE},
    {"/long", "HTTP/1.1 202 OK\r\n\r\n" long_line long_line long_line long_line, THEN_CLOSE},
    {"/empty", "HTTP/1.1 204 No Content\r\n\r\n", THEN_CLOSE},
    {"/moved", "HTTP/1.1 302 Found\r\nLocation: /yes\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE},
    {"/gone", "HTTP/1.1 410 Gone\r\nContent-Length: 7\r\n\r\nno more", THEN_CLOSE},
    {"/busy", "HTTP/1.1 429 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE},
    {"/broken", "HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\noops", THEN_CLOSE},
    {"/reset", NULL, THEN_RESET},
    {"/silent", NULL, THEN_HOLD},
    {NULL, NULL, THEN_CLOSE},
};

struct seen {
    bool done, closed;
    int times;
    struct attempt a;
    int64_t first_byte_us;
};

static void on_done(void *arg, const struct attempt *a, int64_t first_byte_us)
{
    struct seen *s = arg;

    s->times++;
    s->closed = a == NULL;
    s->first_byte_us = first_byte_us;
    if (a)
        s->a = *a;
    s->done = true;
}

static struct delivery sample(void)
{
    struct delivery d = {.id = "1mh5v3q7abcd-0123456789ab", .attempt = 3};

    d.notice.type = NOTICE_TRIGGERED;
    d.notice.at_ms = 1795316645678LL;
    text_copy(d.notice.incident, sizeof d.notice.incident, "1mh5v3q7abcd");
    text_copy(d.notice.title, sizeof d.notice.title, "api is down: connection refused");
    text_copy(d.notice.channel, sizeof d.notice.channel, "hook");
    return d;
}

static void begin(int port, const char *path, struct seen *s)
{
    struct delivery d = sample();
    char url[128];
    struct channel ch = {.name = "hook", .url = {.bytes = url}, .timeout_ms = 400};

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, path);
    ch.url.len = strlen(url);
    *s = (struct seen){0};
    notifier_send(notifier, &ch, &d, d.attempt, on_done, s);
    assert_false(s->done);
}

static void send_to(int port, const char *path, struct seen *s)
{
    begin(port, path, s);
    assert_true(turn_until(&loop, &s->done, 5000));
    assert_int_equal(s->times, 1);
    assert_string_equal(s->a.delivery, "1mh5v3q7abcd-0123456789ab");
    assert_int_equal(s->a.number, 3);
}

static int set_up(void **state)
{
    struct err e;

    (void)state;
    must_init(&loop);
    resolver = resolver_new(&loop, &e);
    client = http_client_new(&loop, resolver, 10, &e);
    assert_non_null(client);
    notifier = notifier_new(&loop, client, NULL);
    close(listen_somewhere(&closed_port));
    peer_start(&peer, pages);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    notifier_close(notifier);
    http_client_close(client);
    resolver_close(resolver);
    loop_done(&loop);
    peer_stop(&peer);
    return 0;
}

static void answer__of_each_kind__means_what_the_manual_says(void **state)
{
    static const struct {
        const char *path;
        enum outcome outcome;
        enum reached reached;
        int status;
        int64_t retry_after_ms;
        const char *answer, *error;
    } cases[] = {
        {"/yes", OUTCOME_OK, REACHED_YES, 200, 0, "id=     7", ""},
        {"/empty", OUTCOME_OK, REACHED_YES, 204, 0, "", ""},
        {"/moved", OUTCOME_PERMANENT, REACHED_NO, 302, 0, "", "answered 302"},
        {"/gone", OUTCOME_PERMANENT, REACHED_NO, 410, 0, "no more", "answered 410"},
        {"/busy", OUTCOME_RETRY, REACHED_NO, 429, 7000, "", "answered 429"},
        {"/broken", OUTCOME_RETRY, REACHED_MAYBE, 500, 0, "oops", "answered 500"},
        {"/reset", OUTCOME_RETRY, REACHED_MAYBE, 0, 0, "", NULL},
        {"/silent", OUTCOME_RETRY, REACHED_MAYBE, 0, 0, "", NULL},
    };
    struct seen s;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        send_to(peer.port, cases[i].path, &s);
        assert_int_equal(s.a.outcome, cases[i].outcome);
        assert_int_equal(s.a.reached, cases[i].reached);
        assert_int_equal(s.a.status, cases[i].status);
        assert_int_equal(s.a.retry_after_ms, cases[i].retry_after_ms);
        assert_string_equal(s.a.answer, cases[i].answer);
        if (cases[i].error)
            assert_string_equal(s.a.error, cases[i].error);
        else
            assert_true(s.a.error[0]);
    }
}

static void nobody_listens__is_tried_again__and_reached_nobody(void **state)
{
    struct seen s;

    (void)state;
    send_to(closed_port, "/", &s);
    assert_int_equal(s.a.outcome, OUTCOME_RETRY);
    assert_int_equal(s.a.reached, REACHED_NO);
    assert_int_equal(s.first_byte_us, 0);
}

static void answer__longer_than_the_ledger_keeps__is_cut(void **state)
{
    struct seen s;

    (void)state;
    send_to(peer.port, "/long", &s);
    assert_int_equal(s.a.outcome, OUTCOME_OK);
    assert_int_equal(strlen(s.a.answer), sizeof s.a.answer - 1);
    assert_int_equal(strncmp(s.a.answer, long_line, strlen(long_line)), 0);
}

/* Also of attempts that failed: what was sent is what may have arrived. */
static void digest__of_every_attempt__is_that_of_the_body_sent(void **state)
{
    static const char *const paths[] = {"/yes", "/broken", "/silent"};
    struct delivery d = sample();
    struct seen s;
    struct buf body;
    unsigned char sum[32];
    char hex[65];

    (void)state;
    buf_init(&body, 20000);
    webhook_body(&body, &d.notice, NULL);
    crypto_sha256(body.p, body.len, sum);
    hex_encode(sum, sizeof sum, hex);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        send_to(peer.port, paths[i], &s);
        assert_string_equal(s.a.digest, hex);
        pthread_mutex_lock(&peer.lock);
        assert_string_equal(strstr(peer.request, "\r\n\r\n") + 4, buf_text(&body));
        pthread_mutex_unlock(&peer.lock);
    }
    send_to(closed_port, "/", &s);
    assert_string_equal(s.a.digest, hex);
    buf_done(&body);
}

static void attempt__when_the_notifier_closes__ends_without_an_outcome(void **state)
{
    struct seen s;

    (void)state;
    begin(peer.port, "/silent", &s);
    notifier_close(notifier);
    notifier = NULL;
    assert_true(s.done && s.closed);
    assert_int_equal(s.times, 1);
    notifier = notifier_new(&loop, client, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer__of_each_kind__means_what_the_manual_says),
        cmocka_unit_test(nobody_listens__is_tried_again__and_reached_nobody),
        cmocka_unit_test(answer__longer_than_the_ledger_keeps__is_cut),
        cmocka_unit_test(digest__of_every_attempt__is_that_of_the_body_sent),
        cmocka_unit_test(attempt__when_the_notifier_closes__ends_without_an_outcome),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
