/* What the walk knows of a type: its name, how large and how long its instances are, how they lead on. */
#include "walker.h"

#define MOST_NAME 200
#define MOST_CANDIDATES 300
#define MOST_SLOT_NAME 80

/* -- texts ------------------------------------------------------------------------------------------------ */

size_t scratch_bytes(Walk *walk, size_t at, const char *bytes, size_t length)
{
    walk->scratch.count = at;
    vec_reserve(&walk->arena, walk->scratch, length);
    if (length)
        memcpy(walk->scratch.items + at, bytes, length);
    return walk->scratch.count = at + length;
}

/* Append the first characters of a str as UTF-8; surrogates pass as they are. Return the length so far. */
size_t scratch_text(Walk *walk, size_t at, PyObject *text, Py_ssize_t most)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    length = length < most ? length : most;
    if (PyUnicode_IS_ASCII(text))
        return scratch_bytes(walk, at, PyUnicode_DATA(text), (size_t)length);
    walk->scratch.count = at;
    vec_reserve(&walk->arena, walk->scratch, (size_t)length * 4);
    char *out = walk->scratch.items + at;
    int width = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 c = PyUnicode_READ(width, data, i);
        if (c < 0x80) {
            *out++ = (char)c;
        } else if (c < 0x800) {
            *out++ = (char)(0xC0 | c >> 6);
            *out++ = (char)(0x80 | (c & 63));
        } else if (c < 0x10000) {
            *out++ = (char)(0xE0 | c >> 12);
            *out++ = (char)(0x80 | (c >> 6 & 63));
            *out++ = (char)(0x80 | (c & 63));
        } else {
            *out++ = (char)(0xF0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 63));
            *out++ = (char)(0x80 | (c >> 6 & 63));
            *out++ = (char)(0x80 | (c & 63));
        }
    }
    return walk->scratch.count = (size_t)(out - walk->scratch.items);
}

/* Return the text of an edge with a name of the program's source in it. */
uint32_t edge_around(Walk *walk, const char *before, PyObject *name, const char *after)
{
    size_t at = scratch_bytes(walk, 0, before, strlen(before));
    if (name && PyUnicode_CheckExact(name))
        at = scratch_text(walk, at, name, MOST_SLOT_NAME);
    else
        at = scratch_bytes(walk, at, "(unnamed)", 9);
    at = scratch_bytes(walk, at, after, strlen(after));
    return book_text(walk->book, walk->scratch.items, at);
}

/* Names that are looked up in the namespaces of types: made once, nothing is made during a walk. */
static PyObject *key_module, *key_sizeof, *key_get, *key_annotations;

int kinds_open(void)
{
    key_module = PyUnicode_InternFromString("__module__");
    key_sizeof = PyUnicode_InternFromString("__sizeof__");
    key_get = PyUnicode_InternFromString("__get__");
    key_annotations = PyUnicode_InternFromString("__annotations__");
    return key_module && key_sizeof && key_get && key_annotations ? 0 : -1;
}

/* Return what a heap type has as its `__module__`. Borrowed. */
PyObject *type_module(PyTypeObject *type)
{
    PyObject *namespace = type_namespace(type);
    return namespace ? value_at(namespace, key_module) : NULL;
}

