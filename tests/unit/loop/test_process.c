/* test_process.c - ends, lines, signals, and that no child outlives its parent. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "help.h"

#include "loop/process.h"

struct run {
    volatile bool done, some;
    int ends, status, lines;
    size_t longest;
    char text[8192]; /* the lines, each followed by '|' */
};

static void on_line(void *arg, const char *line)
{
    struct run *r = arg;
    size_t n = strlen(r->text), len = strlen(line);
    assert_false(r->done);
    r->some = true;
    r->lines++;
    if (len > r->longest)
        r->longest = len;
    if (n + len + 2 < sizeof r->text)
        snprintf(r->text + n, sizeof r->text - n, "%s|", line);
}

static void on_exit_status(void *arg, int exit_status)
{
    struct run *r = arg;
    r->done = true;
    r->ends++;
    r->status = exit_status;
}

static struct process *start(struct loop *l, struct run *r, const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    struct process_options o = {.argv = argv, .on_line = on_line, .on_exit = on_exit_status};
    struct process *p;
    struct err e;
    *r = (struct run){0};
    assert_int_equal(process_start(l, &o, r, &p, &e), 0);
    assert_true(process_pid(p) > 0);
    assert_int_equal(r->ends, 0);
    return p;
}

static void finish(struct loop *l, struct run *r)
{
    assert_true(turn_until(l, &r->done, 10000));
    assert_int_equal(r->ends, 1);
}

static void process__ends__tells_its_status_once(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    static const struct {
        const char *script;
        int status;
    } cases[] = {
        {"exit 0", 0}, {"exit 3", 3}, {"exit 255", 255}, {"kill -9 $$", -9}, {"kill -15 $$", -15},
    };
    must_init(&l);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(&l, &r, cases[i].script);
        finish(&l, &r);
        assert_int_equal(r.status, cases[i].status);
    }
    loop_done(&l);
}

static void process__writes__lines_come_whole_and_before_the_end(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    static const struct {
        const char *script, *text;
    } cases[] = {
        {"echo one; echo two", "one|two|"},
        {"echo err >&2", "err|"},
        {"printf 'no end'", "no end|"},
        {"printf 'a\\r\\n\\nb'", "a||b|"},
        {"printf 'half '; sleep 0.05; echo whole", "half whole|"},
        {"true", ""},
        {"cat", ""},                      /* stdin is empty */
        {"echo $0 $LANG $HOME", "sh C|"}, /* nothing of our environment but PATH */
    };
    must_init(&l);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(&l, &r, cases[i].script);
        finish(&l, &r);
        assert_string_equal(r.text, cases[i].text);
    }
    loop_done(&l);
}

static void process__endless_line__is_cut(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    must_init(&l);
    start(&l, &r,
          "i=0; while [ $i -lt 1000 ]; do printf 0123456789; i=$((i+1)); done; echo; echo z");
    finish(&l, &r);
    assert_int_equal(r.longest, 4095);
    assert_int_equal(r.lines, 2);
    assert_string_equal(r.text + 4095, "|z|");
    loop_done(&l);
}

static void process__a_hundred_thousand_lines__all_come(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    must_init(&l);
    start(&l, &r, "yes line | head -n 100000");
    finish(&l, &r);
    assert_int_equal(r.lines, 100000);
    loop_done(&l);
}

