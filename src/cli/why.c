/* why.c - the reasons, to be read by somebody who was just woken: the answer first, then what led
 * to it, on the wall clock of this machine. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/text.h"
#include "here.h"
#include "loop/loop.h"
#include "tell.h"

#define WIDTH_LEAST 40
#define WIDTH_MOST  100
#define INDENT      12 /* columns before a sentence: "  03:04:05  " */

/* Columns to fill; 0: lines are not broken, because somebody may look for words in them. */
static size_t width_of_terminal(void)
{
    struct winsize w = {0};

    if (!isatty(1) || ioctl(1, TIOCGWINSZ, &w) < 0 || w.ws_col < WIDTH_LEAST)
        return 0;
    return w.ws_col < WIDTH_MOST ? w.ws_col : WIDTH_MOST;
}

/* Breaks at blanks; later lines begin below the first. */
static void print_text(const char *text, size_t indent, size_t width)
{
    size_t column = indent;

    while (*text) {
        size_t n = strcspn(text, " ");
        char *word = mem_strndup(text, n);
        size_t columns = utf8_width(word);

        if (width && column > indent && column + 1 + columns > width) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        fputs(word, stdout);
        column += columns;
        mem_free(word);
        text += n + strspn(text + n, " ");
    }
    putchar('\n');
}

struct story {
    int64_t now_ms, day; /* day: the one whose sentences are being printed */
    bool now_said;
    size_t width;
    const char *dim, *plain; /* escapes, or empty */
};

static void print_now(struct story *s)
{
    struct civil c = civil_of(zone_local(here_zone(), s->now_ms / 1000));

    printf("%s  %02d:%02d:%02d  now%s\n", s->dim, c.hour, c.minute, c.second, s->plain);
    s->now_said = true;
}

static void print_day(struct story *s, int64_t at_ms)
{
    int64_t local_s = zone_local(here_zone(), at_ms / 1000);
    char text[40];

    if (local_s / 86400 == s->day)
        return;
    s->day = local_s / 86400;
    show_local(at_ms, here_zone(), text, sizeof text);
    printf("\n%s%.14s (%s)%s\n", s->dim, text, zone_name(here_zone()), s->plain);
}

static void print_sentence(struct story *s, const struct jv *sentence)
{
    const char *text = show_or(jv_get_text(sentence, "text"), "");
    int64_t at_ms = tell_instant(sentence, "at");
    struct civil c = civil_of(zone_local(here_zone(), at_ms / 1000));

    if (at_ms > s->now_ms && !s->now_said) {
        print_day(s, s->now_ms);
        print_now(s);
    }
    if (!at_ms) {
        fputs(s->day ? "\n  " : "  ", stdout);
        s->day = 0;
        print_text(text, 2, s->width);
        return;
    }
    print_day(s, at_ms);
    printf("  %s%02d:%02d:%02d%s  ", s->dim, c.hour, c.minute, c.second, s->plain);
    print_text(text, INDENT, s->width);
}

static int print(const struct jv *answer)
{
    bool colour = cli_colour(1);
    struct story s = {.now_ms = loop_now_ms(),
                      .width = width_of_terminal(),
                      .dim = colour ? "\033[2m" : "",
                      .plain = colour ? "\033[0m" : ""};
    const struct jv *sentences = jv_get(answer, "sentences");

    if (colour)
        fputs("\033[1m", stdout);
    print_text(show_or(jv_get_text(answer, "answer"), "?"), 0, s.width);
    fputs(s.plain, stdout);
    for (size_t i = 0; i < jv_len(sentences); i++)
        print_sentence(&s, jv_at(sentences, i));
    return EXIT_GOOD;
}

static int run(const struct args *a)
{
    struct buf path;
    const char *word = a->words[0];
    int rc;

    if (!*word || word[strcspn(word, "/?#% ")] || strlen(word) > 150)
        return cli_usage(a->command, "`%.200s` is no monitor, incident or delivery", word);
    buf_init(&path, 256);
    buf_printf(&path, "/api/v1/why/%s", word);
    rc = show_list(a, buf_text(&path), print);
    buf_done(&path);
    return rc;
}

const struct command command_why = {
    .name = "why",
    .words = "MONITOR|INCIDENT|DELIVERY",
    .least = 1,
    .most = 1,
    .summary = "why was somebody paged, or nobody?",
    .help =
        "The answer, then what led to it and what lies ahead: the rule, the step, who was on call\n"
        "and by which layer, silences, dependencies, every attempt. Times are on the wall clock\n"
        "of this machine ($TZ).",
    .run = run,
};
