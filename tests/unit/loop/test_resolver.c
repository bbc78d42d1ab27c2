/* test_resolver.c - against a real dnsmasq, and against a small server of our own where
 * questions must be counted, kept waiting or failed. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "help.h"

#include "base/mem.h"
#include "loop/resolver.h"

/* --- one question and what came of it ------------------------------------------------ */

struct heard {
    volatile bool done;
    int times;
    bool local, found;
    char text[512]; /* the addresses, or why there are none */
};

static void on_heard(void *arg, const struct addresses *a, bool local, const struct err *e)
{
    struct heard *h = arg;
    h->done = true;
    h->times++;
    h->local = local;
    h->found = a != NULL;
    h->text[0] = '\0';
    if (a == NULL)
        snprintf(h->text, sizeof h->text, "%s", e->text);
    for (size_t i = 0; a != NULL && i < a->n; i++) {
        char ip[64];
        size_t n = strlen(h->text);
        snprintf(h->text + n, sizeof h->text - n, "%s%s", n > 0 ? " " : "",
                 address_text(&a->at[i], ip, sizeof ip));
    }
}

struct fixture {
    struct loop loop;
    struct resolver *resolver;
};

static void begin(struct fixture *f, const char *servers)
{
    struct err e;
    must_init(&f->loop);
    f->resolver = resolver_new(&f->loop, &e);
    assert_non_null(f->resolver);
    if (servers != NULL)
        assert_int_equal(resolver_set_servers(f->resolver, servers, &e), 0);
}

static void end(struct fixture *f)
{
    resolver_close(f->resolver);
    loop_run(&f->loop);
    loop_done(&f->loop);
}

static struct heard ask(struct fixture *f, const char *host, enum http_family family, int64_t ms)
{
    struct heard h = {0};
    struct resolve *q = resolver_ask(f->resolver, host, family, ms, on_heard, &h);
    assert_int_equal(h.times, q == NULL); /* NULL if and only if it has come */
    assert_true(turn_until(&f->loop, &h.done, ms + 2000));
    assert_int_equal(h.times, 1);
    return h;
}

static int free_port(int type)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, type, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    getsockname(fd, (struct sockaddr *)&a, &n);
    close(fd);
    return ntohs(a.sin_port);
}

/* --- a server of our own ------------------------------------------------------------- */

/* Answers by the first letter of the name: 'a' with 192.0.2.1 (nothing for AAAA), 'x' NXDOMAIN,
 * 's' SERVFAIL, 'q' never. */
struct fake {
    uv_udp_t udp;
    char address[32];
    int questions;
    uint8_t ttl;
    bool cut_off; /* SERVFAIL to everything, as a resolver without an uplink says */
    char in[1500];
};

static void on_fake_alloc(uv_handle_t *h, size_t size, uv_buf_t *b)
{
    struct fake *f = container_of(h, struct fake, udp);
    (void)size;
    *b = uv_buf_init(f->in, sizeof f->in);
}

static void on_fake_question(uv_udp_t *h, ssize_t n, const uv_buf_t *b, const struct sockaddr *from,
                             unsigned flags)
{
    struct fake *f = container_of(h, struct fake, udp);
    unsigned char *p = (unsigned char *)b->base, out[600];
    (void)flags;
    if (n < 17 || from == NULL)
        return;
    f->questions++;
    char kind = (char)p[13];
    size_t at = 12;
    while (at < (size_t)n && p[at] != 0)
        at += p[at] + 1u;
    size_t len = at + 5;
    if (kind == 'q' || len > 400 || len > (size_t)n)
        return;
    memcpy(out, p, len);
    bool a_record = p[at + 2] == 1;
    static const unsigned char head[] = {0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0};
    memcpy(out + 2, head, sizeof head);
    out[3] |= f->cut_off ? 2 : kind == 'x' ? 3 : kind == 's' ? 2 : 0;
    if (kind == 'a' && a_record && !f->cut_off) {
        unsigned char answer[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, f->ttl, 0, 4, 192, 0, 2, 1};
        out[7] = 1;
        memcpy(out + len, answer, sizeof answer);
        len += sizeof answer;
    }
    uv_buf_t reply = uv_buf_init((char *)out, (unsigned)len);
    assert_int_equal(uv_udp_try_send(h, &reply, 1, from), (int)len);
}

