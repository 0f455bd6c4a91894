/* From the objects of one path to the paths below it: agent/spread.py in C, one function a kind of object. */
#include "walker.h"

/* For its structures only. */
#pragma GCC diagnostic ignored "-Wunused-variable"
#include <datetime.h>

#define MOST_NAMED_KEYS 64
#define LONGEST_KEY 40
#define LONG_TEXT 256
#define FEW 12
#define ASKED_FOR_ALL 20

/* -- what an object refers to ----------------------------------------------------------------------------- */

/* How a type tells the collector what an object refers to; NULL for an object that is not the collector's. */
static traverseproc traversal(PyObject *object)
{
    return PyObject_IS_GC(object) ? Py_TYPE(object)->tp_traverse : NULL;
}

typedef struct {
    Walk *walk;
    Visit visit;
} Visitor;

static int visit_through(PyObject *object, void *argument)
{
    Visitor *visitor = argument;
    visitor->visit(visitor->walk, object);
    return 0;
}

PyObject *module_namespace(PyObject *module)
{
    return PyModule_GetDict(module);
}

/* What the collector is told, as gc.get_referents. A module's own traversal is never asked, see agent/referents.py. */
void each_referent(Walk *walk, PyObject *object, Visit visit)
{
    traverseproc traverse = traversal(object);
    Visitor visitor = {walk, visit};
    if (traverse)
        traverse(object, visit_through, &visitor);
}

static int visit_taking(PyObject *object, void *walk)
{
    take_one(walk, object);
    return 0;
}

/* Hand all referents of an object to the `take` that has begun. */
static void take_referents(Walk *walk, PyObject *object)
{
    traverseproc traverse = traversal(object);
    if (traverse)
        traverse(object, visit_taking, walk);
}

static void take_one_outside(Walk *walk, PyObject *object)
{
    take_one(walk, object);
}

typedef struct {
    Walk *walk;
    Objects *to;
} Gatherer;

static int visit_gathering(PyObject *object, void *argument)
{
    Gatherer *gatherer = argument;
    vec_push(&gatherer->walk->arena, *gatherer->to, object);
    return 0;
}

/* Append what an object refers to. The list is the caller's to free. */
static void gather(Walk *walk, Objects *to, PyObject *object)
{
    traverseproc traverse = traversal(object);
    Gatherer gatherer = {walk, to};
    if (traverse)
        traverse(object, visit_gathering, &gatherer);
}

/* Say whether an array has no elements. Its other dimensions can be huge, so they must not be gone over. */
static int is_empty(const ArrayObject *array)
{
    for (int axis = 0; axis < array->dimensions; axis++)
        if (!array->shape[axis])
            return 1;
    return 0;
}

static void each_element(ArrayObject *array, int axis, char *at, Walk *walk, Visit visit)
{
    if (axis == array->dimensions) {
        PyObject *element;
        memcpy(&element, at, sizeof element); /* A field of a structured array need not be aligned. */
        if (element)
            visit(walk, element);
        return;
    }
    Py_ssize_t stride = array->strides[axis];
    Py_ssize_t count = stride || array->shape[axis] < 1 ? array->shape[axis] : 1; /* Broadcast: the same again. */
    for (Py_ssize_t i = 0; i < count; i++)
        each_element(array, axis + 1, at + i * stride, walk, visit);
}