/* Return `module.Qualname`, the bare name for builtins, cut to 200 characters: names.type_name. */
uint32_t type_text(Walk *walk, PyTypeObject *type)
{
    if (!IN_HEAP_TYPE(type)) {
        const char *name = type->tp_name;
        const char *dot = strrchr(name, '.');
        if (dot && (size_t)(dot - name) == 8 && !memcmp(name, "builtins", 8))
            name = dot + 1;
        size_t length = strlen(name);
        return book_text(walk->book, name, length < MOST_NAME ? length : MOST_NAME);
    }
    PyObject *qualname = ((PyHeapTypeObject *)type)->ht_qualname;
    PyObject *module = type_module(type);
    size_t at = 0;
    Py_ssize_t room = MOST_NAME;
    if (module && PyUnicode_CheckExact(module) && PyUnicode_CompareWithASCIIString(module, "builtins") != 0) {
        at = scratch_text(walk, at, module, room);
        room -= PyUnicode_GET_LENGTH(module);
        if (room > 0) {
            at = scratch_bytes(walk, at, ".", 1);
            room--;
        }
    }
    if (room > 0) {
        if (qualname && PyUnicode_CheckExact(qualname))
            at = scratch_text(walk, at, qualname, room);
        else
            at = scratch_bytes(walk, at, "(unnamed type)", room < 14 ? (size_t)room : 14);
    }
    return book_text(walk->book, walk->scratch.items, at);
}

/* -- sizes ------------------------------------------------------------------------------------------------ */

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
static void find_size(Walk *walk, Kind *kind)
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

static Py_ssize_t digits_of(PyObject *number)
{
#if PY_VERSION_HEX >= 0x030C0000
    return (Py_ssize_t)(((PyLongObject *)number)->long_value.lv_tag >> 3);
#else
    Py_ssize_t size = Py_SIZE(number);
    return size < 0 ? -size : size;
#endif
}

#define KNOWN_DIGITS 8

/* Return an object's size in bytes, with what the allocator puts in front of it. */
int64_t size_of(Kind *kind, PyObject *object)
{
    static int64_t by_digits[KNOWN_DIGITS];
    switch (kind->sizing) {
    case SIZE_FIXED:
        return kind->size;
    case SIZE_ONCE:
        kind->size += measured(kind, object);
        kind->sizing = SIZE_FIXED;
        return kind->size;
    case SIZE_ITEMS:
        return kind->size + Py_SIZE(object) * kind->type->tp_itemsize;
    case SIZE_TEXT:
        if (PyUnicode_IS_COMPACT_ASCII(object)
#if PY_VERSION_HEX < 0x030C0000
            && !((PyASCIIObject *)object)->wstr
#endif
        )
            return kind->size + (int64_t)sizeof(PyASCIIObject) + PyUnicode_GET_LENGTH(object) + 1;
        return kind->size + measured(kind, object);
    case SIZE_INT: {
        Py_ssize_t digits = digits_of(object);
        if (digits >= KNOWN_DIGITS)
            return kind->size + measured(kind, object);
        if (!by_digits[digits])
            by_digits[digits] = measured(kind, object);
        return kind->size + by_digits[digits];
    }
    case SIZE_LIST:
        return kind->size + ((PyListObject *)object)->allocated * (int64_t)sizeof(PyObject *);
    case SIZE_SET: {
        PySetObject *set = (PySetObject *)object;
        return kind->size + (set->table != set->smalltable ? (set->mask + 1) * (int64_t)sizeof(setentry) : 0);
    }
    default:
        return kind->size + measured(kind, object);
    }
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

/* Return how many entries a collection has, 0 for anything else. */
int64_t entries_of(Walk *walk, Kind *kind, PyObject *object)
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
    case LENGTH_STREAM: {
        PyObject *position = PyObject_CallOneArg(walk->types->stream_position, object);
        if (!position) {
            PyErr_Clear();
            return 0;
        }
        int64_t end = PyLong_CheckExact(position) ? (int64_t)PyLong_AsSsize_t(position) : 0;
        Py_DECREF(position);
        return end;
    }
    default:
        return 0;
    }
}

static Lengths lengths_of(Walk *walk, PyTypeObject *type)
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

/* -- how it leads on -------------------------------------------------------------------------------------- */

