/* test_page.h - a real test notification, and what became of it. */
#ifndef APP_TEST_PAGE_H
#define APP_TEST_PAGE_H

#include "model/config.h"
#include "notify/notify.h"

/* To a channel by name, or to every channel of a person's rules, one attempt each.
 * `done` once, later, with a JSON list of
 * {"person","channel","outcome","status","took_ms","error"}; `ok` when all were accepted. -1:
 * neither a person nor a channel, or a person without rules. */
typedef void test_page_done_fn(void *arg, const char *json, bool ok);
int test_page(const struct config *c, struct notifier *n, const char *to, test_page_done_fn *done,
              void *arg, struct err *e) MW_MUST_CHECK;

#endif
