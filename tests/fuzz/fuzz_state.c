/* fuzz_state.c - any bytes as a kept record, or as the arguments of a commit on disk.
 *
 * The first byte chooses: m i d a t q o a record of that kind, anything else the arguments of a
 * commit. A record that reads must read back from what is written of it, and then be written the
 * same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/store/view.h"
#include "format/state.h"
#include "wire/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth)
        abort();
}

#define RECORD(noun, type)                                                                         \
    static void run_##noun(const char *json, size_t n)                                             \
    {                                                                                              \
        struct type first, second;                                                                 \
        struct buf once, twice;                                                                    \
        struct err e;                                                                              \
        if (state_read_##noun(json, n, &first, &e) != 0)                                           \
            return;                                                                                \
        buf_init(&once, STATE_MAX_BYTES);                                                          \
        buf_init(&twice, STATE_MAX_BYTES);                                                         \
        state_write_##noun(&once, &first);                                                         \
        require(!once.over && state_read_##noun(once.p, once.len, &second, &e) == 0);              \
        state_write_##noun(&twice, &second);                                                       \
        require(once.len == twice.len && memcmp(once.p, twice.p, once.len) == 0);                  \
        buf_done(&once);                                                                           \
        buf_done(&twice);                                                                          \
    }
RECORD(monitor, monitor_status)
RECORD(incident, incident)
RECORD(delivery, delivery)
RECORD(attempt, attempt)
RECORD(transition, transition)
RECORD(quiet, quiet)
RECORD(override, kept_override)

static void run_commit(const char *p, size_t n)
{
    struct view v;
    struct stored s;

    view_init(&v);
    view_put_commit(&v, p, n);
    view_take(&v, 2, &s); /* the corpus holds resolved ones of before and of after */
    stored_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        char letter;
        void (*run)(const char *p, size_t n);
    } kinds[] = {
        {'m', run_monitor},    {'i', run_incident}, {'d', run_delivery}, {'a', run_attempt},
        {'t', run_transition}, {'q', run_quiet},    {'o', run_override},
    };

    if (size == 0)
        return 0;
    const char *p = (const char *)data + 1;
    size_t n = size - 1;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (data[0] == kinds[i].letter) {
            kinds[i].run(p, n);
            return 0;
        }
    }
    run_commit(p, n);
    return 0;
}
