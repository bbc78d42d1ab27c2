/* on_self.c - our own trouble is an incident like any other, by the default policy. */
#include "base/text.h"
#include "desk.h"

static const struct {
    const char *key, *title;
    enum severity severity;
} troubles[SELF_COUNT] = {
    [SELF_STORE] = {"self:store", "midwatch cannot reach its store", SEVERITY_WARNING},
    [SELF_BLIND] = {"self:blind", "midwatch is blind", SEVERITY_CRITICAL},
    [SELF_REGION] = {"self:region", "a region is missing", SEVERITY_CRITICAL},
    [SELF_CHANNEL] = {"channel", "a channel does not deliver", SEVERITY_WARNING},
};

/* The same trouble in other words: who asks reads them, nobody is paged again. */
static void entitle(struct engine *e, struct incident_case *c, const char *title,
                    const struct desk *k)
{
    if (text_eq(c->incident.title, title))
        return;
    text_copy(c->incident.title, sizeof c->incident.title, title);
    c->dirty = true;
    engine_settle(e, c, k);
    engine_tell_channels(e, k);
}

void engine_self(struct engine *e, enum self_trouble t, const char *about, bool bad,
                 const char *text, int64_t now_ms, struct effects *fx)
{
    struct desk k = engine_desk(e, now_ms, CAUSE_SELF, "", fx);
    struct incident i = {
        .severity = troubles[t].severity, .reason = REASON_LOCAL, .started_ms = now_ms, .count = 1};
    struct incident_case *there;

    engine_begin(e);
    text_printf(i.dedup_key, sizeof i.dedup_key, "%s%s%s", troubles[t].key, about ? ":" : "",
                about ? about : "");
    if (!bad) {
        engine_resolve_key(e, i.dedup_key, "over", &k);
        engine_tell_channels(e, &k);
        return;
    }
    text_printf(i.title, sizeof i.title, "%s: %s", troubles[t].title, text);
    there = map_get(&e->by_key, i.dedup_key);
    if (there) {
        entitle(e, there, i.title, &k);
        return;
    }
    text_copy(i.policy, sizeof i.policy, "default");
    engine_open(e, &i, &k);
    engine_tell_channels(e, &k);
}
