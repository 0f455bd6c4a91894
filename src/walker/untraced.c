/* Our own work at a checkpoint without tracemalloc's price: agent/untraced.py.
 *
 * tracemalloc stands between the interpreter and its allocators. Put aside, it hears of nobody's memory, and other
 * threads run whenever the one that put it aside gives them the interpreter's lock. So it is put aside for one thread
 * only: what stands in its place asks whose call it is. All of this is done with the interpreter's lock.
 */
#include "untraced.h"

#include <string.h>

typedef struct {
    PyMemAllocatorDomain domain;
    PyMemAllocatorEx before, after; /* tracing began */
} Pair;

static Pair pairs[] = {{.domain = PYMEM_DOMAIN_MEM}, {.domain = PYMEM_DOMAIN_OBJ}};
#define PAIRS (sizeof pairs / sizeof *pairs)

static int known, entered;
static unsigned long owner;

static const PyMemAllocatorEx *chosen(void *pair)
{
    return PyThread_get_thread_ident() == owner ? &((Pair *)pair)->before : &((Pair *)pair)->after;
}

static void *malloc_of(void *pair, size_t size)
{
    const PyMemAllocatorEx *allocator = chosen(pair);
    return allocator->malloc(allocator->ctx, size);
}

static void *calloc_of(void *pair, size_t count, size_t size)
{
    const PyMemAllocatorEx *allocator = chosen(pair);
    return allocator->calloc(allocator->ctx, count, size);
}

static void *realloc_of(void *pair, void *memory, size_t size)
{
    const PyMemAllocatorEx *allocator = chosen(pair);
    return allocator->realloc(allocator->ctx, memory, size);
}

static void free_of(void *pair, void *memory)
{
    const PyMemAllocatorEx *allocator = chosen(pair);
    allocator->free(allocator->ctx, memory);
}

static void stand_between(void)
{
    for (size_t i = 0; i < PAIRS; i++) {
        PyMemAllocatorEx ours = {&pairs[i], malloc_of, calloc_of, realloc_of, free_of};
        PyMem_SetAllocator(pairs[i].domain, &ours);
    }
}

/* Say whether it is still us who stands there: the program may have stopped tracing meanwhile. */
static int stands_between(const Pair *pair)
{
    PyMemAllocatorEx now;
    PyMem_GetAllocator(pair->domain, &now);
    return now.malloc == malloc_of;
}

PyObject *untraced_note(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    for (size_t i = 0; i < PAIRS; i++)
        PyMem_GetAllocator(pairs[i].domain, &pairs[i].before);
    known = 1;
    Py_RETURN_NONE;
}

PyObject *untraced_enter(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    if (!known || entered)
        Py_RETURN_FALSE;
    for (size_t i = 0; i < PAIRS; i++)
        PyMem_GetAllocator(pairs[i].domain, &pairs[i].after);
    owner = PyThread_get_thread_ident();
    entered = 1;
    stand_between();
    Py_RETURN_TRUE;
}

PyObject *untraced_leave(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    for (size_t i = 0; entered && i < PAIRS; i++)
        if (stands_between(&pairs[i]))
            PyMem_SetAllocator(pairs[i].domain, &pairs[i].after);
    entered = 0;
    Py_RETURN_NONE;
}

int untraced_bare(void)
{
    int bare = entered;
    for (size_t i = 0; i < PAIRS; i++)
        bare = bare && stands_between(&pairs[i]);
    for (size_t i = 0; bare && i < PAIRS; i++)
        PyMem_SetAllocator(pairs[i].domain, &pairs[i].before);
    return bare;
}

void untraced_again(int bare)
{
    if (bare)
        stand_between();
}
