/* keys_monitor.c - the keys of `monitors` and `defaults`. */
#include <string.h>

#include "base/text.h"
#include "eval/expect.h"
#include "reader.h"

#define SECOND ((int64_t)1000)
#define DAY    (24 * 3600 * SECOND)
#define KB     ((int64_t)1000)

/* --- http --------------------------------------------------------------------------------- */

static const struct choice methods[] = {
    {"GET", 0},   {"HEAD", 1},   {"POST", 2},    {"PUT", 3},
    {"PATCH", 4}, {"DELETE", 5}, {"OPTIONS", 6}, {0},
};
static const struct choice families[] = {
    {"any", FAMILY_ANY},
    {"4", FAMILY_IPV4},
    {"6", FAMILY_IPV6},
    {0},
};
static const struct choice versions[] = {
    {"auto", HTTP_AUTO},
    {"1.1", HTTP_1_1},
    {"2", HTTP_2},
    {0},
};

static const struct row auth_rows[] = {
    {"user", &type_line, offsetof(struct http_spec, user), .max = 1000, .example = "probe",
     .text = "The user name of basic authentication."},
    {"password", &type_secret, offsetof(struct http_spec, password), .flags = ROW_SECRET,
     .example = "\"${env:PROBE_PASSWORD:-change me}\"",
     .text = "The password of basic authentication."},
    {"bearer", &type_secret, offsetof(struct http_spec, bearer), .flags = ROW_SECRET | ROW_INSTEAD,
     .example = "\"${file:/run/secrets/token}\"",
     .text = "A bearer token, instead of user and password."},
};

static void check_auth(struct reader *r, const struct node *n, void *object)
{
    (void)object;
    bool basic = node_get(n, "user") || node_get(n, "password"), bearer = node_get(n, "bearer");
    if (basic && bearer)
        diag_error(r->d, n, "`auth` takes either `user` and `password` or `bearer`");
    else if (!bearer && n->n > 0 && !node_get(n, "user"))
        diag_error(r->d, n, "`auth` has no `user`");
}

const struct shape shape_auth = {.name = "auth", ROWS(auth_rows), .check = check_auth};

static const struct row http_rows[] = {
    {"url", &type_url, offsetof(struct http_spec, url), offsetof(struct http_spec, shown_url),
     .flags = ROW_REQUIRED, .example = "https://api.acme.dev/healthz",
     .text = "What is asked for. `http: URL` is short for a mapping with only this key."},
    {"method", &type_word, offsetof(struct http_spec, method), .of = methods, .normal = "GET",
     .example = "GET", .text = "The request's method."},
    {"headers", &type_headers, offsetof(struct http_spec, headers),
     offsetof(struct http_spec, n_headers), .flags = ROW_SECRET,
     .example = "{ Accept: application/json }", .text = "Headers to send, at most 50."},
    {"body", &type_secret, offsetof(struct http_spec, body), .max = 64 * KB,
     .flags = ROW_SECRET | ROW_INSTEAD, .example = "'{\"ping\": true}'",
     .text = "The body to send."},
    {"auth", &type_map, .of = &shape_auth, .text = "Who is asking."},
    {"ca_file", &type_file, offsetof(struct http_spec, ca_file), .flags = ROW_INSTEAD,
     .example = "/etc/midwatch/internal-ca.pem",
     .text = "The certificates to trust, instead of the system's. Seen from this file."},
    {"cert_file", &type_file, offsetof(struct http_spec, cert_file), .flags = ROW_INSTEAD,
     .example = "/etc/midwatch/probe.pem", .text = "The certificate midwatch shows."},
    {"key_file", &type_file, offsetof(struct http_spec, key_file), .flags = ROW_INSTEAD,
     .example = "/etc/midwatch/probe.key", .text = "The key of that certificate."},
    {"insecure", &type_bool, offsetof(struct http_spec, insecure), .normal = "false",
     .example = "false", .text = "Take any certificate. Its facts are recorded all the same."},
    {"max_redirects", &type_int, offsetof(struct http_spec, max_redirects), .max = 20,
     .normal = "10", .example = "10",
     .text = "How many redirects are followed; 0: none, the redirect itself is judged."},
    {"max_body", &type_size, offsetof(struct http_spec, max_body), .max = 16000 * KB,
     .normal = "256kB", .example = "256kB",
     .text = "How much of the body is kept for expectations."},
    {"reuse", &type_bool, offsetof(struct http_spec, reuse), .normal = "false", .example = "false",
     .text = "Keep the connection from one probe to the next. Cheaper, but connecting is no "
             "longer watched."},
    {"ip", &type_choice, offsetof(struct http_spec, family), .of = families, .normal = "any",
     .example = "any", .text = "Ask over IPv4, over IPv6, or whichever answers."},
    {"http_version", &type_choice, offsetof(struct http_spec, version), .of = versions,
     .normal = "auto", .example = "auto", .text = "The version of HTTP to offer."},
};

