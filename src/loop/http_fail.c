/* http_fail.c - a failed transfer in words: one reason, one fact.
 *
 * The reason says whose trouble it is; what is ours (no descriptors, no memory, no route at
 * all, a key file of ours that cannot be read) is REASON_LOCAL and never held against the
 * target. The texts are read by somebody who was just woken up. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "http_internal.h"

void run_fail(struct run *r, enum reason reason, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    r->o.reason = reason;
    vsnprintf(r->o.message, sizeof r->o.message, fmt, ap);
    va_end(ap);
}

static bool is_ours(int error)
{
    static const int ours[] = {EMFILE,        ENFILE, ENOMEM, ENOBUFS,      ENETUNREACH, ENETDOWN,
                               EADDRNOTAVAIL, EPERM,  EACCES, EAFNOSUPPORT, ENOSPC};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ours[i] == error)
            return true;
    return false;
}

/* "Connection refused" -> "connection refused". */
static const char *errno_text(int error, char *dst, size_t size)
{
    text_copy(dst, size, strerror(error));
    if (dst[0] >= 'A' && dst[0] <= 'Z' && dst[1] >= 'a')
        dst[0] = (char)(dst[0] - 'A' + 'a');
    return dst;
}

static int errno_of(const struct run *r)
{
    long error = 0;
    curl_easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &error);
    return r->local_errno != 0 ? r->local_errno : (int)error;
}

static bool handshake_under_way(const struct run *r)
{
    curl_off_t secured = 0;
    curl_easy_getinfo(r->easy, CURLINFO_APPCONNECT_TIME_T, &secured);
    return r->at->tls && r->tcp_us > 0 && secured == 0;
}

/* The part of OpenSSL's error line a person can use: what follows the last "::". */
static const char *openssl_text(const char *line)
{
    const char *p = strstr(line, "error:"), *at = p;
    for (; at != NULL; at = strstr(at, "::"))
        p = (at += 2);
    return p;
}

/* --- by kind of failure --------------------------------------------------------------- */

static void fail_connect(struct run *r)
{
    char text[128];
    int error = errno_of(r);
    if (error == 0)
        run_fail(r, REASON_CONNECT, "no connection");
    else
        run_fail(r, is_ours(error) ? REASON_LOCAL : REASON_CONNECT, "%s",
                 errno_text(error, text, sizeof text));
}

static void fail_timeout(struct run *r)
{
    char limit[32], part[32], got[32];
    int64_t connected = run_connected_us(r);
    text_human_ms((double)r->target->timeout_ms, limit, sizeof limit);
    text_human_ms((double)connected / 1000, part, sizeof part);
    if (r->local_errno != 0)
        run_fail(r, REASON_LOCAL, "%s", errno_text(r->local_errno, part, sizeof part));
    else if (r->head_complete)
        run_fail(r, REASON_TIMEOUT, "answer not complete within %s (%s of the body received)",
                 limit, text_from_size(r->o.size, got, sizeof got));
    else if (r->head_lines > 0)
        run_fail(r, REASON_TIMEOUT, "headers not complete within %s", limit);
    else if (connected == 0)
        run_fail(r, REASON_TIMEOUT, "no connection within %s", limit);
    else if (handshake_under_way(r))
        run_fail(r, REASON_TIMEOUT, "no TLS handshake within %s (connected after %s)", limit, part);
    else
        run_fail(r, REASON_TIMEOUT, "no answer within %s (connected after %s)", limit, part);
}

/* libcurl checks the name after OpenSSL was content with the chain. */
static void fail_certificate(struct run *r)
{
    char text[sizeof r->o.message];
    if (tls_describe(r, text, sizeof text))
        run_fail(r, REASON_TLS, "%s", text);
    else
        run_fail(r, REASON_TLS, "host name does not match certificate (%.180s)",
                 r->o.cert.san[0] != '\0' ? r->o.cert.san : r->o.cert.subject);
}

