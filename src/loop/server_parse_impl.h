/* server_parse_impl.h - the parser from inside: shared by server_parse.c and server_head.c. */
#ifndef LOOP_SERVER_PARSE_IMPL_H
#define LOOP_SERVER_PARSE_IMPL_H

#include <llhttp.h>

#include "base/buf.h"
#include "server_parse.h"

enum stage { STAGE_HEAD, STAGE_BODY, STAGE_WHOLE, STAGE_REFUSED };
enum frame { FRAME_SIZE, FRAME_EXTENSION, FRAME_LF };

struct server_parse {
    struct server_limits limits;
    enum stage stage;
    llhttp_t http;

    struct buf head;          /* raw bytes; the view points into it */
    size_t line_start, lines; /* of the line being read; lines before it */
    bool blank;               /* one empty line before the request line was forgiven */
    bool head_whole;
    char prev; /* the byte before */

    char *url;
    size_t url_len;
    struct header headers[SERVER_MAX_HEADERS];
    size_t value_len[SERVER_MAX_HEADERS], n_headers;
    const char *host, *path, *query;
    bool head_read, message_whole, keep_alive, waits;

    struct buf body;
    const char *seen; /* body stage: bytes of this piece already looked at */
    enum frame frame;
    size_t digits, extension_bytes;
    bool framed; /* some byte of the chunk framing has come */

    int refused_status;
    const char *refused_why;
};

/* Always -1; the first refusal counts. */
int parse_refuse(struct server_parse *p, int status, const char *why);

/* server_head.c; 0 or -1 with the refusal made. */
bool head_is_token(const char *s, size_t n);
int head_hex_value(char c);
int head_check_request_line(struct server_parse *p, const char *line, size_t n);
int head_check(struct server_parse *p); /* once llhttp has read it: host, framing, target */

#endif
