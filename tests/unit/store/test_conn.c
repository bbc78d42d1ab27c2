/* test_conn.c - one connection over a stream of our own making: every answer to its question, every
 * question to its end. */
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "../../../src/store/redis.h"
#include "base/buf.h"
#include "base/mem.h"

/* --- a stream that is only what the test says --- */

struct stream {
    struct stream_events ev;
    void *arg;
    struct buf written;
    bool closed;
};
static struct stream *line;

struct stream *stream_open(struct loop *l, struct resolver *r, const struct stream_target *t,
                           const struct stream_events *ev, void *arg)
{
    (void)l, (void)r, (void)t;
    line = mem_new(struct stream);
    line->ev = *ev;
    line->arg = arg;
    buf_init(&line->written, 1 << 20);
    return line;
}

void stream_write(struct stream *s, const void *p, size_t n)
{
    buf_put(&s->written, p, n);
}

size_t stream_queued(const struct stream *s)
{
    return s->written.len;
}

void stream_close(struct stream *s)
{
    s->closed = true;
}

static void say(const char *bytes)
{
    line->ev.on_data(line->arg, bytes, strlen(bytes));
}

static void hang_up(const char *why)
{
    struct err e = {""};

    strncat(e.text, why, sizeof e.text - 1);
    line->ev.on_end(line->arg, &e);
    buf_done(&line->written);
    mem_free(line);
    line = NULL;
}

/* --- who asks --- */

static char heard[1024];
static int ends;
static char end_why[256];
static struct redis *conn;
static bool close_in_answer;

static void note(const char *text)
{
    strncat(heard, text, sizeof heard - strlen(heard) - 1);
}

static void on_reply(void *arg, const redisReply *r)
{
    note(arg);
    note(r == NULL ? "- " : r->type == REDIS_REPLY_ARRAY ? "* " : "+ ");
    if (close_in_answer && r != NULL)
        redis_close(conn, "enough");
}

static void on_open(void *arg)
{
    (void)arg;
    note("open ");
}

static void on_end(void *arg, const char *why)
{
    (void)arg;
    ends++;
    snprintf(end_why, sizeof end_why, "%s", why);
}

static int setup(void **state)
{
    static const struct redis_events ev = {on_open, on_end};
    struct stream_target t = {.unix_path = "/nowhere"};

    (void)state;
    heard[0] = '\0';
    ends = 0;
    close_in_answer = false;
    conn = redis_open(NULL, NULL, &t, &ev, NULL);
    line->ev.on_open(line->arg);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (line != NULL)
        hang_up("");
    assert_int_equal(ends, 1);
    return 0;
}

static char A[] = "a", B[] = "b", C[] = "c";
static const char *const ping[] = {"PING", NULL};

static void answers__go_to_their_questions_in_order__also_in_crumbs(void **state)
{
    static const char bytes[] = "+PONG\r\n:1\r\n:2\r\n*2\r\n$1\r\nx\r\n$-1\r\n";

    (void)state;
    redis_command(conn, ping, on_reply, A);
    redis_write(conn, "X", 1);
    redis_expect(conn, 2, on_reply, B);
    redis_command(conn, ping, on_reply, C);
    assert_string_equal(buf_text(&line->written), "*1\r\n$4\r\nPING\r\nX*1\r\n$4\r\nPING\r\n");
    for (size_t i = 0; i + 1 < sizeof bytes; i++)
        line->ev.on_data(line->arg, bytes + i, 1);
    assert_string_equal(heard, "open a+ b+ b+ c* ");
    assert_int_equal(redis_oldest_us(conn), 0);
}

static void end__every_question_hears_it_once(void **state)
{
    (void)state;
    redis_command(conn, ping, on_reply, A);
    redis_write(conn, "X", 1);
    redis_expect(conn, 2, on_reply, B);
    redis_command(conn, ping, on_reply, C);
    say("+PONG\r\n:1\r\n");
    assert_true(redis_oldest_us(conn) > 0);
    hang_up("connection reset");
    assert_string_equal(heard, "open a+ b+ b- c- ");
    assert_string_equal(end_why, "connection reset");
}

static void close_inside_an_answer__the_rest_is_not_heard(void **state)
{
    (void)state;
    close_in_answer = true;
    redis_command(conn, ping, on_reply, A);
    redis_command(conn, ping, on_reply, B);
    say("+PONG\r\n+PONG\r\n");
    assert_true(line->closed);
    say("+PONG\r\n");
    hang_up("");
    assert_string_equal(heard, "open a+ b- ");
    assert_string_equal(end_why, "enough");
}

static void no_redis__is_closed_with_words(void **state)
{
    (void)state;
    redis_command(conn, ping, on_reply, A);
    say("HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_true(line->closed);
    hang_up("");
    assert_string_equal(heard, "open a- ");
    assert_string_equal(end_why, "the answer is not the Redis protocol");
}

static void answer_to_no_question__is_closed_with_words(void **state)
{
    (void)state;
    say("+PONG\r\n");
    assert_true(line->closed);
    hang_up("");
    assert_string_equal(end_why, "an answer to no question");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers__go_to_their_questions_in_order__also_in_crumbs),
        TEST(end__every_question_hears_it_once),
        TEST(close_inside_an_answer__the_rest_is_not_heard),
        TEST(no_redis__is_closed_with_words),
        TEST(answer_to_no_question__is_closed_with_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
