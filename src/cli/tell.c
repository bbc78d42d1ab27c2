/* tell.c - what all commands that change something share. */
#include "tell.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/text.h"
#include "here.h"
#include "loop/loop.h"

/* With a token the daemon knows who speaks; only without one does the login name say it. */
static const char *default_actor(void)
{
    const char *token = getenv("MIDWATCH_TOKEN");
    const struct passwd *me = token && *token ? NULL : getpwuid(getuid());

    return me ? me->pw_name : NULL;
}

void tell_begin(struct tell *t, const struct args *a, const char *by)
{
    t->args = a;
    buf_init(&t->path, 1024);
    buf_init(&t->body, 65536);
    jw_init(&t->w, &t->body);
    jw_object(&t->w);
    /* A name that was typed must be somebody; a login name is one of the machine's. */
    jw_kv_text_opt(&t->w, by ? "as" : "by", by ? by : default_actor());
}

int tell_segment(struct tell *t, const char *what, const char *word)
{
    if (!*word || word[strcspn(word, "/?#% ")] || strlen(word) > 150)
        return cli_usage(t->args->command, "`%.200s` is not %s", word, what), -1;
    buf_printf(&t->path, "/%s", word);
    return 0;
}

int tell_ask(struct tell *t, const char *method, void (*print)(const struct jv *answer),
             struct err *why)
{
    struct jv *v = NULL;
    char *answer = NULL;
    int rc;

    jw_object_end(&t->w);
    rc = cli_ask_why(t->args,
                     &(struct cli_question){.method = method,
                                            .path = buf_text(&t->path),
                                            .json_body = buf_text(&t->body)},
                     &answer, why);
    if (rc == EXIT_GOOD && t->args->json)
        puts(answer);
    else if (rc == EXIT_GOOD && jv_parse(answer, strlen(answer), &v, NULL) == 0)
        print(v);
    jv_free(v);
    mem_free(answer);
    return rc;
}

void tell_end(struct tell *t)
{
    buf_done(&t->path);
    buf_done(&t->body);
}

int tell_time(struct tell *t, const char *key, const char *option, const char *text)
{
    char instant[40];
    int64_t ms;

    if (here_read_time(text, loop_now_ms(), &ms) < 0)
        return cli_usage(t->args->command,
                         "--%s is a time such as 18:00, +2h or 2026-11-22T18:00, not `%s`", option,
                         text),
               -1;
    jw_kv_text(&t->w, key, rfc3339_format(ms, instant, sizeof instant));
    return 0;
}

int64_t tell_instant(const struct jv *answer, const char *key)
{
    const char *text = jv_get_text(answer, key);
    bool zoned;
    int64_t ms;

    return text && rfc3339_parse(text, &ms, &zoned) == 0 ? ms : 0;
}

int tell_unknown_verb(const struct args *a, const char *names)
{
    return cli_usage(a->command, "does not know `%s`; it knows %s", a->words[0], names);
}
