/* fuzz_zone.c - the bytes of a time zone file. Whatever parses must answer, and agree with
 * itself: a wall time resolves to an instant that shows it, unless it is in a hole. */
#include <stdlib.h>

#include "base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct zone *z, int64_t at_s)
{
    int64_t local = zone_local(z, at_s), next = zone_next_transition(z, at_s);
    if (next <= at_s)
        abort();
    int64_t resolved = zone_resolve(z, local, ZONE_GAP_NEXT);
    if (zone_kind_of(z, local) == ZONE_HOLE || zone_local(z, resolved) != local || resolved > at_s)
        abort();
    if (next != INT64_MAX && zone_offset(z, next) == zone_offset(z, next - 1))
        abort();
    for (int gap = ZONE_GAP_NEXT; gap <= ZONE_GAP_BEFORE; gap++)
        zone_resolve(z, at_s, (enum zone_gap)gap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t instants[] = {-4000000000, 0,          109999999,  1772953199,
                                       4102444800,  7258118400, 32503680000};
    struct zone *z;
    struct err e;
    if (zone_parse("fuzz", data, size, &z, &e) != 0)
        return 0;
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++)
        ask(z, instants[i]);
    zone_free(z);
    return 0;
}
