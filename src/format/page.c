/* page.c - the status page as HTML. */
#include "format/page.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/names.h"

static const char css[] =
    ":root{color-scheme:light dark;--bad:#b3261e;--warn:#8a5300;--good:#1b6e3c;--line:#8884}"
    "@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--warn:#ffc107;--good:#7bd88f}}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}"
    ".sentence{font-size:1.25rem;font-weight:600;border-left:.4rem solid;padding:.4rem .8rem}"
    "table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;font-size:.85rem;opacity:.75}"
    "th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);"
    "overflow-wrap:anywhere}thead th{font-size:.85rem}tbody th{font-weight:500}"
    ".up{color:var(--good)}.down,.critical{color:var(--bad);font-weight:600}"
    ".degraded,.warning{color:var(--warn)}footer{margin-top:2rem;font-size:.85rem;opacity:.75}";

const char *page_css(void)
{
    return css;
}

void html_text(struct buf *out, const char *s)
{
    static const char special[] = "&<>\"'";
    static const char *const escaped[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

    while (*s != 0) {
        size_t n = strcspn(s, special);

        buf_put(out, s, n);
        s += n;
        if (*s != 0)
            buf_str(out, escaped[strchr(special, *s++) - special]);
    }
}

/* --- the sentence --------------------------------------------------------------------- */

struct counts {
    size_t by_state[MONITOR_UNKNOWN + 1];
};

static struct counts count(const struct page *p)
{
    struct counts c = {0};

    for (size_t i = 0; i < p->n_monitors; i++)
        c.by_state[p->monitors[i].state]++;
    return c;
}

const char *page_sentence(const struct page *p, char *dst, size_t size)
{
    static const struct {
        enum monitor_state state;
        const char *words;
    } parts[] = {
        {MONITOR_DOWN, "down"},
        {MONITOR_DEGRADED, "degraded"},
        {MONITOR_UNKNOWN, "unknown"},
        {MONITOR_PENDING, "not checked yet"},
    };
    struct counts c = count(p);
    struct buf out;

    buf_init(&out, size - 1);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t n = c.by_state[parts[i].state];

        if (n == 0)
            continue;
        if (out.len == 0)
            buf_printf(&out, "%zu of %zu monitors %s %s", n, p->n_monitors, n == 1 ? "is" : "are",
                       parts[i].words);
        else
            buf_printf(&out, ", %zu %s %s", n, n == 1 ? "is" : "are", parts[i].words);
    }
    if (p->n_monitors == 0)
        buf_str(&out, "Nothing is monitored yet");
    else if (out.len == 0 && p->n_monitors == 1)
        buf_str(&out, "The monitor is up");
    else if (out.len == 0)
        buf_printf(&out, "All %zu monitors are up", p->n_monitors);
    text_copy(dst, size, buf_text(&out));
    buf_done(&out);
    return dst;
}

static const char *class_of_all(const struct page *p)
{
    struct counts c = count(p);

    if (c.by_state[MONITOR_DOWN] > 0)
        return "down";
    if (c.by_state[MONITOR_UP] == p->n_monitors && p->n_monitors > 0)
        return "up";
    return "degraded";
}

/* --- cells ---------------------------------------------------------------------------- */

/* "2026-11-22 03:04 UTC" */
static void put_time(struct buf *out, int64_t at_ms)
{
    char machine[32];

    rfc3339_format(at_ms / 1000 * 1000, machine, sizeof machine);
    buf_printf(out, "<time datetime=\"%s\">%.10s %.5s UTC</time>", machine, machine, machine + 11);
}

/* "2026-11-22 03:04 UTC (2h5m)" */
static void put_since(struct buf *out, int64_t since_ms, int64_t now_ms)
{
    char age[32];

    if (since_ms == 0) {
        buf_str(out, "<td>-</td>");
        return;
    }
    text_human_ms((double)(now_ms > since_ms ? now_ms - since_ms : 0), age, sizeof age);
    buf_str(out, "<td>");
    put_time(out, since_ms);
    buf_printf(out, " (%s)</td>", age);
}

static void put_cell(struct buf *out, const char *class, const char *word)
{
    buf_str(out, "<td class=\"");
    buf_str(out, class);
    buf_str(out, "\">");
    buf_str(out, word);
    buf_str(out, "</td>");
}

static bool is_bad(enum monitor_state s)
{
    return s == MONITOR_DOWN || s == MONITOR_DEGRADED;
}

static void put_monitor(struct buf *out, const struct page_monitor *m, int64_t now_ms)
{
    const char *state = monitor_state_name(m->state);
    bool told = is_bad(m->state) && m->reason != REASON_OK;
    char latency[32], words[96];

    buf_str(out, "<tr><th scope=\"row\">");
    html_text(out, m->name);
    buf_str(out, "</th>");
    snprintf(words, sizeof words, "%s%s%s%s", state, told ? ": " : "",
             told ? reason_name(m->reason) : "", m->maintenance ? " (maintenance)" : "");
    put_cell(out, state, words);
    put_since(out, m->since_ms, now_ms);
    put_cell(out, "latency",
             m->latency_us < 0
                 ? "-"
                 : text_human_ms((double)m->latency_us / 1000, latency, sizeof latency));
    buf_str(out, "</tr>\n");
}

/* --- sections ------------------------------------------------------------------------- */