static void process__cannot_be_executed__fails_at_once_and_leaves_nothing(void **state)
{
    (void)state;
    struct loop l;
    struct process *p = NULL;
    struct err e;
    struct run r = {0};
    const char *argv[] = {"no-such-program-anywhere", NULL};
    struct process_options o = {.argv = argv, .on_line = on_line, .on_exit = on_exit_status};
    must_init(&l);
    assert_int_equal(process_start(&l, &o, &r, &p, &e), -1);
    assert_string_equal(e.text, "no-such-program-anywhere: No such file or directory");
    argv[0] = "/dev/null";
    assert_int_equal(process_start(&l, &o, &r, &p, &e), -1);
    assert_string_equal(e.text, "/dev/null: Permission denied");
    argv[0] = "true";
    o.dir = "/nonexistent";
    assert_int_equal(process_start(&l, &o, &r, &p, &e), -1);
    assert_null(p);
    assert_int_equal(r.ends, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    loop_run(&l);
    loop_done(&l);
}

static void process__environment_and_directory__are_as_told(void **state)
{
    (void)state;
    struct loop l;
    struct run r = {0};
    struct process *p;
    struct err e;
    const char *argv[] = {"sh", "-c", "echo $PLUGIN; pwd", NULL};
    const char *env[] = {"PLUGIN=yes", NULL};
    struct process_options o = {
        .argv = argv, .env = env, .dir = "/", .on_line = on_line, .on_exit = on_exit_status};
    must_init(&l);
    assert_int_equal(process_start(&l, &o, &r, &p, &e), 0);
    finish(&l, &r);
    assert_string_equal(r.text, "yes|/|");
    loop_done(&l);
}

static void process__killed__takes_its_group_along(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    must_init(&l);
    struct process *p = start(&l, &r, "sleep 30 & echo $!; wait");
    assert_true(turn_until(&l, &r.some, 5000));
    int grandchild = (int)strtol(r.text, NULL, 10);
    assert_true(grandchild > 1);
    assert_int_equal(getpgid(grandchild), process_pid(p));
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    process_kill(p, SIGKILL);
    finish(&l, &r);
    assert_int_equal(r.status, -SIGKILL);
    int status = 0;
    assert_int_equal(waitpid(grandchild, &status, 0), grandchild);
    assert_int_equal(WTERMSIG(status), SIGKILL);
    loop_done(&l);
}

static void process__grandchild_keeps_the_pipe__does_not_delay_the_end(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    must_init(&l);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    start(&l, &r, "sleep 30 & echo $!");
    int64_t start_us = loop_mono_us();
    finish(&l, &r);
    assert_true(loop_mono_us() - start_us < 5000000);
    int grandchild = (int)strtol(r.text, NULL, 10);
    kill(grandchild, SIGKILL);
    waitpid(grandchild, NULL, 0);
    loop_done(&l);
}

static void process__our_ignored_and_blocked_signals__are_default_in_the_child(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    sigset_t hup;
    must_init(&l); /* SIGPIPE is ignored now */
    sigemptyset(&hup);
    sigaddset(&hup, SIGHUP);
    sigprocmask(SIG_BLOCK, &hup, NULL);
    /* 32 and 33 are the C library's own; posix_spawn, in whoever started us, ignores them. */
    start(&l, &r,
          "grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t' | sed s/180000000$/000000000/");
    finish(&l, &r);
    sigprocmask(SIG_UNBLOCK, &hup, NULL);
    assert_string_equal(r.text, "SigBlk:0000000000000000|SigIgn:0000000000000000|");
    loop_done(&l);
}

static void process__started__inherits_no_descriptor(void **state)
{
    (void)state;
    struct loop l;
    struct run r;
    int leak[2];
    must_init(&l);
    assert_int_equal(pipe(leak), 0);
    start(&l, &r, "ls /proc/self/fd | tr '\\n' ' '"); /* 3 is the directory ls reads */
    finish(&l, &r);
    assert_string_equal(r.text, "0 1 2 3 |");
    close(leak[0]);
    close(leak[1]);
    loop_done(&l);
}

/* The parent is killed as by the kernel's hand; its child must hear of it. */
static void process__parent_killed__dies_with_it(void **state)
{
    (void)state;
    int tell[2], status = 0;
    pid_t child = 0;
    assert_int_equal(pipe(tell), 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t parent = fork();
    if (parent == 0) {
        struct loop l;
        struct process *p;
        struct run r = {0};
        const char *argv[] = {"sleep", "30", NULL};
        struct process_options o = {.argv = argv, .die_with_us = true, .on_exit = on_exit_status};
        if (loop_init(&l, NULL) != 0 || process_start(&l, &o, &r, &p, NULL) != 0)
            _exit(1);
        int pid = process_pid(p);
        (void)!write(tell[1], &pid, sizeof pid);
        pause();
    }
    assert_int_equal(read(tell[0], &child, sizeof child), sizeof child);
    assert_int_equal(kill(child, 0), 0);
    kill(parent, SIGKILL);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_int_equal(waitpid(child, &status, 0), child); /* it is ours now */
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    close(tell[0]);
    close(tell[1]);
}

static void process__no_descriptors_left__fails_and_leaves_nothing(void **state)
{
    (void)state;
    struct loop l;
    struct err e;
    struct process *p = NULL;
    struct run r = {0};
    int held[4096], n = 0;
    const char *argv[] = {"true", NULL};
    struct process_options o = {.argv = argv, .on_line = on_line, .on_exit = on_exit_status};
    must_init(&l);
    while (n < 4096 && (held[n] = dup(0)) >= 0)
        n++;
    if (n < 4096) {
        assert_int_equal(process_start(&l, &o, &r, &p, &e), -1);
        assert_non_null(strstr(e.text, "Too many open files"));
        close(held[--n]);
        close(held[--n]);
        assert_int_equal(process_start(&l, &o, &r, &p, &e), -1);
    }
    while (n > 0)
        close(held[--n]);
    loop_run(&l);
    loop_done(&l);
}

/* Last: from here on this process has no pidfd_open, as on an old kernel. */
static void process__without_pidfd__is_reaped_all_the_same(void **state)
{
    (void)state;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof code / sizeof code[0], code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
        print_message("skipped: seccomp filters are not allowed here\n");
        skip();
    }
    assert_int_equal(syscall(SYS_pidfd_open, getpid(), 0), -1);
    struct loop l;
    struct run r[5];
    must_init(&l);
    for (int i = 0; i < 5; i++)
        start(&l, &r[i], i % 2 ? "exit 7" : "echo hello; sleep 0.1; exit 7");
    for (int i = 0; i < 5; i++) {
        finish(&l, &r[i]);
        assert_int_equal(r[i].status, 7);
    }
    loop_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(process__ends__tells_its_status_once),
        cmocka_unit_test(process__writes__lines_come_whole_and_before_the_end),
        cmocka_unit_test(process__endless_line__is_cut),
        cmocka_unit_test(process__a_hundred_thousand_lines__all_come),
        cmocka_unit_test(process__cannot_be_executed__fails_at_once_and_leaves_nothing),
        cmocka_unit_test(process__environment_and_directory__are_as_told),
        cmocka_unit_test(process__killed__takes_its_group_along),
        cmocka_unit_test(process__grandchild_keeps_the_pipe__does_not_delay_the_end),
        cmocka_unit_test(process__our_ignored_and_blocked_signals__are_default_in_the_child),
        cmocka_unit_test(process__started__inherits_no_descriptor),
        cmocka_unit_test(process__parent_killed__dies_with_it),
        cmocka_unit_test(process__no_descriptors_left__fails_and_leaves_nothing),
        cmocka_unit_test(process__without_pidfd__is_reaped_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
