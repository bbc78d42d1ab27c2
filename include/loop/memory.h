/* memory.h - gives back what only the start needed. */
#ifndef LOOP_MEMORY_H
#define LOOP_MEMORY_H

/* Returns free heap to the system and unmaps the code pages of the libraries: libcurl brings
 * thirty of them, whose start-up code is never run again. What is still needed comes back from
 * the page cache at its next use. Cheap enough after a start or a reload, not in between. */
void memory_trim(void);

#endif
