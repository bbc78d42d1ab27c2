/* keys_metrics.c - the keys of `metrics`. */
#include <string.h>

#include "reader.h"

#define SECOND ((int64_t)1000)
#define WORD   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

#define LABELS_MOST  10
#define LABELS_BYTES 500

static const struct choice histograms[] = {
    {"group", HISTOGRAMS_GROUP},
    {"monitor", HISTOGRAMS_MONITOR},
    {"none", HISTOGRAMS_NONE},
    {0},
};

#define AT(field) offsetof(struct push, field)

static const struct row push_rows[] = {
    {"remote_write", &type_secret_url, AT(remote_write), AT(shown_remote_write),
     .flags = ROW_SECRET, .example = "https://mimir.example/api/v1/push",
     .text = "Where they are sent by Prometheus remote write 1.0. Kept secret. Needs libsnappy."},
    {"otlp", &type_secret_url, AT(otlp), AT(shown_otlp), .flags = ROW_SECRET | ROW_INSTEAD,
     .example = "https://otel.example/v1/metrics",
     .text = "Where they are sent by OTLP over HTTP, as JSON; the whole path. Kept secret."},
    {"every", &type_duration, AT(every_ms), .min = SECOND, .max = 3600 * SECOND, .normal = "15s",
     .example = "15s", .text = "From one push to the next."},
    {"timeout", &type_duration, AT(timeout_ms), .min = 100, .max = 60 * SECOND, .normal = "10s",
     .example = "10s", .text = "How long one request may take."},
    {"labels", &type_labels, AT(labels), AT(n_labels), .example = "{ job: midwatch }",
     .text = "Stand on every series, as a scraper's would; with OTLP on the resource. Without "
             "them, `job` is midwatch and `instance` the region; `job` and `instance` here "
             "replace those."},
    {"headers", &type_headers, AT(http.headers), AT(http.n_headers), .flags = ROW_SECRET,
     .example = "{ X-Scope-OrgID: acme }", .text = "Headers to send along, at most 50."},
    {"auth", &type_map, AT(http), .of = &shape_auth, .text = "Who is asking."},
    {"ca_file", &type_file, AT(http.ca_file), .flags = ROW_INSTEAD,
     .example = "/etc/midwatch/internal-ca.pem",
     .text = "The certificates to trust, instead of the system's. Seen from this file."},
};

/* As Prometheus has it; without `__`, which it keeps for itself. */
static bool is_label_name(const char *s)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

    return *s != 0 && strchr(first, *s) && strspn(s, WORD) == strlen(s) && strncmp(s, "__", 2) != 0;
}

static void check_push_labels(struct reader *r, const struct node *n, const struct push *p)
{
    size_t bytes = 0;

    for (size_t i = 0; i < p->n_labels; i++) {
        bytes += strlen(p->labels[i].name) + 2 * strlen(p->labels[i].value) + 4;
        if (!is_label_name(p->labels[i].name))
            diag_error(r->d, n, "`labels`: `%s` is no name that Prometheus takes",
                       p->labels[i].name);
    }
    if (p->n_labels > LABELS_MOST || bytes > LABELS_BYTES)
        diag_error(r->d, n, "`labels`: at most %d, and %d bytes", LABELS_MOST, LABELS_BYTES);
}

static void check_push(struct reader *r, const struct node *n, void *object)
{
    check_push_labels(r, n, object);
    if (!node_get(n, "remote_write") == !node_get(n, "otlp"))
        diag_error(r->d, n, "takes either `remote_write` or `otlp`");
}

static const struct shape shape_push = {
    .name = "push",
    ROWS(push_rows),
    .size = sizeof(struct push),
    .check = check_push,
};

static const struct row metrics_rows[] = {
    {"histograms", &type_choice, offsetof(struct config, metrics.histograms), .of = histograms,
     .normal = "group", .example = "group",
     .text = "Latency histograms of each group, of each monitor (16 series each), or none."},
    {"max_series", &type_int, offsetof(struct config, metrics.max_series), .min = 1000,
     .max = 5000000, .normal = "250000", .example = "250000",
     .text = "Beyond it, families of monitors are left out whole, the largest first; "
             "midwatch_metrics_left_out_series says which."},
    {"push", &type_list, offsetof(struct config, metrics.push),
     offsetof(struct config, metrics.n_push), .of = &shape_push,
     .text = "Where the metrics are sent, for those that nobody can scrape. At most 8."},
};

static void check_metrics(struct reader *r, const struct node *n, void *object)
{
    const struct config *c = object;
    if (c->metrics.n_push > 8)
        diag_error(r->d, n, "`push` has more than 8 entries");
}

const struct shape shape_metrics = {.name = "metrics", ROWS(metrics_rows), .check = check_metrics};
