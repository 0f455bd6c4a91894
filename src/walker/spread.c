/* From the objects of one path to the paths below it: agent/spread.py in C, one function a kind of object. */
#include "referents.h"
#include "sizes.h"

#define MOST_NAMED_KEYS 16
#define LONGEST_KEY 40
#define LONG_TEXT 256
#define FEW 12
#define ASKED_FOR_ALL 20
#define AHEAD 6 /* objects between asking for a piece of memory and reading it */

/* -- taking and gathering ------------------------------------------------------------------------------- */

static int visit_taking(PyObject *object, void *walk)
{
    take_one(walk, object);
    return 0;
}

/* Hand all referents of an object to the `take` that has begun, but for its type. */
static inline void take_referents(Walk *walk, const Kind *kind, PyObject *object)
{
    each_held(walk, kind, object, take_one, visit_taking);
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
    while (namespace && next_entry(namespace, &at, &name, &value)) {
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
    while (next_entry(namespace, &at, &name, &value))
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
    while (named && next_entry(keyword, &at, &name, &value))
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
        if (i + 2 * AHEAD < item->objects.count)
            __builtin_prefetch((char *)item->objects.items[i + 2 * AHEAD] + 16);
        if (item->kind->reading == READ_LIST && i + AHEAD < item->objects.count)
            __builtin_prefetch(((PyListObject *)item->objects.items[i + AHEAD])->ob_item);
        take_referents(walk, item->kind, item->objects.items[i]);
    }
    take_end(walk);
}

