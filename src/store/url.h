/* url.h - where Redis is: redis:// rediss:// unix:///path?db=0 embedded */
#ifndef SRC_STORE_URL_H
#define SRC_STORE_URL_H

#include <stdbool.h>

#include "base/err.h"

struct store_url {
    bool embedded, tls;
    char unix_path[108]; /* "" for tcp */
    char host[256];
    int port;
    char user[128], password[512]; /* "" none */
    int db;
};

/* The error never repeats the URL: it may hold a password. */
int store_url_parse(const char *text, struct store_url *ret, struct err *e) MW_MUST_CHECK;

#endif