static void check_http(struct reader *r, const struct node *n, void *object)
{
    const struct http_spec *h = object;
    if (!node_get(n, "cert_file") != !node_get(n, "key_file"))
        diag_error(r->d, n, "`cert_file` and `key_file` belong together");
    if (h->insecure && h->ca_file)
        diag_warn(r->d, n, "`ca_file` has no effect with `insecure`");
}

static const struct shape shape_http = {
    .name = "http",
    ROWS(http_rows),
    .plain = "url",
    .check = check_http,
};

/* --- monitors ----------------------------------------------------------------------------- */

static const struct choice severities[] = {
    {"critical", SEVERITY_CRITICAL},
    {"warning", SEVERITY_WARNING},
    {"info", SEVERITY_INFO},
    {0},
};
static const enum target policy = TARGET_POLICY, monitor = TARGET_MONITOR;

#define AT(field) offsetof(struct monitor, field)

static const struct row monitor_rows[] = {
    {"name", &type_name, AT(name), .flags = ROW_REQUIRED, .example = "api",
     .text = "Unique. The history of a monitor hangs on it."},
    {"was", &type_name, AT(was), .example = "old-api",
     .text = "The former name: keeps history and state over a rename."},
    {"http", &type_map, AT(http), .of = &shape_http,
     .text = "The kind of the monitor: a URL, or a mapping with these keys."},
    {"interval", &type_duration, AT(interval_ms), .min = 100, .max = 7 * DAY, .normal = "60s",
     .flags = ROW_DEFAULTS, .example = "10s", .text = "From one probe to the next."},
    {"retry_interval", &type_duration, AT(retry_interval_ms), .min = 100, .max = 7 * DAY,
     .flags = ROW_DEFAULTS, .example = "2s",
     .text = "From one probe to the next while it fails but is not yet confirmed down. Without "
             "it, `interval`."},
    {"timeout", &type_duration, AT(timeout_ms), .min = 10, .max = 300 * SECOND, .normal = "10s",
     .flags = ROW_DEFAULTS, .example = "5s",
     .text = "How long a probe may take. Not longer than `interval`, to which a default is "
             "lowered."},
    {"fail_after", &type_int, AT(fail_after), .min = 1, .max = 100, .normal = "2",
     .flags = ROW_DEFAULTS, .example = "2",
     .text = "Bad results in a row until it is down; the change is dated back to the first."},
    {"recover_after", &type_int, AT(recover_after), .min = 1, .max = 100, .normal = "2",
     .flags = ROW_DEFAULTS, .example = "2", .text = "Good results in a row until it is up again."},
    {"expect", &type_expect, AT(expect), AT(n_expect),
     .example = "[status in 200..299, latency < 800ms, 'json $.status == \"ok\"']",
     .text = "What must hold, else the result is bad. Without a word about `status`, `status in "
             "200..299` is expected too. The language: docs/expectations.md."},
    {"warn", &type_expect, AT(warn), AT(n_warn), .example = "[latency < 300ms]",
     .text = "What should hold, else the monitor is degraded, not down."},
    {"group", &type_line, AT(group), .min = 1, .max = NAME_MAX_BYTES, .example = "core",
     .text = "Monitors of one group stand together on the status page."},
    {"labels", &type_labels, AT(labels), AT(n_labels), .example = "{ team: payments }",
     .text = "For routes, webhooks and metrics."},
    {"runbook", &type_url, AT(runbook), .max = 255, .example = "https://wiki.acme.dev/runbooks/api",
     .text = "What to do when it is down; sent along with every notification."},
    {"severity", &type_choice, AT(severity), .of = severities, .normal = "critical",
     .flags = ROW_DEFAULTS, .example = "critical", .text = "How bad it is when it is down."},
    {"policy", &type_ref, AT(policy), .of = &policy, .flags = ROW_DEFAULTS, .example = "default",
     .text = "Who is told, unless a route says otherwise. Without it, the policy `default`."},
    {"depends_on", &type_refs, AT(depends_on), AT(n_depends_on), .of = &monitor,
     .flags = ROW_INSTEAD, .example = "[db]",
     .text = "While one of these monitors is down, nobody is paged for this one; probing, history "
             "and the end of what was paged before go on."},
    {"maintenance", &type_windows, .of = &shape_window,
     .text = "When it may be down: nobody is paged, and its availability does not suffer."},
    {"enabled", &type_bool, AT(enabled), .normal = "true", .example = "true",
     .text = "Whether it is probed at all."},
};

