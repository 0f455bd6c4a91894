/* Memory for Python's own allocations in a forked child: a few small numbers, each forgotten at once.
 *
 * The child must not use the parent's allocators: another thread may have held a lock of malloc or tracemalloc when
 * the child was made, and nobody will ever release it there.
 */
#include "layouts.h"

#define ROOM ((size_t)1 << 20)
#define ALIGN 16

static char room[ROOM] __attribute__((aligned(ALIGN)));
static size_t used;

static void *child_malloc(void *context, size_t size)
{
    (void)context;
    size_t wanted = (size + 2 * ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (wanted > ROOM)
        return NULL;
    if (used + wanted > ROOM)
        used = 0; /* What was made a million bytes ago is no longer needed. */
    char *memory = room + used;
    used += wanted;
    *(size_t *)memory = size;
    return memory + ALIGN;
}

static void *child_calloc(void *context, size_t count, size_t size)
{
    void *memory = size && count > ROOM / size ? NULL : child_malloc(context, count * size);
    return memory ? memset(memory, 0, count * size) : NULL;
}

static void child_free(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

static void *child_realloc(void *context, void *memory, size_t size)
{
    void *larger = child_malloc(context, size);
    if (larger && memory && (char *)memory > room && (char *)memory < room + ROOM) {
        size_t before = *(size_t *)((char *)memory - ALIGN);
        memcpy(larger, memory, before < size ? before : size);
    } else if (memory) {
        return NULL;
    }
    return larger;
}

void child_allocators(void)
{
    PyMemAllocatorEx allocator = {NULL, child_malloc, child_calloc, child_realloc, child_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &allocator);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &allocator);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &allocator);
}