static Extra extra_of(Walk *walk, PyTypeObject *type)
{
    PyObject *mro = type->tp_mro;
    Py_ssize_t bases = mro ? PyTuple_GET_SIZE(mro) : 1;
    for (Py_ssize_t i = 0; i < bases; i++) {
        PyTypeObject *base = mro ? (PyTypeObject *)PyTuple_GET_ITEM(mro, i) : type;
        if (base == &PyDict_Type)
            return EXTRA_KEYS;
        if (base == &PyCode_Type)
            return EXTRA_CODE;
        if (base == &PyRange_Type)
            return EXTRA_RANGE;
        if (base == walk->types->array)
            return EXTRA_ARRAY;
        if (base == walk->types->datetime)
            return EXTRA_DATE;
        if (base == walk->types->time)
            return EXTRA_TIME;
    }
    return EXTRA_NONE;
}

static Plan plan_of(Walk *walk, Kind *kind)
{
    PyTypeObject *type = kind->type;
    Types *types = walk->types;
    if (type == &PyDict_Type)
        return PLAN_DICT;
    if (type == &PyList_Type || type == &PyTuple_Type || type == types->deque)
        return PLAN_SEQUENCE;
    if (type == &PySet_Type || type == &PyFrozenSet_Type)
        return PLAN_SET;
    if (PyType_IsSubtype(type, &PyModule_Type))
        return PLAN_MODULE;
    if (kind->is_type)
        return PLAN_CLASS;
    if (type == &PyFunction_Type)
        return PLAN_FUNCTION;
    if (type == &PyMethod_Type)
        return PLAN_METHOD;
    if (type == &PyCell_Type)
        return PLAN_CELL;
    if (type == &PyCode_Type)
        return PLAN_CODE;
    if (type == &PyTraceBack_Type || kind->wrapper)
        return PLAN_LABELLED;
    if (type == &PyFrame_Type)
        return PLAN_FRAME;
    if (type == types->cache)
        return PLAN_CACHE;
    if (type == &PyContext_Type)
        return PLAN_CONTEXT;
    if (type == &PyGen_Type || type == &PyCoro_Type || type == &PyAsyncGen_Type)
        return PLAN_SUSPENDED;
    if (PyType_IsSubtype(type, types->weak_reference) || PyType_IsSubtype(type, types->proxy) ||
        PyType_IsSubtype(type, types->callable_proxy))
        return PLAN_WEAK;
    if (kind->lengths != LENGTH_NONE && kind->lengths != LENGTH_CACHE && kind->lengths != LENGTH_STREAM)
        return PLAN_SUBCLASSED;
    if (PyType_IsSubtype(type, (PyTypeObject *)PyExc_BaseException))
        return PLAN_EXCEPTION;
    return PLAN_INSTANCE;
}

static int is_dull(PyTypeObject *type)
{
    return type == &PyCFunction_Type || type == &PyGetSetDescr_Type || type == &PyMemberDescr_Type ||
           type == &PyMethodDescr_Type || type == &PyWrapperDescr_Type || type == &PyClassMethodDescr_Type ||
           type == &PyCode_Type || type == &PyLong_Type || type == &PyFloat_Type || type == &PyComplex_Type;
}

static int starts_with(const Text *text, const char *start)
{
    size_t length = strlen(start);
    return text->length >= length && !memcmp(text->bytes, start, length);
}

static int text_is(Walk *walk, uint32_t number, const char *expected)
{
    const Text *text = &walk->book->texts.items[number];
    return text->length == strlen(expected) && !memcmp(text->bytes, expected, text->length);
}

