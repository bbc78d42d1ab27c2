/* config.h - a whole configuration as nouns. Built by the config room, read by all.
 *
 * Everything hangs in one arena and is immutable once loaded; config_free() ends it.
 * References are resolved (pointers, never dangling). */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/incident.h"
#include "model/schedule.h"
#include "model/secret.h"
#include "model/slo.h"

struct expectation; /* eval/expect.h */
struct vault;       /* the bytes of all secrets, in one place to be wiped */

enum http_family { FAMILY_ANY, FAMILY_IPV4, FAMILY_IPV6 };
enum http_version { HTTP_AUTO, HTTP_1_1, HTTP_2 };

struct label {
    const char *name;  /* [A-Za-z0-9._-]{1,64} */
    const char *value; /* no line break */
};

struct http_header {
    const char *name;
    struct secret value;
};

struct http_spec {
    const char *url;       /* may hold secrets from ${…}: never print it */
    const char *shown_url; /* the same with secret parts and user info as *** */
    const char *method;    /* GET */
    struct http_header *headers;
    size_t n_headers;
    struct secret body; /* body.bytes NULL: none */
    const char *user;   /* basic auth */
    struct secret password, bearer;
    const char *ca_file; /* NULL: the system's */
    const char *cert_file, *key_file;
    bool insecure;     /* do not verify the certificate */
    int max_redirects; /* 0: do not follow; default 10 */
    int64_t max_body;  /* bytes kept for expectations */
    bool reuse;        /* keep the connection between probes */
    enum http_family family;
    enum http_version version;
    const char *unix_path; /* connect to this socket instead of the URL's host; NULL: do not */
};

struct policy;

/* A maintenance window of the file. */
struct window {
    const struct zone *zone;
    bool once;
    int64_t start_ms, end_ms;  /* once; else the bounds of the recurring, INT64_MIN, INT64_MAX */
    struct restriction *hours; /* recurring: on the wall clock of `zone` */
    size_t n_hours;            /* any of them */
    const char *comment;       /* NULL when not given */
};

/* `network`: something outside of ourselves that answers whenever our network does. */
struct canary {
    const char *host;
    int port;
};

struct monitor {
    const char *name, *was;
    const char *kind; /* "http" */
    struct http_spec http;
    int64_t interval_ms, retry_interval_ms, timeout_ms;
    int fail_after, recover_after;
    struct expectation **expect; /* owned by eval; freed with the config */
    size_t n_expect;
    struct expectation **warn;
    size_t n_warn;
    const char *group, *runbook; /* NULL when not given */
    struct label *labels;
    size_t n_labels;
    enum severity severity;
    const struct policy *policy;       /* after routes; never NULL */
    const struct monitor **depends_on; /* no cycles; config sees to it */
    size_t n_depends_on;
    const struct window **windows; /* its own and those of the file that match it */
    size_t n_windows;
    bool enabled;
};

enum channel_type { CHANNEL_WEBHOOK };

struct channel {
    const char *name;
    enum channel_type type;
    struct secret url;      /* webhook URLs are secrets */
    const char *shown_url;  /* scheme and host only */
    struct secret *secrets; /* whsec_…; several while one is rotated */
    size_t n_secrets;
    struct http_header *headers;
    size_t n_headers;
    int64_t timeout_ms;
    const char *ca_file;
    int most_per_minute; /* attempts begun; more wait their turn. 0: no limit */
};

struct notify_rule {
    const struct channel *via;
    int64_t after_ms; /* from the moment the person is paged */
};

struct person {
    const char *name; /* key in the file */
    const char *full_name;
    const struct zone *zone; /* NULL: not given */
    struct notify_rule *rules;
    size_t n_rules;
    struct notify_rule *low_rules; /* low urgency; none: `rules` */
    size_t n_low_rules;
};

enum contact_kind { CONTACT_SCHEDULE, CONTACT_PERSON, CONTACT_CHANNEL };

struct contact {
    enum contact_kind kind;
    const struct schedule *schedule;
    const struct person *person;
    const struct channel *channel;
};

struct step {
    int64_t after_ms; /* from the previous step; from the trigger for the first */
    struct contact *notify;
    size_t n_notify;
};

enum urgency_choice { CHOOSE_HIGH, CHOOSE_LOW, CHOOSE_BY_SEVERITY }; /* critical is high */

struct urgency_rule {
    enum urgency_choice inside, outside; /* without hours: `inside` always */
    const struct zone *zone;
    struct restriction *hours; /* support hours */
    size_t n_hours;
};