static void fake_begin(struct fake *s, struct loop *l)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int n = sizeof a;
    *s = (struct fake){.ttl = 60};
    uv_udp_init(&l->uv, &s->udp);
    assert_int_equal(uv_udp_bind(&s->udp, (struct sockaddr *)&a, 0), 0);
    uv_udp_getsockname(&s->udp, (struct sockaddr *)&a, &n);
    snprintf(s->address, sizeof s->address, "127.0.0.1:%d", ntohs(a.sin_port));
    uv_udp_recv_start(&s->udp, on_fake_alloc, on_fake_question);
}

static void fake_end(struct fake *s)
{
    uv_close((uv_handle_t *)&s->udp, NULL);
}

static void begin_with_fake(struct fixture *f, struct fake *s)
{
    struct err e;
    begin(f, NULL);
    fake_begin(s, &f->loop);
    assert_int_equal(resolver_set_servers(f->resolver, s->address, &e), 0);
}

/* --- no server needed ---------------------------------------------------------------- */

static void address__asked__is_answered_at_once(void **state)
{
    (void)state;
    struct fixture f;
    static const struct {
        const char *host;
        enum http_family family;
        bool found;
        const char *text;
    } cases[] = {
        {"192.0.2.1", FAMILY_ANY, true, "192.0.2.1"},
        {"192.0.2.1", FAMILY_IPV4, true, "192.0.2.1"},
        {"192.0.2.1", FAMILY_IPV6, false, "the address is of the other family"},
        {"2001:DB8::1", FAMILY_ANY, true, "2001:db8::1"},
        {"2001:db8::1", FAMILY_IPV4, false, "the address is of the other family"},
        {"localhost", FAMILY_ANY, true, "127.0.0.1 ::1"},
        {"LocalHost.", FAMILY_IPV4, true, "127.0.0.1"},
        {"api.localhost", FAMILY_IPV6, true, "::1"},
        {"", FAMILY_ANY, false, "not a host name"},
        {"a b", FAMILY_ANY, false, "not a host name"},
        {"a\nb", FAMILY_ANY, false, "not a host name"},
    };
    begin(&f, "127.0.0.1:1");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard h = {0};
        struct resolve *q =
            resolver_ask(f.resolver, cases[i].host, cases[i].family, 1000, on_heard, &h);
        assert_null(q);
        assert_int_equal(h.times, 1);
        assert_int_equal(h.found, cases[i].found);
        assert_false(h.local);
        assert_string_equal(h.text, cases[i].text);
    }
    char host[300];
    memset(host, 'a', sizeof host);
    host[299] = '\0';
    assert_string_equal(ask(&f, host, FAMILY_ANY, 100).text, "not a host name");
    end(&f);
}