/* What a type keeps from the collector: the handlers of agent/referents.py. */
void each_extra(Walk *walk, Kind *kind, PyObject *object, Visit visit)
{
    switch (kind->extra) {
    case EXTRA_KEYS: {
        PyObject *key;
        Py_ssize_t at = 0;
        while (PyDict_Next(object, &at, &key, NULL))
            visit(walk, key);
        break;
    }
    case EXTRA_CODE: {
        PyCodeObject *code = (PyCodeObject *)object;
        visit(walk, code->co_consts);
        visit(walk, code->co_names);
        visit(walk, code->co_name);
        visit(walk, code->co_qualname);
        visit(walk, code->co_filename);
        visit(walk, code->co_linetable);
        visit(walk, code->co_exceptiontable);
        break;
    }
    case EXTRA_RANGE: {
        RangeObject *range = (RangeObject *)object;
        visit(walk, range->start);
        visit(walk, range->stop);
        visit(walk, range->step);
        break;
    }
    case EXTRA_ARRAY: {
        ArrayObject *array = (ArrayObject *)object;
        if (array->base && array->base != Py_None)
            visit(walk, array->base);
        if (((ArrayElement *)array->element)->kind == 'O' && !is_empty(array))
            each_element(array, 0, array->data, walk, visit);
        break;
    }
    case EXTRA_DATE:
        if (((PyDateTime_DateTime *)object)->hastzinfo && ((PyDateTime_DateTime *)object)->tzinfo != Py_None)
            visit(walk, ((PyDateTime_DateTime *)object)->tzinfo);
        break;
    case EXTRA_TIME:
        if (((PyDateTime_Time *)object)->hastzinfo && ((PyDateTime_Time *)object)->tzinfo != Py_None)
            visit(walk, ((PyDateTime_Time *)object)->tzinfo);
        break;
    case EXTRA_NONE:
        break;
    }
}

/* All that an object refers to, told or not. */
void each_edge(Walk *walk, Kind *kind, PyObject *object, Visit visit)
{
    if (kind->plan == PLAN_MODULE) {
        PyObject *namespace = module_namespace(object);
        if (namespace)
            visit(walk, namespace);
    } else if (kind->has_gc) {
        each_referent(walk, object, visit);
    }
    if (walk->frozen && kind->is_type) { /* A static type does not tell the collector of its namespace. */
        PyObject *namespace = type_namespace((PyTypeObject *)object);
        if (namespace)
            visit(walk, namespace);
    }
    if (kind->extra != EXTRA_NONE)
        each_extra(walk, kind, object, visit);
}

/* -- namespaces ------------------------------------------------------------------------------------------- */

/* "." and the name, "{value}" for what is no name. */
static uint32_t attribute_edge(Walk *walk, PyObject *name)
{
    if (!PyUnicode_CheckExact(name))
        return walk->word.value;
    int fresh;
    uint64_t *place = map_place(&walk->arena, &walk->attribute_edges, (uint64_t)(uintptr_t)name, &fresh);
    if (fresh)
        *place = edge_around(walk, ".", name, "");
    return (uint32_t)*place;
}

/* Take a function that has state; one without is only code. */
static void named_function(Walk *walk, int32_t node, uint32_t edge, PyObject *object)
{
    PyFunctionObject *function = (PyFunctionObject *)object;
    int stateless = !function->func_closure &&
                    (!function->func_defaults || !PyTuple_GET_SIZE(function->func_defaults)) &&
                    (!function->func_kwdefaults || !PyDict_GET_SIZE(function->func_kwdefaults));
    if (stateless) {
        Objects held = {0};
        gather(walk, &held, object);
        for (size_t i = 0; i < held.count && stateless; i++) {
            PyObject *each = held.items[i];
            stateless = !PyDict_CheckExact(each) || each == function->func_globals || each == function->func_builtins;
        }
        vec_free(&walk->arena, held);
    }
    if (!stateless) {
        take_single(walk, node, edge, object);
    } else if (!seen(walk, object)) {
        mark(&walk->marks, object, MARK_SEEN);
        vec_push(&walk->arena, walk->skipped, object);
    }
}

static int is_dull_name(PyObject *name)
{
    static const char *const dull[] = {"__builtins__", "__loader__", "__spec__", "__doc__", "__file__", "__cached__"};
    if (!PyUnicode_CheckExact(name) || PyUnicode_GET_LENGTH(name) < 7 || PyUnicode_READ_CHAR(name, 0) != '_')
        return 0;
    for (size_t i = 0; i < sizeof dull / sizeof *dull; i++)
        if (PyUnicode_CompareWithASCIIString(name, dull[i]) == 0)
            return 1;
    return 0;
}

