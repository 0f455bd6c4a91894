/* What differs between CPython's versions, and what its public headers do not show. All of it only reads. */
#ifndef WALKER_LAYOUTS_H
#define WALKER_LAYOUTS_H

#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>

#if PY_VERSION_HEX < 0x030C0000
#include <structmember.h>
#endif

#if PY_VERSION_HEX < 0x030B0000 || PY_VERSION_HEX >= 0x030F0000
#error "the native walker knows CPython 3.11 to 3.14"
#endif
/* Python 3.14.5 gave the collector back the three generations that 3.14.0 had taken from it. */
#if PY_VERSION_HEX >= 0x030E0000
#define OLDEST_VERSION 0x030E05F0
#else
#define OLDEST_VERSION 0x030B0000
#endif
#if PY_VERSION_HEX < OLDEST_VERSION
#error "the native walker knows CPython 3.14 from 3.14.5 on"
#endif
#ifdef Py_GIL_DISABLED
#error "the native walker needs the global interpreter lock"
#endif
#if SIZEOF_VOID_P != 8
#error "the native walker needs 64-bit addresses"
#endif

#include "internal/pycore_code.h"
#include "internal/pycore_context.h"
#include "internal/pycore_dict.h"
#include "internal/pycore_frame.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_hamt.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_object.h"

#define FLAG_MANAGED_WEAKREF (1ul << 3)
#define FLAG_MANAGED_DICT (1ul << 4)
#define IN_HEAP_TYPE(type) (((type)->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0)

/* The namespace of a type, a dict; NULL for a type that was never made ready. Borrowed. */
static inline PyObject *type_namespace(PyTypeObject *type)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyObject *namespace = PyType_GetDict(type);
    Py_XDECREF(namespace);
    return namespace;
#else
    return type->tp_dict;
#endif
}

/* Look a str up without asking other keys of the dict, which could be objects of the program's with an `__eq__`. */
static inline PyObject *value_at(PyObject *dict, PyObject *name)
{
    if (DK_IS_UNICODE(((PyDictObject *)dict)->ma_keys))
        return PyDict_GetItemWithError(dict, name);
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &key, &value))
        if (key == name || (PyUnicode_CheckExact(key) && PyUnicode_Compare(key, name) == 0))
            return value;
    return NULL;
}

/* The lists of all objects that the collector tracks, the frozen ones apart. */
static inline PyGC_Head *generation(int number)
{
    return &PyInterpreterState_Get()->gc.generations[number].head;
}

/* An instance's attributes: in an array beside names that the class has, or in a dict (or a subclass). One, or neither. */
typedef struct {
    PyDictValues *values;
    PyObject *dict;
} Attributes;

static inline PyObject *dict_at_offset(PyObject *object, PyTypeObject *type)
{
    Py_ssize_t offset = type->tp_dictoffset;
    if (!offset)
        return NULL;
    if (offset < 0) {
        Py_ssize_t size = Py_SIZE(object);
        offset += (Py_ssize_t)_PyObject_VAR_SIZE(type, size < 0 ? -size : size);
    }
    PyObject *dict = *(PyObject **)((char *)object + offset);
    return dict && PyDict_Check(dict) ? dict : NULL;
}

static inline Attributes attributes_of(PyObject *object, PyTypeObject *type)
{
    Attributes found = {NULL, NULL};
    if (!(type->tp_flags & FLAG_MANAGED_DICT)) {
        found.dict = dict_at_offset(object, type);
        return found;
    }
#if PY_VERSION_HEX >= 0x030D0000
    /* A dict that somebody asked for shares the values; the instance's own traversal shows it since 3.14 only, and then
     * not the values. */
    PyDictObject *asked = _PyObject_ManagedDictPointer(object)->dict;
    PyDictValues *values = type->tp_flags & Py_TPFLAGS_INLINE_VALUES ? _PyObject_InlineValues(object) : NULL;
    if (values && values->valid && !(asked && PY_VERSION_HEX >= 0x030E0000))
        found.values = values;
    else
        found.dict = (PyObject *)asked;
#elif PY_VERSION_HEX >= 0x030C0000
    PyDictOrValues either = *_PyObject_DictOrValuesPointer(object);
    if (_PyDictOrValues_IsValues(either))
        found.values = _PyDictOrValues_GetValues(either);
    else
        found.dict = _PyDictOrValues_GetDict(either);
#else
    found.values = *_PyObject_ValuesPointer(object);
    if (!found.values)
        found.dict = *_PyObject_ManagedDictPointer(object);
#endif
    if (found.dict && !PyDict_Check(found.dict))
        found.dict = NULL;
    return found;
}

