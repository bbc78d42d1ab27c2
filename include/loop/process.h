/* process.h - a child process: started by vfork and exec, watched by a pidfd, one end.
 *
 * uv_spawn forks, which costs milliseconds at our size; posix_spawn cannot tell the child to
 * die with its parent. The child leads a process group of its own, has no descriptor of ours
 * but its output, and all signals as they are by default. */
#ifndef LOOP_PROCESS_H
#define LOOP_PROCESS_H

#include "loop/loop.h"

struct process;

struct process_options {
    const char *const *argv; /* argv[0] is looked up in PATH */
    const char *const *env;  /* NULL: only PATH and LANG=C */
    const char *dir;         /* NULL: ours */
    bool die_with_us;        /* SIGTERM for the child when we are gone, however that came */
    /* The child's stdout and stderr, a line each, cut at 4 kB; NULL: /dev/null. */
    void (*on_line)(void *arg, const char *line);
    /* Exactly once, after the last line. exit_status >= 0, or -signal. */
    void (*on_exit)(void *arg, int exit_status);
};

/* Fails when the program cannot be executed; no callback comes then, and none from inside
 * this call. Everything in `o` is used up when it returns. */
int process_start(struct loop *l, const struct process_options *o, void *arg, struct process **ret,
                  struct err *e) MW_MUST_CHECK;
int process_pid(const struct process *p);
void process_kill(struct process *p, int signum); /* its whole group; on_exit still comes */

#endif