/* Take the values of a module or class that can hold something. */
static void take_namespace(Walk *walk, int32_t node, PyObject *namespace)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (namespace && PyDict_Next(namespace, &at, &name, &value)) {
        if (value == Py_None || PyBool_Check(value) || is_dull_name(name))
            continue;
        if (PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value) < LONG_TEXT)
            continue;
        if (PyBytes_CheckExact(value) && PyBytes_GET_SIZE(value) < LONG_TEXT)
            continue;
        Kind *kind = kind_of(walk, Py_TYPE(value));
        if (kind->dull)
            continue;
        uint32_t edge = attribute_edge(walk, name);
        if (PyFunction_Check(value)) {
            named_function(walk, node, edge, value);
        } else if (kind->wrapper) {
            Objects held = {0};
            gather(walk, &held, value);
            for (size_t i = 0; i < held.count; i++) {
                if (PyFunction_Check(held.items[i]))
                    named_function(walk, node, edge, held.items[i]);
                else if (!PyUnicode_CheckExact(held.items[i]))
                    take_single(walk, node, edge, held.items[i]);
            }
            vec_free(&walk->arena, held);
        } else {
            take_single(walk, node, edge, value);
        }
    }
}

/* Take the attributes of an instance that are in its `__dict__`. */
static void take_attributes(Walk *walk, int32_t node, PyObject *namespace)
{
    count_only(walk, node, walk->word.dict, namespace);
    book_count(walk->book, node, 0, 0, PyDict_GET_SIZE(namespace));
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(namespace, &at, &name, &value))
        take_single(walk, node, attribute_edge(walk, name), value);
}

static void spread_modules(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++) {
        PyObject *namespace = module_namespace(item->objects.items[i]);
        if (!namespace)
            continue;
        book_count(walk->book, item->node, 0, 0, PyDict_GET_SIZE(namespace));
        take_namespace(walk, item->node, namespace);
    }
}

static void skip_all(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++)
        vec_push(&walk->arena, walk->skipped, item->objects.items[i]);
}

static void spread_classes(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++) {
        PyObject *namespace = type_namespace((PyTypeObject *)item->objects.items[i]);
        if (!namespace)
            continue;
        book_count(walk->book, item->node, 0, 0, PyDict_GET_SIZE(namespace));
        take_namespace(walk, item->node, namespace);
    }
    skip_all(walk, item);
}

/* -- code ------------------------------------------------------------------------------------------------- */

/* The names of a code object's variables of one sort, in their order: the `at`-th, or NULL. */
static PyObject *variable(PyCodeObject *code, unsigned char sort, Py_ssize_t at)
{
    PyObject *names = code->co_localsplusnames, *kinds = code->co_localspluskinds;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
        if ((unsigned char)PyBytes_AS_STRING(kinds)[i] & sort && at-- == 0)
            return PyTuple_GET_ITEM(names, i);
    return NULL;
}

static uint32_t edge_of_variable(Walk *walk, const char *what, PyObject *name, PyObject *function)
{
    size_t at = scratch_bytes(walk, 0, what, strlen(what));
    if (PyUnicode_CheckExact(name))
        at = scratch_text(walk, at, name, 80);
    else
        at = scratch_bytes(walk, at, "(unnamed)", 9);
    at = scratch_bytes(walk, at, " of ", 4);
    PyObject *qualname = ((PyFunctionObject *)function)->func_qualname;
    if (PyUnicode_CheckExact(qualname))
        at = scratch_text(walk, at, qualname, 80);
    else
        at = scratch_bytes(walk, at, "(unnamed)", 9);
    return book_text(walk->book, walk->scratch.items, at);
}

static void take_closure(Walk *walk, int32_t node, PyObject *object)
{
    PyFunctionObject *function = (PyFunctionObject *)object;
    PyObject *closure = function->func_closure;
    if (!closure || !PyTuple_GET_SIZE(closure))
        return;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(closure); i++)
        count_only(walk, node, walk->word.cells, PyTuple_GET_ITEM(closure, i));
    count_only(walk, node, walk->word.closure, closure);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(closure); i++) {
        PyObject *name = variable((PyCodeObject *)function->func_code, CO_FAST_FREE, i);
        PyObject *held = PyCell_GET(PyTuple_GET_ITEM(closure, i));
        if (name && held)
            take_single(walk, node, edge_of_variable(walk, " → closure variable ", name, object), held);
    }
}

