/* config.c - things by name. Monitors may be ten thousand and have an index; the other
 * lists are short. */
#include "model/config.h"

#include <string.h>

#define FIND(list, count, name)                                                                    \
    do {                                                                                           \
        for (size_t i = 0; i < (count); i++)                                                       \
            if (strcmp((list)[i].name, (name)) == 0)                                               \
                return &(list)[i];                                                                 \
        return NULL;                                                                               \
    } while (0)

const struct monitor *config_monitor(const struct config *c, const char *name)
{
    if (c->by_name.n)
        return map_get(&c->by_name, name);
    FIND(c->monitors, c->n_monitors, name);
}

const struct person *config_person(const struct config *c, const char *name)
{
    FIND(c->people, c->n_people, name);
}

const struct channel *config_channel(const struct config *c, const char *name)
{
    FIND(c->channels, c->n_channels, name);
}

const struct schedule *config_schedule(const struct config *c, const char *name)
{
    FIND(c->schedules, c->n_schedules, name);
}

const struct policy *config_policy(const struct config *c, const char *name)
{
    FIND(c->policies, c->n_policies, name);
}

const struct slo *config_slo(const struct config *c, const char *name)
{
    FIND(c->slos, c->n_slos, name);
}
