/* process_facts.h - what the kernel says of this process. */
#ifndef WEB_PROCESS_FACTS_H
#define WEB_PROCESS_FACTS_H

#include <stdint.h>

struct process_facts {
    int64_t cpu_us;
    int64_t rss_bytes, open_fds; /* 0: not told (no /proc) */
};

void process_facts_read(struct process_facts *ret);

#endif
