/* store.c - is what is kept whole?
 *
 * Happy path: every finding as it comes, then what was looked at; 0 when nothing is wrong.
 * Failures:   the store cannot be reached: 3; somebody writes to it and --repair was asked for: 1.
 */
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "config/load.h"
#include "progress.h"

enum { OPTION_REPAIR };
static const struct option_row options[] = {
    {"repair", 0, NULL, "mend what can be; not while a daemon writes"},
    {NULL, 0, NULL, NULL},
};

struct telling {
    bool json;
    struct buf out;
    struct jw w;
};

static void tell(void *arg, const struct finding *f)
{
    struct telling *t = arg;

    if (t->json) {
        jw_object(&t->w);
        jw_kv_text(&t->w, "key", f->key);
        jw_kv_text(&t->w, "what", f->what);
        jw_kv_text(&t->w, "mended", f->mended);
        jw_object_end(&t->w);
        return;
    }
    progress_end();
    printf("%s: %s", f->key, f->what);
    if (f->mended != NULL)
        printf(" (%s)", f->mended);
    putchar('\n');
}

static void print_report(const struct check_report *r)
{
    const struct {
        const char *noun;
        uint64_t n;
    } looked[] = {{"incidents", r->incidents},
                  {"deliveries", r->deliveries},
                  {"entries of the record", r->records},
                  {"series", r->series},
                  {"open days of results", r->raw_open},
                  {"sealed days of results", r->raw_sealed},
                  {"minute roll-ups", r->minutes},
                  {"hour roll-ups", r->hours},
                  {"day roll-ups", r->days},
                  {"days compared with their roll-ups", r->compared},
                  {"SLO blocks", r->slos},
                  {"set aside before", r->set_aside}};

    puts("looked at:");
    for (size_t i = 0; i < sizeof looked / sizeof looked[0]; i++) {
        if (looked[i].n > 0)
            printf("  %8llu %s\n", (unsigned long long)looked[i].n, looked[i].noun);
    }
    if (r->findings == 0)
        puts("nothing is wrong");
    else
        printf("%llu wrong, %llu mended\n", (unsigned long long)r->findings,
               (unsigned long long)r->mended);
}

static void end_json(struct telling *t, const struct check_report *r)
{
    struct jw *w = &t->w;

    jw_list_end(w);
    jw_kv_int(w, "wrong", (int64_t)r->findings);
    jw_kv_int(w, "mended", (int64_t)r->mended);
    jw_kv_object(w, "looked_at");
    jw_kv_int(w, "incidents", (int64_t)r->incidents);
    jw_kv_int(w, "deliveries", (int64_t)r->deliveries);
    jw_kv_int(w, "records", (int64_t)r->records);
    jw_kv_int(w, "series", (int64_t)r->series);
    jw_kv_int(w, "raw_open", (int64_t)r->raw_open);
    jw_kv_int(w, "raw_sealed", (int64_t)r->raw_sealed);
    jw_kv_int(w, "minute", (int64_t)r->minutes);
    jw_kv_int(w, "hour", (int64_t)r->hours);
    jw_kv_int(w, "day", (int64_t)r->days);
    jw_kv_int(w, "compared", (int64_t)r->compared);
    jw_kv_int(w, "slo", (int64_t)r->slos);
    jw_kv_int(w, "set_aside", (int64_t)r->set_aside);
    jw_object_end(w);
    jw_object_end(w);
    puts(buf_text(&t->out));
}

static int check(const struct args *a, const struct config *c)
{
    struct telling t = {.json = a->json};
    struct check_options o = {a->values[OPTION_REPAIR] != NULL, tell, &t};
    struct check_report r = {.findings = 0};
    struct err e;

    buf_init(&t.out, 64 << 20);
    jw_init(&t.w, &t.out);
    if (a->json) {
        jw_object(&t.w);
        jw_kv_list(&t.w, "findings");
    }
    enum moved rc = store_check(c, &o, progress_here(), &r, &e);
    progress_end();
    if (rc != MOVED && e.text[0] != '\0')
        fprintf(stderr, "midwatch: %s\n", e.text);
    else if (a->json)
        end_json(&t, &r);
    else
        print_report(&r);
    buf_done(&t.out);
    return progress_status(rc);
}

static int run(const struct args *a)
{
    struct config *c = NULL;
    int status;

    if (!text_eq(a->words[0], "check"))
        return cli_usage(a->command, "knows check, not `%s`", a->words[0]);
    if (cli_load(a, &c) != 0)
        return EXIT_NO;
    status = check(a, c);
    config_free(c);
    return status;
}

const struct command command_store = {
    .name = "store",
    .words = "check",
    .least = 1,
    .most = 1,
    .summary = "is what is kept whole?",
    .help =
        "check: reads incidents, deliveries and the record, the index of series, and every block\n"
        "of results and roll-ups behind it; compares indexes with records, and roll-ups with the\n"
        "results where these are still kept. Says what is wrong, by its key; then exits with 1. "
        "It\n"
        "may run beside the daemon. --repair writes roll-ups and indexes anew, days whose results\n"
        "have gone from the hours of their month; sets blocks that cannot be read aside as\n"
        "KEY:damaged for 30 days, and never touches what decides pages.",
    .options = options,
    .run = run,
};
