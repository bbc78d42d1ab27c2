/* process_facts.h - what the kernel says of this process. */
#ifndef SRC_APP_PROCESS_FACTS_H
#define SRC_APP_PROCESS_FACTS_H

#include <stdint.h>

struct process_facts {
    int64_t cpu_us;
    int64_t rss_bytes, virtual_bytes, open_fds, max_fds; /* 0: not told (no /proc; no limit) */
};

void process_facts_read(struct process_facts *ret);

#endif