static void take_defaults(Walk *walk, int32_t node, PyObject *object)
{
    PyFunctionObject *function = (PyFunctionObject *)object;
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    PyObject *defaults = function->func_defaults, *keyword = function->func_kwdefaults, *name, *value;
    static const char what[] = " → default ";
    int positional = defaults && PyTuple_GET_SIZE(defaults), named = keyword && PyDict_GET_SIZE(keyword);
    if (positional)
        mark(&walk->marks, defaults, MARK_SEEN);
    if (named)
        mark(&walk->marks, keyword, MARK_SEEN);
    for (Py_ssize_t i = 0; positional && i < PyTuple_GET_SIZE(defaults); i++) {
        name = variable(code, CO_FAST_LOCAL, code->co_argcount - PyTuple_GET_SIZE(defaults) + i);
        if (name)
            take_single(walk, node, edge_of_variable(walk, what, name, object), PyTuple_GET_ITEM(defaults, i));
    }
    Py_ssize_t at = 0;
    while (named && PyDict_Next(keyword, &at, &name, &value))
        take_single(walk, node, edge_of_variable(walk, what, name, object), value);
}

static void spread_functions(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++) {
        PyObject *object = item->objects.items[i];
        PyFunctionObject *function = (PyFunctionObject *)object;
        take_closure(walk, item->node, object);
        take_defaults(walk, item->node, object);
        if (function->func_globals && !seen(walk, function->func_globals)) /* The collector may have cleared it. */
            take_single(walk, item->node, edge_around(walk, " → globals of ", function->func_qualname, ""),
                        function->func_globals);
        Objects held = {0};
        gather(walk, &held, object);
        for (size_t j = 0; j < held.count; j++) {
            PyObject *each = held.items[j];
            if (PyDict_CheckExact(each) && each != function->func_globals && !seen(walk, each))
                take_attributes(walk, item->node, each);
        }
        vec_free(&walk->arena, held);
    }
    skip_all(walk, item);
}

static void spread_methods(Walk *walk, Item *item)
{
    take_begin(walk, item->node, walk->word.bound, NULL);
    for (size_t i = 0; i < item->objects.count; i++)
        take_one(walk, ((PyMethodObject *)item->objects.items[i])->im_self);
    take_end(walk);
    take_begin(walk, item->node, walk->word.function, NULL);
    for (size_t i = 0; i < item->objects.count; i++)
        take_one(walk, ((PyMethodObject *)item->objects.items[i])->im_func);
    take_end(walk);
}

/* Take all referents of all objects under one edge, but for one object. */
static void spread_all(Walk *walk, Item *item, uint32_t edge, PyObject *except)
{
    take_begin(walk, item->node, edge, except);
    for (size_t i = 0; i < item->objects.count; i++) {
        if (i + 4 < item->objects.count)
            __builtin_prefetch((char *)item->objects.items[i + 4] + 16);
        take_referents(walk, item->objects.items[i]);
    }
    take_end(walk);
}

static void take_locals(Walk *walk, int32_t node, PyObject *object, PyObject *name)
{
    take_begin(walk, node, edge_around(walk, " → local variable of ", name, "()"), NULL);
    take_referents(walk, object);
    take_end(walk);
}

static void spread_suspended(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++)
        take_locals(walk, item->node, item->objects.items[i],
                    ((PyGenObject *)item->objects.items[i])->gi_qualname);
}

static void spread_frames(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++) {
        PyCodeObject *code = PyFrame_GetCode((PyFrameObject *)item->objects.items[i]);
        PyObject *name = code->co_name;
        Py_DECREF(code);
        take_locals(walk, item->node, item->objects.items[i], name);
    }
}

