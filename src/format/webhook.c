/* webhook.c - type, timestamp, data: the shape of Standard Webhooks 1.0.0, payload our own. */
#include "format/webhook.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "format/labels.h"
#include "model/names.h"

static const char *or_null(const char *s)
{
    return s[0] ? s : NULL;
}

/* Names between blanks; those that did not fit are in the count alone. */
static void write_affected(struct jw *w, const struct notice *n)
{
    const char *at = n->affected;

    if (!n->n_affected)
        return;
    jw_kv_list(w, "affected");
    while (*(at += strspn(at, " "))) {
        size_t len = strcspn(at, " ");

        jw_textn(w, at, len);
        at += len;
    }
    jw_list_end(w);
    jw_kv_int(w, "affected_count", n->n_affected);
}

static void write_incident(struct jw *w, const struct notice *n)
{
    jw_kv_object(w, "incident");
    jw_kv_text(w, "id", n->incident);
    jw_kv_text(w, "dedup_key", n->dedup_key);
    jw_kv_text(w, "state", incident_state_name(n->state));
    jw_kv_text(w, "severity", severity_name(n->severity));
    jw_kv_text(w, "title", n->title);
    jw_kv_text(w, "monitor", or_null(n->monitor));
    jw_kv_text(w, "group", or_null(n->group));
    labels_write(w, "labels", n->labels);
    jw_kv_time(w, "started_at", n->started_ms);
    if (n->resolved_ms)
        jw_kv_time(w, "resolved_at", n->resolved_ms);
    jw_kv_text(w, "reason", reason_name(n->reason));
    jw_kv_int(w, "count", n->count);
    jw_kv_text_opt(w, "by", or_null(n->actor));
    if (n->urgency == URGENCY_LOW)
        jw_kv_text(w, "urgency", urgency_name(n->urgency));
    write_affected(w, n);
    jw_kv_text_opt(w, "note", or_null(n->note));
    jw_object_end(w);
}

static void write_recipient(struct jw *w, const struct notice *n)
{
    jw_kv_object(w, "recipient");
    jw_kv_text(w, "person", or_null(n->person));
    jw_kv_text(w, "name", or_null(n->person_name));
    jw_kv_text(w, "schedule", or_null(n->schedule));
    jw_kv_text(w, "channel", n->channel);
    jw_kv_int(w, "step", n->step);
    jw_kv_int(w, "loop", n->loop);
    jw_kv_text_opt(w, "why", or_null(n->why));
    jw_object_end(w);
}

static void write_links(struct jw *w, const struct notice *n, const char *public_url)
{
    struct buf url;

    buf_init(&url, 2048);
    jw_kv_object(w, "links");
    if (public_url && n->incident[0]) {
        buf_printf(&url, "%s%s#%s", public_url, text_ends(public_url, "/") ? "" : "/", n->incident);
        jw_kv_text(w, "view", buf_text(&url));
    }
    jw_kv_text_opt(w, "runbook", or_null(n->runbook));
    jw_object_end(w);
    buf_done(&url);
}

void webhook_body(struct buf *out, const struct notice *n, const char *public_url)
{
    struct jw w;

    jw_init(&w, out);
    jw_object(&w);
    jw_kv_text(&w, "type", notice_name(n->type));
    jw_kv_time(&w, "timestamp", n->at_ms);
    jw_kv_object(&w, "data");
    if (n->incident[0])
        write_incident(&w, n);
    else
        jw_kv_text(&w, "text", n->title);
    write_recipient(&w, n);
    write_links(&w, n, public_url);
    jw_object_end(&w);
    jw_object_end(&w);
}
