/* audit.c - could we page somebody now? Each question is answered by what was done, not by a
 * promise: the dead man is pinged, and the watchdog fed, only while nothing is found. */
#include <stdio.h>

#include "app.h"
#include "base/text.h"
#include "incident/case.h"

#define OVERDUE_MOST_MS 10000                    /* without a start or an answer: no progress */
#define ENGINE_SLACK_MS 60000                    /* what was due longer ago was forgotten */
#define ALARM_MOST_MS   (5 * 60 * INT64_C(1000)) /* an alarm that has not got out since */

int audit_probes(const struct app *a, struct err *e)
{
    int64_t late_ms = prober_overdue_ms(&a->prober, app_now_ms(a));
    char text[32];

    if (late_ms < OVERDUE_MOST_MS)
        return 0;
    return err_set(e, "probes are late by %s", text_human_ms((double)late_ms, text, sizeof text));
}

/* A commit that is never answered would hold back the pages that wait for it. */
int audit_commits(const struct app *a, struct err *e)
{
    const struct decide *d = &a->decide;

    if (!d->committing || loop_mono_us() - d->commits_moved_us < OVERDUE_MOST_MS * (int64_t)1000)
        return 0;
    return err_set(e, "%zu decisions wait to be written", d->committing);
}

static int audit_engine(const struct app *a, struct err *e)
{
    return engine_audit(a->engine, app_now_ms(a), ENGINE_SLACK_MS, e);
}

static int audit_store(const struct app *a, struct err *e)
{
    if (!health_dropping(&a->health))
        return 0;
    return err_set(e, "the store is away, and results are dropped: the spool cannot take them");
}

static bool is_stuck(const struct delivery *d, int64_t now_ms)
{
    const struct page p = {.d = *d};

    return page_unfinished(&p) && page_is_alarm(&p) && now_ms - d->created_ms > ALARM_MOST_MS;
}

static int audit_alarms(const struct app *a, struct err *e)
{
    const struct delivery *stuck = NULL;
    struct commit all = {0};
    char text[32];

    engine_snapshot(a->engine, &all);
    for (size_t i = 0; i < all.deliveries.n && !stuck; i++)
        if (is_stuck(all.deliveries.items[i], app_now_ms(a)))
            stuck = all.deliveries.items[i];
    commit_done(&all);
    if (!stuck)
        return 0;
    text_human_ms((double)(app_now_ms(a) - stuck->created_ms), text, sizeof text);
    return err_set(e, "a page by channel %s has been waiting for %s", stuck->notice.channel, text);
}

int audit(const struct app *a, struct err *e)
{
    static int (*const questions[])(const struct app *a, struct err *e) = {
        audit_probes, audit_commits, audit_store, audit_engine, audit_alarms,
    };

    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (questions[i](a, e) < 0)
            return -1;
    return 0;
}
