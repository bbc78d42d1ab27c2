/* process.c - start, listen, reap.
 *
 * Happy path: vfork lends the child our memory until the exec, and a pipe that closes with
 * the exec tells at once whether it came to that; a pidfd becomes readable when the child
 * ends; then it is reaped, what is left in its pipes is read, everything closes, and on_exit
 * comes from the last close.
 * Without pidfd_open (old kernels, strict sandboxes) SIGCHLD does the same.
 * A grandchild that keeps the pipes open does not delay the end. */
#include "loop/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define LINE_SIZE 4096
#define DRAIN_MAX (1 << 20) /* bytes read after the end; a grandchild may write for ever */

/* One pipe from the child. */
struct output {
    struct process *process;
    uv_poll_t poll;
    int fd; /* -1: closed, or never opened */
    char line[LINE_SIZE];
    size_t len;
    bool skipping; /* to the end of a line that was too long */
};

struct process {
    struct loop *loop;
    struct owner owner;
    pid_t pid;
    bool exited;
    int exit_status;
    uv_poll_t poll;
    int pidfd; /* -1: SIGCHLD tells */
    struct signal_watch sigchld;
    struct output outputs[2]; /* stdout, stderr */
    void (*on_line)(void *arg, const char *line);
    void (*on_exit)(void *arg, int exit_status);
    void *arg;
};

/* --- starting ------------------------------------------------------------------------ */

struct plan {
    const struct process_options *o;
    char **env;
    int in, out, err; /* the child's 0, 1, 2 */
    pid_t parent;
    volatile int failed; /* errno of the child: our memory is its memory */
};

static void __attribute__((noreturn)) child_fail(const struct plan *p)
{
    int why = errno;
    (void)!write(p->failed, &why, sizeof why);
    _exit(127);
}

/* In the child, on borrowed memory: system calls only, then exec or _exit. */
static void __attribute__((noreturn)) child_run(const struct plan *p)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &plain, NULL);
    setpgid(0, 0);
    if (p->o->die_with_us) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != p->parent)
            _exit(127); /* we were too late */
    }
    if (dup2(p->in, 0) < 0 || dup2(p->out, 1) < 0 || dup2(p->err, 2) < 0)
        child_fail(p);
    if (p->o->dir != NULL && chdir(p->o->dir) != 0)
        child_fail(p);
#ifdef SYS_close_range
    syscall(SYS_close_range, 3u, UINT_MAX, 4u); /* CLOSE_RANGE_CLOEXEC */
#endif
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvpe(p->o->argv[0], (char *const *)(uintptr_t)p->o->argv, p->env);
    child_fail(p);
}

/* All signals wait meanwhile: our handlers must not run in the child. */
static pid_t child_fork(struct plan *p)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    p->parent = getpid();
    pid_t pid = vfork();
    if (pid == 0)
        child_run(p);
    int saved = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = saved;
    return pid;
}

/* The child's pid once it is the program wanted; -1: errno says why it is not. */
static pid_t child_start(struct plan *p)
{
    int ends[2], why = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    p->failed = ends[1];
    pid_t pid = child_fork(p);
    int saved = errno;
    close(ends[1]);
    ssize_t told = -1;
    while (pid >= 0 && (told = read(ends[0], &why, sizeof why)) < 0 && errno == EINTR)
        ;
    close(ends[0]);
    if (told == 0)
        return pid; /* closed by the exec, and nothing said */
    if (pid >= 0)
        waitpid(pid, NULL, 0);
    errno = pid >= 0 ? why : saved;
    return -1;
}

/* --- output -------------------------------------------------------------------------- */

static void line_end(struct output *u)
{
    if (u->len > 0 && u->line[u->len - 1] == '\r')
        u->len--;
    u->line[u->len] = '\0';
    u->len = 0;
    if (!u->skipping)
        u->process->on_line(u->process->arg, u->line);
    u->skipping = false;
}

static void output_take(struct output *u, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\n') {
            line_end(u);
            continue;
        }
        if (!u->skipping)
            u->line[u->len++] = p[i];
        if (u->len == sizeof u->line - 1) {
            line_end(u); /* what fits is a line; the rest of it is dropped */
            u->skipping = true;
        }
    }
}

static void output_close(struct output *u)
{
    if (u->fd < 0)
        return;
    if (u->len > 0)
        line_end(u);
    owner_close_handle(&u->process->owner, (uv_handle_t *)&u->poll);
    close(u->fd);
    u->fd = -1;
}

/* Bytes read; 0 when there is nothing now or never again. */
static size_t output_read(struct output *u)
{
    char part[16384];
    ssize_t n = read(u->fd, part, sizeof part);
    if (n > 0) {
        output_take(u, part, (size_t)n);
        return (size_t)n;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR))
        output_close(u);
    return 0;
}

static void on_output(uv_poll_t *h, int status, int events)
{
    struct output *u = container_of(h, struct output, poll);
    (void)events;
    if (status < 0)
        output_close(u);
    else
        output_read(u);
}

static void output_open(struct process *p, struct output *u, int fd)
{
    u->process = p;
    u->fd = fd;
    if (fd < 0)
        return;
    int rc = uv_poll_init(&p->loop->uv, &u->poll, fd);
    if (rc != 0) {
        close(fd);
        u->fd = -1;
        return;
    }
    owner_add(&p->owner, (uv_handle_t *)&u->poll);
    uv_poll_start(&u->poll, UV_READABLE, on_output);
}