/* Go over the variables of a context: its tree has keys and values in turn, or a deeper node in a value's place. */
static void take_variables(Walk *walk, int32_t node, PyObject *tree)
{
    const char *kind = Py_TYPE(tree)->tp_name;
    PyObject **cells;
    Py_ssize_t count;
    if (!strcmp(kind, "hamt_array_node")) {
        for (int i = 0; i < 32; i++)
            if (((HamtArrayNode *)tree)->node_array[i])
                take_variables(walk, node, ((HamtArrayNode *)tree)->node_array[i]);
        return;
    }
    if (!strcmp(kind, "hamt_bitmap_node")) {
        cells = ((HamtBitmapNode *)tree)->node_array;
        count = Py_SIZE(tree);
    } else if (!strcmp(kind, "hamt_collision_node")) {
        cells = ((HamtCollisionNode *)tree)->node_array;
        count = Py_SIZE(tree);
    } else {
        return;
    }
    for (Py_ssize_t i = 0; i + 1 < count; i += 2) {
        if (!cells[i])
            take_variables(walk, node, cells[i + 1]);
        else
            take_single(walk, node,
                        edge_around(walk, " → context variable ", ((PyContextVar *)cells[i])->var_name, ""),
                        cells[i + 1]);
    }
}

static void spread_contexts(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++) {
        PyHamtObject *variables = ((PyContext *)item->objects.items[i])->ctx_vars;
        if (variables && variables->h_root)
            take_variables(walk, item->node, (PyObject *)variables->h_root);
    }
    spread_all(walk, item, walk->word.empty, NULL);
}

static void spread_labelled(Walk *walk, Item *item)
{
    for (size_t i = 0; i < item->objects.count; i++) {
        Objects held = {0};
        gather(walk, &held, item->objects.items[i]);
        for (size_t j = 0; j < held.count; j++)
            take_single(walk, item->node, walk->word.empty, held.items[j]);
        vec_free(&walk->arena, held);
    }
}

/* -- collections ------------------------------------------------------------------------------------------ */

static int is_name(PyObject *key)
{
    return PyUnicode_CheckExact(key) && PyUnicode_GET_LENGTH(key) <= LONGEST_KEY && PyUnicode_IsIdentifier(key);
}

static int has_only_names(PyObject *dict)
{
    PyObject *key;
    Py_ssize_t at = 0, count = ((PyDictObject *)dict)->ma_used;
    if (count < 1 || count > MOST_NAMED_KEYS)
        return 0;
    while (PyDict_Next(dict, &at, &key, NULL))
        if (!is_name(key))
            return 0;
    return 1;
}

/* A dict of names, such as a table of handlers: each is a place of its own. Return false if a key is not named. */
static int take_named(Walk *walk, int32_t node, PyObject *dict)
{
    Book *book = walk->book;
    PyObject *key, *value;
    Py_ssize_t at = 0;
    int all = 1;
    while (PyDict_Next(dict, &at, &key, &value)) {
        size_t length = scratch_bytes(walk, 0, "[\"", 2);
        length = scratch_text(walk, length, key, LONGEST_KEY);
        length = scratch_bytes(walk, length, "\"]", 2);
        uint32_t edge = book_text(book, walk->scratch.items, length);
        uint64_t place = (uint64_t)(node + 1) << 32 | edge;
        if (!map_find(&book->named_keys, place)) {
            if (!book->opening) {
                all = 0;
                continue;
            }
            int fresh;
            map_place(&book->arena, &book->named_keys, place, &fresh);
            vec_push(&book->arena, book->new_keys, (NodeText){node, edge});
        }
        take_single(walk, node, edge, value);
    }
    return all;
}

static void spread_dicts(Walk *walk, Item *item)
{
    Objects *objects = &item->objects;
    PyObject *key, *value;
    if (objects->count == 1 && has_only_names(objects->items[0]) &&
        take_named(walk, item->node, objects->items[0])) {
        vec_push(&walk->arena, walk->incomplete, objects->items[0]);
        return;
    }
    take_begin(walk, item->node, walk->word.key, NULL);
    for (size_t i = 0; i < objects->count; i++) {
        Py_ssize_t at = 0;
        while (PyDict_Next(objects->items[i], &at, &key, NULL))
            take_one(walk, key);
    }
    take_end(walk);
    take_begin(walk, item->node, walk->word.value, NULL);
    for (size_t i = 0; i < objects->count; i++) {
        Py_ssize_t at = 0;
        while (PyDict_Next(objects->items[i], &at, &key, &value))
            take_one(walk, value);
    }
    take_end(walk);
}

