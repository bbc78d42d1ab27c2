/* fuzz_state.c - any bytes as a kept record, or as the arguments of a commit on disk.
 *
 * The first byte chooses: m i d a t a record of that kind, anything else the arguments of a commit.
 * A record that reads must read back from what is written of it, and then be written the same. */
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

static void run_commit(const char *p, size_t n)
{
    struct view v;
    struct stored s;

    view_init(&v);
    view_put_commit(&v, p, n);
    view_take(&v, &s);
    stored_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *p = (const char *)data + 1;
    size_t n = size - 1;
    if (data[0] == 'm')
        run_monitor(p, n);
    else if (data[0] == 'i')
        run_incident(p, n);
    else if (data[0] == 'd')
        run_delivery(p, n);
    else if (data[0] == 'a')
        run_attempt(p, n);
    else if (data[0] == 't')
        run_transition(p, n);
    else
        run_commit(p, n);
    return 0;
}
