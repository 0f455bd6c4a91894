/* Where tracemalloc's tables are, and how they are held still.
 *
 * From 3.12 on they are in _PyRuntime. On 3.11 they are static variables of a module of the interpreter, and so is their
 * lock. There they are looked for once among the interpreter's variables: a block of our own is traced, and the table
 * in which it is found is the right one. The lock is not looked for: the interpreter takes it itself around a look into
 * a table of ours, and what is to be done meanwhile is done by that table's hash function.
 */
#include "tables.h"

#if PY_VERSION_HEX >= 0x030C0000

/* Say whether blocks are traced and their tables can be read. */
int tables_open(void)
{
    return _PyRuntime.tracemalloc.config.tracing;
}

const _Py_hashtable_t *tables_blocks(void)
{
    return _PyRuntime.tracemalloc.traces;
}

/* Domain → table of its blocks. */
const _Py_hashtable_t *tables_domains(void)
{
    return _PyRuntime.tracemalloc.domains;
}

#if PY_VERSION_HEX >= 0x030E0000

#include "internal/pycore_lock.h"

typedef PyMutex *Lock;

static Lock the_lock(void)
{
    return &_PyRuntime.tracemalloc.tables_lock;
}

/* As the interpreter does: who waits keeps the interpreter's lock, if he has it. */
static void take(Lock lock)
{
    PyMutex_LockFlags(lock, _Py_LOCK_DONT_DETACH);
}

static void give_back(Lock lock)
{
    PyMutex_Unlock(lock);
}

#else

typedef PyThread_type_lock Lock;

_Static_assert(_Generic(_PyRuntime.tracemalloc.tables_lock, PyThread_type_lock: 1, default: 0), "another sort of lock");

static Lock the_lock(void)
{
    return _PyRuntime.tracemalloc.tables_lock;
}

static void take(Lock lock)
{
    PyThread_acquire_lock(lock, 1);
}

static void give_back(Lock lock)
{
    PyThread_release_lock(lock);
}

#endif

/* Do something while no thread changes the tables, with the interpreter's lock or without; return 0 if it was not done. */
int tables_hold(void (*action)(void *context), void *context)
{
    Lock lock = the_lock();
    take(lock);
    action(context);
    give_back(lock);
    return 1;
}

/* Let a child trace no more: each new object would ask for the lock of the tables, which its parent held. */
void tables_stop(void)
{
    _PyRuntime.tracemalloc.config.tracing = 0;
#if PY_VERSION_HEX >= 0x030E0000
    /* There the lock is asked for before it is looked whether anything is traced. A child has nobody to wait for. */
    _PyMutex_at_fork_reinit(the_lock());
#endif
}

#else

#include "internal/pycore_pymem.h"

/* Our own domain, and the size that our block is said to have there. */
#define DOMAIN 0x736e6170u
#define SIZE ((size_t)0x5D1FF)

static char block;
/* The interpreter's variables. Their tables are emptied when tracing stops, and never made anew. */
static _Py_hashtable_t *const *blocks_at, *const *domains_at;

/* Say whether a trace is that of our block, and is read as the interpreter reads it. */
static int is_ours(const Trace *trace)
{
    if (!trace || trace->size != SIZE)
        return 0;
    PyObject *frames = _PyTraceMalloc_GetTraceback(0, (uintptr_t)&block);
    int same = frames && PyTuple_Check(frames) && PyTuple_GET_SIZE(frames) == trace->traceback->nframe;
    for (int i = 0; same && i < trace->traceback->nframe; i++) {
        PyObject *frame = PyTuple_GET_ITEM(frames, i);
        same = PyTuple_GET_ITEM(frame, 0) == trace->traceback->frames[i].filename &&
               PyLong_AsUnsignedLong(PyTuple_GET_ITEM(frame, 1)) == trace->traceback->frames[i].lineno;
    }
    Py_XDECREF(frames);
    PyErr_Clear();
    return same;
}

#ifdef __linux__

#include <link.h>
#include <sys/uio.h>
#include <unistd.h>

/* The interpreter's file in memory, and the part of it that has its variables. */
typedef struct {
    uintptr_t low, high, start, end;
} Image;