static void spread_instances(Walk *walk, Item *item);

/* A subclass of a collection: the entries first, as the base goes over them, then the attributes. */
static void spread_subclassed(Walk *walk, Item *item)
{
    PyTypeObject *type = item->kind->type, *base = NULL;
    if (item->kind->lengths == LENGTH_DICT) {
        spread_dicts(walk, item);
    } else {
        PyTypeObject *bases[] = {&PyList_Type, &PyTuple_Type, walk->types->deque, &PySet_Type, &PyFrozenSet_Type};
        for (int i = 0; i < 5 && !base; i++)
            if (PyType_IsSubtype(type, bases[i]))
                base = bases[i];
        int is_set = base == &PySet_Type || base == &PyFrozenSet_Type;
        take_begin(walk, item->node, is_set ? walk->word.member : walk->word.any, (PyObject *)type);
        for (size_t i = 0; i < item->objects.count; i++)
            base->tp_traverse(item->objects.items[i], visit_taking, walk);
        take_end(walk);
    }
    spread_instances(walk, item);
}

/* Look into `functools.lru_cache`: what it holds is its own, not its inner dict's. */
static void spread_caches(Walk *walk, Item *item)
{
    PyObject *key, *value;
    for (size_t i = 0; i < item->objects.count; i++) {
        PyObject *cache = item->objects.items[i];
        Py_ssize_t entries = cached_entries(cache);
        Objects held = {0};
        gather(walk, &held, cache);
        for (size_t j = 0; j < held.count; j++) {
            PyObject *each = held.items[j];
            if (!PyDict_CheckExact(each) || seen(walk, each))
                continue;
            Py_ssize_t at = 0;
            int wraps = 0;
            for (int few = 0; few < FEW && !wraps && PyDict_Next(each, &at, &key, NULL); few++)
                wraps = PyUnicode_CheckExact(key) && PyUnicode_CompareWithASCIIString(key, "__wrapped__") == 0;
            if (wraps) {
                count_only(walk, item->node, walk->word.dict, each);
            } else if (PyDict_GET_SIZE(each) == entries) {
                count_only(walk, item->node, walk->word.cache, each);
                take_begin(walk, item->node, walk->word.key, NULL);
                at = 0;
                while (PyDict_Next(each, &at, &key, NULL))
                    take_one(walk, key);
                take_end(walk);
                take_begin(walk, item->node, walk->word.cached, NULL);
                at = 0;
                while (PyDict_Next(each, &at, &key, &value)) {
                    if (strcmp(Py_TYPE(value)->tp_name, "functools._lru_list_elem"))
                        take_one(walk, value);
                    else
                        take_referents(walk, value);
                }
                take_end(walk);
            }
        }
        take_begin(walk, item->node, walk->word.cached, NULL);
        for (size_t j = 0; j < held.count; j++)
            if (!Py_IS_TYPE(held.items[j], &PyType_Type))
                take_one(walk, held.items[j]);
        take_end(walk);
        vec_free(&walk->arena, held);
    }
}

/* -- instances -------------------------------------------------------------------------------------------- */

/* Say whether a dict's entries are its owner's attributes, as attributes.is_namespace. */
static int is_namespace(Walk *walk, Kind *kind, PyObject *dict)
{
    PyObject *name;
    Py_ssize_t at = 0;
    int checked = 0;
    while (PyDict_Next(dict, &at, &name, NULL)) {
        if (!PyUnicode_CheckExact(name))
            return 0;
        if (checked)
            continue;
        if (name == kind->checked_name) {
            checked = 1;
        } else if (!is_class_attribute(walk, kind->type, name)) {
            kind->checked_name = name;
            checked = 1;
        }
    }
    return checked;
}

static PyObject *value_of(Kind *kind, Name *name, PyObject *object)
{
    Attributes attributes = attributes_of(object, kind->type);
    PyObject *value = NULL;
    if (attributes.values)
        value = name->position >= 0 ? attributes.values->values[name->position] : NULL;
    else if (attributes.dict)
        value = value_at(attributes.dict, name->name);
    return value ? value : name->of_class;
}