static const char *const later_keys[] = {
    "tcp",  "tls",       "dns",     "icmp",   "redis", "postgres",
    "exec", "heartbeat", "journey", "signal", NULL,
};

static void begin_monitor(struct reader *r, void *object)
{
    *(struct monitor *)object = r->defaults;
}

/* A misspelt kind has been complained about already. */
static void check_kind(struct reader *r, const struct node *n, struct monitor *m)
{
    if (node_get(n, "http"))
        m->kind = "http";
    node_each(e, n) {
        bool later = false;
        for (const char *const *k = later_keys; *k; k++)
            later |= strcmp(*k, e->key->text) == 0;
        if (later || text_distance(e->key->text, "http", 2) <= 2)
            return;
    }
    diag_error(r->d, n, "the monitor has no kind; add one of: http");
}

/* What was written for this monitor must be possible; what was inherited gives way. */
static void check_within_interval(struct reader *r, const struct node *n, const char *key,
                                  struct monitor *m, int64_t *field)
{
    const struct node *given = node_get(n, key);
    char interval[32], value[32];
    if (given && *field > m->interval_ms)
        diag_error(r->d, given, "`%s` (%s) must not be longer than the interval (%s)", key,
                   text_from_duration(*field, value, sizeof value),
                   text_from_duration(m->interval_ms, interval, sizeof interval));
    else if (*field > m->interval_ms)
        *field = m->interval_ms;
}

static void check_count(struct reader *r, const struct node *n, const struct monitor *m)
{
    bool status = false;
    for (size_t i = 0; i < m->n_expect; i++)
        status |= expect_mentions(m->expect[i], "status");
    size_t count = m->n_expect + m->n_warn + !status;
    if (count > HELD_MAX)
        diag_error(r->d, n, "%zu expectations%s, at most %d", count,
                   status ? "" : " (with `status in 200..299`, which is understood)", HELD_MAX);
}

static void check_monitor(struct reader *r, const struct node *n, void *object)
{
    struct monitor *m = object;
    check_kind(r, n, m);
    if (m->retry_interval_ms == 0)
        m->retry_interval_ms = m->interval_ms;
    check_within_interval(r, n, "retry_interval", m, &m->retry_interval_ms);
    check_within_interval(r, n, "timeout", m, &m->timeout_ms);
    check_count(r, n, m);
}

const struct shape shape_monitor = {
    .name = "monitor",
    ROWS(monitor_rows),
    .size = sizeof(struct monitor),
    .target = TARGET_MONITOR,
    .later = later_keys,
    .begin = begin_monitor,
    .check = check_monitor,
};
const struct shape shape_defaults = {
    .name = "defaults",
    ROWS(monitor_rows),
    .size = sizeof(struct monitor),
    .only = ROW_DEFAULTS,
};
