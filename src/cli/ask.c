/* ask.c - one request to the running daemon over its web API. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "world.h"

#define ANSWER_MOST (64 << 20)
#define PATIENCE_MS 10000

struct question {
    struct world world;
    struct http_spec spec;
    struct http_header headers[2];
    struct http_target *target;
    struct buf url, bearer;
    char *body;
    int status;
    struct err failed;
};

static void on_answer(void *arg, const struct observation *o)
{
    struct question *q = arg;

    q->status = o->status;
    if (o->status == 0)
        err_set(&q->failed, "%s", o->message);
    q->body = mem_strndup(o->body ? o->body : "", o->body ? o->body_len : 0);
    http_target_free(q->target);
    world_stop(&q->world);
}

/* Where the daemon listens; an address that means "everywhere" is asked on this machine. */
static void address_of(struct question *q, const char *listen, const char *path)
{
    const char *colon = strrchr(listen, ':');

    if (text_starts(listen, "unix:")) {
        q->spec.unix_path = listen + strlen("unix:");
        buf_printf(&q->url, "http://localhost%s", path);
    } else if (text_starts(listen, "0.0.0.0:") || text_starts(listen, "[::]:")) {
        buf_printf(&q->url, "http://%s%s%s", listen[0] == '[' ? "[::1]" : "127.0.0.1", colon, path);
    } else {
        buf_printf(&q->url, "http://%s%s", listen, path);
    }
    q->spec.url = q->spec.shown_url = buf_text(&q->url);
}

static void prepare(struct question *q, const char *method, const char *json_body)
{
    const char *token = getenv("MIDWATCH_TOKEN");

    q->spec.method = method;
    q->spec.max_body = ANSWER_MOST;
    q->spec.headers = q->headers;
    if (token && *token) {
        buf_printf(&q->bearer, "Bearer %s", token);
        q->headers[q->spec.n_headers++] =
            (struct http_header){"Authorization", {buf_text(&q->bearer), q->bearer.len}};
    }
    if (json_body) {
        static const char type[] = "application/json";

        q->headers[q->spec.n_headers++] =
            (struct http_header){"Content-Type", {type, sizeof type - 1}};
        q->spec.body = (struct secret){json_body, strlen(json_body)};
    }
}

/* Into `why`; NULL: for whoever reads stderr. */
static void tell_problem(const struct question *q, struct err *why)
{
    struct jv *v = NULL;
    const char *detail = NULL;

    if (jv_parse(q->body, strlen(q->body), &v, NULL) == 0) {
        detail = jv_get_text(v, "detail");
        if (!detail)
            detail = jv_get_text(v, "title");
    }
    if (why)
        err_set(why, "%s", detail ? detail : "the daemon refused");
    else
        fprintf(stderr, "midwatch: %s\n", detail ? detail : "the daemon refused");
    if (q->status == 401)
        fprintf(stderr, "put a token of web.users into MIDWATCH_TOKEN\n");
    jv_free(v);
}

static int verdict(const struct question *q, const char *listen, struct err *why)
{
    if (q->status >= 200 && q->status < 300)
        return EXIT_GOOD;
    if (q->status == 0) {
        fprintf(stderr, "midwatch: no daemon answers on %s: %s\n", listen, q->failed.text);
        return EXIT_UNREACHABLE;
    }
    tell_problem(q, q->status >= 500 ? NULL : why);
    return q->status >= 500 ? EXIT_UNREACHABLE : EXIT_NO;
}

static void ask(struct question *q, const struct cli_question *a)
{
    prepare(q, a->method, a->json_body);
    q->target =
        http_target_new(q->world.http, &q->spec, PATIENCE_MS, "midwatch/" MW_VERSION, &q->failed);
    if (!q->target) {
        world_stop(&q->world);
    } else {
        http_target_run(q->target, NULL, on_answer, q);
    }
    world_run(&q->world);
    world_done(&q->world);
}

/* MIDWATCH_LISTEN spares a person the configuration, which may not be theirs to read. */
static int listen_of(const struct args *a, struct config **ret_config, const char **ret_listen)
{
    const char *env = getenv("MIDWATCH_LISTEN");

    *ret_config = NULL;
    if (env && *env) {
        *ret_listen = env;
        return 0;
    }
    if (cli_load_without_secrets(a, ret_config) < 0)
        return -1;
    *ret_listen = (*ret_config)->web.listen;
    return 0;
}

int cli_ask(const struct args *a, const char *method, const char *path, const char *json_body,
            char **ret_body)
{
    return cli_ask_why(a, &(struct cli_question){method, path, json_body, false}, ret_body, NULL);
}

int cli_ask_why(const struct args *a, const struct cli_question *question, char **ret_body,
                struct err *why)
{
    struct question q = {.status = 0};
    const char *listen;
    struct config *c;
    int rc;

    if (listen_of(a, &c, &listen) < 0)
        return EXIT_NO;
    buf_init(&q.url, 8192);
    buf_init(&q.bearer, 8192);
    if (world_init(&q.world, NULL, &q.failed) < 0) {
        fprintf(stderr, "midwatch: %s\n", q.failed.text);
        rc = EXIT_UNREACHABLE;
    } else {
        address_of(&q, listen, question->path);
        ask(&q, question);
        rc = !question->quiet                    ? verdict(&q, listen, why)
             : q.status >= 200 && q.status < 300 ? EXIT_GOOD
                                                 : EXIT_UNREACHABLE;
    }
    *ret_body = rc == EXIT_GOOD ? q.body : NULL;
    if (rc != EXIT_GOOD)
        mem_free(q.body);
    buf_done(&q.url);
    buf_done(&q.bearer);
    config_free(c);
    return rc;
}