/* Note which of the names that a type's code uses its instances have: Attributes.of of agent/attributes.py. */
static void find_names(Walk *walk, Kind *kind, PyObject **objects, size_t count)
{
    KnownNames *known = book_names(walk->book, kind->name);
    for (size_t i = 0; i < count && i < ASKED_FOR_ALL; i++)
        for (size_t j = 0; j < kind->names.count; j++) {
            Name *name = &kind->names.items[j];
            size_t at = 0;
            while (at < known->names.count && known->names.items[at] != name->text)
                at++;
            if (at < known->names.count || !value_of(kind, name, objects[i]))
                continue;
            vec_push(&walk->book->arena, known->names, name->text);
            known->changed = 1;
        }
}

/* Take the attributes of instances that have no dict of their own, name by name.
 *
 * The values of all names are read first, instance by instance: going over the instances once a name would bring each
 * into the cache that often.
 */
static void take_inline(Walk *walk, Item *item, PyObject **objects, size_t count)
{
    Kind *kind = item->kind;
    kind_candidates(walk, kind);
    for (size_t i = 0; i < kind->slots.count; i++) {
        Slot *slot = &kind->slots.items[i];
        take_begin(walk, item->node, slot->edge, NULL);
        for (size_t j = 0; j < count; j++) {
            PyObject *value = *(PyObject **)((char *)objects[j] + slot->offset);
            if (value)
                take_one(walk, value);
        }
        take_end(walk);
    }
    if (!kind->names.count)
        return;
    find_names(walk, kind, objects, count);
    VEC(Name *) held = {0};
    KnownNames *known = book_names(walk->book, kind->name);
    for (size_t i = 0; i < known->names.count; i++)
        for (size_t j = 0; j < kind->names.count; j++)
            if (kind->names.items[j].text == known->names.items[i])
                vec_push(&walk->arena, held, &kind->names.items[j]);
    if (held.count && count) {
        size_t bytes = held.count * count * sizeof(PyObject *);
        PyObject **values = arena_take(&walk->arena, bytes);
        for (size_t j = 0; j < count; j++) {
            if (j + 4 < count)
                __builtin_prefetch((char *)objects[j + 4] - 32);
            for (size_t i = 0; i < held.count; i++)
                values[i * count + j] = value_of(kind, held.items[i], objects[j]);
        }
        for (size_t i = 0; i < held.count; i++) {
            take_begin(walk, item->node, held.items[i]->edge, NULL);
            for (size_t j = 0; j < count; j++)
                if (values[i * count + j])
                    take_one(walk, values[i * count + j]);
            take_end(walk);
        }
        arena_give(&walk->arena, values, bytes);
    }
    vec_free(&walk->arena, held);
}

typedef struct {
    PyObject *except;
    int64_t count;
} Counter;

static int visit_counting(PyObject *object, void *argument)
{
    Counter *counter = argument;
    counter->count += object != counter->except;
    return 0;
}

static int64_t count_referents(PyObject *object)
{
    traverseproc traverse = traversal(object);
    Counter counter = {(PyObject *)Py_TYPE(object), 0};
    if (traverse)
        traverse(object, visit_counting, &counter);
    return counter.count;
}

static int look_for(PyObject *object, void *argument)
{
    PyObject **wanted = argument;
    if (object == *wanted)
        *wanted = NULL;
    return 0;
}

/* Say whether an object tells the collector of its dict: one that does not has no dict for the walk in Python. */
static int shows_dict(Kind *kind, PyObject *object, PyObject *dict)
{
    if (kind->dict_is == UNKNOWN) {
        if (kind->has_gc && kind->type->tp_traverse)
            kind->type->tp_traverse(object, look_for, &dict);
        kind->dict_is = dict ? HIDDEN : SHOWN;
    }
    return kind->dict_is == SHOWN;
}

