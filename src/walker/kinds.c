/* What the walk knows of a type: its name, how large and how long its instances are, how they lead on. */
#include "sizes.h"

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
static PyObject *key_module, *key_get, *key_annotations;

int kinds_open(void)
{
    key_module = PyUnicode_InternFromString("__module__");
    key_get = PyUnicode_InternFromString("__get__");
    key_annotations = PyUnicode_InternFromString("__annotations__");
    return key_module && key_get && key_annotations && sizes_open() == 0 ? 0 : -1;
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

/* Note the slots of an instance if it is one of which all referents can be read without asking its type.
 *
 * Those are instances of classes that Python code made, as are all that these are derived from.
 */
static void find_reading(Walk *walk, Kind *kind)
{
    PyTypeObject *type = kind->type, *base = type;
    if (type == &PyList_Type)
        kind->reading = READ_LIST;
    else if (type == &PyTuple_Type)
        kind->reading = READ_TUPLE;
    else if (type == &PyDict_Type)
        kind->reading = READ_DICT;
    else if (!kind->has_gc || !type->tp_traverse)
        kind->reading = READ_NOTHING;
    if (kind->reading != READ_TOLD || (type->tp_dictoffset && !(type->tp_flags & FLAG_MANAGED_DICT)))
        return;
    for (; base && base->tp_traverse == walk->types->instance_traverse; base = base->tp_base) {
        const PyMemberDef *member = slots_of(base);
        for (Py_ssize_t i = 0; i < Py_SIZE(base); i++)
            if (member[i].type == OBJECT_SLOT)
                vec_push(&walk->arena, kind->members, member[i].offset);
    }
    if (base == &PyBaseObject_Type && base != type)
        kind->reading = READ_INSTANCE;
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

static Kind *make_kind(Walk *walk, PyTypeObject *type)
{
    Kind *kind = arena_take_zeroed(&walk->arena, sizeof(Kind));
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
    kind->leads_on = kind->has_gc || kind->extra != EXTRA_NONE;
    find_reading(walk, kind);
    find_size(walk, kind);
    return kind;
}

/* Return what is known of a type that was not met lately. */
Kind *kind_far(Walk *walk, PyTypeObject *type)
{
    int fresh;
    uint64_t *place = map_place(&walk->arena, &walk->kinds, (uint64_t)(uintptr_t)type, &fresh);
    if (fresh)
        *place = (uint64_t)(uintptr_t)make_kind(walk, type);
    return walk->near[near_place(type)] = (Kind *)(uintptr_t)*place;
}

/* -- attributes ------------------------------------------------------------------------------------------- */

/* Say whether a class has `__get__`: what it makes are descriptors, which asking would run. */
static int has_get(Walk *walk, PyTypeObject *type)
{
    Kind *kind = kind_of(walk, type);
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
    int is_object = member->type == 6 /* T_OBJECT */ || member->type == OBJECT_SLOT;
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
