/* url.h - is this a URL a probe or a channel can be sent to? */
#ifndef CONFIG_URL_H
#define CONFIG_URL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

/* -1 with what is wrong; the text is never quoted, it may hold secrets. `schemes` is
 * NULL-terminated. */
int url_check(const char *text, const char *const *schemes, struct err *e) MW_MUST_CHECK;
/* host:port, [v6]:port; port 0..65535. */
int url_check_authority(const char *text, size_t n, bool need_port, struct err *e) MW_MUST_CHECK;
/* With *** for the user info. */
const char *url_without_user(struct arena *a, const char *text);
/* scheme://host[:port] only; *** when even that is hidden. */
const char *url_origin(struct arena *a, const char *text);

#endif
