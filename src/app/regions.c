/* regions.c - are the regions there that must be?
 *
 * Happy path: the store tells after every beat who was seen last when -> a region whose instant
 *             moves is there.
 * Failures:   one that has not moved for a minute is missing, and that is an incident of its own.
 *             No beats (the store is away): nothing is known, and the minute begins anew.
 * Instants of two machines are never compared: what counts is how long ago, by our own clock, the
 * other's instant moved last. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/civil.h"
#include "base/text.h"

#define KEY        "self:region:"
#define MISSING_US (60 * INT64_C(1000000))
#define BEATS_US   (20 * INT64_C(1000000)) /* apart: we have not been told for too long */

struct region_watch {
    char name[NAME_SIZE];
    int64_t seen_ms;  /* by its own clock; 0 never */
    int64_t moved_us; /* monotonic: when we saw that move, or began to look */
    bool missing, looked;
    bool kept; /* while the configuration is exchanged */
};

static void tell(struct app *a, struct region_watch *r, bool missing)
{
    char text[NAME_SIZE + 96], when[32];

    r->missing = missing;
    r->looked = true;
    if (r->seen_ms)
        text_printf(text, sizeof text, "region %s was last seen %s", r->name,
                    rfc3339_format(r->seen_ms, when, sizeof when));
    else
        text_printf(text, sizeof text, "region %s has never been seen", r->name);
    engine_self(a->engine, SELF_REGION, r->name, missing, text, app_now_ms(a), decide_begin(a));
    decide_end(a);
}

static void look_at(struct app *a, struct region_watch *r, int64_t seen_ms)
{
    int64_t now_us = loop_mono_us();

    if (seen_ms && seen_ms != r->seen_ms) {
        r->moved_us = now_us;
        r->seen_ms = seen_ms;
        if (r->missing || !r->looked) /* a former life may have missed it */
            tell(a, r, false);
    } else if (!r->missing && now_us - r->moved_us >= MISSING_US) {
        tell(a, r, true);
    }
}

static int64_t seen_of(const struct region_seen *regions, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (text_eq(regions[i].region, name))
            return regions[i].seen_ms;
    return 0;
}

void regions_seen(struct app *a, const struct region_seen *regions, size_t n)
{
    struct regions *all = &a->regions;
    int64_t now_us = loop_mono_us();
    bool blind = now_us - all->told_us > BEATS_US;

    all->told_us = now_us;
    for (size_t i = 0; i < all->list.n; i++) {
        struct region_watch *r = all->list.items[i];

        if (blind)
            r->moved_us = now_us;
        look_at(a, r, seen_of(regions, n, r->name));
    }
}

size_t regions_count(const struct app *a)
{
    return a->regions.list.n;
}

bool regions_at(const struct app *a, size_t i, const char **ret_name)
{
    const struct region_watch *r = a->regions.list.items[i];

    *ret_name = r->name;
    return r->looked && !r->missing;
}

/* --- which ones --- */

static struct region_watch *take(struct regions *all, const char *name)
{
    struct region_watch *r;

    for (size_t i = 0; i < all->list.n; i++)
        if (text_eq(all->list.items[i]->name, name))
            return all->list.items[i];
    r = mem_new(struct region_watch);
    text_copy(r->name, sizeof r->name, name);
    r->moved_us = loop_mono_us();
    vec_push(&all->list, r);
    return r;
}

static void drop_others(struct regions *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->list.n; i++) {
        struct region_watch *r = all->list.items[i];

        if (!r->kept) {
            mem_free(r);
            continue;
        }
        r->kept = false;
        all->list.items[kept++] = r;
    }
    all->list.n = kept;
}

static bool is_wanted(const struct app *a, const char *name)
{
    for (size_t i = 0; i < a->regions.list.n; i++)
        if (text_eq(a->regions.list.items[i]->name, name))
            return true;
    return false;
}

/* The first region that is missed and need not be there any more. */
static bool find_unwanted(const struct app *a, char name[NAME_SIZE])
{
    const struct incident *const *open;
    size_t n = engine_incidents(a->engine, &open);

    for (size_t i = 0; i < n; i++) {
        if (!text_starts(open[i]->dedup_key, KEY))
            continue;
        text_copy(name, NAME_SIZE, open[i]->dedup_key + strlen(KEY));
        if (!is_wanted(a, name))
            return true;
    }
    return false;
}

/* Also what a former life missed, by another file. */
void regions_end_unwanted(struct app *a)
{
    char name[NAME_SIZE];

    while (find_unwanted(a, name)) {
        engine_self(a->engine, SELF_REGION, name, false, "", app_now_ms(a), decide_begin(a));
        decide_end(a);
    }
}

void regions_configure(struct app *a)
{
    for (size_t i = 0; i < a->config->n_regions; i++)
        take(&a->regions, a->config->regions[i])->kept = true;
    drop_others(&a->regions);
    regions_end_unwanted(a);
}

void regions_done(struct app *a)
{
    for (size_t i = 0; i < a->regions.list.n; i++)
        mem_free(a->regions.list.items[i]);
    vec_done(&a->regions.list);
}
