/* test_stream.c - plain connections, by tcp and by unix socket, against an echo server. */
#include <sys/socket.h>
#include <unistd.h>

#include "stream_world.h"

/* --- plain --------------------------------------------------------------------------- */

static void tcp__echo__comes_back_in_order(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    echo(&f, &t);
    server_end(&s);
    end(&f);
}

static void unix__echo__comes_back_in_order(void **state)
{
    (void)state;
    struct fixture f;
    struct server s = {.manner = ECHOING};
    char path[64];
    begin(&f);
    s.loop = &f.loop;
    snprintf(path, sizeof path, "%s/sock", certs.dir);
    uv_pipe_init(&f.loop.uv, &s.uv.pipe, 0);
    assert_int_equal(uv_pipe_bind(&s.uv.pipe, path), 0);
    assert_int_equal(uv_listen(&s.uv.stream, 16, on_connection), 0);
    struct stream_target t = {.unix_path = path, .connect_timeout_ms = 2000};
    echo(&f, &t);
    server_end(&s);
    unlink(path);
    end(&f);
}

static void unix__no_socket_or_too_long__ends_with_the_fact(void **state)
{
    (void)state;
    struct fixture f;
    char path[200];
    begin(&f);
    struct stream_target t = {.unix_path = "/nonexistent/sock", .connect_timeout_ms = 2000};
    expect_end(&f, &t, "no such file or directory");
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    t.unix_path = path;
    expect_end(&f, &t, "the path of the socket is too long");
    end(&f);
}

static void tcp__refused__ends_at_once(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    server_end(&s); /* the port is free now */
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 5000};
    int64_t start_us = loop_mono_us();
    expect_end(&f, &t, "connection refused");
    t.host = "localhost"; /* both addresses refuse */
    expect_end(&f, &t, "connection refused");
    assert_true(loop_mono_us() - start_us < 1000000);
    end(&f);
}

/* localhost is 127.0.0.1, then ::1. Port 0: any. False where there is no IPv6. */
static bool server_tcp6(struct server *s, struct loop *l, int port)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6,
                             .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                             .sin6_port = htons((uint16_t)port)};
    int n = sizeof a;
    *s = (struct server){.loop = l, .manner = ECHOING};
    uv_tcp_init(&l->uv, &s->uv.tcp);
    if (uv_tcp_bind(&s->uv.tcp, (struct sockaddr *)&a, UV_TCP_IPV6ONLY) != 0 ||
        uv_listen(&s->uv.stream, 16, on_connection) != 0) {
        server_end(s);
        return false;
    }
    uv_tcp_getsockname(&s->uv.tcp, (struct sockaddr *)&a, &n);
    s->port = ntohs(a.sin6_port);
    return true;
}

static void tcp__first_address_refuses__the_next_is_tried(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    if (!server_tcp6(&s, &f.loop, 0)) {
        print_message("skipped: no IPv6 loopback here\n");
        end(&f);
        skip();
    }
    struct stream_target t = {.host = "localhost", .port = s.port, .connect_timeout_ms = 2000};
    echo(&f, &t);
    server_end(&s);
    end(&f);
}

static void tcp__no_such_name__says_resolve(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct stream_target t = {.host = "redis.test", .port = 6379, .connect_timeout_ms = 5000};
    expect_end(&f, &t, "resolve: no DNS server can be reached");
    t.host = "a b";
    expect_end(&f, &t, "resolve: not a host name");
    end(&f);
}

/* A listener whose queue is full answers no SYN. */
struct deaf {
    int fd, fill[8], port;
};

static void deaf_begin(struct deaf *d)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    d->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(d->fd, (struct sockaddr *)&a, n), 0);
    assert_int_equal(listen(d->fd, 0), 0);
    getsockname(d->fd, (struct sockaddr *)&a, &n);
    d->port = ntohs(a.sin_port);
    for (int i = 0; i < 8; i++) {
        d->fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)!connect(d->fill[i], (struct sockaddr *)&a, n);
    }
}

static void deaf_end(struct deaf *d)
{
    for (int i = 0; i < 8; i++)
        close(d->fill[i]);
    close(d->fd);
}

static void tcp__nobody_answers__ends_at_the_deadline(void **state)
{
    (void)state;
    struct fixture f;
    struct deaf d;
    deaf_begin(&d);
    begin(&f);
    struct stream_target t = {.host = "127.0.0.1", .port = d.port, .connect_timeout_ms = 200};
    int64_t start_us = loop_mono_us();
    expect_end(&f, &t, "no connection within 200ms");
    assert_true(loop_mono_us() - start_us >= 199000);
    end(&f);
    deaf_end(&d);
}