static void address__text_and_back__is_the_same(void **state)
{
    (void)state;
    static const char *const good[] = {"127.0.0.1", "::1", "2001:db8::5", "fe80::1%lo"};
    static const char *const bad[] = {"",           "1.2.3", "1.2.3.4.5", "0x7f.1",    "127.1",
                                      "::1%nosuch", "[::1]", "1.2.3.4 ",  "2130706433"};
    struct sockaddr_storage a;
    char text[64];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(address_parse(good[i], &a));
        address_set_port(&a, 443);
        address_text(&a, text, sizeof text);
        assert_int_equal(strncmp(text, good[i], strlen(text)), 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(address_parse(bad[i], &a));
}

/* --- trouble -----------------------------------------------------------------------------------
 */

static void dead_server__asked__fails_locally_and_fast(void **state)
{
    (void)state;
    struct fixture f;
    char server[32];
    snprintf(server, sizeof server, "127.0.0.1:%d", free_port(SOCK_DGRAM));
    begin(&f, server);
    int64_t start_us = loop_mono_us();
    struct heard h = ask(&f, "ok.test", FAMILY_ANY, 5000);
    assert_true(loop_mono_us() - start_us < 500000);
    assert_false(h.found);
    assert_true(h.local);
    assert_string_equal(h.text, "no DNS server can be reached");
    end(&f);
}

static void black_hole__asked__times_out_locally_without_stalling(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    begin_with_fake(&f, &s);
    loop_take_late_max_us(&f.loop);
    int64_t start_us = loop_mono_us();
    struct heard h = ask(&f, "quiet.test", FAMILY_ANY, 300);
    int64_t took_us = loop_mono_us() - start_us;
    assert_true(took_us >= 300000 && took_us < 800000);
    assert_true(f.loop.late_max_us < 100000);
    assert_false(h.found);
    assert_true(h.local);
    assert_string_equal(h.text, "no DNS server answered within 300ms");
    fake_end(&s);
    end(&f);
}

static void slow_name__server_answers_others__is_the_names_fault(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    struct heard slow = {0};
    begin_with_fake(&f, &s);
    assert_non_null(resolver_ask(f.resolver, "quiet.test", FAMILY_ANY, 400, on_heard, &slow));
    assert_true(ask(&f, "alive.test", FAMILY_ANY, 2000).found);
    assert_true(turn_until(&f.loop, &slow.done, 2000));
    assert_false(slow.local);
    assert_string_equal(slow.text, "the DNS servers did not resolve it within 400ms");
    fake_end(&s);
    end(&f);
}

static void servfail__is_the_names_fault__unless_everything_gets_it(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    begin_with_fake(&f, &s);
    struct heard h = ask(&f, "servfail.test", FAMILY_ANY, 5000);
    assert_false(h.found);
    assert_false(h.local);
    assert_string_equal(h.text, "the DNS servers could not resolve it");
    s.cut_off = true; /* now the servers can tell nothing at all */
    assert_true(ask(&f, "alive.test", FAMILY_ANY, 5000).local);
    fake_end(&s);
    end(&f);
}

static void no_name__asked_twice__is_asked_of_the_server_once(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    begin_with_fake(&f, &s);
    struct heard h = ask(&f, "x.test.", FAMILY_IPV4, 5000);
    assert_false(h.found);
    assert_false(h.local);
    assert_string_equal(h.text, "no such host");
    int before = s.questions;
    assert_string_equal(ask(&f, "X.test.", FAMILY_IPV4, 5000).text, "no such host");
    assert_int_equal(s.questions, before);
    fake_end(&s);
    end(&f);
}

static void no_address__of_that_family__says_so(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    begin_with_fake(&f, &s);
    struct heard h = ask(&f, "a.test.", FAMILY_IPV6, 5000);
    assert_false(h.found);
    assert_false(h.local);
    assert_string_equal(h.text, "the name has no IPv6 address");
    fake_end(&s);
    end(&f);
}

/* --- the cache ----------------------------------------------------------------------- */

static void equal_questions__together__are_asked_once(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    struct heard h[50] = {{0}};
    begin_with_fake(&f, &s);
    for (int i = 0; i < 50; i++)
        assert_non_null(resolver_ask(f.resolver, i % 2 ? "a.test." : "A.TEST.", FAMILY_IPV4, 2000,
                                     on_heard, &h[i]));
    for (int i = 0; i < 50; i++) {
        assert_true(turn_until(&f.loop, &h[i].done, 2000));
        assert_int_equal(h[i].times, 1);
        assert_string_equal(h[i].text, "192.0.2.1");
    }
    assert_int_equal(s.questions, 1);
    fake_end(&s);
    end(&f);
}

static void answer__within_its_time_to_live__comes_from_the_cache(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    begin_with_fake(&f, &s);
    s.ttl = 0; /* raised to one second */
    ask(&f, "a.test.", FAMILY_IPV4, 2000);
    int64_t cached_us = loop_mono_us();
    assert_true(ask(&f, "a.test.", FAMILY_IPV4, 2000).found);
    assert_int_equal(s.questions, 1);
    while (s.questions == 1 && loop_mono_us() - cached_us < 5000000)
        assert_true(ask(&f, "a.test.", FAMILY_IPV4, 2000).found);
    assert_int_equal(s.questions, 2);
    assert_true(loop_mono_us() - cached_us > 900000);
    assert_true(loop_mono_us() - cached_us < 2000000);
    fake_end(&s);
    end(&f);
}

static void servers__changed__take_over_what_is_under_way(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s, silent;
    struct heard h = {0};
    struct err e;
    begin_with_fake(&f, &s);
    fake_begin(&silent, &f.loop);
    uv_udp_recv_stop(&silent.udp);
    assert_int_equal(resolver_set_servers(f.resolver, silent.address, &e), 0);
    assert_non_null(resolver_ask(f.resolver, "a.test.", FAMILY_IPV4, 5000, on_heard, &h));
    assert_int_equal(resolver_set_servers(f.resolver, s.address, &e), 0);
    assert_true(turn_until(&f.loop, &h.done, 900));
    assert_string_equal(h.text, "192.0.2.1");
    assert_int_equal(resolver_set_servers(f.resolver, "no server", &e), -1);
    fake_end(&s);
    fake_end(&silent);
    end(&f);
}

static void many_names__beyond_the_cache__the_oldest_are_asked_again(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    char host[32];
    begin_with_fake(&f, &s);
    assert_true(ask(&f, "a.test.", FAMILY_IPV4, 2000).found);
    for (int i = 0; i < 20000; i += 100) {
        struct heard h[100] = {{0}};
        for (int k = 0; k < 100; k++) {
            snprintf(host, sizeof host, "a%d.test.", i + k);
            resolver_ask(f.resolver, host, FAMILY_IPV4, 9000, on_heard, &h[k]);
        }
        for (int k = 0; k < 100; k++)
            assert_true(h[k].done || turn_until(&f.loop, &h[k].done, 9000));
    }
    int before = s.questions;
    assert_true(ask(&f, host, FAMILY_IPV4, 2000).found);
    assert_int_equal(s.questions, before); /* the newest is there */
    assert_true(ask(&f, "a.test.", FAMILY_IPV4, 2000).found);
    assert_int_equal(s.questions, before + 1); /* the first had to go */
    fake_end(&s);
    end(&f);
}

/* --- ends ---------------------------------------------------------------------------- */

static void cancelled__question__never_ends_and_others_do(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    struct heard gone = {0}, kept = {0};
    begin_with_fake(&f, &s);
    struct resolve *q = resolver_ask(f.resolver, "a.test.", FAMILY_IPV4, 50, on_heard, &gone);
    assert_non_null(resolver_ask(f.resolver, "a.test.", FAMILY_IPV4, 2000, on_heard, &kept));
    resolver_cancel(q);
    assert_true(turn_until(&f.loop, &kept.done, 2000));
    assert_int_equal(gone.times, 0);
    fake_end(&s);
    end(&f);
}

struct killer {
    struct heard heard;
    struct resolve *victim;
};

static void on_kill(void *arg, const struct addresses *a, bool local, const struct err *e)
{
    struct killer *k = arg;
    on_heard(&k->heard, a, local, e);
    if (k->victim != NULL)
        resolver_cancel(k->victim);
}

static void cancelled__by_another_answer__never_ends(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    struct killer k[2] = {{.victim = NULL}};
    begin_with_fake(&f, &s);
    k[1].victim = resolver_ask(f.resolver, "a.test.", FAMILY_IPV4, 2000, on_kill, &k[0]);
    k[0].victim = resolver_ask(f.resolver, "a.test.", FAMILY_IPV4, 2000, on_kill, &k[1]);
    bool never = false;
    for (int i = 0; i < 100 && k[0].heard.times + k[1].heard.times == 0; i++)
        turn_until(&f.loop, &never, 20);
    turn_until(&f.loop, &never, 20);
    assert_int_equal(k[0].heard.times + k[1].heard.times, 1); /* the first told ends the other */
    fake_end(&s);
    end(&f);
}

static void closed__with_questions__ends_each_of_them(void **state)
{
    (void)state;
    struct fixture f;
    struct fake s;
    struct heard h[3] = {{0}};
    begin_with_fake(&f, &s);
    resolver_ask(f.resolver, "quiet.test", FAMILY_ANY, 5000, on_heard, &h[0]);
    resolver_ask(f.resolver, "quiet.test", FAMILY_ANY, 5000, on_heard, &h[1]);
    resolver_ask(f.resolver, "quiet2.test", FAMILY_IPV6, 5000, on_heard, &h[2]);
    bool never = false;
    turn_until(&f.loop, &never, 50);
    fake_end(&s);
    end(&f);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(h[i].times, 1);
        assert_true(h[i].local);
        assert_string_equal(h[i].text, "the resolver was closed");
    }
}