Kind *kind_of(Walk *walk, PyTypeObject *type)
{
    if (walk->last_kind && walk->last_kind->type == type)
        return walk->last_kind;
    int fresh;
    uint64_t *place = map_place(&walk->arena, &walk->kinds, (uint64_t)(uintptr_t)type, &fresh);
    if (!fresh)
        return walk->last_kind = (Kind *)(uintptr_t)*place;
    Kind *kind = arena_take_zeroed(&walk->arena, sizeof(Kind));
    *place = (uint64_t)(uintptr_t)kind;
    vec_push(&walk->arena, walk->all_kinds, kind);
    kind->type = type;
    kind->name = type_text(walk, type);
    kind->has_gc = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    kind->is_type = PyType_IsSubtype(type, &PyType_Type) != 0;
    kind->dictable = (type->tp_flags & FLAG_MANAGED_DICT) || type->tp_dictoffset;
    kind->wrapper = type == &PyProperty_Type || type == &PyStaticMethod_Type || type == &PyClassMethod_Type;
    kind->dull = (uint8_t)is_dull(type);
    kind->extra = extra_of(walk, type);
    kind->lengths = lengths_of(walk, type);
    kind->plan = plan_of(walk, kind);
    kind->may_wait = type == &PyFunction_Type || kind->is_type || kind->plan == PLAN_MODULE ||
                     text_is(walk, kind->name, "_abc._abc_data");
    kind->is_ours = (uint8_t)starts_with(&walk->book->texts.items[kind->name], walk->package);
    kind->incomplete = kind->plan == PLAN_MODULE || kind->plan == PLAN_CLASS || kind->plan == PLAN_FUNCTION ||
                       kind->plan == PLAN_CODE || kind->plan == PLAN_CACHE;
    find_size(walk, kind);
    return walk->last_kind = kind;
}

/* -- attributes ------------------------------------------------------------------------------------------- */

/* Say whether a class has `__get__`: what it makes are descriptors, which asking would run. */
static int has_get(Walk *walk, PyTypeObject *type)
{
    Kind *last = walk->last_kind;
    Kind *kind = kind_of(walk, type);
    walk->last_kind = last;
    if (!kind->looked_for_get) {
        kind->looked_for_get = 1;
        PyObject *mro = type->tp_mro;
        Py_ssize_t bases = mro ? PyTuple_GET_SIZE(mro) : 1;
        for (Py_ssize_t i = 0; i < bases && !kind->has_get; i++) {
            PyObject *namespace = type_namespace(mro ? (PyTypeObject *)PyTuple_GET_ITEM(mro, i) : type);
            kind->has_get = namespace && value_at(namespace, key_get) != NULL;
        }
    }
    return kind->has_get;
}

/* As attributes.is_class_attribute; sets `held` to what the first class that has the name holds under it. */
static int find_in_classes(Walk *walk, PyTypeObject *type, PyObject *name, PyObject **held)
{
    *held = NULL;
    PyObject *mro = type->tp_mro;
    Py_ssize_t bases = mro ? PyTuple_GET_SIZE(mro) : 1;
    for (Py_ssize_t i = 0; i < bases; i++) {
        PyObject *namespace = type_namespace(mro ? (PyTypeObject *)PyTuple_GET_ITEM(mro, i) : type);
        PyObject *found = namespace ? value_at(namespace, name) : NULL;
        if (!found)
            continue;
        if (has_get(walk, Py_TYPE(found)))
            return 1;
        if (!*held)
            *held = found;
    }
    return 0;
}

int is_class_attribute(Walk *walk, PyTypeObject *type, PyObject *name)
{
    PyObject *held;
    return find_in_classes(walk, type, name, &held);
}

static void add_candidate(Walk *walk, Map *met, Kind *kind, PyObject *name)
{
    int fresh;
    size_t length = scratch_text(walk, 0, name, PyUnicode_GET_LENGTH(name));
    uint32_t text = book_text(walk->book, walk->scratch.items, length);
    map_place(&walk->arena, met, (uint64_t)text + 1, &fresh);
    if (fresh)
        vec_push(&walk->arena, kind->names, (Name){.name = name, .text = text});
}

