/* What malloc has handed out and not been given back: `_walker.malloc_held`, for agent/outside.py. */
#include "walker.h"

#if defined(__linux__) && defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's mallinfo2 takes the chunks of a thread's own cache for used ones: what is freed goes there first, so a block
 * that is lost may come from there and not be seen, and the next block is blamed. The cache of the main thread is the
 * first chunk of the heap (sysmalloc of glibc 2.30 to 2.41: 64 counts of 16 bits, then as many lists). It is used only
 * after it was seen to count a block that was freed. */
#define BINS 64
#define FIRST_BIN 32
#define BIN_STEP 16
#define CACHE_CHUNK (16 + BINS * (sizeof(uint16_t) + sizeof(void *)))
#define IN_USE 1
/* A size that nobody else asks for meanwhile: the lock is held. */
#define PROBE 1000

static const uint16_t *find_cache(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned long start = 0;
    while (maps && !start && fgets(line, sizeof line, maps))
        if (strstr(line, "[heap]") && sscanf(line, "%lx-", &start) != 1)
            start = 0;
    if (maps)
        fclose(maps);
    if (!start || ((const size_t *)start)[1] != (CACHE_CHUNK | IN_USE))
        return NULL;
    const volatile uint16_t *counts = (const uint16_t *)(start + 16);
    int bin = (PROBE + 8 + BIN_STEP - 1 - FIRST_BIN) / BIN_STEP;
    /* Volatile, or a compiler sees that the block is not used and takes both calls away. */
    void *volatile block = malloc(PROBE);
    uint16_t before = counts[bin];
    free(block);
    return counts[bin] == before + 1 ? (const uint16_t *)counts : NULL;
}

static size_t cached(void)
{
    static const uint16_t *counts;
    static int looked;
    if (syscall(SYS_gettid) != getpid())
        return 0;
    if (!looked) {
        looked = 1;
        counts = find_cache();
    }
    size_t bytes = 0;
    for (int bin = 0; counts && bin < BINS; bin++)
        bytes += counts[bin] * (size_t)(FIRST_BIN + bin * BIN_STEP);
    return bytes;
}

PyObject *malloc_held(PyObject *module, PyObject *nothing)
{
    (void)module, (void)nothing;
    struct mallinfo2 found = mallinfo2();
    return Py_BuildValue("nn", (Py_ssize_t)(found.uordblks + found.hblkhd - cached()),
                         (Py_ssize_t)(found.arena + found.hblkhd));
}
#else
PyObject *malloc_held(PyObject *module, PyObject *nothing)
{
    (void)module, (void)nothing;
    Py_RETURN_NONE;
}
#endif