/* --- dnsmasq ------------------------------------------------------------------------- */

static pid_t dnsmasq_pid;

static void dnsmasq_stop(void)
{
    if (dnsmasq_pid > 0) {
        kill(dnsmasq_pid, SIGKILL);
        waitpid(dnsmasq_pid, NULL, 0);
    }
    dnsmasq_pid = 0;
}

static void dnsmasq_exec(const char *port)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    setenv("PATH", "/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin", 1);
    execlp("dnsmasq", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
           "--no-hosts", "--pid-file=", "--listen-address=127.0.0.1", "--bind-interfaces",
           "--local=/test/", "--host-record=two.test,192.0.2.7,2001:db8::7,60",
           "--host-record=four.test,192.0.2.4,60", "--cname=alias.test,four.test,30",
           "--log-facility=/dev/null", "--user=", port, (char *)NULL);
    _exit(127);
}

/* False when there is no dnsmasq here. */
static bool dnsmasq_start(char server[32])
{
    char port[32];
    int number = free_port(SOCK_DGRAM);
    snprintf(port, sizeof port, "--port=%d", number);
    snprintf(server, 32, "127.0.0.1:%d", number);
    dnsmasq_pid = fork();
    if (dnsmasq_pid == 0)
        dnsmasq_exec(port);
    atexit(dnsmasq_stop);
    struct fixture f;
    bool ready = false;
    begin(&f, server);
    for (int i = 0; i < 50 && !ready; i++) {
        int status;
        if (waitpid(dnsmasq_pid, &status, WNOHANG) == dnsmasq_pid) {
            dnsmasq_pid = 0;
            break;
        }
        struct heard h = {0};
        char host[32];
        snprintf(host, sizeof host, "try%d.test.", i); /* a new name: past the cache */
        resolver_ask(f.resolver, host, FAMILY_IPV4, 200, on_heard, &h);
        turn_until(&f.loop, &h.done, 400);
        ready = strcmp(h.text, "no such host") == 0;
        bool never = false;
        turn_until(&f.loop, &never, ready ? 1 : 50);
    }
    end(&f);
    return ready;
}

