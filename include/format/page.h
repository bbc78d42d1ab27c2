/* page.h - the public status page: HTML that works without script, pictures or colour.
 *
 * It shows names, groups and states; never targets, messages or people. */
#ifndef FORMAT_PAGE_H
#define FORMAT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/incident.h"

struct page_monitor {
    const char *name, *group; /* group NULL: none */
    enum monitor_state state;
    enum reason reason; /* why it is not up */
    int64_t since_ms;   /* 0: no result yet */
    int64_t latency_us; /* -1: none */
    bool maintenance;   /* announced work is under way */
};

struct page_incident {
    const char *monitor; /* NULL: midwatch itself */
    enum severity severity;
    enum incident_state state;
    enum reason reason;
    int64_t started_ms;
    enum hold hold;           /* why nobody is woken for it */
    int64_t snoozed_until_ms; /* 0: not snoozed */
};

struct page {
    const char *title;
    int64_t now_ms;
    const struct page_monitor *monitors; /* those of one group need not stand together */
    size_t n_monitors;
    const struct page_incident *incidents;
    size_t n_incidents;
    int64_t maintenance_ends_ms; /* of all that is under way; INT64_MAX: not known */
};

void page_write(struct buf *out, const struct page *p);
/* "All 12 monitors are up" */
const char *page_sentence(const struct page *p, char *dst, size_t size);
const char *page_css(void); /* the bytes inside <style>, for the Content-Security-Policy */
void html_text(struct buf *out, const char *s); /* escaped; for text and quoted attributes */

#endif
