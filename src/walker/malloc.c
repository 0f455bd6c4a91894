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
 * that is lost may come from there and not be seen, and the next block is blamed. The cache of the main thread is among
 * the first chunks of the heap: of glibc 2.30 to 2.41 it has 64 counts of 16 bits, how many chunks are in it, from 2.42 on
 * 76, how many more may come (seen with 2.36 and 2.43); as many lists follow. It is used only after it was seen to count a
 * block that was freed. */
#define BINS 64
#define LATER_BINS 76
#define FIRST_BIN 32
#define BIN_STEP 16
#define CACHE_CHUNK(bins) (((bins) * (sizeof(uint16_t) + sizeof(void *)) + sizeof(size_t) + 15) & ~(size_t)15)
#define FLAGS 7
#define IN_USE 1
/* The interpreter's loader has taken two small chunks before. */
#define CHUNKS_LOOKED_AT 8
/* A size that nobody else asks for meanwhile: the lock is held. */
#define PROBE 1000

typedef struct {
    const uint16_t *counts;
    uint16_t room; /* of each bin when it is empty, where the counts fall; else 0 */
} Cache;

/* Say by how much the count of a bin changes when a block is freed into it: 1, or -1 where counts fall. */
static int change_by_free(const volatile uint16_t *counts)
{
    int bin = (PROBE + 8 + BIN_STEP - 1 - FIRST_BIN) / BIN_STEP;
    /* Volatile, or a compiler sees that the block is not used and takes both calls away. */
    void *volatile block = malloc(PROBE);
    uint16_t before = counts[bin];
    free(block);
    return counts[bin] - before;
}

static Cache find_cache(void)
{
    Cache found = {NULL, 0};
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned long start = 0, end = 0;
    while (maps && !start && fgets(line, sizeof line, maps))
        if (strstr(line, "[heap]") && sscanf(line, "%lx-%lx", &start, &end) != 2)
            start = 0;
    if (maps)
        fclose(maps);
    for (int i = 0; start && i < CHUNKS_LOOKED_AT && start + CACHE_CHUNK(LATER_BINS) < end; i++) {
        size_t word = ((const size_t *)start)[1], size = word & ~(size_t)FLAGS;
        const uint16_t *counts = (const uint16_t *)(start + 2 * sizeof(size_t));
        int falls = size == CACHE_CHUNK(LATER_BINS);
        if ((falls || size == CACHE_CHUNK(BINS)) && word & IN_USE && change_by_free(counts) == (falls ? -1 : 1)) {
            found.counts = counts;
            for (int bin = 0; falls && bin < BINS; bin++)
                found.room = counts[bin] > found.room ? counts[bin] : found.room;
            break;
        }
        if (size < FIRST_BIN)
            break;
        start += size;
    }
    return found;
}

static size_t cached(void)
{
    static Cache cache;
    static int looked;
    if (syscall(SYS_gettid) != getpid())
        return 0;
    if (!looked) {
        looked = 1;
        cache = find_cache();
    }
    size_t bytes = 0;
    for (int bin = 0; cache.counts && bin < BINS; bin++) {
        uint16_t count = cache.counts[bin];
        size_t chunks = !cache.room ? count : count < cache.room ? (size_t)(cache.room - count) : 0;
        bytes += chunks * (size_t)(FIRST_BIN + bin * BIN_STEP);
    }
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
