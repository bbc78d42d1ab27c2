/* test_zone.c - instants and wall clocks, against what Python's zoneinfo says of the same
 * files (tests/corpus/zone, so that the system's tzdata does not matter). */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/zone.h"
#include "random.h"
#include "unit.h"

#define VECTORS "tests/unit/base/zone_vectors.txt"

static struct zone *corpus_zone(const char *file)
{
    char path[128];
    static unsigned char bytes[1 << 16];
    struct zone *z = NULL;
    struct err e;
    snprintf(path, sizeof path, "tests/corpus/zone/%s", file);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    if (zone_parse(file, bytes, n, &z, &e) != 0)
        fail_msg("%s: %s", file, e.text);
    return z;
}

static void check_local(const struct zone *z, int64_t local, const int64_t want[4])
{
    static const enum zone_kind kinds[] = {ZONE_HOLE, ZONE_UNIQUE, ZONE_FOLD};
    int64_t have[] = {zone_resolve(z, local, ZONE_GAP_NEXT), zone_resolve(z, local, ZONE_GAP_SHIFT),
                      zone_resolve(z, local, ZONE_GAP_BEFORE)};
    if (zone_kind_of(z, local) != kinds[want[0]] || memcmp(have, want + 1, sizeof have) != 0)
        fail_msg("%s at local %" PRId64 ": %d, %" PRId64 " %" PRId64 " %" PRId64, zone_name(z),
                 local, (int)zone_kind_of(z, local), have[0], have[1], have[2]);
}

static void zone__every_vector__agrees_with_python(void **state)
{
    (void)state;
    char kind[8], name[40], open_name[40] = "";
    int64_t at, v[4];
    struct zone *z = NULL;
    FILE *f = fopen(VECTORS, "r");
    assert_non_null(f);
    int lines = 0;
    for (; fscanf(f, "%7s %39s %" SCNd64 " %" SCNd64, kind, name, &at, &v[0]) == 4; lines++) {
        if (strcmp(name, open_name) != 0) {
            zone_free(z);
            z = corpus_zone(name);
            memcpy(open_name, name, sizeof name);
        }
        if (strcmp(kind, "offset") == 0) {
            if (zone_offset(z, at) != v[0])
                fail_msg("%s at %" PRId64 ": %d", name, at, zone_offset(z, at));
            continue;
        }
        assert_int_equal(fscanf(f, " %" SCNd64 " %" SCNd64 " %" SCNd64, &v[1], &v[2], &v[3]), 3);
        check_local(z, at, v);
    }
    assert_true(feof(f) && lines > 900);
    fclose(f);
    zone_free(z);
}

/* Walking from transition to transition must meet every change that walking by the
 * quarter hour meets. */
static void next_transition__walked_for_ten_years__misses_and_invents_none(void **state)
{
    (void)state;
    static const char *const files[] = {"New_York.tzif", "Lord_Howe.tzif", "Casablanca.tzif",
                                        "Gaza.tzif",     "always_summer",  "hour_167",
                                        "Apia.tzif",     "version1"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct zone *z = corpus_zone(files[i]);
        const int64_t starts[] = {0, 1262304000, 2082758400, 4102444800, 5680281600};
        for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
            int64_t from = starts[s], to = from + 10 * 365 * 86400,
                    next = zone_next_transition(z, from);
            for (int64_t at = from; at < to; at += 900) {
                bool changed = zone_offset(z, at) != zone_offset(z, at + 900);
                bool said = next > at && next <= at + 900;
                if (changed != said)
                    fail_msg("%s between %" PRId64 " and +900: next %" PRId64, files[i], at, next);
                if (said)
                    next = zone_next_transition(z, next);
            }
        }
        zone_free(z);
    }
}

static void resolve__wall_times_shown_by_random_instants__is_the_earliest_with_it(void **state)
{
    (void)state;
    struct dice d = {42};
    struct zone *z = corpus_zone("Troll.tzif");
    for (int i = 0; i < 20000; i++) {
        int64_t at = dice_in(&d, 1100000000, 6000000000), local = zone_local(z, at);
        int64_t resolved = zone_resolve(z, local, ZONE_GAP_NEXT);
        assert_true(resolved <= at);
        assert_int_equal(zone_local(z, resolved), local);
        assert_true(resolved == at || zone_kind_of(z, local) == ZONE_FOLD);
    }
    zone_free(z);
}

static void utc__is_always_there_and_never_freed(void **state)
{
    (void)state;
    const struct zone *z = zone_utc();
    zone_free((struct zone *)z);
    zone_free(NULL);
    assert_string_equal(zone_name(z), "UTC");
    assert_int_equal(zone_offset(z, INT64_MAX), 0);
    assert_int_equal(zone_resolve(z, 1772953200, ZONE_GAP_NEXT), 1772953200);
    assert_int_equal(zone_next_transition(z, INT64_MIN), INT64_MAX);
}

static void zone__extreme_instants__are_answered(void **state)
{
    (void)state;
    struct zone *z = corpus_zone("New_York.tzif");
    assert_int_equal(zone_offset(z, INT64_MIN), -17762); /* local mean time */
    assert_in_range(-zone_offset(z, INT64_MAX), 4 * 3600, 5 * 3600);
    assert_true(zone_next_transition(z, INT64_MIN) < 0);
    zone_resolve(z, INT64_MAX, ZONE_GAP_NEXT);
    zone_resolve(z, INT64_MIN, ZONE_GAP_NEXT);
    zone_free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone__every_vector__agrees_with_python),
        cmocka_unit_test(next_transition__walked_for_ten_years__misses_and_invents_none),
        cmocka_unit_test(resolve__wall_times_shown_by_random_instants__is_the_earliest_with_it),
        cmocka_unit_test(utc__is_always_there_and_never_freed),
        cmocka_unit_test(zone__extreme_instants__are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
