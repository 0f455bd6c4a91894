/* How large and how long an object is: read from its structure, while it is at hand, wherever that is known. */
#ifndef WALKER_SIZES_H
#define WALKER_SIZES_H

#include "walker.h"

int sizes_open(void);
void find_size(Walk *walk, Kind *kind);
Lengths lengths_of(Walk *walk, PyTypeObject *type);
int64_t size_measured(Kind *kind, PyObject *object);
int64_t stream_entries(Walk *walk, PyObject *stream);
Py_ssize_t cached_entries(PyObject *cache);
void set_cache_offset(Py_ssize_t offset);

/* Bytes of an int of so many digits, 0 where none was measured yet. */
#define KNOWN_DIGITS 8
extern int64_t size_of_digits[KNOWN_DIGITS];

/* Return an object's size in bytes, with what the allocator puts in front of it. */
static inline int64_t size_of(Kind *kind, PyObject *object)
{
    switch (kind->sizing) {
    case SIZE_FIXED:
        return kind->size;
    case SIZE_TEXT:
        if (PyUnicode_IS_COMPACT_ASCII(object)
#if PY_VERSION_HEX < 0x030C0000
            && !((PyASCIIObject *)object)->wstr
#endif
        )
            return kind->size + (int64_t)sizeof(PyASCIIObject) + PyUnicode_GET_LENGTH(object) + 1;
        return size_measured(kind, object);
    case SIZE_INT: {
        Py_ssize_t digits = digits_of(object);
        if (digits < KNOWN_DIGITS && size_of_digits[digits])
            return kind->size + size_of_digits[digits];
        return size_measured(kind, object);
    }
    case SIZE_ITEMS:
        return kind->size + Py_SIZE(object) * kind->type->tp_itemsize;
    case SIZE_LIST:
        return kind->size + ((PyListObject *)object)->allocated * (int64_t)sizeof(PyObject *);
    case SIZE_DICT: {
        int64_t table = bytes_of_table(object);
        return table ? kind->size + kind->type->tp_basicsize + table : size_measured(kind, object);
    }
    case SIZE_SET: {
        PySetObject *set = (PySetObject *)object;
        return kind->size + (set->table != set->smalltable ? (set->mask + 1) * (int64_t)sizeof(setentry) : 0);
    }
    default:
        return size_measured(kind, object);
    }
}

/* Return how many entries a collection has, 0 for anything else. */
static inline int64_t entries_of(Walk *walk, const Kind *kind, PyObject *object)
{
    switch (kind->lengths) {
    case LENGTH_DICT:
        return ((PyDictObject *)object)->ma_used;
    case LENGTH_ITEMS:
        return Py_SIZE(object);
    case LENGTH_SET:
        return ((PySetObject *)object)->used;
    case LENGTH_CACHE:
        return cached_entries(object);
    case LENGTH_STREAM:
        return stream_entries(walk, object);
    default:
        return 0;
    }
}

#endif