static void put_group_head(struct buf *out, const char *group)
{
    buf_str(out, "<section>\n<h2>");
    html_text(out, *group != 0 ? group : "Monitors");
    buf_str(out, "</h2>\n<table>\n<caption>State of each monitor");
    if (*group != 0) {
        buf_str(out, " of ");
        html_text(out, group);
    }
    buf_str(out,
            "</caption>\n<thead><tr><th scope=\"col\">Monitor</th><th scope=\"col\">State</th>"
            "<th scope=\"col\">Since</th><th scope=\"col\">Latency</th></tr></thead>\n<tbody>\n");
}

struct group {
    const char *name;
    VEC(const struct page_monitor *) monitors;
};

/* Groups in the order in which they come first. */
static void put_groups(struct buf *out, const struct page *p)
{
    VEC(struct group *) groups = {0};
    struct map by_name;

    map_init(&by_name, 0x6d77);
    for (size_t i = 0; i < p->n_monitors; i++) {
        const char *name = p->monitors[i].group != NULL ? p->monitors[i].group : "";
        struct group *g = map_get(&by_name, name);

        if (g == NULL) {
            g = mem_new(struct group);
            g->name = name;
            map_put(&by_name, name, g);
            vec_push(&groups, g);
        }
        vec_push(&g->monitors, &p->monitors[i]);
    }
    for (size_t i = 0; i < groups.n; i++) {
        struct group *g = groups.items[i];

        put_group_head(out, g->name);
        for (size_t k = 0; k < g->monitors.n; k++)
            put_monitor(out, g->monitors.items[k], p->now_ms);
        buf_str(out, "</tbody>\n</table>\n</section>\n");
        vec_done(&g->monitors);
        mem_free(g);
    }
    vec_done(&groups);
    map_done(&by_name);
}

/* "triggered, nobody is woken: silence", "snoozed until 2026-11-22 03:04 UTC" */
static void put_incident_state(struct buf *out, const struct page_incident *x)
{
    buf_printf(out, "<td class=\"state\">%s", incident_state_name(x->state));
    if (x->state == INCIDENT_SNOOZED && x->snoozed_until_ms != 0) {
        buf_str(out, " until ");
        put_time(out, x->snoozed_until_ms);
    }
    if (x->hold != HOLD_NONE)
        buf_printf(out, ", nobody is woken: %s", hold_name(x->hold));
    buf_str(out, "</td>");
}

static void put_incidents(struct buf *out, const struct page *p)
{
    if (p->n_incidents == 0)
        return;
    buf_str(out,
            "<section>\n<h2>Open incidents</h2>\n<table>\n<caption>What is wrong now</caption>\n"
            "<thead><tr><th scope=\"col\">Subject</th><th scope=\"col\">Severity</th>"
            "<th scope=\"col\">State</th><th scope=\"col\">Reason</th>"
            "<th scope=\"col\">Since</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < p->n_incidents; i++) {
        const struct page_incident *x = &p->incidents[i];

        buf_str(out, "<tr><th scope=\"row\">");
        html_text(out, x->monitor != NULL ? x->monitor : "midwatch itself");
        buf_str(out, "</th>");
        put_cell(out, severity_name(x->severity), severity_name(x->severity));
        put_incident_state(out, x);
        put_cell(out, "reason", reason_name(x->reason));
        put_since(out, x->started_ms, p->now_ms);
        buf_str(out, "</tr>\n");
    }
    buf_str(out, "</tbody>\n</table>\n</section>\n");
}

static void put_maintenance(struct buf *out, const struct page *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_monitors; i++)
        n += p->monitors[i].maintenance;
    if (n == 0)
        return;
    buf_printf(out, "<p class=\"maintenance\">Maintenance is under way for %zu %s", n,
               n == 1 ? "monitor" : "monitors");
    if (p->maintenance_ends_ms != INT64_MAX) {
        buf_str(out, ", until ");
        put_time(out, p->maintenance_ends_ms);
    }
    buf_str(out, ".</p>\n");
}

static void put_head(struct buf *out, const struct page *p, const char *sentence)
{
    buf_str(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width\">\n"
                 "<meta http-equiv=\"refresh\" content=\"30\">\n<title>");
    html_text(out, p->title);
    buf_str(out, ": ");
    html_text(out, sentence);
    buf_str(out, "</title>\n<style>");
    buf_str(out, css);
    buf_str(out, "</style>\n</head>\n<body>\n");
}

void page_write(struct buf *out, const struct page *p)
{
    char sentence[200], at[32];

    page_sentence(p, sentence, sizeof sentence);
    put_head(out, p, sentence);
    buf_str(out, "<header>\n<h1>");
    html_text(out, p->title);
    buf_printf(out, "</h1>\n<p class=\"sentence %s\" role=\"status\">", class_of_all(p));
    html_text(out, sentence);
    buf_str(out, "</p>\n</header>\n<main>\n");
    put_maintenance(out, p);
    put_incidents(out, p);
    put_groups(out, p);
    rfc3339_format(p->now_ms / 1000 * 1000, at, sizeof at);
    buf_printf(out,
               "</main>\n<footer>As of <time datetime=\"%s\">%.10s %.8s UTC</time>, "
               "renewed every 30 seconds. midwatch</footer>\n</body>\n</html>\n",
               at, at, at + 11);
}
