/* keys_file.c - the keys at the top of the file, of `store` and of `web`. */
#include "reader.h"

#define SECOND ((int64_t)1000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)
#define MB     ((int64_t)1000000)

/* --- store -------------------------------------------------------------------------------- */

static const struct row retention_rows[] = {
    {"raw", &type_duration, offsetof(struct config, store.retention.raw_ms), .min = HOUR,
     .max = 3650 * DAY, .normal = "48h", .example = "48h",
     .text = "How long every single result is kept."},
    {"minute", &type_duration, offsetof(struct config, store.retention.minute_ms), .min = HOUR,
     .max = 3650 * DAY, .normal = "30d", .example = "30d",
     .text = "How long the roll-up of each minute is kept."},
    {"hour", &type_duration, offsetof(struct config, store.retention.hour_ms), .min = DAY,
     .max = 3650 * DAY, .normal = "400d", .example = "400d",
     .text = "How long the roll-up of each hour is kept."},
    {"day", &type_duration, offsetof(struct config, store.retention.day_ms), .min = DAY,
     .max = 3650 * DAY, .normal = "1825d", .example = "1825d",
     .text = "How long the roll-up of each day is kept."},
    {"incidents", &type_duration, offsetof(struct config, store.retention.incidents_ms), .min = DAY,
     .max = 3650 * DAY, .normal = "400d", .example = "400d",
     .text = "How long closed incidents and their deliveries are kept."},
};

static const struct shape shape_retention = {.name = "retention", ROWS(retention_rows)};

static const struct row store_rows[] = {
    {"url", &type_store_url, offsetof(struct config, store.url),
     offsetof(struct config, store.shown_url), .normal = "embedded", .flags = ROW_RESTART,
     .example = "redis://127.0.0.1:6379/0",
     .text = "Redis 6.2 or Valkey: redis://, rediss:// or unix:///path?db=0; or `embedded`: "
             "midwatch runs a redis-server of its own on a private socket under `dir`."},
    {"dir", &type_path, offsetof(struct config, store.dir), .normal = "./midwatch-data",
     .flags = ROW_RESTART, .example = "./midwatch-data",
     .text = "Holds the embedded store's data and what waits while the store is away. Seen from "
             "the working directory."},
    {"ca_file", &type_file, offsetof(struct config, store.ca_file),
     .flags = ROW_RESTART | ROW_INSTEAD, .example = "/etc/midwatch/redis-ca.pem",
     .text = "For rediss://: the certificates to trust, instead of the system's. Seen from this "
             "file."},
    {"cert_file", &type_file, offsetof(struct config, store.cert_file),
     .flags = ROW_RESTART | ROW_INSTEAD, .example = "/etc/midwatch/redis.pem",
     .text = "For rediss://: the certificate midwatch shows."},
    {"key_file", &type_file, offsetof(struct config, store.key_file),
     .flags = ROW_RESTART | ROW_INSTEAD, .example = "/etc/midwatch/redis.key",
     .text = "For rediss://: the key of that certificate."},
    {"connect_timeout", &type_duration, offsetof(struct config, store.connect_timeout_ms),
     .min = 10, .max = 60 * SECOND, .normal = "2s", .flags = ROW_RESTART, .example = "2s",
     .text = "How long connecting to the store may take."},
    {"command_timeout", &type_duration, offsetof(struct config, store.command_timeout_ms),
     .min = 10, .max = 60 * SECOND, .normal = "2s", .flags = ROW_RESTART, .example = "2s",
     .text = "How long the store may leave a command unanswered before it counts as away."},
    {"queue_max", &type_size, offsetof(struct config, store.queue_max), .min = MB / 10,
     .max = 1000 * MB, .normal = "8MB", .flags = ROW_RESTART, .example = "8MB",
     .text = "How much may wait in memory for the store; more goes to the spool."},
    {"spool_max", &type_size, offsetof(struct config, store.spool_max), .min = MB / 10,
     .max = 100000 * MB, .normal = "256MB", .flags = ROW_RESTART, .example = "256MB",
     .text = "How much may wait on disk while the store is away; then the oldest results are "
             "dropped, never a decision."},
    {"retention", &type_map, .of = &shape_retention, .text = "How long things are kept."},
    {"memory", &type_size, offsetof(struct config, store.memory), .max = 1000000 * MB,
     .normal = "0B", .example = "350MB",
     .text = "How much memory of the store this configuration may need, once all that it keeps has "
             "been there for its time: one that needs more is refused. `midwatch check` says how "
             "much it is. 0: as much as it takes."},
};