static int find_image(struct dl_phdr_info *info, size_t size, void *found)
{
    (void)size;
    Image image = {UINTPTR_MAX, 0, 0, 0};
    uintptr_t inside = (uintptr_t)&_Py_tracemalloc_config;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD)
            continue;
        uintptr_t start = info->dlpi_addr + part->p_vaddr, end = start + part->p_memsz;
        if (start < image.low)
            image.low = start;
        if (end > image.high)
            image.high = end;
        if (start <= inside && inside < end) {
            image.start = (start + 7) & ~(uintptr_t)7;
            image.end = end;
        }
    }
    if (!image.start)
        return 0;
    *(Image *)found = image;
    return 1;
}

/* Say whether a variable refers to a table of tracemalloc's kind. Any number may stand there, so the system reads it. */
static int refers_to_table(uintptr_t address, _Py_hashtable_t *table)
{
    struct iovec here = {table, sizeof *table}, there = {(void *)address, sizeof *table};
    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)sizeof *table &&
           table->compare_func == _Py_hashtable_compare_direct && !table->key_destroy_func && table->buckets &&
           table->nbuckets && !(table->nbuckets & (table->nbuckets - 1));
}

static void find_tables(void)
{
    Image image;
    if (!dl_iterate_phdr(find_image, &image))
        return;
    for (uintptr_t at = image.start; at + sizeof(uintptr_t) <= image.end; at += sizeof(uintptr_t)) {
        uintptr_t address = *(const uintptr_t *)at;
        _Py_hashtable_t table;
        /* Tables are made by malloc. */
        if (address % (2 * sizeof(size_t)) || !address || (address >= image.low && address < image.high) ||
            !refers_to_table(address, &table))
            continue;
        _Py_hashtable_t *const *variable = (_Py_hashtable_t *const *)at;
        if (table.hash_func == _Py_hashtable_hash_ptr && is_ours(_Py_hashtable_get(*variable, &block)))
            blocks_at = variable;
        else if (table.value_destroy_func == (_Py_hashtable_destroy_func)_Py_hashtable_destroy) {
            _Py_hashtable_t *ours = _Py_hashtable_get(*variable, (void *)(uintptr_t)DOMAIN);
            const Trace *trace = ours ? _Py_hashtable_get(ours, &block) : NULL;
            if (trace && trace->size == SIZE)
                domains_at = variable;
        }
    }
}

#else

static void find_tables(void)
{
}

#endif

/* The table of our own domain, which is made when there is none. */
static _Py_hashtable_t *own_table(void)
{
    _Py_hashtable_t *table = _Py_hashtable_get(*domains_at, (void *)(uintptr_t)DOMAIN);
    if (table)
        return table;
    PyTraceMalloc_Track(DOMAIN, (uintptr_t)&block, SIZE);
    PyTraceMalloc_Untrack(DOMAIN, (uintptr_t)&block);
    return _Py_hashtable_get(*domains_at, (void *)(uintptr_t)DOMAIN);
}

static struct {
    void (*action)(void *context);
    void *context;
    _Py_hashtable_t *table;
    _Py_hashtable_hash_func hash;
} held;

static Py_uhash_t hash_while_held(const void *key)
{
    held.table->hash_func = held.hash;
    held.action(held.context);
    return held.hash(key);
}

int tables_hold(void (*action)(void *context), void *context)
{
    _Py_hashtable_t *table = own_table();
    if (!table)
        return 0;
    held.action = action;
    held.context = context;
    held.table = table;
    held.hash = table->hash_func;
    table->hash_func = hash_while_held;
    PyTraceMalloc_Untrack(DOMAIN, (uintptr_t)&block);
    int done = table->hash_func == held.hash;
    table->hash_func = held.hash;
    return done;
}

int tables_open(void)
{
    static int looked;
    if (!_Py_tracemalloc_config.tracing)
        return 0;
    if (!looked) {
        looked = 1;
        PyTraceMalloc_Track(0, (uintptr_t)&block, SIZE);
        PyTraceMalloc_Track(DOMAIN, (uintptr_t)&block, SIZE);
        find_tables();
        PyTraceMalloc_Untrack(DOMAIN, (uintptr_t)&block);
        PyTraceMalloc_Untrack(0, (uintptr_t)&block);
    }
    return blocks_at && domains_at;
}

const _Py_hashtable_t *tables_blocks(void)
{
    return *blocks_at;
}

const _Py_hashtable_t *tables_domains(void)
{
    return *domains_at;
}

void tables_stop(void)
{
    _Py_tracemalloc_config.tracing = 0;
}

#endif
