/* routes.c - every route, and how one is found. docs/api.md tells the same for people. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "web_private.h"

const struct web_route routes[] = {
    {"GET", "/", ACCESS_OPEN, on_page},
    {"GET", "/healthz", ACCESS_OPEN, on_healthz},
    {"GET", "/readyz", ACCESS_OPEN, on_readyz},
    {"GET", "/metrics", ACCESS_METRICS, on_metrics},
    {"GET", "/api/v1/status", ACCESS_READ, on_status},
    {"GET", "/api/v1/monitors", ACCESS_READ, on_monitors},
    {"GET", "/api/v1/monitors/{}", ACCESS_READ, on_monitor},
    {"GET", "/api/v1/monitors/{}/results", ACCESS_READ, on_results},
    {"GET", "/api/v1/monitors/{}/series", ACCESS_READ, on_series},
    {"GET", "/api/v1/series", ACCESS_READ, on_series},
    {"GET", "/api/v1/reports", ACCESS_READ, on_reports},
    {"GET", "/api/v1/reports/sla", ACCESS_READ, on_report},
    {"POST", "/api/v1/reports/sla", ACCESS_ACT, on_report_revise},
    {"GET", "/api/v1/slos", ACCESS_READ, on_slos},
    {"GET", "/api/v1/slos/{}", ACCESS_READ, on_slo},
    {"GET", "/api/v1/incidents", ACCESS_READ, on_incidents},
    {"GET", "/api/v1/incidents/{}", ACCESS_READ, on_incident},
    {"GET", "/api/v1/incidents/{}/timeline", ACCESS_READ, on_timeline},
    {"GET", "/api/v1/incidents/{}/why", ACCESS_READ, on_incident_why},
    {"GET", "/api/v1/why/{}", ACCESS_READ, on_why},
    {"POST", "/api/v1/incidents/{}/ack", ACCESS_ACT, on_ack},
    {"POST", "/api/v1/incidents/{}/unack", ACCESS_ACT, on_unack},
    {"POST", "/api/v1/incidents/{}/resolve", ACCESS_ACT, on_resolve},
    {"POST", "/api/v1/incidents/{}/snooze", ACCESS_ACT, on_snooze},
    {"POST", "/api/v1/incidents/{}/reassign", ACCESS_ACT, on_reassign},
    {"POST", "/api/v1/incidents/{}/escalate", ACCESS_ACT, on_escalate},
    {"POST", "/api/v1/incidents/{}/notes", ACCESS_ACT, on_note},
    {"GET", "/api/v1/silences", ACCESS_READ, on_silences},
    {"POST", "/api/v1/silences", ACCESS_ACT, on_silence_add},
    {"GET", "/api/v1/silences/{}", ACCESS_READ, on_silence},
    {"DELETE", "/api/v1/silences/{}", ACCESS_ACT, on_silence_end},
    {"GET", "/api/v1/maintenance", ACCESS_READ, on_maintenances},
    {"POST", "/api/v1/maintenance", ACCESS_ACT, on_maintenance_add},
    {"GET", "/api/v1/maintenance/{}", ACCESS_READ, on_maintenance},
    {"DELETE", "/api/v1/maintenance/{}", ACCESS_ACT, on_maintenance_end},
    {"GET", "/api/v1/overrides", ACCESS_READ, on_overrides},
    {"POST", "/api/v1/overrides", ACCESS_ACT, on_override_add},
    {"DELETE", "/api/v1/overrides/{}", ACCESS_ACT, on_override_end},
    {"GET", "/api/v1/oncall", ACCESS_READ, on_oncall},
    {"GET", "/oncall/{}.ics", ACCESS_CALENDAR, on_schedule_calendar},
    {"GET", "/oncall/person/{}.ics", ACCESS_CALENDAR, on_person_calendar},
    {"GET", "/api/v1/deliveries", ACCESS_READ, on_deliveries},
    {"GET", "/api/v1/deliveries/{}", ACCESS_READ, on_delivery},
    {"POST", "/api/v1/deliveries/{}/replay", ACCESS_ACT, on_replay},
    {"POST", "/api/v1/channels/{}/test", ACCESS_ACT, on_test_channel},
    {"POST", "/api/v1/people/{}/test", ACCESS_ACT, on_test_person},
    {0},
};

/* {} stands for one segment, or for what comes before `.ics` in one; never for nothing. */
static bool matches(const char *pattern, const char *path, char dst[ROUTE_ARG_SIZE])
{
    const char *hole = strstr(pattern, "{}");

    dst[0] = 0;
    if (hole == NULL)
        return strcmp(pattern, path) == 0;
    size_t before = (size_t)(hole - pattern);

    if (strncmp(pattern, path, before) != 0)
        return false;
    size_t n = strcspn(path + before, "/"), tail = strcspn(hole + 2, "/");

    n = n > tail ? n - tail : 0;
    if (n == 0 || n >= ROUTE_ARG_SIZE || strcmp(path + before + n, hole + 2) != 0)
        return false;
    memcpy(dst, path + before, n);
    dst[n] = 0;
    return true;
}

static void list_methods(const char *path, char dst[ROUTE_ARG_SIZE])
{
    char arg[ROUTE_ARG_SIZE];
    struct buf out;

    buf_init(&out, ROUTE_ARG_SIZE - 1);
    for (const struct web_route *r = routes; r->path != NULL; r++) {
        if (!matches(r->path, path, arg))
            continue;
        buf_str(&out, out.len > 0 ? ", " : "");
        buf_str(&out, strcmp(r->method, "GET") == 0 ? "GET, HEAD" : r->method);
    }
    text_copy(dst, ROUTE_ARG_SIZE, buf_text(&out));
    buf_done(&out);
}

int routes_find(const char *method, const char *path, const struct web_route **ret,
                char dst[ROUTE_ARG_SIZE])
{
    bool known = false;

    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (const struct web_route *r = routes; r->path != NULL; r++) {
        if (!matches(r->path, path, dst))
            continue;
        known = true;
        if (strcmp(r->method, method) == 0) {
            *ret = r;
            return 0;
        }
    }
    if (!known)
        return 404;
    list_methods(path, dst);
    return 405;
}
