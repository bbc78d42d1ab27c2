/* handoff.c - who is on call has changed: it is recorded, and whoever takes over open incidents
 * hears of them in one word.
 *
 * What was true before is remembered as a line of names for each schedule, so that a rotation, an
 * override, a new configuration and the time we were dead are all found in the same way. */
#include <string.h>

#include "base/text.h"
#include "desk.h"
#include "model/names.h"
#include "oncall/oncall.h"

#define LOOK_AHEAD_MS (24 * 3600 * 1000LL)
#define LINE_SIZE     (ONCALL_MAX_PEOPLE * NAME_SIZE)

struct now_line {
    char schedule[NAME_SIZE];
    char people[LINE_SIZE]; /* separated by blanks */
};

static void line_of(const struct schedule *s, int64_t at_ms, char dst[LINE_SIZE])
{
    struct oncall who;
    size_t used = 0;

    dst[0] = '\0';
    oncall_who(s, at_ms, &who);
    for (size_t i = 0; i < who.n && used < LINE_SIZE; i++) {
        text_printf(dst + used, LINE_SIZE - used, "%s%s", used ? " " : "", who.people[i]);
        used = strlen(dst);
    }
}

static bool names(const char *line, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(line, name); at; at = strstr(at + 1, name))
        if ((at == line || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static void record(const char *schedule, const char *from, const char *to, const struct desk *k)
{
    struct transition t = {.at_ms = k->now_ms, .subject = SUBJECT_SCHEDULE, .cause = k->cause};

    text_copy(t.name, sizeof t.name, schedule);
    text_copy(t.from, sizeof t.from, from[0] ? from : "nobody");
    text_copy(t.to, sizeof t.to, to[0] ? to : "nobody");
    text_copy(t.actor, sizeof t.actor, k->actor);
    text_printf(t.text, sizeof t.text, "on call now: %s; before: %s", to[0] ? to : "nobody",
                from[0] ? from : "nobody");
    vec_push(&k->fx->commit.transitions, t);
}

/* --- what is taken over --- */

/* Was it paged by this schedule, and not to this person yet? */
static bool inherits(const struct incident_case *c, const char *schedule, const char *person)
{
    bool by_schedule = false;

    if (!case_is_open(c))
        return false;
    for (size_t i = 0; i < c->pages.n; i++) {
        const struct page *p = c->pages.items[i];

        if (!page_is_alarm(p) || p->d.cycle < c->incident.born_cycle)
            continue;
        by_schedule |= text_eq(p->d.notice.schedule, schedule);
        if (text_eq(p->d.notice.person, person))
            return false;
    }
    return by_schedule;
}

static void take_over(struct engine *e, const char *schedule, const struct person *p,
                      const struct desk *k)
{
    const struct incident *const *open;
    size_t n = engine_incidents(e, &open), inherited = 0;
    struct incident_case *first = NULL;
    struct page *word;
    char title[sizeof((struct notice *)0)->title], text[NAME_SIZE * 2 + 40];

    text_printf(text, sizeof text, "%s is on call in %s now and inherits it", p->name, schedule);
    for (size_t i = 0; i < n; i++) {
        struct incident_case *c = map_get(&e->cases, open[i]->id);

        if (!inherits(c, schedule, p->name))
            continue;
        inherited++;
        first = first ? first : c;
        case_record(c, k, incident_state_name(c->incident.state), "handoff", text);
        if (c != first)
            engine_settle(e, c, k);
    }
    if (!first)
        return;
    text_printf(title, sizeof title,
                "you are on call in %s now and inherit %zu open incident%s: %s", schedule,
                inherited, inherited == 1 ? "" : "s", first->incident.title);
    word = page_word(first, k, NOTICE_HANDOFF, p, schedule);
    if (word)
        text_copy(word->d.notice.title, sizeof word->d.notice.title, title);
    engine_settle(e, first, k);
}

static void newcomers(struct engine *e, const struct now_line *l, const struct desk *k)
{
    struct oncall who;

    oncall_who(engine_schedule(e, l->schedule), k->now_ms, &who);
    for (size_t i = 0; i < who.n; i++) {
        const struct person *p = config_person(k->config, who.people[i]);

        if (p && !names(l->people, p->name))
            take_over(e, l->schedule, p, k);
    }
}

/* --- looking --- */

static struct now_line *line_for(struct engine *e, const char *schedule, bool *ret_known)
{
    struct now_line *l = map_get(&e->on_call, schedule);

    *ret_known = l != NULL;
    if (l)
        return l;
    l = mem_new(struct now_line);
    text_copy(l->schedule, sizeof l->schedule, schedule);
    map_put(&e->on_call, l->schedule, l);
    return l;
}

static void plan(struct engine *e, int64_t now_ms)
{
    e->handoff_due_ms = INT64_MAX;
    for (size_t i = 0; i < e->config->n_schedules; i++) {
        const struct schedule *s = engine_schedule(e, e->config->schedules[i].name);
        int64_t change_ms = oncall_next_change(s, now_ms, now_ms + LOOK_AHEAD_MS);
        int64_t look_ms = change_ms == INT64_MAX ? now_ms + LOOK_AHEAD_MS : change_ms;

        if (look_ms < e->handoff_due_ms)
            e->handoff_due_ms = look_ms;
    }
}

void engine_handoff(struct engine *e, const struct desk *k)
{
    for (size_t i = 0; i < e->config->n_schedules; i++) {
        const struct schedule *s = engine_schedule(e, e->config->schedules[i].name);
        char now[LINE_SIZE];
        struct now_line *l;
        bool known;

        line_of(s, k->now_ms, now);
        l = line_for(e, s->name, &known);
        if (known && !text_eq(l->people, now)) {
            record(s->name, l->people, now, k);
            newcomers(e, l, k);
        }
        text_copy(l->people, sizeof l->people, now);
    }
    plan(e, k->now_ms);
}

void engine_handoff_since(struct engine *e, int64_t then_ms)
{
    for (size_t i = 0; i < e->config->n_schedules; i++) {
        const struct schedule *s = engine_schedule(e, e->config->schedules[i].name);
        bool known;

        line_of(s, then_ms, line_for(e, s->name, &known)->people);
    }
}