static void take_locals(Walk *walk, int32_t node, PyObject *object, PyObject *name)
{
    take_begin(walk, node, edge_around(walk, " → local variable of ", name, "()"), NULL);
    take_referents(walk, kind_of(walk, Py_TYPE(object)), object);
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
    PyObject *key, *value;
    Py_ssize_t at = 0, count = ((PyDictObject *)dict)->ma_used;
    if (count < 1 || count > MOST_NAMED_KEYS)
        return 0;
    while (next_entry(dict, &at, &key, &value))
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
    while (next_entry(dict, &at, &key, &value)) {
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

static inline void look_ahead_of_table(const Objects *dicts, size_t at)
{
    if (at + 2 * AHEAD < dicts->count)
        __builtin_prefetch((char *)dicts->items[at + 2 * AHEAD] + 32);
    if (at + AHEAD < dicts->count) {
        const char *table = (const char *)((PyDictObject *)dicts->items[at + AHEAD])->ma_keys;
        __builtin_prefetch(table);
        __builtin_prefetch(table + 64);
    }
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
    /* All keys come before all values, but each dict is read once: the values of a large number of them wait here. */
    Objects values = {0};
    take_begin(walk, item->node, walk->word.key, NULL);
    for (size_t i = 0; i < objects->count; i++) {
        look_ahead_of_table(objects, i);
        for (Py_ssize_t at = 0; next_entry(objects->items[i], &at, &key, &value);) {
            take_one(walk, key);
            if (objects->count > 1)
                vec_push(&walk->arena, values, value);
        }
    }
    take_end(walk);
    take_begin(walk, item->node, walk->word.value, NULL);
    for (size_t i = 0; i < values.count; i++)
        take_one(walk, values.items[i]);
    for (Py_ssize_t at = 0; objects->count == 1 && next_entry(objects->items[0], &at, &key, &value);)
        take_one(walk, value);
    take_end(walk);
    vec_free(&walk->arena, values);
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
            for (int few = 0; few < FEW && !wraps && next_entry(each, &at, &key, &value); few++)
                wraps = PyUnicode_CheckExact(key) && PyUnicode_CompareWithASCIIString(key, "__wrapped__") == 0;
            if (wraps) {
                count_only(walk, item->node, walk->word.dict, each);
            } else if (PyDict_GET_SIZE(each) == entries) {
                count_only(walk, item->node, walk->word.cache, each);
                take_begin(walk, item->node, walk->word.key, NULL);
                at = 0;
                while (next_entry(each, &at, &key, &value))
                    take_one(walk, key);
                take_end(walk);
                take_begin(walk, item->node, walk->word.cached, NULL);
                at = 0;
                while (next_entry(each, &at, &key, &value)) {
                    if (strcmp(Py_TYPE(value)->tp_name, "functools._lru_list_elem"))
                        take_one(walk, value);
                    else
                        take_referents(walk, kind_of(walk, Py_TYPE(value)), value);
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
    PyObject *name, *value;
    Py_ssize_t at = 0;
    int checked = 0;
    while (next_entry(dict, &at, &name, &value)) {
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

/* Return the value that an instance has under a name, or its class for it. */
static PyObject *value_of(const Attributes *attributes, const Name *name)
{
    PyObject *value = NULL;
    if (attributes->values)
        value = name->position >= 0 ? attributes->values->values[name->position] : NULL;
    else if (attributes->dict)
        value = value_at(attributes->dict, name->name);
    return value ? value : name->of_class;
}

static int is_among(const KnownNames *known, uint32_t text)
{
    for (size_t i = 0; i < known->names.count; i++)
        if (known->names.items[i] == text)
            return 1;
    return 0;
}

/* Note which of the names that a type's code uses its instances have: Attributes.of of agent/attributes.py. */
static void find_names(Walk *walk, Kind *kind, PyObject **objects, size_t count)
{
    KnownNames *known = book_names(walk->book, kind->name);
    for (size_t i = 0; i < count && i < ASKED_FOR_ALL; i++) {
        Attributes attributes = attributes_of(objects[i], kind->type);
        for (size_t j = 0; j < kind->names.count; j++) {
            Name *name = &kind->names.items[j];
            if (name->is_known)
                continue;
            name->is_known = (uint8_t)is_among(known, name->text);
            if (name->is_known || !value_of(&attributes, name))
                continue;
            name->is_known = 1;
            vec_push(&walk->book->arena, known->names, name->text);
            known->changed = 1;
        }
    }
}

/* Say whether the columns of a kind are all that its instances refer to, their class apart. */
static int are_all(const Kind *kind)
{
    if (kind->reading != READ_INSTANCE)
        return 0;
    Py_ssize_t count = kind->dictable ? shared_names(kind->type) : 0;
    for (Py_ssize_t position = 0; position < count; position++) {
        size_t at = 0;
        while (at < kind->columns.count && !(kind->columns.items[at].name && kind->columns.items[at].name->position == position))
            at++;
        if (at == kind->columns.count)
            return 0;
    }
    for (size_t i = 0; i < kind->members.count; i++) {
        size_t at = 0;
        while (at < kind->columns.count && (kind->columns.items[at].name || kind->columns.items[at].offset != kind->members.items[i]))
            at++;
        if (at == kind->columns.count)
            return 0;
    }
    return 1;
}

/* Find which attributes of a type's instances are taken by name: its slots, and the names that are known. */
static void find_columns(Walk *walk, Kind *kind, PyObject **objects, size_t count)
{
    kind_candidates(walk, kind);
    if (kind->names.count)
        find_names(walk, kind, objects, count);
    KnownNames *known = book_names(walk->book, kind->name);
    if (kind->columns_known == known->names.count + 1)
        return;
    kind->columns_known = known->names.count + 1;
    kind->columns.count = 0;
    for (size_t i = 0; i < kind->slots.count; i++)
        vec_push(&walk->arena, kind->columns, (Column){kind->slots.items[i].edge, kind->slots.items[i].offset, NULL});
    for (size_t i = 0; i < known->names.count; i++)
        for (size_t j = 0; j < kind->names.count; j++)
            if (kind->names.items[j].text == known->names.items[i])
                vec_push(&walk->arena, kind->columns, (Column){kind->names.items[j].edge, 0, &kind->names.items[j]});
    kind->columns_are_all = (uint8_t)are_all(kind);
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

/* The same for an instance that is read; -1 for one that has to be asked. */
static int64_t count_attributes(const Kind *kind, PyObject *object)
{
    PyObject **values = plain_values(object, kind->type), *type = (PyObject *)kind->type;
    if (!values)
        return -1;
    int64_t count = 0;
    for (size_t i = 0; i < kind->members.count; i++) {
        PyObject *held = *(PyObject **)((char *)object + kind->members.items[i]);
        count += held && held != type;
    }
    for (Py_ssize_t i = 0; i < shared_names(kind->type); i++)
        count += values[i] && values[i] != type;
    return count;
}

/* Begin to bring into the cache what is read of the instances that follow. */
static inline void look_ahead(const Kind *kind, PyObject **objects, size_t at, size_t count)
{
    if (at + 2 * AHEAD < count) {
        __builtin_prefetch((char *)objects[at + 2 * AHEAD] - 32);
        __builtin_prefetch((char *)objects[at + 2 * AHEAD] + 32);
    }
    if (kind->dictable && at + AHEAD < count)
        __builtin_prefetch(plain_values(objects[at + AHEAD], kind->type));
}

/* Take the attributes of instances that have no dict of their own, name by name. Return whether these are all that the
 * instances refer to.
 *
 * The values of all names are read first, instance by instance: going over the instances once a name would bring each
 * into the cache that often.
 */
static int take_inline(Walk *walk, Item *item, PyObject **objects, size_t count)
{
    Kind *kind = item->kind;
    find_columns(walk, kind, objects, count);
    size_t columns = kind->columns.count, bytes = columns * count * sizeof(PyObject *);
    PyObject **values = bytes ? arena_take(&walk->arena, bytes) : NULL;
    int all = kind->columns_are_all;
    int64_t entries = 0;
    for (size_t j = 0; j < count; j++) {
        PyObject *object = objects[j];
        look_ahead(kind, objects, j, count);
        Attributes attributes = attributes_of(object, kind->type);
        for (size_t i = 0; i < columns; i++) {
            const Column *column = &kind->columns.items[i];
            values[i * count + j] =
                column->name ? value_of(&attributes, column->name) : *(PyObject **)((char *)object + column->offset);
        }
        if (!kind->dictable)
            continue;
        int64_t found = kind->reading == READ_INSTANCE ? count_attributes(kind, object) : -1;
        all = all && found >= 0;
        entries += found >= 0 ? found : count_referents(object);
    }
    if (entries)
        book_count(walk->book, item->node, 0, 0, entries);
    for (size_t i = 0; i < columns; i++) {
        take_begin(walk, item->node, kind->columns.items[i].edge, NULL);
        for (size_t j = 0; j < count; j++)
            if (values[i * count + j])
                take_one(walk, values[i * count + j]);
        take_end(walk);
    }
    if (bytes)
        arena_give(&walk->arena, values, bytes);
    return all;
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
    PyObject **objects = item->objects.items;
    size_t count = item->objects.count;
    int all;
    if (kind->dictable) {
        Objects plain = {0};
        for (size_t i = 0; i < count; i++) {
            if (i + AHEAD < count)
                __builtin_prefetch((char *)objects[i + AHEAD] - 32);
            PyObject *dict = attributes_of(objects[i], kind->type).dict;
            if (dict && PyDict_CheckExact(dict) && shows_dict(kind, objects[i], dict) && is_namespace(walk, kind, dict))
                take_attributes(walk, item->node, dict);
            else
                vec_push(&walk->arena, plain, objects[i]);
        }
        all = take_inline(walk, item, plain.items, plain.count) && plain.count == count;
        vec_free(&walk->arena, plain);
    } else {
        all = take_inline(walk, item, objects, count);
    }
    if (all && kind->extra == EXTRA_NONE)
        return;
    take_begin(walk, item->node, walk->word.empty, (PyObject *)kind->type);
    for (size_t i = 0; i < count; i++) {
        look_ahead(kind, objects, i, count);
        take_referents(walk, kind, objects[i]);
    }
    if (kind->extra != EXTRA_NONE && kind->extra != EXTRA_KEYS) {
        take_flush(walk);
        walk->take.except = NULL;
        for (size_t i = 0; i < count; i++)
            each_extra(walk, kind, objects[i], take_one_outside);
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
    case PLAN_CODE: /* What code refers to is no data: only the census looks into it. */
        break;
    }
}
