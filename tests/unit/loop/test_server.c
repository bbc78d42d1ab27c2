/* The HTTP server on real sockets: order, limits, deadlines, its end. */
#include "server_world.h"

static void get__plain__answered_with_length_date_and_kept_alive(void **state)
{
    struct world w;
    struct client c = {0};
    (void)state;
    open_world(&w, (struct server_options){0});
    int fd = dial(&w);
    say(fd, GET("/x"));
    until(&w, fd, &c, 1);
    assert_memory_equal(c.text, "HTTP/1.1 200 OK\r\nDate: ", 23);
    assert_non_null(strstr(c.text, " GMT\r\n"));
    assert_non_null(strstr(c.text, "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n/x"));
    assert_null(strstr(c.text, "Connection:"));
    say(fd, GET("/y"));
    until(&w, fd, &c, 2);
    assert_false(c.ended);
    assert_string_equal(w.last_peer, "127.0.0.1");
    assert_true(w.last_loopback);
    close(fd);
    close_world(&w);
}

static void head__length_but_no_body(void **state)
{
    struct world w;
    struct client c;
    (void)state;
    open_world(&w, (struct server_options){0});
    exchange(&w, "HEAD /xyz HTTP/1.1\r\nHost: a\r\n\r\n", &c);
    assert_non_null(strstr(c.text, "Content-Length: 4\r\n\r\n"));
    assert_string_equal(strstr(c.text, "\r\n\r\n"), "\r\n\r\n");
    close_world(&w);
}

