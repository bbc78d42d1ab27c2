/* dir.c - DIR/lock: whoever holds it writes to this directory, and to the Redis it runs there. */
#include "dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int dir_make(const char *path, struct err *e)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return 0;
    return err_set(e, "%s: %s", path, strerror(errno));
}

int dir_lock(const char *dir, int *ret_fd, struct err *e)
{
    char path[4096], pid[32] = "";

    snprintf(path, sizeof path, "%s/lock", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
        pid[n > 0 ? n : 0] = '\0';
        pid[strcspn(pid, "\n")] = '\0';
        close(fd);
        return err_set(e, "%s is in use by another midwatch (pid %s)", dir,
                       pid[0] != '\0' ? pid : "unknown");
    }
    int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n) {
        err_set(e, "%s: %s", path, strerror(errno));
        close(fd);
        return -1;
    }
    *ret_fd = fd;
    return 0;
}
