/* test_embedded.c - the redis-server of our own: started, shared with nobody, found again,
 * stopped. */
#include <sys/stat.h>

#include "nouns.h"
#include "server.h"

static pid_t written_pid(struct world *w)
{
    char path[200], text[32] = "";
    int fd;

    snprintf(path, sizeof path, "%s/redis.pid", store_dir(w));
    fd = open(path, O_RDONLY);
    if (fd >= 0) {
        (void)!read(fd, text, sizeof text - 1);
        close(fd);
    }
    return (pid_t)atoi(text);
}

static bool alive(pid_t pid)
{
    return pid > 0 && kill(pid, 0) == 0;
}

/* Whatever a failed test may have left running in the directory. */
static int teardown(void **state)
{
    struct world *w = *state;
    pid_t pid = written_pid(w);
    int rc;

    if (w->store != NULL)
        close_store(w);
    if (alive(pid))
        kill(pid, SIGKILL);
    rc = world_teardown(state);
    return rc;
}

static int setup(void **state)
{
    struct world *w;

    world_setup(state);
    w = *state;
    w->config.store.url = "embedded";
    return 0;
}

static void put_one(struct world *w)
{
    struct incident i = an_incident("inc1", INCIDENT_TRIGGERED);
    struct commit c = {.at_ms = AT};

    vec_push(&c.incidents, (const struct incident *)&i);
    store_commit(w->store, &c, world_on_kept, w);
    commit_done(&c);
}

static void embedded__keeps_over_a_restart__and_ends_with_the_daemon(void **state)
{
    struct world *w = *state;
    struct store_facts f;
    struct stat st;
    char path[200];

    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_false(w->away);
    store_read_facts(w->store, &f);
    assert_non_null(strstr(f.server, "(embedded)"));
    assert_null(strstr(w->why, "; ")); /* nothing to complain about */
    put_one(w);
    pump_until(w, w->kept == 1);
    snprintf(path, sizeof path, "%s/redis.sock", store_dir(w));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    pid_t pid = written_pid(w);
    assert_true(alive(pid));
    int64_t began = loop_mono_us();
    close_store(w);
    assert_true(loop_mono_us() - began < 4000000);
    assert_false(alive(pid));
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 1);
}

static void second_daemon_on_the_directory__is_refused_and_told_the_pid(void **state)
{
    struct world *w = *state;
    struct store *first;
    struct err e = {""};
    char pid[32];

    open_store(w);
    first = w->store;
    w->store = NULL;
    assert_int_equal(try_open(w, &e), -1);
    snprintf(pid, sizeof pid, "pid %d", (int)getpid());
    assert_non_null(strstr(e.text, pid));
    w->store = first;
    pump_until(w, w->state == STORE_UP);
}

static void server_killed__is_started_again__nothing_lost(void **state)
{
    struct world *w = *state;

    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_one(w);
    pump_until(w, w->kept == 1);
    kill(written_pid(w), SIGKILL);
    pump_until(w, w->state == STORE_AWAY);
    put_one(w);
    pump_until(w, w->kept == 2);
    pump_until(w, w->state == STORE_UP);
    close_store(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 1);
}

static void doomed(struct world *w)
{
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_one(w);
    pump_until(w, w->kept == 1);
}

static void daemon_killed__next_start_works_at_once_and_has_all(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 3; i++) {
        in_child(w, doomed);
        open_store(w);
        pump_until(w, w->readies == 1);
        assert_false(w->away);
        assert_int_equal(w->ready.incidents.n, 1);
        pump_until(w, w->state == STORE_UP);
        close_store(w);
    }
}

/* A server that outlived its daemon all the same. */
static void orphan__is_ended__nothing_of_it_is_lost(void **state)
{
    struct world *w = *state;
    char dir[128];
    pid_t parent = getpid(), orphan;

    open_store(w);
    pump_until(w, w->state == STORE_UP);
    put_one(w);
    pump_until(w, w->kept == 1);
    close_store(w);
    snprintf(dir, sizeof dir, "%s", store_dir(w));
    const char *argv[] = {
        "redis-server", "--port", "0", "--unixsocket", "redis.sock", "--dir", dir, "--appendonly",
        "yes",          "--save", "",  "--pidfile",    "redis.pid",  NULL};
    orphan = fork();
    if (orphan == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            exec_quietly(w, argv);
        _exit(127);
    }
    snprintf(w->socket, sizeof w->socket, "%s/redis.sock", dir);
    redis_wait(w);
    open_store(w);
    pump_until(w, w->state == STORE_UP);
    assert_int_equal(w->ready.incidents.n, 1);
    assert_int_not_equal(written_pid(w), orphan);
    assert_int_equal(waitpid(orphan, NULL, WNOHANG), orphan);
}

static void directory_with_a_long_name__still_has_a_socket(void **state)
{
    struct world *w = *state;
    char dir[400];

    memset(dir, 0, sizeof dir);
    snprintf(dir, sizeof dir, "%s/", w->dir);
    memset(dir + strlen(dir), 'd', 200);
    w->config.store.dir = dir;
    const struct store_events ev = {.on_ready = world_on_ready,
                                    .on_found = world_on_found,
                                    .on_state = world_on_state,
                                    .on_snapshot = world_on_snapshot};
    struct err e = {""};
    if (store_open(&w->loop, w->resolver, &w->config, &ev, w, &w->store, &e) != 0)
        fail_msg("%s", e.text);
    pump_until(w, w->state == STORE_UP);
    close_store(w);
}

static void directory_that_cannot_be__is_refused_at_once(void **state)
{
    struct world *w = *state;
    struct err e = {""};
    const struct store_events ev = {.on_ready = world_on_ready,
                                    .on_found = world_on_found,
                                    .on_state = world_on_state,
                                    .on_snapshot = world_on_snapshot};

    w->config.store.dir = "/proc/nothing/here";
    assert_int_equal(store_open(&w->loop, w->resolver, &w->config, &ev, w, &w->store, &e), -1);
    assert_non_null(strstr(e.text, "/proc/nothing/here"));
    w->store = NULL;
}

static void no_redis_server_installed__says_which_package(void **state)
{
    struct world *w = *state;
    struct err e = {""};

    char path[4096];

    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", w->dir, 1);
    int rc = try_open(w, &e);
    setenv("PATH", path, 1);
    w->store = NULL;
    assert_int_equal(rc, -1);
    assert_non_null(strstr(e.text, "apt install redis-server"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(embedded__keeps_over_a_restart__and_ends_with_the_daemon),
        TEST(second_daemon_on_the_directory__is_refused_and_told_the_pid),
        TEST(server_killed__is_started_again__nothing_lost),
        TEST(daemon_killed__next_start_works_at_once_and_has_all),
        TEST(orphan__is_ended__nothing_of_it_is_lost),
        TEST(directory_with_a_long_name__still_has_a_socket),
        TEST(directory_that_cannot_be__is_refused_at_once),
        TEST(no_redis_server_installed__says_which_package),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
