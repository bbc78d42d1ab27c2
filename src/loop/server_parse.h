/* server_parse.h - the bytes of one connection -> requests, one at a time.
 *
 * No socket, no loop, no clock: what a stranger sends is judged here and nowhere else,
 * so that it can be fuzzed. llhttp knows the grammar; beside it stands a guard that reads
 * every byte of the head and of chunk framing and refuses what two readers could take
 * differently (obs-fold, bare LF, lone CR, a space before the colon, two length headers).
 * The answer does not depend on how the bytes were cut into pieces. */
#ifndef LOOP_SERVER_PARSE_H
#define LOOP_SERVER_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "loop/server.h"

#define SERVER_MAX_HEADERS 100

struct server_parse;

struct server_limits {
    size_t url;  /* bytes of the request target */
    size_t head; /* bytes of request line and header lines together */
    size_t body;
    size_t extensions; /* bytes of chunk extensions in one request */
};

enum server_step {
    SERVER_MORE,   /* all bytes taken, the request is not whole yet */
    SERVER_WAITS,  /* the same, and the client waits for "100 Continue"; told once */
    SERVER_WHOLE,  /* a request: server_parse_view(); bytes behind it were not taken */
    SERVER_REFUSED /* server_parse_refusal(); nothing more can be read from this connection */
};

struct server_parse *server_parse_new(const struct server_limits *l);
void server_parse_free(struct server_parse *p); /* NULL accepted */

enum server_step server_parse_feed(struct server_parse *p, const char *bytes, size_t n,
                                   size_t *ret_used);
void server_parse_next(struct server_parse *p); /* forgets the request; the next one follows */

bool server_parse_begun(const struct server_parse *p);   /* some byte of a request has come */
bool server_parse_in_body(const struct server_parse *p); /* the head is whole, the body is not */

/* After SERVER_WHOLE, until server_parse_next(). `peer` and `loopback` are left to the caller. */
void server_parse_view(struct server_parse *p, struct request_view *ret);
bool server_parse_keep_alive(const struct server_parse *p);
bool server_parse_is_http10(const struct server_parse *p);

/* After SERVER_REFUSED: the status to answer with, and one sentence. */
int server_parse_refusal(const struct server_parse *p, const char **ret_why);

#endif