struct policy {
    const char *name;
    struct step *steps;
    size_t n_steps;
    int repeat_times;
    int64_t repeat_every_ms; /* 0: not given: the last step's own `after`, at least 1 m */
    int64_t ack_timeout_ms;  /* 0: off */
    struct contact *fallback;
    size_t n_fallback;
    int64_t remind_ms;        /* while acknowledged, the acknowledger is reminded; 0: off */
    int64_t reopen_window_ms; /* failing again within it: the same incident. default 10 m; 0: off */
    struct {
        int changes;                  /* default 4; 0: never flapping; at most CHANGES_MAX */
        int64_t within_ms, stable_ms; /* default 30 m, 10 m */
    } flap;
    struct urgency_rule urgency;
    const char **group_by; /* `group`, `severity`, `monitor` or label names; none: no grouping */
    size_t n_group_by;
    int64_t group_wait_ms; /* before step 0, so that what fails together is told together */
};

struct route {
    struct label
        *match; /* `severity`, `group`, `monitor` match the monitor's own; others its labels */
    size_t n_match;
    const struct policy *policy;
};

enum histograms { HISTOGRAMS_GROUP, HISTOGRAMS_MONITOR, HISTOGRAMS_NONE };
enum push_kind { PUSH_REMOTE_WRITE, PUSH_OTLP };

/* Where the metrics are sent to, again and again. */
struct push {
    struct secret remote_write, otlp; /* one of them; the other's bytes are NULL */
    const char *shown_remote_write, *shown_otlp;
    int64_t every_ms, timeout_ms;
    struct http_spec http; /* url, method: filled by whoever sends */
    struct label *labels;  /* of every series; of the resource with OTLP */
    size_t n_labels;
};

#define STORM_LEAST 10

enum role { ROLE_VIEWER, ROLE_RESPONDER, ROLE_ADMIN };

struct web_user {
    const struct person *person;
    enum role role;
    unsigned char token_sha256[32];
};

struct config {
    struct arena arena;
    const char *path;
    char digest[17]; /* of the bytes read, for logs and /metrics */
    const char *name, *region;

    struct {
        const char *url; /* "embedded" or an URL; may hold a password: never print it */
        const char *shown_url;
        const char *dir;
        const char *ca_file, *cert_file, *key_file; /* for rediss:// */
        int64_t connect_timeout_ms, command_timeout_ms;
        int64_t queue_max, spool_max; /* bytes */
        struct {
            int64_t raw_ms, minute_ms, hour_ms, day_ms, incidents_ms;
        } retention;
        int64_t memory; /* bytes that the store may need; 0: not limited */
    } store;

    struct {
        const char *listen;     /* "127.0.0.1:8686" or "unix:/path" */
        const char *public_url; /* NULL when not given */
        struct web_user *users;
        size_t n_users;
    } web;

    struct monitor *monitors;
    size_t n_monitors;
    struct map by_name; /* monitors; filled by config_parse, empty: the list is walked */
    struct person *people;
    size_t n_people;
    struct channel *channels;
    size_t n_channels;
    struct schedule *schedules;
    size_t n_schedules;
    struct policy *policies; /* always holds one named "default" */
    size_t n_policies;
    struct route *routes;
    size_t n_routes;
    struct window *windows; /* all of the file; monitors point into them */
    size_t n_windows;
    /* More than so many incidents of a policy opened within so long are told as one. */
    struct {
        int incidents;     /* default 10; 0: off */
        int64_t within_ms; /* default 1 m */
        int share; /* percent of all monitors, at least STORM_LEAST of them: default 50; 0: off */
    } storm;
    struct canary *canaries;
    size_t n_canaries;
    struct {
        enum histograms histograms; /* of latencies */
        int max_series;             /* families of monitors are left out beyond it */
        struct push *push;
        size_t n_push;
    } metrics;
    struct slo *slos;
    size_t n_slos;
    struct {
        const struct zone *zone; /* NULL: see gather_zone() */
        const char *title;       /* NULL: the name */
    } report;
    struct {
        struct secret url; /* bytes NULL: none */
        const char *shown_url;
        int64_t every_ms;
    } dead_man;
    const char **regions; /* those that must be there; none: nobody looks */
    size_t n_regions;
    int32_t *holidays; /* days since 1970, sorted */
    size_t n_holidays;

    /* What config_free() ends besides the arena. A config made by hand leaves these empty. */
    struct map zones; /* name -> struct zone */
    struct vault *vault;
};

/* By name, or NULL. */
const struct monitor *config_monitor(const struct config *c, const char *name);
const struct person *config_person(const struct config *c, const char *name);
const struct channel *config_channel(const struct config *c, const char *name);
const struct schedule *config_schedule(const struct config *c, const char *name);
const struct policy *config_policy(const struct config *c, const char *name);
const struct slo *config_slo(const struct config *c, const char *name);

#endif
