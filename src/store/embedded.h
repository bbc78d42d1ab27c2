/* embedded.h - a redis-server of our own, on a unix socket in our directory. */
#ifndef SRC_STORE_EMBEDDED_H
#define SRC_STORE_EMBEDDED_H

#include "loop/loop.h"

struct embedded;

/* Starts the server; one that a killed midwatch left running in `dir` is ended first.
 * The caller holds the directory's lock. -1: redis-server is not installed, directory unusable. */
int embedded_start(struct loop *l, const char *dir, struct embedded **ret,
                   struct err *e) MW_MUST_CHECK;
bool embedded_running(
    const struct embedded *b); /* false: wait, what is on the socket is not ours */
/* A path of at most 107 bytes whatever the directory is called. */
const char *embedded_socket(const struct embedded *b);
/* SIGTERM, and SIGKILL when that has not helped within `patience_ms`; then `done`, and it
 * is gone. */
void embedded_stop(struct embedded *b, int64_t patience_ms, void (*done)(void *arg), void *arg);

#endif