static void add_slot(Walk *walk, Map *met, Kind *kind, PyObject *name, PyObject *descriptor)
{
    const PyMemberDef *member = ((PyMemberDescrObject *)descriptor)->d_member;
    if (PyUnicode_GET_LENGTH(name) >= 2 && PyUnicode_READ_CHAR(name, 0) == '_' && PyUnicode_READ_CHAR(name, 1) == '_')
        return;
    int fresh;
    size_t length = scratch_text(walk, 0, name, MOST_SLOT_NAME);
    uint32_t text = book_text(walk->book, walk->scratch.items, length);
    map_place(&walk->arena, met, (uint64_t)text + 1, &fresh);
    if (!fresh)
        return;
    int is_object = member->type == 6 /* T_OBJECT */ || member->type == 16 /* T_OBJECT_EX */;
    /* A class may hold a slot of another one (`y = Other.x`): its instances have nothing there. */
    int is_there = is_object && PyType_IsSubtype(kind->type, PyDescr_TYPE(descriptor));
    Py_ssize_t offset = is_there ? member->offset : -1;
    vec_push(&walk->arena, kind->slots, (Slot){edge_around(walk, ".", name, ""), offset});
}

static void add_annotations(Walk *walk, Map *met, Kind *kind, PyObject *namespace)
{
    PyObject *annotations = value_at(namespace, key_annotations), *name;
    Py_ssize_t at = 0;
    if (annotations && PyDict_CheckExact(annotations))
        while (PyDict_Next(annotations, &at, &name, NULL))
            if (PyUnicode_CheckExact(name))
                add_candidate(walk, met, kind, name);
}

/* As attributes._candidates: slots, and the names that the class's functions and annotations use. */
void kind_candidates(Walk *walk, Kind *kind)
{
    if (kind->candidates_known)
        return;
    kind->candidates_known = 1;
    Map slots = {0}, names = {0};
    PyTypeObject *type = kind->type;
    PyObject *mro = type->tp_mro;
    Py_ssize_t bases = mro ? PyTuple_GET_SIZE(mro) : 1;
    for (Py_ssize_t i = 0; i < bases; i++) {
        PyObject *namespace = type_namespace(mro ? (PyTypeObject *)PyTuple_GET_ITEM(mro, i) : type);
        PyObject *name, *held;
        Py_ssize_t at = 0;
        while (namespace && PyDict_Next(namespace, &at, &name, &held)) {
            if (Py_IS_TYPE(held, &PyMemberDescr_Type)) {
                if (PyUnicode_CheckExact(name))
                    add_slot(walk, &slots, kind, name, held);
            } else if (Py_IS_TYPE(held, &PyFunction_Type)) {
                PyObject *used = ((PyCodeObject *)((PyFunctionObject *)held)->func_code)->co_names;
                for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(used); j++)
                    add_candidate(walk, &names, kind, PyTuple_GET_ITEM(used, j));
            }
        }
        if (namespace)
            add_annotations(walk, &names, kind, namespace);
    }
    size_t kept = 0;
    for (size_t i = 0; i < kind->names.count && kept < MOST_CANDIDATES; i++) {
        Name name = kind->names.items[i];
        if (map_find(&slots, (uint64_t)name.text + 1) || find_in_classes(walk, type, name.name, &name.of_class))
            continue;
        name.position = -1;
        if (type->tp_flags & FLAG_MANAGED_DICT)
            for (Py_ssize_t j = 0; j < shared_names(type); j++) {
                PyObject *shared = shared_name(type, j);
                if (shared == name.name || (shared && PyUnicode_Compare(shared, name.name) == 0))
                    name.position = j;
            }
        size_t length = scratch_bytes(walk, 0, ".", 1);
        length = scratch_text(walk, length, name.name, PyUnicode_GET_LENGTH(name.name));
        name.edge = book_text(walk->book, walk->scratch.items, length);
        kind->names.items[kept++] = name;
    }
    kind->names.count = kept;
    size_t objects = 0;
    for (size_t i = 0; i < kind->slots.count; i++)
        if (kind->slots.items[i].offset >= 0)
            kind->slots.items[objects++] = kind->slots.items[i];
    kind->slots.count = objects;
}
