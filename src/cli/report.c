/* report.c - the SLA report of a month: asked for, listed, verified. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "loop/crypto.h"
#include "loop/loop.h"
#include "sla/render.h"
#include "sla/report.h"
#include "tell.h"

#define PATH "/api/v1/reports"

enum { OPTION_MONTH, OPTION_FORMAT, OPTION_REVISION, OPTION_REVISE, OPTION_OUTPUT, OPTION_BY };
static const struct option_row options[] = {
    {"month", 0, "MONTH", "such as 2026-10 (else the last one that is over)"},
    {"format", 0, "FORMAT", "markdown (else that), html, csv or json"},
    {"revision", 0, "N", "as it was issued then (else the newest)"},
    {"revise", 0, NULL, "issue a new revision first, if the inputs have changed"},
    {"output", 'o', "FILE", "write it there"},
    {"by", 0, "PERSON", "--revise: who says so (else the token's person, or your login)"},
    {NULL, 0, NULL, NULL},
};

/* --- asking ------------------------------------------------------------------------------ */

struct wanted {
    const char *month, *revision; /* NULL: not said */
    enum render_format format;
};

static int read_wanted(const struct args *a, struct wanted *ret)
{
    const char *format = show_or(a->values[OPTION_FORMAT], a->json ? "json" : "markdown");
    int f = render_from(format);
    struct month m;
    int64_t n;

    *ret = (struct wanted){a->values[OPTION_MONTH], a->values[OPTION_REVISION], RENDER_MARKDOWN};
    if (f < 0)
        return cli_usage(a->command, "--format is markdown, html, csv or json, not `%s`", format),
               -1;
    if (ret->month && month_parse(ret->month, &m, NULL) < 0)
        return cli_usage(a->command, "--month is a month like 2026-10, not `%s`", ret->month), -1;
    if (ret->revision && text_int(ret->revision, 1, 999999, &n, NULL) < 0)
        return cli_usage(a->command, "--revision is a number from 1 on, not `%s`", ret->revision),
               -1;
    if (ret->revision && a->values[OPTION_REVISE])
        return cli_usage(a->command, "--revision and --revise do not go together"), -1;
    ret->format = (enum render_format)f;
    return 0;
}

static void print_revised(const struct jv *head)
{
    int revision = (int)jv_get_int(head, "revision", 0),
        corrects = (int)jv_get_int(head, "corrects", 0);
    const char *period = show_or(jv_get_text(head, "period"), "?");

    if (!jv_get_bool(head, "new", false))
        fprintf(stderr, "revision %d of %s stands: its inputs have not changed\n", revision,
                period);
    else if (corrects > 0)
        fprintf(stderr, "revision %d of %s issued; it corrects revision %d\n", revision, period,
                corrects);
    else
        fprintf(stderr, "revision %d of %s issued\n", revision, period);
}

static int revise(const struct args *a, const struct wanted *x)
{
    struct args plain = *a;
    struct tell t;
    int rc;

    plain.json = false; /* the report is what is printed */
    tell_begin(&t, &plain, a->values[OPTION_BY]);
    buf_str(&t.path, PATH "/sla");
    if (x->month)
        buf_printf(&t.path, "?month=%s", x->month);
    rc = tell_ask(&t, "POST", print_revised, NULL);
    tell_end(&t);
    return rc;
}

static int put_out(const struct args *a, const char *body)
{
    const char *path = a->values[OPTION_OUTPUT];
    size_t n = strlen(body);
    bool whole;
    FILE *f;

    if (!path || text_eq(path, "-")) {
        fputs(body, stdout);
        if (n > 0 && body[n - 1] != '\n')
            putchar('\n');
        return EXIT_GOOD;
    }
    f = fopen(path, "wb");
    whole = f && fwrite(body, 1, n, f) == n;
    if (f && fclose(f) != 0)
        whole = false;
    if (whole)
        return EXIT_GOOD;
    fprintf(stderr, "midwatch: %s: %s\n", path, strerror(errno));
    return EXIT_NO;
}

static int report(const struct args *a)
{
    struct wanted x;
    struct buf path;
    char *body;
    int rc;

    if (read_wanted(a, &x) < 0)
        return EXIT_USAGE;
    rc = a->values[OPTION_REVISE] ? revise(a, &x) : EXIT_GOOD;
    if (rc != EXIT_GOOD)
        return rc;
    buf_init(&path, 256);
    buf_printf(&path, PATH "/sla?format=%s", render_name(x.format));
    if (x.month)
        buf_printf(&path, "&month=%s", x.month);
    if (x.revision)
        buf_printf(&path, "&revision=%s", x.revision);
    rc = cli_ask(a, "GET", buf_text(&path), NULL, &body);
    buf_done(&path);
    if (rc == EXIT_GOOD) {
        rc = put_out(a, body);
        mem_free(body);
    }
    return rc;
}

/* --- the list ---------------------------------------------------------------------------- */

static int by_period(const void *a, const void *b)
{
    const struct jv *x = *(const struct jv *const *)a, *y = *(const struct jv *const *)b;
    int c = strcmp(show_or(jv_get_text(x, "period"), ""), show_or(jv_get_text(y, "period"), ""));

    return c ? c : (int)jv_get_int(x, "revision", 0) - (int)jv_get_int(y, "revision", 0);
}