static void fail_handshake(struct run *r)
{
    char text[sizeof r->o.message];
    const char *why = openssl_text(r->error);
    int error = errno_of(r);
    if (tls_describe(r, text, sizeof text))
        run_fail(r, REASON_TLS, "%s", text);
    else if (why != NULL)
        run_fail(r, REASON_TLS, "TLS handshake failed: %.200s%s", why,
                 strcmp(why, "wrong version number") == 0 ? " (is it TLS at all?)" : "");
    else if (error != 0)
        run_fail(r, REASON_TLS, "TLS handshake failed: %s", errno_text(error, text, sizeof text));
    else
        run_fail(r, REASON_TLS, "connection closed during the TLS handshake");
}

/* Sending or receiving broke off. */
static void fail_stream(struct run *r)
{
    char text[128];
    const char *why = r->at->tls ? openssl_text(r->error) : NULL;
    int error = errno_of(r);
    text_copy(text, sizeof text, "connection broke");
    if (error != 0)
        errno_text(error, text, sizeof text);
    if (handshake_under_way(r))
        fail_handshake(r);
    else if (why != NULL && strstr(why, "alert") != NULL)
        run_fail(r, REASON_TLS, "refused by the peer: %.200s", why);
    else if (r->head_complete)
        run_fail(r, REASON_TRUNCATED, "%s after %lld bytes of the body", text,
                 (long long)r->o.size);
    else
        run_fail(r, REASON_PROTOCOL, "%s before an answer", text);
}

static void fail_partial(struct run *r)
{
    curl_off_t promised = -1;
    curl_easy_getinfo(r->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &promised);
    if (!r->head_complete)
        run_fail(r, REASON_TRUNCATED, "connection closed inside the headers");
    else if (promised >= 0)
        run_fail(r, REASON_TRUNCATED, "connection closed after %lld of %lld bytes",
                 (long long)r->o.size, (long long)promised);
    else
        run_fail(r, REASON_TRUNCATED,
                 "connection closed before the end of the body (%lld bytes received)",
                 (long long)r->o.size);
}

static void fail_stopped(struct run *r)
{
    run_fail(r, REASON_PROTOCOL, "%s", r->stopped != NULL ? r->stopped : "answer not readable");
}

/* libcurl's word also for a header line longer than it takes: that is the peer's doing. */
static void fail_out_of_memory(struct run *r)
{
    if (run_connected_us(r) > 0)
        run_fail(r, REASON_PROTOCOL, "a header line longer than 100 kB");
    else
        run_fail(r, REASON_LOCAL, "out of memory");
}

static void fail_own_certificate(struct run *r)
{
    run_fail(r, REASON_LOCAL, "our client certificate: %.200s", r->error);
}

static void fail_empty(struct run *r)
{
    run_fail(r, REASON_PROTOCOL, "connection closed without an answer");
}

static void fail_not_http(struct run *r)
{
    run_fail(r, REASON_PROTOCOL, "the answer is not HTTP");
}

static void fail_encoding(struct run *r)
{
    run_fail(r, REASON_PROTOCOL, "body cannot be decoded: %.200s", r->error);
}

static void fail_other(struct run *r, CURLcode rc)
{
    run_fail(r, REASON_PROTOCOL, "%.240s", r->error[0] != '\0' ? r->error : curl_easy_strerror(rc));
}

void fail_describe(struct run *r, CURLcode rc)
{
    static const struct {
        CURLcode code;
        void (*fail)(struct run *r);
    } kinds[] = {
        {CURLE_COULDNT_CONNECT, fail_connect},
        {CURLE_OPERATION_TIMEDOUT, fail_timeout},
        {CURLE_PEER_FAILED_VERIFICATION, fail_certificate},
        {CURLE_SSL_CONNECT_ERROR, fail_handshake},
        {CURLE_SSL_CERTPROBLEM, fail_own_certificate},
        {CURLE_SEND_ERROR, fail_stream},
        {CURLE_RECV_ERROR, fail_stream},
        {CURLE_PARTIAL_FILE, fail_partial},
        {CURLE_WRITE_ERROR, fail_stopped},
        {CURLE_GOT_NOTHING, fail_empty},
        {CURLE_UNSUPPORTED_PROTOCOL, fail_not_http},
        {CURLE_WEIRD_SERVER_REPLY, fail_not_http},
        {CURLE_BAD_CONTENT_ENCODING, fail_encoding},
        {CURLE_OUT_OF_MEMORY, fail_out_of_memory},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].code == rc) {
            kinds[i].fail(r);
            return;
        }
    fail_other(r, rc);
}
