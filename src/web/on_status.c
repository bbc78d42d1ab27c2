/* on_status.c - GET /api/v1/status: the daemon as a whole. */
#include "base/json.h"
#include "model/names.h"
#include "web_private.h"

static void write_monitors(struct jw *w, const struct call *c)
{
    size_t by_state[MONITOR_UNKNOWN + 1] = {0}, disabled = 0;

    for (size_t i = 0; i < c->config->n_monitors; i++) {
        const struct monitor *m = &c->config->monitors[i];

        if (m->enabled)
            by_state[monitor_state_of(m, engine_status(c->engine, m->name))]++;
        else
            disabled++;
    }
    jw_kv_object(w, "monitors");
    for (int s = MONITOR_PENDING; s <= MONITOR_UNKNOWN; s++)
        jw_kv_int(w, monitor_state_name((enum monitor_state)s), (int64_t)by_state[s]);
    jw_kv_int(w, "disabled", (int64_t)disabled);
    jw_object_end(w);
}

static void write_store(struct jw *w, const struct call *c)
{
    static const char *const states[] = {"connecting", "up", "away"};
    struct store *s = c->web->app->store(c->web->app_arg);
    struct store_facts f = {.state = STORE_AWAY, .server = ""};

    if (s != NULL)
        store_read_facts(s, &f);
    jw_kv_object(w, "store");
    jw_kv_text(w, "state", states[f.state]);
    jw_kv_text(w, "server", f.server != NULL && f.server[0] != 0 ? f.server : NULL);
    jw_kv_int(w, "queue_bytes", (int64_t)f.queued_bytes);
    jw_kv_int(w, "spool_bytes", (int64_t)f.spool_bytes);
    jw_kv_int(w, "spool_records", (int64_t)f.spool_records);
    jw_kv_int(w, "commits", (int64_t)f.commits);
    jw_kv_int(w, "samples", (int64_t)f.samples);
    jw_kv_int(w, "dropped_samples", (int64_t)f.dropped_samples);
    jw_kv_int(w, "errors", (int64_t)f.errors);
    jw_kv_int(w, "reconnects", (int64_t)f.reconnects);
    jw_kv_real(w, "roundtrip_ms", (double)f.last_roundtrip_us / 1000, 3);
    jw_object_end(w);
}

void on_status(struct call *c)
{
    const struct incident *const *open;
    struct err why = {0};
    bool ready = c->web->app->ready(c->web->app_arg, &why);
    struct buf body;
    struct jw w;

    buf_init(&body, 65536);
    jw_init(&w, &body);
    jw_object(&w);
    jw_kv_text(&w, "version", MW_VERSION);
    jw_kv_text(&w, "name", c->config->name);
    jw_kv_text(&w, "region", c->config->region);
    jw_kv_text(&w, "config_digest", c->config->digest);
    jw_kv_time(&w, "now", c->now_ms);
    jw_kv_time(&w, "started_at", c->web->app->started_ms);
    jw_kv_int(&w, "uptime_ms", c->now_ms - c->web->app->started_ms);
    jw_kv_bool(&w, "ready", ready);
    jw_kv_text(&w, "why_not", ready ? NULL : why.text);
    write_monitors(&w, c);
    jw_kv_int(&w, "incidents_open", (int64_t)engine_incidents(c->engine, &open));
    write_store(&w, c);
    jw_object_end(&w);
    reply_json(c->web, c->q, 200, &body);
}
