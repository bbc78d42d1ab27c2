/* web_private.h - what the files of the web room share. */
#ifndef WEB_WEB_PRIVATE_H
#define WEB_WEB_PRIVATE_H

#include "limiter.h"
#include "web/web.h"

#define WEB_MAX_ANSWER (64u << 20) /* no answer is larger; 10,000 monitors take a third of it */

/* A request that waits for somebody else (the store, a test page). Embedded first in what waits. */
struct pending {
    struct web *web;
    struct request *q; /* NULL once answered; the web may be gone then */
    struct pending *prev, *next;
};

struct web {
    const struct web_app *app;
    void *app_arg;
    struct loop *loop;
    struct server *server;
    struct limiter limiter;
    struct pending *pending;
    unsigned reports;    /* being gathered */
    size_t cells;        /* of series that are being answered */
    uint64_t answers[6]; /* by class of status */
    /* The status page, rendered at most once a second. */
    struct buf page;
    int64_t page_s;
    char page_digest[17];
    char page_policy[200]; /* Content-Security-Policy with the hash of the style */
};

/* One request on its way through a handler. */
struct call {
    struct web *web;
    struct request *q;
    const struct request_view *v;
    const struct config *config;
    const struct engine *engine;
    const struct web_user *user; /* NULL: no token, or no users configured */
    const char *arg;             /* what stood for {} in the route */
    int64_t now_ms;
};

/* routes.c */
enum access {
    ACCESS_OPEN,     /* anybody */
    ACCESS_METRICS,  /* anybody while there are no users; else this machine or a token */
    ACCESS_READ,     /* viewer */
    ACCESS_CALENDAR, /* viewer; the token may stand in the address, since calendars send no header
                      */
    ACCESS_ACT       /* responder */
};
struct web_route {
    const char *method, *path;
    enum access access;
    void (*handle)(struct call *c);
};
#define ROUTE_ARG_SIZE 160
/* 0 and the route, with what stood for {} in dst; 404, or 405 with the methods there are in dst. */
int routes_find(const char *method, const char *path, const struct web_route **ret,
                char dst[ROUTE_ARG_SIZE]);
extern const struct web_route routes[]; /* ends with a row without a path */

/* reply.c: each answers the request. `w` may be NULL: nobody counts then. Bodies are taken. */
void reply_json(struct web *w, struct request *q, int status, struct buf *body);
/* A list that the store had a part in; a header says when it was away. */
void reply_list(struct web *w, struct request *q, struct buf *body, bool store_away);
void reply_text(struct web *w, struct request *q, int status, const char *type, struct buf *body);
/* `policy`: what the page may load, without who may frame it. */
void reply_html(struct web *w, struct request *q, const char *policy, struct buf *body);
void reply_page(struct web *w, struct request *q);
void reply_problem(struct web *w, struct request *q, int status, const char *fmt, ...)
    MW_PRINTF(4, 5);
/* With one more header. */
void reply_problem_with(struct web *w, struct request *q, int status, const struct header *extra,
                        const char *detail);

/* pending.c */
void pending_begin(struct pending *p, struct web *w, struct request *q);
struct request *pending_end(
    struct pending *p); /* NULL: answered already, because the web was closed */
void pending_end_all(struct web *w);

/* records.c: what the store reads back, a list of records -> one after the other. */
void records_each(const char *json, size_t n, void (*each)(void *arg, const char *record, size_t n),
                  void *arg);
/* `?limit=`, between 1 and 500; 100 when absent. -1 after answering 400. */
int records_limit(struct call *c, size_t *ret);

/* handlers */
void on_healthz(struct call *c);
void on_readyz(struct call *c);
void on_metrics(struct call *c);
void on_page(struct call *c);
void on_status(struct call *c);
void on_monitors(struct call *c);
void on_monitor(struct call *c);
void on_slos(struct call *c);
void on_slo(struct call *c);
void on_incidents(struct call *c);
void on_incident(struct call *c);
void on_ack(struct call *c);
void on_unack(struct call *c);
void on_resolve(struct call *c);
void on_snooze(struct call *c);
void on_reassign(struct call *c);
void on_escalate(struct call *c);
void on_note(struct call *c);
void on_timeline(struct call *c);
void on_incident_why(struct call *c);
void on_why(struct call *c);
void on_silences(struct call *c);
void on_silence(struct call *c);
void on_silence_add(struct call *c);
void on_silence_end(struct call *c);
void on_maintenances(struct call *c);
void on_maintenance(struct call *c);
void on_maintenance_add(struct call *c);
void on_maintenance_end(struct call *c);
void on_overrides(struct call *c);
void on_override_add(struct call *c);
void on_override_end(struct call *c);
void on_oncall(struct call *c);
void on_schedule_calendar(struct call *c);
void on_person_calendar(struct call *c);
void on_results(struct call *c);
void on_reports(struct call *c);
void on_report(struct call *c);
void on_report_revise(struct call *c);
void on_series(struct call *c);
void on_deliveries(struct call *c);
void on_delivery(struct call *c);
void on_replay(struct call *c);
void on_test_channel(struct call *c);
void on_test_person(struct call *c);

/* on_monitors.c */
/* The status may be NULL: nothing known yet. */
enum monitor_state monitor_state_of(const struct monitor *m, const struct monitor_status *s);

#endif
