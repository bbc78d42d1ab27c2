/* channels.c - a channel that does not deliver pages is an incident of its own, told by the other
 * channels. Whatever it takes next ends it, and half an hour without a failure. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk.h"

#define FORGOTTEN_MS (30 * 60 * 1000LL)

static void note(struct engine *e, const struct page *p, bool good)
{
    struct channel_news news = {.good = good};

    text_copy(news.channel, sizeof news.channel, p->d.notice.channel);
    text_copy(news.error, sizeof news.error, p->d.error);
    vec_push(&e->news, news);
}

void engine_note_channel(struct engine *e, const struct page *p)
{
    if (!p->dirty)
        return;
    if (p->d.state == DELIVERY_DELIVERED)
        note(e, p, true);
    else if (!page_is_alarm(p))
        return;
    else if (p->d.state == DELIVERY_REFUSED ||
             (page_unfinished(p) && p->d.handed_on && p->d.attempt))
        note(e, p, false);
}

static void tell(struct engine *e, const struct channel_news *n, const struct desk *k)
{
    struct incident i = {
        .severity = SEVERITY_WARNING, .reason = REASON_LOCAL, .started_ms = k->now_ms, .count = 1};
    struct incident_case *there;

    snprintf(i.dedup_key, sizeof i.dedup_key, "channel:%.100s", n->channel);
    if (n->good) {
        engine_resolve_key(e, i.dedup_key, "it delivers again", k);
        return;
    }
    i.expires_ms = k->now_ms + FORGOTTEN_MS;
    there = map_get(&e->by_key, i.dedup_key);
    if (there) {
        there->incident.expires_ms = i.expires_ms;
        there->dirty = true;
        engine_settle(e, there, k);
        return;
    }
    text_copy(i.policy, sizeof i.policy, "default");
    text_printf(i.title, sizeof i.title, "channel %s does not deliver: %s", n->channel,
                n->error[0] ? n->error : "no answer");
    engine_open(e, &i, k);
}

/* Telling settles other cases, which may bring more news. */
void engine_tell_channels(struct engine *e, const struct desk *k)
{
    struct desk own = *k;

    own.cause = CAUSE_DELIVERY;
    for (size_t i = 0; i < e->news.n; i++) {
        struct channel_news n = e->news.items[i];

        tell(e, &n, &own);
    }
    e->news.n = 0;
}