static void tcp__first_address_is_deaf__the_next_gets_its_share_of_the_time(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    struct deaf d;
    deaf_begin(&d);
    begin(&f);
    if (!server_tcp6(&s, &f.loop, d.port)) {
        print_message("skipped: no IPv6 loopback here\n");
        end(&f);
        deaf_end(&d);
        skip();
    }
    struct stream_target t = {.host = "localhost", .port = d.port, .connect_timeout_ms = 600};
    echo(&f, &t);
    server_end(&s);
    end(&f);
    deaf_end(&d);
}

static void tcp__peer_closes__ends_after_the_data(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    struct client c = {.want = 5};
    begin(&f);
    server_tcp(&s, &f.loop, CLOSE_AFTER_FIRST);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    client_open(&c, &f, &t);
    client_write(&c, "hello", 5);
    assert_true(turn_until(&f.loop, &c.done, 3000));
    assert_string_equal(c.text, "hello");
    assert_string_equal(c.why, "the peer closed the connection");
    server_end(&s);
    end(&f);
}

/* --- volume and backpressure --------------------------------------------------------- */

static void tcp__five_megabytes__come_back(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    volume(&f, &t);
    server_end(&s);
    end(&f);
}

static void queue__beyond_its_maximum__ends_the_stream(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    static char part[1 << 20];
    struct client c = {.want = 1};
    begin(&f);
    server_tcp(&s, &f.loop, SILENT);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    client_open(&c, &f, &t);
    for (int i = 0; i < 65; i++)
        client_write(&c, part, sizeof part);
    assert_true(turn_until(&f.loop, &c.done, 3000));
    assert_string_equal(c.why, "more than 64 MB wait to be written");
    server_end(&s);
    end(&f);
}

/* --- closing at awkward moments ------------------------------------------------------ */

static void close__at_every_stage__ends_once_and_empty(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    struct stream_tls tls = {.server_name = "127.0.0.1"};
    begin(&f);
    server_tcp(&s, &f.loop, SILENT);
    const struct stream_target targets[] = {
        {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000},
        {.host = "quiet.test", .port = s.port, .connect_timeout_ms = 2000},
        {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000, .tls = &tls},
        {.unix_path = "/nonexistent", .connect_timeout_ms = 2000},
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct client c = {.want = 1};
        client_open(&c, &f, &targets[i]);
        client_write(&c, "x", 1);
        client_close(&c, &f);
    }
    struct client opened = {.want = 1, .close_on_open = true};
    client_open(&opened, &f, &targets[0]);
    assert_true(turn_until(&f.loop, &opened.done, 2000));
    assert_string_equal(opened.why, "");
    server_end(&s);
    end(&f);
}

static void close__inside_on_data__brings_nothing_more(void **state)
{
    (void)state;
    struct fixture f;
    struct server s;
    begin(&f);
    server_tcp(&s, &f.loop, ECHOING);
    struct stream_target t = {.host = "127.0.0.1", .port = s.port, .connect_timeout_ms = 2000};
    struct client c = {.want = 1, .close_on_data = true};
    client_open(&c, &f, &t);
    client_write(&c, "x", 1);
    assert_true(turn_until(&f.loop, &c.done, 2000));
    assert_int_equal(c.ends, 1);
    assert_int_equal(c.got, 1);
    assert_string_equal(c.why, "");
    server_end(&s);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp__echo__comes_back_in_order),
        cmocka_unit_test(unix__echo__comes_back_in_order),
        cmocka_unit_test(unix__no_socket_or_too_long__ends_with_the_fact),
        cmocka_unit_test(tcp__refused__ends_at_once),
        cmocka_unit_test(tcp__first_address_refuses__the_next_is_tried),
        cmocka_unit_test(tcp__no_such_name__says_resolve),
        cmocka_unit_test(tcp__nobody_answers__ends_at_the_deadline),
        cmocka_unit_test(tcp__first_address_is_deaf__the_next_gets_its_share_of_the_time),
        cmocka_unit_test(tcp__peer_closes__ends_after_the_data),
        cmocka_unit_test(tcp__five_megabytes__come_back),
        cmocka_unit_test(queue__beyond_its_maximum__ends_the_stream),
        cmocka_unit_test(close__at_every_stage__ends_once_and_empty),
        cmocka_unit_test(close__inside_on_data__brings_nothing_more),
    };
    return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
