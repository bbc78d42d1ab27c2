/* test_canary.c - whose network is it? With real listeners, opened and closed. */
#include "../loop/help.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/canary.h"
#include "base/mem.h"

static struct loop loop;
static struct resolver *resolver;
static struct canaries canaries;
static int turns; /* calls of on_dead */
static bool said_dead;

/* --- canaries of our own -------------------------------------------------------------- */

struct perch {
    int fd, port;
    int full[4]; /* connects that fill the backlog */
};

static struct sockaddr_in address(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

/* The kernel answers for it, nobody accepts. */
static void sing(struct perch *p)
{
    struct sockaddr_in a = address(p->port);
    socklen_t len = sizeof a;
    int yes = 1;

    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    assert_int_equal(bind(p->fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(p->fd, 64), 0);
    assert_int_equal(getsockname(p->fd, (struct sockaddr *)&a, &len), 0);
    p->port = ntohs(a.sin_port);
}

static void fall_silent(struct perch *p)
{
    close(p->fd);
}

/* A backlog that is full drops what comes, as a cable that was pulled. */
static void hang(struct perch *p)
{
    struct sockaddr_in a = address(p->port);

    fall_silent(p);
    sing(p);
    assert_int_equal(listen(p->fd, 0), 0);
    for (size_t i = 0; i < sizeof p->full / sizeof *p->full; i++) {
        p->full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(p->full[i], (struct sockaddr *)&a, sizeof a);
    }
}

static void unhang(struct perch *p)
{
    for (size_t i = 0; i < sizeof p->full / sizeof *p->full; i++)
        close(p->full[i]);
}

static void configure(const struct perch *perches, size_t n)
{
    struct canary list[4];
    struct config c = {.canaries = list, .n_canaries = n};

    for (size_t i = 0; i < n; i++)
        list[i] = (struct canary){"127.0.0.1", perches[i].port};
    canaries_configure(&canaries, &c);
}

/* --- one failure ---------------------------------------------------------------------- */

struct word {
    bool done, ours;
    int times;
};

static void on_word(void *arg, bool ours)
{
    struct word *w = arg;

    w->times++;
    w->ours = ours;
    w->done = true;
}

/* A run that has just begun and failed at once. */
static bool is_ours(void)
{
    struct word w = {0};

    canary_ask(&canaries, loop_mono_us(), on_word, &w);
    assert_true(turn_until(&loop, &w.done, 5000));
    assert_int_equal(w.times, 1);
    return w.ours;
}

static void on_dead(void *arg, bool dead)
{
    (void)arg;
    turns++;
    said_dead = dead;
}

static void wait_for(enum canary_state s, size_t n)
{
    int64_t end_us = loop_mono_us() + 5000000;
    bool never = false;

    while ((canaries_count(&canaries, s) != n || canaries.knocking) && loop_mono_us() < end_us)
        turn_until(&loop, &never, 20);
    assert_int_equal(canaries_count(&canaries, s), n);
}

/* As a second that goes by. */
static void forget_answer(void)
{
    canaries.alive_us -= CANARY_FRESH_MS * 1000;
}

static int set_up(void **state)
{
    struct err e;

    (void)state;
    must_init(&loop);
    resolver = resolver_new(&loop, &e);
    canaries_init(&canaries, &loop, resolver, on_dead, NULL);
    turns = 0;
    return 0;
}

static int tear_down(void **state)
{
    bool never = false;

    (void)state;
    canaries_stop(&canaries);
    turn_until(&loop, &never, 40);
    resolver_close(resolver);
    loop_done(&loop);
    return 0;
}

/* --- the rules ------------------------------------------------------------------------ */

static void failure__without_canaries__counts_at_once(void **state)
{
    struct word w = {0};

    (void)state;
    configure(NULL, 0);
    assert_null(canary_ask(&canaries, loop_mono_us(), on_word, &w));
    assert_true(w.done && !w.ours);
}

static void failure__none_has_ever_answered__counts(void **state)
{
    struct perch p[2] = {{0}};

    (void)state;
    for (int i = 0; i < 2; i++) {
        sing(&p[i]);
        fall_silent(&p[i]);
    }
    configure(p, 2);
    assert_false(is_ours());
    assert_int_equal(canaries_count(&canaries, CANARY_NEVER), 2);
    assert_int_equal(turns, 0);
}

static void failure__all_that_ever_answered_are_silent__is_ours(void **state)
{
    struct perch p[3] = {{0}};

    (void)state;
    for (int i = 0; i < 3; i++)
        sing(&p[i]);
    fall_silent(&p[2]); /* never proved reachable: says nothing */
    configure(p, 3);
    wait_for(CANARY_ALIVE, 2);
    assert_false(is_ours());
    fall_silent(&p[0]);
    forget_answer();
    assert_false(is_ours()); /* one is left */
    fall_silent(&p[1]);
    forget_answer();
    assert_true(is_ours());
    assert_true(is_ours());
    assert_int_equal(turns, 1);
    assert_true(said_dead);
}

static void failures__of_one_moment__share_a_round(void **state)
{
    struct perch p = {0};
    struct word w[50] = {{0}};
    uint64_t rounds;

    (void)state;
    sing(&p);
    configure(&p, 1);
    wait_for(CANARY_ALIVE, 1);
    forget_answer();
    rounds = canaries.rounds;
    for (int i = 0; i < 50; i++)
        assert_non_null(canary_ask(&canaries, loop_mono_us(), on_word, &w[i]));
    assert_true(turn_until(&loop, &w[49].done, 5000));
    for (int i = 0; i < 50; i++)
        assert_true(w[i].times == 1 && !w[i].ours);
    assert_false(is_ours()); /* so does one that comes soon after */
    assert_int_equal(canaries.rounds, rounds + 1);
    fall_silent(&p);
}

static void round__into_a_dead_cable__ends_within_two_seconds(void **state)
{
    struct perch p[2] = {{0}};
    int64_t began_us;

    (void)state;
    for (int i = 0; i < 2; i++)
        sing(&p[i]);
    configure(p, 2);
    wait_for(CANARY_ALIVE, 2);
    for (int i = 0; i < 2; i++)
        hang(&p[i]);
    forget_answer();
    began_us = loop_mono_us();
    assert_true(is_ours());
    assert_in_range(loop_mono_us() - began_us, 1500000, 2900000);
    for (int i = 0; i < 2; i++) {
        unhang(&p[i]);
        fall_silent(&p[i]);
    }
}

static void network__back__old_runs_are_ours_and_new_ones_count(void **state)
{
    struct perch p = {0};
    struct word w = {0};
    int64_t began_us;

    (void)state;
    sing(&p);
    configure(&p, 1);
    wait_for(CANARY_ALIVE, 1);
    fall_silent(&p);
    forget_answer();
    assert_true(is_ours());
    began_us = loop_mono_us();
    sing(&p);
    configure(&p, 1); /* a reload asks at once */
    wait_for(CANARY_ALIVE, 1);
    assert_int_equal(turns, 2);
    assert_false(said_dead);
    canary_ask(&canaries, began_us, on_word, &w);
    assert_true(w.done && w.ours);
    assert_false(is_ours());
    fall_silent(&p);
}

static void canary__that_leaves_the_file__is_not_waited_for(void **state)
{
    struct perch p = {0};
    struct word w = {0};

    (void)state;
    sing(&p);
    configure(&p, 1);
    wait_for(CANARY_ALIVE, 1);
    hang(&p);
    forget_answer();
    assert_non_null(canary_ask(&canaries, loop_mono_us(), on_word, &w));
    configure(NULL, 0);
    assert_true(w.done && !w.ours);
    unhang(&p);
    fall_silent(&p);
}

static void failure__taken_back__is_not_told(void **state)
{
    struct perch p = {0};
    struct word w[3] = {{0}};
    struct canary_ask *q[3];

    (void)state;
    sing(&p);
    configure(&p, 1);
    for (int i = 0; i < 3; i++)
        q[i] = canary_ask(&canaries, loop_mono_us(), on_word, &w[i]);
    canary_cancel(q[2]);
    canary_cancel(q[0]);
    canary_cancel(NULL);
    assert_true(turn_until(&loop, &w[1].done, 5000));
    assert_false(w[0].done || w[2].done);
    fall_silent(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        T(failure__without_canaries__counts_at_once),
        T(failure__none_has_ever_answered__counts),
        T(failure__all_that_ever_answered_are_silent__is_ours),
        T(failures__of_one_moment__share_a_round),
        T(round__into_a_dead_cable__ends_within_two_seconds),
        T(network__back__old_runs_are_ours_and_new_ones_count),
        T(canary__that_leaves_the_file__is_not_waited_for),
        T(failure__taken_back__is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