/* The slots of a class that Python code made, as many as Py_SIZE of it, and the type of one: T_OBJECT_EX. */
#define OBJECT_SLOT 16

static inline const PyMemberDef *slots_of(PyTypeObject *type)
{
    return (const PyMemberDef *)((const char *)type + Py_TYPE(type)->tp_basicsize);
}

/* The values of an instance that has no dict, NULL where it has one, or nothing. */
static inline PyObject **plain_values(PyObject *object, PyTypeObject *type)
{
    PyDictValues *values = attributes_of(object, type).values;
#if PY_VERSION_HEX >= 0x030D0000
    if (values && _PyObject_ManagedDictPointer(object)->dict)
        return NULL;
#endif
    return values ? values->values : NULL;
}

/* As PyDict_Next, which is not asked for each entry of a dict that has a table of its own. */
static inline int next_entry(PyObject *object, Py_ssize_t *at, PyObject **key, PyObject **value)
{
    PyDictObject *dict = (PyDictObject *)object;
    PyDictKeysObject *keys = dict->ma_keys;
    if (dict->ma_values)
        return PyDict_Next(object, at, key, value);
    Py_ssize_t i = *at, count = keys->dk_nentries;
    if (DK_IS_UNICODE(keys)) {
        PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES(keys);
        while (i < count && !entries[i].me_value)
            i++;
        if (i >= count)
            return 0;
        *key = entries[i].me_key;
        *value = entries[i].me_value;
    } else {
        PyDictKeyEntry *entries = DK_ENTRIES(keys);
        while (i < count && !entries[i].me_value)
            i++;
        if (i >= count)
            return 0;
        *key = entries[i].me_key;
        *value = entries[i].me_value;
    }
    *at = i + 1;
    return 1;
}

/* The bytes of a dict's table where it has one for itself, 0 where it shares its keys: dict.__sizeof__. */
static inline int64_t bytes_of_table(PyObject *dict)
{
    const PyDictKeysObject *keys = ((PyDictObject *)dict)->ma_keys;
    if (((PyDictObject *)dict)->ma_values || keys->dk_refcnt != 1)
        return 0;
    size_t entry = DK_IS_UNICODE(keys) ? sizeof(PyDictUnicodeEntry) : sizeof(PyDictKeyEntry);
    size_t usable = ((size_t)2 << keys->dk_log2_size) / 3;
    return (int64_t)(sizeof(PyDictKeysObject) + ((size_t)1 << keys->dk_log2_index_bytes) + usable * entry);
}

static inline Py_ssize_t digits_of(PyObject *number)
{
#if PY_VERSION_HEX >= 0x030C0000
    return (Py_ssize_t)(((PyLongObject *)number)->long_value.lv_tag >> 3);
#else
    Py_ssize_t size = Py_SIZE(number);
    return size < 0 ? -size : size;
#endif
}

/* How many names a class has for the values of its instances, and one of them. */
static inline Py_ssize_t shared_names(PyTypeObject *type)
{
    PyDictKeysObject *keys = ((PyHeapTypeObject *)type)->ht_cached_keys;
    return keys ? keys->dk_nentries : 0;
}

static inline PyObject *shared_name(PyTypeObject *type, Py_ssize_t at)
{
    return DK_UNICODE_ENTRIES(((PyHeapTypeObject *)type)->ht_cached_keys)[at].me_key;
}

/* Layouts of types whose structures stand in no header. `walker_check` compares them with what Python says. */
typedef struct {
    PyObject_HEAD
    PyObject *start, *stop, *step, *length;
} RangeObject;

typedef struct {
    PyObject_HEAD
    PyObject *node_array[32];
    Py_ssize_t count;
} HamtArrayNode;

typedef struct {
    PyObject_VAR_HEAD
    uint32_t bitmap;
    PyObject *node_array[1];
} HamtBitmapNode;

typedef struct {
    PyObject_VAR_HEAD
    int32_t hash;
    PyObject *node_array[1];
} HamtCollisionNode;

/* The fields of numpy's arrays and element types that its own headers promise to keep. */
typedef struct {
    PyObject_HEAD
    char *data;
    int dimensions;
    Py_ssize_t *shape, *strides;
    PyObject *base;
    PyObject *element;
    int flags;
} ArrayObject;

typedef struct {
    PyObject_HEAD
    PyTypeObject *type;
    char kind;
} ArrayElement;

#endif