static void add_report(struct table *t, const struct jv *o, int64_t now_ms)
{
    char when[32], revision[16], corrects[16] = "";

    show_time(o, "issued_at", now_ms, when, sizeof when);
    snprintf(revision, sizeof revision, "%d", (int)jv_get_int(o, "revision", 0));
    if (jv_get_int(o, "corrects", 0) > 0)
        snprintf(corrects, sizeof corrects, "%d", (int)jv_get_int(o, "corrects", 0));
    table_add(t, (const char *[]){show_or(jv_get_text(o, "period"), "?"), revision, corrects, when,
                                  show_or(jv_get_text(o, "digest"), "")});
}

static int print_list(const struct jv *list)
{
    static const char *const heads[] = {"MONTH", "REVISION", "CORRECTS", "ISSUED", "DIGEST"};
    size_t n = jv_len(list);
    const struct jv **sorted = mem_calloc(n + 1, sizeof *sorted);
    struct table *t = table_new(5, heads);

    for (size_t i = 0; i < n; i++)
        sorted[i] = jv_at(list, i);
    qsort(sorted, n, sizeof *sorted, by_period);
    for (size_t i = 0; i < n; i++)
        add_report(t, sorted[i], loop_now_ms());
    if (n > 0)
        table_print(t, cli_colour(1));
    else
        puts("no report has been issued");
    table_free(t);
    mem_free(sorted);
    return EXIT_GOOD;
}

static int list(const struct args *a)
{
    return show_list(a, PATH, print_list);
}

/* --- verifying --------------------------------------------------------------------------- */

static int read_file(const char *path, struct buf *out)
{
    FILE *f = text_eq(path, "-") ? stdin : fopen(path, "rb");
    char piece[65536];
    size_t n;
    bool failed;

    if (!f)
        return -1;
    while (!out->over && (n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_put(out, piece, n);
    failed = ferror(f);
    if (f != stdin)
        fclose(f);
    return failed ? -1 : 0;
}

static int print_verdict(const struct args *a, const char *claimed, const char *real)
{
    bool holds = strcmp(claimed, real) == 0;
    const char *path = a->words[1];
    struct buf out;
    struct jw w;

    if (!a->json) {
        printf(holds ? "%s is as it was issued: sha256:%s\n"
                     : "%s is not as it was issued: its digest is sha256:%s\n",
               path, real);
        return holds ? EXIT_GOOD : EXIT_NO;
    }
    buf_init(&out, 8192);
    jw_init(&w, &out);
    jw_object(&w);
    jw_kv_text(&w, "file", path);
    jw_kv_bool(&w, "verified", holds);
    jw_kv_text(&w, "claimed", claimed);
    jw_kv_text(&w, "digest", real);
    jw_object_end(&w);
    puts(buf_text(&out));
    buf_done(&out);
    return holds ? EXIT_GOOD : EXIT_NO;
}

static int verify(const struct args *a)
{
    char claimed[REPORT_DIGEST_SIZE], real[REPORT_DIGEST_SIZE];
    unsigned char sum[32];
    struct buf file, body;
    struct err e;
    int rc = EXIT_NO;

    if (a->n_words != 2)
        return cli_usage(a->command, "verify needs the FILE of one report in JSON");
    buf_init(&file, REPORT_MAX_BYTES + 64);
    buf_init(&body, REPORT_MAX_BYTES);
    if (read_file(a->words[1], &file) < 0) {
        fprintf(stderr, "midwatch: %s: %s\n", a->words[1], strerror(errno));
    } else if (report_unseal(buf_text(&file), file.len, &body, claimed, &e) < 0) {
        fprintf(stderr, "midwatch: %s: %s\n", a->words[1], e.text);
    } else {
        crypto_sha256(body.p, body.len, sum);
        hex_encode(sum, sizeof sum, real);
        rc = print_verdict(a, claimed, real);
    }
    buf_done(&body);
    buf_done(&file);
    return rc;
}

static int run(const struct args *a)
{
    static const struct {
        const char *name;
        size_t most; /* words */
        int (*run)(const struct args *a);
    } verbs[] = {{"sla", 1, report}, {"list", 1, list}, {"verify", 2, verify}};

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!text_eq(a->words[0], verbs[i].name))
            continue;
        if (a->n_words > verbs[i].most)
            return cli_usage(a->command, "does not know what to do with `%s`",
                             a->words[verbs[i].most]);
        return verbs[i].run(a);
    }
    return tell_unknown_verb(a, "sla, list and verify");
}

const struct command command_report = {
    .name = "report",
    .words = "sla | list | verify FILE",
    .least = 1,
    .most = 2,
    .summary = "the SLA report of a month",
    .help =
        "sla prints it: availability of each SLO with what was excluded, incidents, percentiles,\n"
        "the trend of a year, credits. A month that is over is issued when it is first asked for,\n"
        "and stays as it is; what comes later makes a new revision, with --revise. The running\n"
        "month is a draft. verify reckons the digest of a report in JSON again: exit status 1 "
        "when\n"
        "it is not as it was issued.",
    .options = options,
    .run = run,
};
