/* overrides_yaml.c - `overrides:` blocks, to be pasted into the file. Wall times in the zone of
 * the schedule, as people write them; an instant with Z where a wall time would be ambiguous or
 * has seconds left. */
#include "overrides_yaml.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/vec.h"
#include "base/zone.h"
#include "model/names.h"

static int by_created(const void *a, const void *b)
{
    const struct kept_override *x = *(const struct kept_override *const *)a;
    const struct kept_override *y = *(const struct kept_override *const *)b;

    if (x->created_ms != y->created_ms)
        return x->created_ms < y->created_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

static void put_time(struct buf *out, const struct zone *z, int64_t at_ms)
{
    int64_t local_s = zone_local(z, at_ms / 1000);
    struct civil c = civil_of(local_s);
    char text[32];

    if (at_ms % 1000 != 0 || zone_kind_of(z, local_s) != ZONE_UNIQUE) {
        buf_printf(out, "\"%s\"", rfc3339_format(at_ms, text, sizeof text));
        return;
    }
    buf_printf(out, "%04d-%02d-%02dT%02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
    if (c.second != 0)
        buf_printf(out, ":%02d", c.second);
}

static void put_names(struct buf *out, const char *key, const char *names)
{
    const char *between = "";

    buf_printf(out, ", %s: [", key);
    while (*(names += strspn(names, " ")) != 0) {
        size_t n = strcspn(names, " ");

        buf_printf(out, "%s\"%.*s\"", between, (int)n, names);
        between = ", ";
        names += n;
    }
    buf_char(out, ']');
}

static void put_override(struct buf *out, const struct kept_override *o, const struct zone *z)
{
    buf_str(out, "      - { start: ");
    put_time(out, z, o->start_ms);
    buf_str(out, ", end: ");
    put_time(out, z, o->end_ms);
    put_names(out, override_kind_name(o->kind), o->people);
    if (o->kind == OVERRIDE_REPLACE)
        put_names(out, "with", o->with);
    buf_str(out, " }");
    if (o->comment[0] != 0)
        buf_printf(out, " # %s", o->comment);
    buf_char(out, '\n');
}

void overrides_yaml(struct buf *out, const struct engine *e, const struct config *c, int64_t now_ms)
{
    VEC(const struct kept_override *) left = {0};
    const struct kept_override *const *all;
    size_t n = engine_overrides(e, &all);

    for (size_t i = 0; i < n; i++)
        if (quiet_state_at(all[i]->start_ms, all[i]->end_ms, now_ms) != QUIET_OVER)
            vec_push(&left, all[i]);
    if (left.n > 1)
        qsort(left.items, left.n, sizeof *left.items, by_created);
    buf_str(out, left.n > 0 ? "schedules:\n" : "# no overrides\n");
    for (size_t k = 0; k < c->n_schedules; k++) {
        bool headed = false;

        for (size_t i = 0; i < left.n; i++) {
            if (strcmp(left.items[i]->schedule, c->schedules[k].name) != 0)
                continue;
            if (!headed)
                buf_printf(out, "  %s:\n    overrides:\n", c->schedules[k].name);
            headed = true;
            put_override(out, left.items[i], c->schedules[k].zone);
        }
    }
    vec_done(&left);
}