static void check_store(struct reader *r, const struct node *n, void *object)
{
    const struct config *c = object;
    if (!c->store.cert_file != !c->store.key_file)
        diag_error(r->d, n, "`cert_file` and `key_file` belong together");
}

static const struct shape shape_store = {.name = "store", ROWS(store_rows), .check = check_store};

/* --- web ---------------------------------------------------------------------------------- */

static const struct choice roles[] = {
    {"viewer", ROLE_VIEWER},
    {"responder", ROLE_RESPONDER},
    {"admin", ROLE_ADMIN},
    {0},
};

static const enum target person = TARGET_PERSON;

static const struct row user_rows[] = {
    {"person", &type_ref, offsetof(struct web_user, person), .of = &person, .flags = ROW_REQUIRED,
     .example = "ana", .text = "Whose token it is: a name from `people`."},
    {"role", &type_choice, offsetof(struct web_user, role), .of = roles, .normal = "viewer",
     .example = "admin",
     .text = "A viewer looks, a responder also acts on incidents, an admin may do everything."},
    {"token_sha256", &type_sha256, offsetof(struct web_user, token_sha256), .flags = ROW_REQUIRED,
     .example = "0000000000000000000000000000000000000000000000000000000000000000",
     .text = "The token itself is nowhere stored, only its digest: printf %s TOKEN | sha256sum."},
};

static const struct shape shape_user = {
    .name = "user",
    ROWS(user_rows),
    .size = sizeof(struct web_user),
};

static const struct row web_rows[] = {
    {"listen", &type_listen, offsetof(struct config, web.listen), .normal = "127.0.0.1:8686",
     .flags = ROW_RESTART, .example = "127.0.0.1:8686",
     .text = "Where the status page, the API and the metrics are served: host:port or unix:/path."},
    {"public_url", &type_url, offsetof(struct config, web.public_url),
     .example = "https://status.acme.dev",
     .text = "How people reach it; links in notifications begin with it."},
    {"users", &type_list, offsetof(struct config, web.users), offsetof(struct config, web.n_users),
     .of = &shape_user, .text = "Who may use the API."},
};

static const struct shape shape_web = {.name = "web", ROWS(web_rows)};

/* --- storms, the dead man ----------------------------------------------------------------- */

static const struct row storm_rows[] = {
    {"incidents", &type_int, offsetof(struct config, storm.incidents), .max = 10000, .normal = "10",
     .example = "10", .text = "More than so many incidents of one policy are a storm. 0: never."},
    {"within", &type_duration, offsetof(struct config, storm.within_ms), .min = SECOND, .max = HOUR,
     .normal = "1m", .example = "1m", .text = "The time in which they open."},
    {"share", &type_int, offsetof(struct config, storm.share), .max = 100, .normal = "50",
     .example = "50",
     .text = "So many percent of all monitors failing at once are one, too, when there are ten or "
             "more. 0: never."},
};

static const struct shape shape_storm = {.name = "storm", ROWS(storm_rows)};

static const struct row dead_man_rows[] = {
    {"url", &type_secret_url, offsetof(struct config, dead_man.url),
     offsetof(struct config, dead_man.shown_url), .flags = ROW_REQUIRED | ROW_SECRET,
     .example = "https://hc.example/ping/made-up",
     .text = "What is asked for. Somebody else pages you when that stops. Kept secret."},
    {"every", &type_duration, offsetof(struct config, dead_man.every_ms), .min = 10 * SECOND,
     .max = DAY, .normal = "60s", .example = "60s", .text = "From one ping to the next."},
};

static const struct shape shape_dead_man = {
    .name = "dead_man",
    ROWS(dead_man_rows),
    .plain = "url",
};

/* --- the report --------------------------------------------------------------------------- */

static const struct row report_rows[] = {
    {"time_zone", &type_zone, offsetof(struct config, report.zone), .example = "Europe/Madrid",
     .text = "On whose wall clock its months begin. Without it that of the SLOs by calendar month, "
             "when they all have the same; else UTC. An SLO with a month of its own is counted "
             "by that."},
    {"title", &type_line, offsetof(struct config, report.title), .max = 200,
     .example = "Acme payments", .text = "What stands over it; without it, `name`."},
};

