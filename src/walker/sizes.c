/* How large and how long the instances of a type are. */
#include "sizes.h"

static PyObject *key_sizeof;
int64_t size_of_digits[KNOWN_DIGITS];

int sizes_open(void)
{
    key_sizeof = PyUnicode_InternFromString("__sizeof__");
    return key_sizeof ? 0 : -1;
}

static int is_trusted(Walk *walk, PyTypeObject *owner)
{
    if (!walk->types->trusted.cells)
        return 1;
    const Text *name = &walk->book->texts.items[type_text(walk, owner)];
    const char *dot = memchr(name->bytes, '.', name->length);
    if (!dot)
        return 1;
    uint32_t module = book_text(walk->book, name->bytes, (size_t)(dot - name->bytes));
    return map_find(&walk->types->trusted, (uint64_t)module + 1) != NULL;
}

/* As sizes.sizer: the nearest `__sizeof__` that is written in C by those who are known to only add numbers. */
void find_size(Walk *walk, Kind *kind)
{
    PyTypeObject *type = kind->type;
    int64_t header = kind->has_gc ? (int64_t)sizeof(PyGC_Head) : 0;
    if (type->tp_flags & (FLAG_MANAGED_DICT | FLAG_MANAGED_WEAKREF))
        header += 2 * (int64_t)sizeof(PyObject *);
    kind->size = header;
    PyObject *mro = type->tp_mro;
    Py_ssize_t bases = mro ? PyTuple_GET_SIZE(mro) : 1;
    for (Py_ssize_t i = 0; i < bases; i++) {
        PyTypeObject *base = mro ? (PyTypeObject *)PyTuple_GET_ITEM(mro, i) : type;
        PyObject *namespace = type_namespace(base);
        PyObject *method = namespace ? value_at(namespace, key_sizeof) : NULL;
        if (!method || !Py_IS_TYPE(method, &PyMethodDescr_Type))
            continue;
        PyTypeObject *owner = PyDescr_TYPE(method);
        if (!PyType_IsSubtype(type, owner))
            continue; /* Borrowed: `__sizeof__ = list.__sizeof__` in a class that is no list. */
        if (method != walk->types->object_sizeof && !is_trusted(walk, owner))
            continue;
        const PyMethodDef *definition = ((PyMethodDescrObject *)method)->d_method;
        kind->measure_method = method;
        kind->measure = (definition->ml_flags & ~METH_COEXIST) == METH_NOARGS ? definition->ml_meth : NULL;
        kind->sizing = SIZE_METHOD;
        if (method == walk->types->object_sizeof) {
            if (!type->tp_itemsize) {
                kind->sizing = SIZE_ONCE;
            } else if (PyType_IsSubtype(type, &PyTuple_Type) || PyType_IsSubtype(type, &PyBytes_Type)) {
                kind->sizing = SIZE_ITEMS;
                kind->size += type->tp_basicsize;
            }
        } else if (owner == &PyUnicode_Type && type == &PyUnicode_Type) {
            kind->sizing = SIZE_TEXT;
        } else if (owner == &PyLong_Type && type == &PyLong_Type) {
            kind->sizing = SIZE_INT;
        } else if (owner == &PyList_Type) {
            kind->sizing = SIZE_LIST;
            kind->size += type->tp_basicsize;
        } else if (owner == &PyDict_Type) {
            kind->sizing = SIZE_DICT;
        } else if (owner == &PySet_Type || owner == &PyFrozenSet_Type) {
            kind->sizing = SIZE_SET;
            kind->size += type->tp_basicsize;
        }
        return;
    }
    kind->sizing = SIZE_FIXED;
    kind->size += type->tp_itemsize ? 0 : type->tp_basicsize;
}

static int64_t measured(Kind *kind, PyObject *object)
{
    PyObject *result =
        kind->measure ? kind->measure(object, NULL) : PyObject_CallOneArg(kind->measure_method, object);
    if (!result) {
        PyErr_Clear();
        return 0;
    }
    int64_t size = PyLong_CheckExact(result) ? (int64_t)PyLong_AsSsize_t(result) : 0;
    Py_DECREF(result);
    return size;
}

/* Return the size of an object that is not read from its structure. */
int64_t size_measured(Kind *kind, PyObject *object)
{
    if (kind->sizing == SIZE_ONCE) {
        kind->size += measured(kind, object);
        kind->sizing = SIZE_FIXED;
        return kind->size;
    }
    int64_t size = measured(kind, object);
    if (kind->sizing == SIZE_INT && digits_of(object) < KNOWN_DIGITS)
        size_of_digits[digits_of(object)] = size;
    return kind->size + size;
}

/* -- lengths ---------------------------------------------------------------------------------------------- */

static Py_ssize_t offset_of_cache; /* where an lru_cache has its dict; found out by walker_check */

void set_cache_offset(Py_ssize_t offset)
{
    offset_of_cache = offset;
}

static PyObject *cache_dict(PyObject *cache)
{
    return *(PyObject **)((char *)cache + offset_of_cache);
}

/* The dict is gone when the collector has cleared the cache and somebody revived it. */
Py_ssize_t cached_entries(PyObject *cache)
{
    PyObject *dict = cache_dict(cache);
    return dict ? ((PyDictObject *)dict)->ma_used : 0;
}

/* Return where a text stream ends. */
int64_t stream_entries(Walk *walk, PyObject *stream)
{
    PyObject *position = PyObject_CallOneArg(walk->types->stream_position, stream);
    if (!position) {
        PyErr_Clear();
        return 0;
    }
    int64_t end = PyLong_CheckExact(position) ? (int64_t)PyLong_AsSsize_t(position) : 0;
    Py_DECREF(position);
    return end;
}

Lengths lengths_of(Walk *walk, PyTypeObject *type)
{
    if (PyType_IsSubtype(type, &PyDict_Type))
        return LENGTH_DICT;
    if (PyType_IsSubtype(type, &PyList_Type))
        return LENGTH_ITEMS;
    if (PyType_IsSubtype(type, &PySet_Type) || PyType_IsSubtype(type, &PyFrozenSet_Type))
        return LENGTH_SET;
    if (PyType_IsSubtype(type, &PyTuple_Type) || PyType_IsSubtype(type, walk->types->deque))
        return LENGTH_ITEMS;
    if (type == walk->types->cache)
        return LENGTH_CACHE;
    return type == walk->types->text_stream ? LENGTH_STREAM : LENGTH_NONE;
}
