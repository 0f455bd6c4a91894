/* What the memory allocators of this process say of themselves: agent/allocators.py asks here first.
 *
 * Nothing here is needed to walk a heap, and nothing here runs in a child.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "layouts.h"

#include "allocators.h"
#include "untraced.h"

#ifdef __linux__

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* -- malloc ----------------------------------------------------------------------------------------------- */

/* glibc's struct mallinfo2 (2.33), by its own name: older headers do not have it. */
struct malloc_information {
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

PyObject *allocators_malloc(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    struct malloc_information (*ask)(void);
    *(void **)&ask = dlsym(RTLD_DEFAULT, "mallinfo2");
    if (!ask)
        Py_RETURN_NONE;
    struct malloc_information found = ask();
    return Py_BuildValue("nnnn", (Py_ssize_t)found.uordblks, (Py_ssize_t)found.fordblks, (Py_ssize_t)found.hblkhd,
                         (Py_ssize_t)found.hblks);
}

PyObject *allocators_trim(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    int (*trim)(size_t);
    *(void **)&trim = dlsym(RTLD_DEFAULT, "malloc_trim");
    if (!trim)
        Py_RETURN_NONE;
    int given;
    Py_BEGIN_ALLOW_THREADS given = trim(0);
    Py_END_ALLOW_THREADS return PyBool_FromLong(given);
}

/* -- pymalloc --------------------------------------------------------------------------------------------- */

extern int _PyObject_DebugMallocStats(FILE *out);

PyObject *allocators_pymalloc(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    if (!file)
        Py_RETURN_NONE;
    /* It writes to any stream: the text that sys._debugmallocstats() has on standard error. */
    int bare = untraced_bare(), used = _PyObject_DebugMallocStats(file);
    untraced_again(bare);
    fclose(file);
    PyObject *found = used ? PyBytes_FromStringAndSize(text, (Py_ssize_t)length) : Py_NewRef(Py_None);
    free(text);
    return found;
}

/* -- chunks that malloc has mapped ------------------------------------------------------------------------ */

/* Pages that are read at once, and whose residence is asked for at once. */
enum { BATCH = 64, WINDOW = 16384, LARGEST_PAGE = 4096 };
/* In front of a mapped chunk glibc has two words: padding before it, 0 unless it was aligned, and its size in whole
 * pages with this flag; of glibc 2.43 the size is that without the two words. */
enum { IS_MAPPED = 2, FLAGS = 7, WORDS = 16 };

/* Where chunks were found last: most stay, and looking there first saves the search. */
enum { MOST_KNOWN = 1024 };
static size_t known_places[MOST_KNOWN], known_count;

typedef struct {
    size_t page, chunks, bytes, resident;
    size_t wanted_chunks, wanted_bytes;
} Search;

/* Return how many pages of a range are resident. */
static size_t resident_pages(size_t start, size_t length, size_t page)
{
    static unsigned char pages[WINDOW];
    size_t count = 0;
    while (length) {
        size_t part = length < WINDOW * page ? length : WINDOW * page;
        if (mincore((void *)start, part, pages))
            return count;
        for (size_t i = 0; i < part / page; i++)
            count += pages[i] & 1;
        start += part;
        length -= part;
    }
    return count;
}

/* Copy memory that another thread may unmap meanwhile; return how many bytes there were. */
static size_t copy(void *to, size_t from, size_t length)
{
    struct iovec here = {to, length}, there = {(void *)from, length};
    ssize_t copied = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    return copied < 0 ? 0 : (size_t)copied;
}

/* Take in the chunk that begins at a page with these words; return its size, 0 if there is none. */
static size_t take_chunk(Search *search, size_t place, const size_t *words, size_t end)
{
    size_t size = words[1] & ~(size_t)FLAGS;
    if ((size + WORDS) % search->page == 0)
        size += WORDS;
    if ((words[1] & FLAGS) != IS_MAPPED || words[0] || !size || size % search->page || size > end - place ||
        size > search->wanted_bytes)
        return 0;
    if (search->chunks < MOST_KNOWN)
        known_places[search->chunks] = place;
    search->chunks++;
    search->bytes += size;
    search->resident += resident_pages(place, size, search->page) * search->page;
    return size;
}

/* Look at every resident page for the beginning of a chunk: to read another one would map it. */
static void search_all(Search *search, size_t at, size_t end)
{
    static char pages[BATCH * LARGEST_PAGE];
    static unsigned char resident[BATCH];
    while (at < end && search->chunks < search->wanted_chunks) {
        size_t count = (end - at) / search->page, run = 0, first = 0;
        count = count < BATCH ? count : BATCH;
        if (mincore((void *)at, count * search->page, resident))
            return;
        while (first < count && !(resident[first] & 1))
            first++;
        while (first + run < count && resident[first + run] & 1)
            run++;
        size_t start = at + first * search->page, known = run ? copy(pages, start, run * search->page) : 0;
        at = start + run * search->page;
        for (size_t i = 0; i + search->page <= known; i += search->page) {
            size_t size = take_chunk(search, start + i, (const size_t *)(pages + i), end);
            if (size) {
                at = start + i + size;
                break;
            }
        }
    }
}

/* Look for chunks that follow each other from the beginning on: a large heap of objects is not read then. */
static void search_beginning(Search *search, size_t at, size_t end)
{
    size_t words[2], size = 1;
    for (; size && at < end && search->chunks < search->wanted_chunks; at += size)
        size = copy(words, at, sizeof words) == sizeof words ? take_chunk(search, at, words, end) : 0;
}

/* Look only where chunks were found last. */
static int found_again(Search *search)
{
    size_t words[2];
    for (size_t i = 0, count = known_count; i < count; i++)
        if (copy(words, known_places[i], sizeof words) != sizeof words ||
            !take_chunk(search, known_places[i], words, known_places[i] + search->wanted_bytes))
            return 0;
    return search->chunks == search->wanted_chunks && search->bytes == search->wanted_bytes;
}

/* Search some ranges; return whether exactly what was wanted was found. What only looks like a chunk, or was missed,
 * makes it differ. */
static int found_all(Search *search, PyObject *ranges, void (*look)(Search *, size_t, size_t))
{
    search->chunks = search->bytes = search->resident = known_count = 0;
    for (Py_ssize_t i = 0; i + 1 < PyList_GET_SIZE(ranges); i += 2)
        look(search, PyLong_AsSize_t(PyList_GET_ITEM(ranges, i)), PyLong_AsSize_t(PyList_GET_ITEM(ranges, i + 1)));
    return !PyErr_Occurred() && search->chunks == search->wanted_chunks && search->bytes == search->wanted_bytes;
}

size_t allocators_resident(const void *start, size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return resident_pages((size_t)start, length, page) * page;
}

PyObject *allocators_mapped_chunks(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *ranges;
    Py_ssize_t chunks, bytes;
    if (!PyArg_ParseTuple(arguments, "O!nn", &PyList_Type, &ranges, &chunks, &bytes))
        return NULL;
    Search search = {.page = (size_t)sysconf(_SC_PAGESIZE), .wanted_chunks = (size_t)chunks, .wanted_bytes = (size_t)bytes};
    if (search.page > LARGEST_PAGE)
        Py_RETURN_NONE;
    if (!found_again(&search) && !found_all(&search, ranges, search_beginning) &&
        !found_all(&search, ranges, search_all)) {
        if (PyErr_Occurred())
            return NULL;
        Py_RETURN_NONE;
    }
    known_count = search.chunks < MOST_KNOWN ? search.chunks : 0;
    return PyLong_FromSize_t(search.resident);
}

/* -- libraries -------------------------------------------------------------------------------------------- */

PyObject *allocators_ask_library(PyObject *module, PyObject *arguments)
{
    (void)module;
    const char *library, *function;
    int argument;
    if (!PyArg_ParseTuple(arguments, "ssi", &library, &function, &argument))
        return NULL;
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle)
        Py_RETURN_NONE;
    long long (*ask)(int);
    *(void **)&ask = dlsym(handle, function);
    PyObject *found = ask ? PyLong_FromLongLong(ask(argument)) : Py_NewRef(Py_None);
    dlclose(handle);
    return found;
}

#endif
