/* Where the server listens, and what it says when it cannot. */
#include "server_world.h"

static void listen__taken_port__says_so(void **state)
{
    struct world w;
    struct err e = {0};
    (void)state;
    open_world(&w, (struct server_options){0});
    struct server_options o = {.listen = server_address(w.server)};
    assert_null(server_new(&w.loop, &o, on_request, &w, &e));
    assert_non_null(strstr(e.text, "the address is in use"));
    assert_non_null(strstr(e.text, server_address(w.server)));
    close_world(&w);
}

static void listen__bad_addresses__are_named(void **state)
{
    static const char *const bad[] = {"127.0.0.1", "127.0.0.1:",    "127.0.0.1:65536",
                                      "nohost:80", "[::1:80",       "1.2.3:80",
                                      "unix:",     "10.255.255.1:0"};
    struct world w;
    (void)state;
    open_world(&w, (struct server_options){0});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        struct server_options o = {.listen = bad[i]};
        struct server *s = server_new(&w.loop, &o, on_request, &w, &e);
        if (s != NULL)
            fail_msg("%s was taken", bad[i]);
        assert_non_null(strstr(e.text, "cannot listen on "));
    }
    close_world(&w);
}

static void listen__ipv6_and_localhost__serve(void **state)
{
    static const char *const good[] = {"[::1]:0", "localhost:0", "*:0", ":0"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct world w;
        struct client c;
        open_world(&w, (struct server_options){.listen = good[i]});
        exchange(&w, GET("/x"), &c);
        assert_non_null(strstr(c.text, "200 OK"));
        assert_true(w.last_loopback);
        close_world(&w);
    }
}

static void listen__unix__mode_0660_stale_replaced_live_not_removed_at_the_end(void **state)
{
    char dir[] = "/tmp/midwatch-test-XXXXXX", listen[128], path[128];
    struct world w, second;
    struct client c;
    struct stat st;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    snprintf(listen, sizeof listen, "unix:%s", path);

    struct sockaddr_un a = {.sun_family = AF_UNIX}; /* a stale one */
    memcpy(a.sun_path, path, strlen(path));
    int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(stale, (struct sockaddr *)&a, sizeof a), 0);
    close(stale);

    open_world(&w, (struct server_options){.listen = listen});
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_string_equal(server_address(w.server), listen);
    exchange(&w, GET("/x"), &c);
    assert_string_equal(w.last_peer, "unix");
    assert_true(w.last_loopback);

    struct err e = {0};
    struct server_options o = {.listen = listen};
    assert_null(server_new(&w.loop, &o, on_request, &w, &e));
    assert_non_null(strstr(e.text, "another process answers there"));

    assert_int_equal(unlink(path), 0); /* a successor takes the path */
    open_world(&second, (struct server_options){.listen = listen});
    close_world(&w);
    assert_int_equal(stat(path, &st), 0);
    close_world(&second);
    assert_int_not_equal(stat(path, &st), 0);

    FILE *f = fopen(path, "w"); /* not a socket: never removed */
    fclose(f);
    open_world(&w, (struct server_options){0});
    assert_null(server_new(&w.loop, &o, on_request, &w, &e));
    assert_non_null(strstr(e.text, "not a socket"));
    close_world(&w);
    unlink(path);
    rmdir(dir);
}

static void listen__handed_over__tcp_and_unix_serve(void **state)
{
    struct world w;
    struct client c = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "\0mw-test-handed-over"};
    int tcp = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)state;
    assert_int_equal(bind(tcp, (struct sockaddr *)&in, sizeof in), 0);
    open_world(&w, (struct server_options){.listen = "ignored", .listen_fd = tcp});
    exchange(&w, GET("/x"), &c);
    assert_non_null(strstr(c.text, "200 OK"));
    close_world(&w);

    assert_int_equal(bind(local, (struct sockaddr *)&un, sizeof un), 0);
    open_world(&w, (struct server_options){.listen = "ignored", .listen_fd = local});
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof un), 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    say(fd, GET("/x"));
    c = (struct client){0};
    until(&w, fd, &c, 1);
    assert_string_equal(w.last_peer, "unix");
    close(fd);
    close_world(&w);
}

static void out_of_descriptors__waiting_clients_are_closed__later_ones_served(void **state)
{
    struct world w;
    struct client refused = {0}, c;
    struct rlimit old, tight;
    (void)state;
    open_world(&w, (struct server_options){0});
    int fd = dial(&w);
    getrlimit(RLIMIT_NOFILE, &old);
    tight = old;
    int next = dup(fd);
    close(next);
    tight.rlim_cur = (rlim_t)next; /* nothing can be opened any more */
    setrlimit(RLIMIT_NOFILE, &tight);
    uint64_t turns = w.loop.turns;
    until(&w, fd, &refused, -1);
    setrlimit(RLIMIT_NOFILE, &old);
    assert_true(w.loop.turns - turns < 10000);
    close(fd);
    exchange(&w, GET("/x"), &c);
    assert_non_null(strstr(c.text, "200 OK"));
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listen__taken_port__says_so),
        cmocka_unit_test(listen__bad_addresses__are_named),
        cmocka_unit_test(listen__ipv6_and_localhost__serve),
        cmocka_unit_test(listen__unix__mode_0660_stale_replaced_live_not_removed_at_the_end),
        cmocka_unit_test(listen__handed_over__tcp_and_unix_serve),
        cmocka_unit_test(out_of_descriptors__waiting_clients_are_closed__later_ones_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