static void spread_instances(Walk *walk, Item *item)
{
    Kind *kind = item->kind;
    Objects plain = {0};
    if (kind->dictable) {
        for (size_t i = 0; i < item->objects.count; i++) {
            PyObject *object = item->objects.items[i];
            if (i + 4 < item->objects.count)
                __builtin_prefetch((char *)item->objects.items[i + 4] - 32);
            PyObject *dict = attributes_of(object, kind->type).dict;
            if (dict && PyDict_CheckExact(dict) && shows_dict(kind, object, dict) && is_namespace(walk, kind, dict)) {
                take_attributes(walk, item->node, dict);
            } else {
                vec_push(&walk->arena, plain, object);
                book_count(walk->book, item->node, 0, 0, count_referents(object));
            }
        }
        take_inline(walk, item, plain.items, plain.count);
        vec_free(&walk->arena, plain);
    } else {
        take_inline(walk, item, item->objects.items, item->objects.count);
    }
    take_begin(walk, item->node, walk->word.empty, (PyObject *)kind->type);
    for (size_t i = 0; i < item->objects.count; i++)
        take_referents(walk, item->objects.items[i]);
    if (kind->extra != EXTRA_NONE && kind->extra != EXTRA_KEYS) {
        take_flush(walk);
        walk->take.except = NULL;
        for (size_t i = 0; i < item->objects.count; i++)
            each_extra(walk, kind, item->objects.items[i], take_one_outside);
    }
    take_end(walk);
}

static void spread_exceptions(Walk *walk, Item *item)
{
    Objects held = {0};
    for (size_t i = 0; i < item->objects.count; i++) {
        gather(walk, &held, item->objects.items[i]);
    }
    uint32_t edges[] = {walk->word.traceback, walk->word.context, walk->word.args};
    for (int which = 0; which < 3; which++) {
        take_begin(walk, item->node, edges[which], NULL);
        for (size_t j = 0; j < held.count; j++) {
            PyObject *each = held.items[j];
            int wanted = which == 0   ? PyTraceBack_Check(each)
                         : which == 1 ? PyExceptionInstance_Check(each)
                                      : PyTuple_CheckExact(each);
            if (wanted)
                take_one(walk, each);
        }
        take_end(walk);
    }
    vec_free(&walk->arena, held);
    spread_instances(walk, item);
}

void expand(Walk *walk, Item *item)
{
    switch (item->kind->plan) {
    case PLAN_DICT:
        spread_dicts(walk, item);
        break;
    case PLAN_SEQUENCE:
        spread_all(walk, item, walk->word.any, (PyObject *)item->kind->type);
        break;
    case PLAN_SET:
        spread_all(walk, item, walk->word.member, NULL);
        break;
    case PLAN_MODULE:
        spread_modules(walk, item);
        break;
    case PLAN_CLASS:
        spread_classes(walk, item);
        break;
    case PLAN_FUNCTION:
        spread_functions(walk, item);
        break;
    case PLAN_METHOD:
        spread_methods(walk, item);
        break;
    case PLAN_CELL:
        spread_all(walk, item, walk->word.variable, NULL);
        break;
    case PLAN_LABELLED:
        spread_labelled(walk, item);
        break;
    case PLAN_FRAME:
        spread_frames(walk, item);
        break;
    case PLAN_CACHE:
        spread_caches(walk, item);
        break;
    case PLAN_CONTEXT:
        spread_contexts(walk, item);
        break;
    case PLAN_SUSPENDED:
        spread_suspended(walk, item);
        break;
    case PLAN_WEAK:
        spread_all(walk, item, walk->word.callback, (PyObject *)item->kind->type);
        break;
    case PLAN_SUBCLASSED:
        spread_subclassed(walk, item);
        break;
    case PLAN_EXCEPTION:
        spread_exceptions(walk, item);
        break;
    case PLAN_INSTANCE:
        spread_instances(walk, item);
        break;
    case PLAN_CODE:
        /* What code refers to is no data: only the census looks into it, and it is in no list of the collector. */
        for (size_t i = 0; i < item->objects.count; i++)
            vec_push(&walk->arena, walk->incomplete, item->objects.items[i]);
        break;
    }
}
