/* process.h - a child process: posix_spawn, pidfd, one end. (uv_spawn forks: milliseconds at our size.) */
#ifndef LOOP_PROCESS_H
#define LOOP_PROCESS_H

#include "loop/loop.h"

struct process;

struct process_options {
    const char *const *argv;    /* argv[0] is looked up in PATH */
    const char *const *env;     /* NULL: only PATH and LANG=C */
    const char *dir;            /* NULL: ours */
    bool die_with_us;           /* SIGTERM for the child when we are gone, however that came */
    /* The child's stdout and stderr, a line each; NULL: /dev/null. */
    void (*on_line)(void *arg, const char *line);
    /* Exactly once. exit_status >= 0, or -signal. */
    void (*on_exit)(void *arg, int exit_status);
};

int process_start(struct loop *l, const struct process_options *o, void *arg, struct process **ret,
                  struct err *e) MW_MUST_CHECK;
int process_pid(const struct process *p);
void process_kill(struct process *p, int signum);   /* on_exit still comes */

#endif