static void dnsmasq__real_names__are_resolved(void **state)
{
    (void)state;
    struct fixture f;
    char server[32];
    if (!dnsmasq_start(server)) {
        print_message("skipped: no dnsmasq here (package dnsmasq-base)\n");
        skip();
    }
    begin(&f, server);
    assert_string_equal(ask(&f, "four.test", FAMILY_ANY, 3000).text, "192.0.2.4");
    assert_string_equal(ask(&f, "alias.test", FAMILY_ANY, 3000).text, "192.0.2.4");
    assert_string_equal(ask(&f, "two.test", FAMILY_IPV4, 3000).text, "192.0.2.7");
    assert_string_equal(ask(&f, "two.test", FAMILY_IPV6, 3000).text, "2001:db8::7");
    struct heard both = ask(&f, "two.test", FAMILY_ANY, 3000);
    assert_non_null(strstr(both.text, "192.0.2.7"));
    assert_non_null(strstr(both.text, "2001:db8::7"));
    assert_string_equal(ask(&f, "none.test", FAMILY_ANY, 3000).text, "no such host");
    struct heard h = ask(&f, "four.test", FAMILY_IPV6, 3000);
    assert_string_equal(h.text, "the name has no IPv6 address");
    assert_false(h.local);
    dnsmasq_stop();
    h = ask(&f, "later.test", FAMILY_ANY, 5000);
    assert_true(h.local);
    assert_string_equal(ask(&f, "four.test", FAMILY_ANY, 3000).text, "192.0.2.4"); /* kept */
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address__asked__is_answered_at_once),
        cmocka_unit_test(address__text_and_back__is_the_same),
        cmocka_unit_test(dead_server__asked__fails_locally_and_fast),
        cmocka_unit_test(black_hole__asked__times_out_locally_without_stalling),
        cmocka_unit_test(slow_name__server_answers_others__is_the_names_fault),
        cmocka_unit_test(servfail__is_the_names_fault__unless_everything_gets_it),
        cmocka_unit_test(no_name__asked_twice__is_asked_of_the_server_once),
        cmocka_unit_test(no_address__of_that_family__says_so),
        cmocka_unit_test(equal_questions__together__are_asked_once),
        cmocka_unit_test(answer__within_its_time_to_live__comes_from_the_cache),
        cmocka_unit_test(servers__changed__take_over_what_is_under_way),
        cmocka_unit_test(many_names__beyond_the_cache__the_oldest_are_asked_again),
        cmocka_unit_test(cancelled__question__never_ends_and_others_do),
        cmocka_unit_test(cancelled__by_another_answer__never_ends),
        cmocka_unit_test(closed__with_questions__ends_each_of_them),
        cmocka_unit_test(dnsmasq__real_names__are_resolved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