static const struct shape shape_report = {.name = "report", ROWS(report_rows)};

/* --- the file ----------------------------------------------------------------------------- */

static const struct row file_rows[] = {
    {"name", &type_name, offsetof(struct config, name), .normal = "midwatch", .flags = ROW_RESTART,
     .example = "acme", .text = "The namespace of all keys in the store."},
    {"region", &type_name, offsetof(struct config, region), .normal = "local", .flags = ROW_RESTART,
     .example = "fra", .text = "Where this process stands."},
    {"include", &type_include, .example = "[conf.d/*.yaml]",
     .text = "More files, as patterns seen from this file. Their monitors, people, channels, "
             "schedules, policies, routes and maintenance are added to those here; a name defined "
             "twice is an "
             "error. Only the first file may include."},
    {"store", &type_map, .of = &shape_store,
     .text = "Where results, incidents and deliveries are kept."},
    {"web", &type_map, .of = &shape_web, .text = "Status page, API, metrics."},
    {"metrics", &type_map, .of = &shape_metrics,
     .text = "How much the metrics tell, and where they are sent to."},
    {"defaults", &type_defaults, .of = &shape_defaults,
     .text = "What holds for every monitor that does not say otherwise."},
    {"monitors", &type_list, offsetof(struct config, monitors), offsetof(struct config, n_monitors),
     .of = &shape_monitor,
     .text = "What is watched. May be empty: then midwatch only keeps the rotation."},
    {"maintenance", &type_windows, .of = &shape_maintenance,
     .text = "When several monitors may be down: nobody is paged, and availability does not "
             "suffer."},
    {"slos", &type_slos, .of = &shape_slo,
     .text = "What is promised of the monitors, how it stands, and who hears when it is in danger. "
             "docs/slo.md tells the arithmetic."},
    {"storm", &type_map, .of = &shape_storm,
     .text = "What breaks all at once is told as one incident that lists it."},
    {"canaries", &type_canaries, offsetof(struct config, canaries),
     offsetof(struct config, n_canaries),
     .example = "[\"1.1.1.1:443\", \"[2606:4700::1111]:443\", \"gateway.lan:53\"]",
     .text = "Addresses outside of here, host:port, that answer whenever our own network works. "
             "When none does, what fails is unknown, and nobody is paged for it. At most 16."},
    {"dead_man", &type_map, .of = &shape_dead_man,
     .text = "Pinged while midwatch probes and can deliver."},
    {"report", &type_map, .of = &shape_report, .text = "The SLA report of a month."},
    {"regions", &type_names, offsetof(struct config, regions), offsetof(struct config, n_regions),
     .example = "[fra, nyc]",
     .text = "The regions that must be there, our own among them. Without it, nobody looks."},
    {"holidays", &type_dates, offsetof(struct config, holidays),
     offsetof(struct config, n_holidays), .example = "[2026-12-25, 2027-01-01]",
     .text = "Days that count as weekends when the load of being on call is counted."},
    {"people", &type_named, offsetof(struct config, people), offsetof(struct config, n_people),
     .of = &shape_person, .example = "ana", .text = "Who can be on call."},
    {"channels", &type_named, offsetof(struct config, channels),
     offsetof(struct config, n_channels), .of = &shape_channel, .example = "ops",
     .text = "Ways to tell somebody."},
    {"schedules", &type_named, offsetof(struct config, schedules),
     offsetof(struct config, n_schedules), .of = &shape_schedule, .example = "primary",
     .text = "Who is on call when."},
    {"policies", &type_named, offsetof(struct config, policies),
     offsetof(struct config, n_policies), .of = &shape_policy, .example = "default",
     .text = "Who is told about an incident, and who next. Without any, the policy `default` "
             "tells every channel at once."},
    {"routes", &type_list, offsetof(struct config, routes), offsetof(struct config, n_routes),
     .of = &shape_route,
     .text = "Which policy an incident goes to: the first route that matches; without one the "
             "monitor's `policy`."},
};

const struct shape shape_file = {.name = "file", ROWS(file_rows), .size = sizeof(struct config)};