static void connection_close_and_http10__closed_after_the_answer(void **state)
{
    static const char *const texts[] = {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                                        "GET / HTTP/1.0\r\n\r\n"};
    struct world w;
    (void)state;
    open_world(&w, (struct server_options){0});
    for (size_t i = 0; i < 2; i++) {
        struct client c = {0};
        int fd = dial(&w);
        say(fd, texts[i]);
        until(&w, fd, &c, -1);
        assert_non_null(strstr(c.text, "HTTP/1.1 200 OK\r\n"));
        assert_non_null(strstr(c.text, "Connection: close\r\n"));
        close(fd);
    }
    struct client c = {0};
    int fd = dial(&w);
    say(fd, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    until(&w, fd, &c, 1);
    assert_non_null(strstr(c.text, "Connection: keep-alive\r\n"));
    close(fd);
    close_world(&w);
}

static void pipeline__answers_in_order_one_at_a_time(void **state)
{
    struct world w;
    struct client c = {0};
    (void)state;
    open_world(&w, (struct server_options){0});
    int fd = dial(&w);
    say(fd, GET("/1") GET("/later") GET("/3") GET("/4"));
    until_request(&w, 2);
    for (int i = 0; i < 20; i++)
        uv_run(&w.loop.uv, UV_RUN_NOWAIT);
    assert_int_equal(w.requests, 2); /* the third waits for the second's answer */
    answer_held(&w, "/2");
    until(&w, fd, &c, 4);
    const char *one = strstr(c.text, "\r\n\r\n/1"), *two = strstr(c.text, "\r\n\r\n/2");
    const char *three = strstr(c.text, "\r\n\r\n/3"), *four = strstr(c.text, "\r\n\r\n/4");
    assert_true(one && two && three && four && one < two && two < three && three < four);
    close(fd);
    close_world(&w);
}

/* Turns the loop `n` times; what is sent is all the kernel takes. */
static void push(struct world *w, int fd, const char **text, struct client *c, int n)
{
    for (int i = 0; i < n; i++) {
        ssize_t k = send(fd, *text, strlen(*text), MSG_NOSIGNAL);
        *text += k > 0 ? k : 0;
        uv_run(&w->loop.uv, UV_RUN_NOWAIT);
        hear(fd, c);
    }
}

static void pipeline__longer_than_what_is_kept__nothing_is_lost(void **state)
{
    enum { MANY = 8000 };
    struct world w;
    struct client c = {0};
    char *many = mem_calloc(MANY + 2, sizeof GET("/later")), *end = many;
    const char *left = many;
    (void)state;
    open_world(&w, (struct server_options){0});
    int fd = dial(&w);
    for (int i = 0; i < MANY; i++)
        end = stpcpy(end, i < 2 ? GET("/later") : GET("/y"));
    for (int i = 1; i <= 2; i++) { /* two in a row wait while the rest presses */
        push(&w, fd, &left, &c, 50);
        assert_int_equal(w.requests, i);
        answer_held(&w, "late");
    }
    for (int64_t end_us = loop_mono_us() + 10000000; w.requests < MANY && loop_mono_us() < end_us;)
        push(&w, fd, &left, &c, 1);
    assert_int_equal(w.requests, MANY);
    assert_false(c.ended);
    close(fd);
    mem_free(many);
    close_world(&w);
}

static void request__half_closed_by_the_client__still_answered(void **state)
{
    struct world w;
    struct client c;
    (void)state;
    open_world(&w, (struct server_options){0});
    exchange(&w, GET("/1") GET("/2"), &c);
    assert_int_equal(count(c.text, "200 OK"), 2);
    close_world(&w);
}

static void bad_request__of_each_kind__told_and_closed(void **state)
{
    static const struct {
        const char *text, *status;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET / HTTP/3.0\r\n\r\n", "505"},
        {"BREW / HTTP/1.1\r\n\r\n", "501"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", "413"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         "400"},
    };
    struct world w;
    (void)state;
    open_world(&w, (struct server_options){.max_body = 100});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client c;
        exchange(&w, cases[i].text, &c);
        assert_memory_equal(c.text + 9, cases[i].status, 3);
        assert_non_null(strstr(c.text, "application/problem+json"));
        assert_non_null(strstr(c.text, "Connection: close"));
    }
    assert_int_equal(w.requests, 0);
    close_world(&w);
}

static void refused_while_still_sending__the_answer_is_not_lost_to_a_reset(void **state)
{
    struct world w;
    struct client c = {0};
    char part[4096];
    (void)state;
    memset(part, 'a', sizeof part);
    open_world(&w, (struct server_options){.max_body = 10});
    int fd = dial(&w);
    say(fd, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n");
    for (int i = 0; i < 50; i++) /* all of it before the server looks */
        (void)!send(fd, part, sizeof part, MSG_NOSIGNAL);
    until(&w, fd, &c, -1);
    assert_memory_equal(c.text, "HTTP/1.1 413", 12);
    assert_false(c.reset);
    close(fd);
    close_world(&w);
}

static void body__expected__continue_is_said_first(void **state)
{
    struct world w;
    struct client c = {0};
    (void)state;
    open_world(&w, (struct server_options){0});
    int fd = dial(&w);
    say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    until(&w, fd, &c, 1);
    assert_string_equal(c.text, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "abc");
    until(&w, fd, &c, 2);
    assert_string_equal(w.last_body, "abc");
    close(fd);
    close_world(&w);
}

static void slow_head__byte_by_byte__cut_with_408(void **state)
{
    struct world w;
    struct client c = {0};
    const char *text =
        GET("/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    int64_t from_us = loop_mono_us();
    (void)state;
    open_world(&w, (struct server_options){.head_ms = 100});
    int fd = dial(&w);
    for (; !c.ended && c.n == 0 && loop_mono_us() < from_us + 5000000; text += *text != 0) {
        (void)!send(fd, text, 1, MSG_NOSIGNAL);
        uv_run(&w.loop.uv, UV_RUN_NOWAIT);
        hear(fd, &c);
        usleep(5000);
    }
    assert_memory_equal(c.text, "HTTP/1.1 408", 12);
    assert_true(loop_mono_us() - from_us < 4000000);
    assert_int_equal(w.requests, 0);
    close(fd);
    close_world(&w);
}

static void slow_body__cut_with_408__idle_and_silent_ones_just_closed(void **state)
{
    struct world w;
    struct client body = {0}, idle = {0}, silent = {0};
    (void)state;
    open_world(&w, (struct server_options){.head_ms = 100, .body_ms = 100, .idle_ms = 100});
    int a = dial(&w), b = dial(&w), d = dial(&w);
    say(a, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
    say(b, GET("/"));
    until(&w, a, &body, -1);
    until(&w, b, &idle, -1);
    until(&w, d, &silent, -1);
    assert_memory_equal(body.text, "HTTP/1.1 408", 12);
    assert_int_equal(count(idle.text, "HTTP/1.1"), 1);
    assert_int_equal(silent.n, 0);
    close(a), close(b), close(d);
    close_world(&w);
}

static void slow_reader__cut_at_the_write_deadline(void **state)
{
    struct world w;
    struct client c = {0};
    int64_t end_us = loop_mono_us() + 5000000;
    (void)state;
    open_world(&w, (struct server_options){.write_ms = 100});
    w.big = 32 << 20;
    int fd = dial(&w);
    say(fd, GET("/big"));
    until_request(&w, 1);
    while (server_connections(w.server) > 0 && loop_mono_us() < end_us)
        uv_run(&w.loop.uv, UV_RUN_ONCE);
    assert_int_equal(server_connections(w.server), 0);
    until(&w, fd, &c, -1);
    assert_true(c.total < w.big);
    close(fd);
    close_world(&w);
}

static void big_answer__to_a_steady_reader__arrives_whole(void **state)
{
    struct world w;
    struct client c = {0};
    (void)state;
    open_world(&w, (struct server_options){0});
    w.big = 8 << 20;
    int fd = dial(&w);
    say(fd, "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    until(&w, fd, &c, -1);
    assert_int_equal(c.total, w.big + (size_t)(strstr(c.text, "\r\n\r\n") + 4 - c.text));
    close(fd);
    close_world(&w);
}

static void full__oldest_idle_makes_room__busy_ones_stay(void **state)
{
    struct world w;
    struct client a = {0}, b = {0}, c = {0}, d = {0};
    (void)state;
    open_world(&w, (struct server_options){.max_connections = 2});
    int older = dial(&w);
    say(older, GET("/"));
    until(&w, older, &a, 1);
    int busy = dial(&w);
    say(busy, GET("/later"));
    until_request(&w, 2);
    int third = dial(&w);
    say(third, GET("/later"));
    struct request *held = w.held;
    until(&w, older, &a, -1); /* made room */
    until_request(&w, 3);
    int fourth = dial(&w); /* now both are busy */
    until(&w, fourth, &d, -1);
    assert_memory_equal(d.text, "HTTP/1.1 503", 12);
    answer_held(&w, "c");
    until(&w, third, &c, 1);
    w.held = held;
    answer_held(&w, "b");
    until(&w, busy, &b, 1);
    close(older), close(busy), close(third), close(fourth);
    close_world(&w);
}

static void answer__after_the_client_has_gone__is_dropped(void **state)
{
    struct world w;
    int64_t end_us = loop_mono_us() + 5000000;
    struct linger hard = {.l_onoff = 1};
    (void)state;
    open_world(&w, (struct server_options){0});
    int fd = dial(&w);
    say(fd, GET("/later"));
    until_request(&w, 1);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd); /* a reset */
    while (server_connections(w.server) > 0 && loop_mono_us() < end_us)
        uv_run(&w.loop.uv, UV_RUN_NOWAIT);
    assert_int_equal(server_connections(w.server), 0);
    answer_held(&w, "too late");
    close_world(&w);
}

static void close__with_a_request_under_way__answers_it_and_takes_no_other(void **state)
{
    struct world w;
    struct client busy = {0}, idle = {0};
    (void)state;
    open_world(&w, (struct server_options){0});
    int a = dial(&w), b = dial(&w);
    say(b, GET("/"));
    until(&w, b, &idle, 1);
    say(a, GET("/later") GET("/2"));
    until_request(&w, 2);
    server_close(w.server);
    until(&w, b, &idle, -1);
    answer_held(&w, "done");
    until(&w, a, &busy, -1);
    assert_non_null(strstr(busy.text, "Connection: close\r\n"));
    assert_non_null(strstr(busy.text, "\r\n\r\ndone"));
    assert_int_equal(w.requests, 2);
    close(a), close(b);
    loop_run(&w.loop);
    loop_done(&w.loop);
}

static void close__with_a_handler_that_never_ends__does_not_wait_for_ever(void **state)
{
    struct world w;
    int64_t from_us = loop_mono_us();
    (void)state;
    open_world(&w, (struct server_options){.drain_ms = 100});
    int fd = dial(&w);
    say(fd, GET("/later"));
    until_request(&w, 1);
    server_close(w.server);
    loop_run(&w.loop);
    assert_true(loop_mono_us() - from_us < 2000000);
    answer_held(&w, "after the server's end");
    close(fd);
    loop_done(&w.loop);
}

static void query__by_key__decoded_or_absent(void **state)
{
    struct request_view v = {
        .query = "a=1&b=x%20y+z&c&at=2026-11-22T03%3a04%3A05Z&long=aaaaaaaaaa&n=%00"};
    char s[32], small[4];
    (void)state;
    assert_true(request_query(&v, "a", s, sizeof s));
    assert_string_equal(s, "1");
    assert_true(request_query(&v, "b", s, sizeof s));
    assert_string_equal(s, "x y z");
    assert_true(request_query(&v, "at", s, sizeof s));
    assert_string_equal(s, "2026-11-22T03:04:05Z");
    assert_false(request_query(&v, "c", s, sizeof s));
    assert_false(request_query(&v, "d", s, sizeof s));
    assert_false(request_query(&v, "long", small, sizeof small));
    assert_false(request_query(&v, "n", s, sizeof s));
}

static void query__several_of_a_key__each_in_turn(void **state)
{
    struct request_view v = {.query = "a=1&ab=no&a=%32&b=3&a="};
    const char *at = NULL;
    char s[8];
    (void)state;
    assert_true(request_query_next(&v, &at, "a", s, sizeof s));
    assert_string_equal(s, "1");
    assert_true(request_query_next(&v, &at, "a", s, sizeof s));
    assert_string_equal(s, "2");
    assert_true(request_query_next(&v, &at, "a", s, sizeof s));
    assert_string_equal(s, "");
    assert_false(request_query_next(&v, &at, "a", s, sizeof s));
    assert_false(request_query_next(&v, &at, "a", s, sizeof s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get__plain__answered_with_length_date_and_kept_alive),
        cmocka_unit_test(head__length_but_no_body),
        cmocka_unit_test(connection_close_and_http10__closed_after_the_answer),
        cmocka_unit_test(pipeline__answers_in_order_one_at_a_time),
        cmocka_unit_test(pipeline__longer_than_what_is_kept__nothing_is_lost),
        cmocka_unit_test(request__half_closed_by_the_client__still_answered),
        cmocka_unit_test(bad_request__of_each_kind__told_and_closed),
        cmocka_unit_test(refused_while_still_sending__the_answer_is_not_lost_to_a_reset),
        cmocka_unit_test(body__expected__continue_is_said_first),
        cmocka_unit_test(slow_head__byte_by_byte__cut_with_408),
        cmocka_unit_test(slow_body__cut_with_408__idle_and_silent_ones_just_closed),
        cmocka_unit_test(slow_reader__cut_at_the_write_deadline),
        cmocka_unit_test(big_answer__to_a_steady_reader__arrives_whole),
        cmocka_unit_test(full__oldest_idle_makes_room__busy_ones_stay),
        cmocka_unit_test(answer__after_the_client_has_gone__is_dropped),
        cmocka_unit_test(close__with_a_request_under_way__answers_it_and_takes_no_other),
        cmocka_unit_test(close__with_a_handler_that_never_ends__does_not_wait_for_ever),
        cmocka_unit_test(query__by_key__decoded_or_absent),
        cmocka_unit_test(query__several_of_a_key__each_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
