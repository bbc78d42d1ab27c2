/* snappy.c - two functions of libsnappy's C interface, by dlopen.
 *
 * Happy path: snappy_open() -> the functions -> snappy_pack().
 * Failures:   the library is not installed -> one line that says which package has it. */
#include "loop/snappy.h"

#include <assert.h>
#include <dlfcn.h>
#include <string.h>

#include "base/mem.h"

#define LIBRARY "libsnappy.so.1"

typedef int compress_fn(const char *in, size_t n, char *out, size_t *out_n);
typedef size_t bound_fn(size_t n);

static struct {
    void *handle; /* stays open: what it brought along stays, too */
    compress_fn *compress;
    bound_fn *bound;
} library;

/* ISO C has no cast from data to functions; POSIX has this. */
static void *find(const char *name, void *function)
{
    void *address = dlsym(library.handle, name);

    memcpy(function, &address, sizeof address);
    return address;
}

int snappy_open(struct err *e)
{
    if (library.compress)
        return 0;
    if (!library.handle)
        library.handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library.handle)
        return err_set(e, "remote write needs " LIBRARY
                          ", which is not installed (Debian: libsnappy1v5)");
    if (!find("snappy_max_compressed_length", &library.bound) ||
        !find("snappy_compress", &library.compress)) {
        library.compress = NULL;
        return err_set(e, LIBRARY " is not the library it should be");
    }
    return 0;
}

void snappy_pack(const void *p, size_t n, struct buf *out)
{
    size_t packed;
    char *scratch;
    int failed;

    assert(library.compress);
    packed = library.bound(n);
    scratch = mem_alloc(packed);
    failed = library.compress(p, n, scratch, &packed);
    assert(failed == 0);
    (void)failed;
    buf_put(out, scratch, packed);
    mem_free(scratch);
}
