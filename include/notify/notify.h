/* notify.h - one attempt to deliver one notice by one channel, and its one end.
 * The engine decides on retries, order and the next contact; nothing here does. */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include "loop/http.h"
#include "model/config.h"
#include "model/incident.h"

struct notifier;
struct notifier *notifier_new(struct loop *l, struct http_client *http, const char *public_url);
/* Attempts under way end now, with `a` NULL: nobody knows what became of them. */
void notifier_close(struct notifier *n);

/* `done` exactly once, never from inside notifier_send(). `a` is NULL when the notifier was closed
 * first: then only free what is yours. first_byte_us: monotonic instant at which the first byte of
 * the request was written, 0 if none was. */
typedef void notify_done_fn(void *arg, const struct attempt *a, int64_t first_byte_us);
/* Copies what it needs of the channel and of `d`: a reload may free the config while an attempt
 * is under way. `number` is the attempt's number, from 1. */
void notifier_send(struct notifier *n, const struct channel *ch, const struct delivery *d,
                   int number, notify_done_fn *done, void *arg);
size_t notifier_running(const struct notifier *n);

#endif
