/* test_systemd.c - a pretended service manager: its socket, its variables, its descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "help.h"

#include "loop/systemd.h"

static void notify_through(const char *name)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char got[256];
    memcpy(a.sun_path, name, strlen(name));
    if (name[0] == '@')
        a.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    systemd_notify("READY=1\nSTATUS=%d monitors", 12);
    systemd_notify("WATCHDOG=1");
    unsetenv("NOTIFY_SOCKET");
    ssize_t n = recv(fd, got, sizeof got - 1, 0);
    assert_true(n > 0);
    got[n] = '\0';
    assert_string_equal(got, "READY=1\nSTATUS=12 monitors");
    n = recv(fd, got, sizeof got - 1, 0);
    assert_int_equal(n, strlen("WATCHDOG=1"));
    assert_int_equal(recv(fd, got, sizeof got, 0), -1);
    close(fd);
}

static void notify__to_a_path_or_an_abstract_name__arrives(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "/tmp/midwatch-test-notify-%d", (int)getpid());
    notify_through(name);
    unlink(name);
    snprintf(name, sizeof name, "@midwatch-test-notify-%d", (int)getpid());
    notify_through(name);
}

static void notify__nobody_there__does_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"", "relative", "/nonexistent/notify", "vsock:2:1"};
    unsetenv("NOTIFY_SOCKET");
    systemd_notify("READY=1");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        systemd_notify("READY=1");
    }
    char name[300];
    memset(name, '/', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    setenv("NOTIFY_SOCKET", name, 1);
    systemd_notify("READY=1");
    unsetenv("NOTIFY_SOCKET");
}

static void watchdog__variables__give_half_the_time(void **state)
{
    (void)state;
    char self[32];
    snprintf(self, sizeof self, "%d", (int)getpid());
    const struct {
        const char *us, *pid;
        int64_t ms;
    } cases[] = {
        {NULL, NULL, 0},           {"30000000", NULL, 15000},
        {"30000000", self, 15000}, {"30000000", "1", 0},
        {"30000000", "x", 0},      {"", NULL, 0},
        {"nonsense", NULL, 0},     {"0", NULL, 0},
        {"-5", NULL, 0},           {"500", NULL, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsetenv("WATCHDOG_USEC");
        unsetenv("WATCHDOG_PID");
        if (cases[i].us != NULL)
            setenv("WATCHDOG_USEC", cases[i].us, 1);
        if (cases[i].pid != NULL)
            setenv("WATCHDOG_PID", cases[i].pid, 1);
        assert_int_equal(systemd_watchdog_ms(), cases[i].ms);
    }
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

/* In a child, because descriptor 3 must be ours to give. 0: as wanted. */
static int listen_in_child(bool listening, const char *fds, int pid_offset, int want)
{
    pid_t child = fork();
    if (child == 0) {
        char pid[32];
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        struct sockaddr_un a = {.sun_family = AF_UNIX};
        bind(fd, (struct sockaddr *)&a, sizeof(sa_family_t)); /* the kernel picks a name */
        if (listening)
            listen(fd, 1);
        dup2(fd, 3);
        fcntl(3, F_SETFD, 0);
        snprintf(pid, sizeof pid, "%d", (int)getpid() + pid_offset);
        setenv("LISTEN_PID", pid, 1);
        setenv("LISTEN_FDS", fds, 1);
        int got = systemd_listen_fd();
        bool closes = fcntl(3, F_GETFD) == FD_CLOEXEC;
        _exit(got == want && (want < 0 || closes) ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static void listen__handed_over__is_taken_only_when_meant_for_us(void **state)
{
    (void)state;
    assert_int_equal(systemd_listen_fd(), -1);
    assert_int_equal(listen_in_child(true, "1", 0, 3), 0);
    assert_int_equal(listen_in_child(true, "2", 0, 3), 0);
    assert_int_equal(listen_in_child(false, "1", 0, -1), 0);
    assert_int_equal(listen_in_child(true, "1", 1, -1), 0);
    assert_int_equal(listen_in_child(true, "0", 0, -1), 0);
    assert_int_equal(listen_in_child(true, "many", 0, -1), 0);
    assert_int_equal(listen_in_child(true, "99999999", 0, -1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notify__to_a_path_or_an_abstract_name__arrives),
        cmocka_unit_test(notify__nobody_there__does_nothing),
        cmocka_unit_test(watchdog__variables__give_half_the_time),
        cmocka_unit_test(listen__handed_over__is_taken_only_when_meant_for_us),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
