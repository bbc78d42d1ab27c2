/* memory.c - code is read-only and backed by its file: dropping its pages loses nothing.
 * Read-only data is left alone, because the loader has written relocations into some of it. */
#include "loop/memory.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void drop_segment(uintptr_t from, uintptr_t size, uintptr_t page)
{
    uintptr_t first = (from + page - 1) & ~(page - 1), end = (from + size) & ~(page - 1);

    if (end > first)
        (void)madvise((void *)first, end - first, MADV_DONTNEED); /* advice: may be refused */
}

static int on_object(struct dl_phdr_info *o, size_t size, void *arg)
{
    uintptr_t page = *(const uintptr_t *)arg;

    (void)size;
    if (strstr(o->dlpi_name, "vdso"))
        return 0;
    for (int i = 0; i < o->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &o->dlpi_phdr[i];

        if (p->p_type == PT_LOAD && (p->p_flags & PF_X) && !(p->p_flags & PF_W))
            drop_segment(o->dlpi_addr + p->p_vaddr, p->p_memsz, page);
    }
    return 0;
}

void memory_trim(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    malloc_trim(0);
    dl_iterate_phdr(on_object, &page);
}