/* --- the end ------------------------------------------------------------------------- */

static void on_closed(void *arg)
{
    struct process *p = arg;
    p->on_exit(p->arg, p->exit_status);
    mem_free(p);
}

static void output_finish(struct output *u)
{
    size_t total = 0, n = 1;
    while (u->fd >= 0 && n > 0 && total < DRAIN_MAX)
        total += n = output_read(u);
    output_close(u);
}

static void process_reap(struct process *p)
{
    int status;
    if (p->exited || waitpid(p->pid, &status, WNOHANG) != p->pid)
        return;
    p->exited = true;
    p->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    output_finish(&p->outputs[0]);
    output_finish(&p->outputs[1]);
    if (p->pidfd >= 0) {
        owner_close_handle(&p->owner, (uv_handle_t *)&p->poll);
        close(p->pidfd);
    } else {
        signal_unwatch(&p->sigchld);
    }
    owner_close(&p->owner);
}

static void on_pidfd(uv_poll_t *h, int status, int events)
{
    (void)status;
    (void)events;
    process_reap(container_of(h, struct process, poll));
}

static void on_sigchld(int signum, void *arg)
{
    (void)signum;
    process_reap(arg);
}

static int pidfd_watch(struct process *p)
{
    p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    if (p->pidfd < 0)
        return -1;
    if (uv_poll_init(&p->loop->uv, &p->poll, p->pidfd) != 0) {
        close(p->pidfd);
        p->pidfd = -1;
        return -1;
    }
    owner_add(&p->owner, (uv_handle_t *)&p->poll);
    uv_poll_start(&p->poll, UV_READABLE, on_pidfd);
    return 0;
}

/* A child that nobody can watch must not live. */
static int watch_end(struct process *p, struct err *e)
{
    if (pidfd_watch(p) == 0)
        return 0;
    if (signal_watch(&p->sigchld, p->loop, &p->owner, SIGCHLD, on_sigchld, p, e) == 0) {
        raise(SIGCHLD); /* it may have ended before we watched */
        return 0;
    }
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
    return -1;
}

/* --- the door ------------------------------------------------------------------------ */

static void close_all(const int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
}

enum { NUL, OUT_READ, OUT_WRITE, ERR_READ, ERR_WRITE, N_FDS };

static int open_all(int fds[N_FDS], bool lines, struct err *e)
{
    fds[NUL] = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fds[NUL] < 0)
        return err_set(e, "/dev/null: %s", strerror(errno));
    if (!lines)
        return 0;
    if (pipe2(&fds[OUT_READ], O_CLOEXEC) != 0 || pipe2(&fds[ERR_READ], O_CLOEXEC) != 0)
        return err_set(e, "pipe: %s", strerror(errno));
    fcntl(fds[OUT_READ], F_SETFL, O_NONBLOCK);
    fcntl(fds[ERR_READ], F_SETFL, O_NONBLOCK);
    return 0;
}

static pid_t spawn(const struct process_options *o, const int fds[N_FDS], struct err *e)
{
    const char *path = getenv("PATH");
    char *path_entry = mem_printf("PATH=%s", path != NULL ? path : "/usr/bin:/bin");
    char lang[] = "LANG=C";
    char *plain_env[] = {path_entry, lang, NULL};
    struct plan plan = {
        .o = o,
        .env = o->env != NULL ? (char **)(uintptr_t)o->env : plain_env,
        .in = fds[NUL],
        .out = o->on_line != NULL ? fds[OUT_WRITE] : fds[NUL],
        .err = o->on_line != NULL ? fds[ERR_WRITE] : fds[NUL],
    };
    pid_t pid = child_start(&plan);
    int failed = errno;
    mem_free(path_entry);
    if (pid < 0)
        err_set(e, "%s: %s", o->argv[0], strerror(failed));
    return pid;
}

static void on_unborn(void *arg)
{
    mem_free(arg);
}

int process_start(struct loop *l, const struct process_options *o, void *arg, struct process **ret,
                  struct err *e)
{
    int fds[N_FDS] = {-1, -1, -1, -1, -1};
    struct process *p = mem_new(struct process);
    p->loop = l;
    p->on_line = o->on_line;
    p->on_exit = o->on_exit;
    p->arg = arg;
    owner_init(&p->owner, on_unborn, p);
    if (open_all(fds, o->on_line != NULL, e) != 0 || (p->pid = spawn(o, fds, e)) < 0 ||
        watch_end(p, e) != 0) {
        close_all(fds, N_FDS);
        owner_close(&p->owner);
        return -1;
    }
    p->owner.on_closed = on_closed;
    close(fds[NUL]);
    close_all(&fds[OUT_WRITE], 1);
    close_all(&fds[ERR_WRITE], 1);
    output_open(p, &p->outputs[0], fds[OUT_READ]);
    output_open(p, &p->outputs[1], fds[ERR_READ]);
    *ret = p;
    return 0;
}

int process_pid(const struct process *p)
{
    return p->pid;
}

void process_kill(struct process *p, int signum)
{
    if (!p->exited && kill(-p->pid, signum) != 0)
        kill(p->pid, signum);
}
