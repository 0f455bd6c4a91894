/* How many live objects were allocated at each of some lines: Births.alive_at of agent/births.py in C.
 *
 * A walk has marked what there is; the tables of traces say of each block where it comes from. So only the blocks of
 * the lines that are asked for are looked at, and no object's trace is looked up.
 */
#include "message.h"

#include "tables.h"

/* What can stand in a block before the object: nothing, what the collector needs, its attributes, or both. */
static const size_t befores[] = {0, sizeof(PyGC_Head), 2 * sizeof(PyObject *) + sizeof(PyGC_Head)};

_Static_assert(sizeof(PyGC_Head) == 2 * sizeof(PyObject *), "attributes without the collector's head are a case apart");

/* Say whether a block holds an object that the walk has met, and that is not ours. */
static int has_object(Walk *walk, uintptr_t block)
{
    for (size_t i = 0; i < sizeof befores / sizeof *befores; i++) {
        PyObject *object = (PyObject *)(block + befores[i]);
        if (marks_of(&walk->marks, object) == MARK_COUNTED && _PyType_PreHeaderSize(Py_TYPE(object)) == befores[i])
            return 1;
    }
    return 0;
}

/* Return the index of a traceback's line, -1 when it is none of those that are asked for. */
static Py_ssize_t line_of(const Traceback *traceback, PyObject *lines)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++) {
        PyObject *line = PyList_GET_ITEM(lines, i);
        if (PyLong_AsUnsignedLong(PyTuple_GET_ITEM(line, 1)) == traceback->frames[0].lineno &&
            PyUnicode_Compare(PyTuple_GET_ITEM(line, 0), traceback->frames[0].filename) == 0)
            return i;
    }
    return -1;
}

/* Walk, then write a 64-bit number for each line. The tables must be held. */
void alive_write(Walk *walk, const Request *request, Bytes *out)
{
    walk_run(walk, request);
    size_t length = (size_t)PyList_GET_SIZE(request->lines) * sizeof(int64_t);
    int64_t *counts = arena_take_zeroed(&walk->arena, length ? length : 1);
    Map numbers = {0}; /* traceback → 1 + its line, or 0 */
    const _Py_hashtable_t *table = tables_blocks();
    for (size_t bucket = 0; bucket < table->nbuckets; bucket++) {
        const _Py_hashtable_entry_t *entry = (const _Py_hashtable_entry_t *)table->buckets[bucket].head;
        for (; entry; entry = (const _Py_hashtable_entry_t *)entry->_Py_slist_item.next) {
            const Traceback *traceback = ((const Trace *)entry->value)->traceback;
            int fresh;
            uint64_t *line = map_place(&walk->arena, &numbers, (uint64_t)(uintptr_t)traceback, &fresh);
            if (fresh)
                *line = (uint64_t)(line_of(traceback, request->lines) + 1);
            if (*line && has_object(walk, (uintptr_t)entry->key))
                counts[*line - 1]++;
        }
    }
    put_bytes(walk, out, counts, length);
}
