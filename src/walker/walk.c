/* The order of a walk: roots, what names lead to, what is left; then the census of what the paths left out. */
#include "referents.h"
#include "sizes.h"

static uint32_t word(Walk *walk, const char *text)
{
    return book_text(walk->book, text, strlen(text));
}

static void open_words(Walk *walk)
{
    walk->word.any = word(walk, "[*]");
    walk->word.member = word(walk, "{*}");
    walk->word.key = word(walk, "{key}");
    walk->word.value = word(walk, "{value}");
    walk->word.empty = word(walk, " → ");
    walk->word.cells = word(walk, " → cells");
    walk->word.closure = word(walk, " → closure");
    walk->word.dict = word(walk, " → __dict__");
    walk->word.cache = word(walk, " → cache");
    walk->word.cached = word(walk, " → cached");
    walk->word.bound = word(walk, " → bound to");
    walk->word.function = word(walk, " → function");
    walk->word.variable = word(walk, " → variable");
    walk->word.callback = word(walk, " → callback");
    walk->word.traceback = word(walk, ".__traceback__");
    walk->word.context = word(walk, ".__context__");
    walk->word.args = word(walk, ".args");
    walk->word.module = word(walk, "module");
    walk->word.code = word(walk, "code");
    walk->word.unreached = word(walk, "unreached");
    walk->word.recorded = word(walk, "the recorded object");
    walk->word.modules_edge = word(walk, ".modules");
}

/* -- what is there ---------------------------------------------------------------------------------------- */

static void mark_all(Walk *walk, PyObject *list, unsigned which)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        mark(&walk->marks, PyList_GET_ITEM(list, i), which);
}

/* Mark our own objects, of which there is a set of addresses. */
void mark_own(Walk *walk, const Request *request)
{
    const PySetObject *own = (const PySetObject *)request->own;
    for (Py_ssize_t i = 0; i <= own->mask; i++)
        if (own->table[i].key && PyLong_CheckExact(own->table[i].key))
            mark(&walk->marks, PyLong_AsVoidPtr(own->table[i].key), MARK_SEEN | MARK_COUNTED);
}

/* Mark what must not be met: our own objects, singletons, and what this call itself was given. */
static void mark_ours(Walk *walk, const Request *request)
{
    unsigned both = MARK_SEEN | MARK_COUNTED;
    mark_own(walk, request);
    mark_all(walk, request->singletons, both);
    PyObject *given[] = {request->arguments, request->keywords, Py_None, Py_True, Py_False}, *value;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        mark(&walk->marks, given[i], both);
    Py_ssize_t at = 0;
    while (PyDict_Next(request->keywords, &at, NULL, &value))
        if (PyObject_IS_GC(value))
            mark(&walk->marks, value, both);
}

static void note_tracked(Walk *walk, Objects *to, PyGC_Head *head)
{
    PyObject *object = (PyObject *)(head + 1);
    if (!(marks_of(&walk->marks, object) & MARK_COUNTED))
        vec_push(&walk->arena, *to, object);
}

/* List what the collector tracks, from both ends of its lists at once: each step waits for the memory of the one before. */
static void list_tracked(Walk *walk)
{
    for (int number = 0; number < NUM_GENERATIONS; number++) {
        PyGC_Head *head = generation(number), *from = _PyGCHead_NEXT(head), *to = _PyGCHead_PREV(head);
        Objects last = {0};
        while (from != head) {
            note_tracked(walk, &walk->tracked, from);
            if (from == to)
                break;
            note_tracked(walk, &last, to);
            from = _PyGCHead_NEXT(from);
            if (from == to)
                break;
            to = _PyGCHead_PREV(to);
        }
        vec_reserve(&walk->arena, walk->tracked, last.count);
        while (last.count)
            walk->tracked.items[walk->tracked.count++] = last.items[--last.count];
        vec_free(&walk->arena, last);
    }
    walk->tracked_count = walk->tracked.count;
}

static void count_tracked_types(Walk *walk)
{
    for (size_t i = 0; i < walk->tracked.count; i++) {
        if (i + 8 < walk->tracked.count)
            __builtin_prefetch(walk->tracked.items[i + 8]);
        kind_of(walk, Py_TYPE(walk->tracked.items[i]))->tracked++;
    }
}

/* -- by path ---------------------------------------------------------------------------------------------- */

static void drain(Walk *walk)
{
    while (walk->head < walk->queue.count) {
        Item item = walk->queue.items[walk->head++];
        if (walk->head == walk->queue.count)
            walk->head = walk->queue.count = 0;
        expand(walk, &item);
        vec_free(&walk->arena, item.objects);
    }
}

static int32_t table_of_modules(Walk *walk)
{
    uint32_t dict = kind_of(walk, &PyDict_Type)->name;
    int32_t sys = book_node(walk->book, -1, word(walk, "module sys"), walk->word.module);
    return book_node(walk->book, sys, walk->word.modules_edge, dict);
}

/* Count an object on a node; in the census too, unless it is there already or must not be. */
static void count_root(Walk *walk, int32_t node, Kind *kind, PyObject *object)
{
    int64_t objects = kind->objects, bytes = kind->bytes, large = kind->large;
    count_object(walk, node, kind, object);
    if (marks_of(&walk->marks, object) & MARK_COUNTED) {
        kind->objects = objects;
        kind->bytes = bytes;
        kind->large = large;
    }
    mark(&walk->marks, object, MARK_COUNTED);
}

static void walk_modules(Walk *walk, PyObject *list, Py_ssize_t from, Py_ssize_t count)
{
    Book *book = walk->book;
    for (Py_ssize_t i = from; i < from + count; i++) {
        PyObject *name = PyList_GET_ITEM(list, 2 * i), *module = PyList_GET_ITEM(list, 2 * i + 1);
        size_t length = scratch_bytes(walk, 0, "module ", 7);
        length = scratch_text(walk, length, name, PyUnicode_GET_LENGTH(name));
        uint32_t edge = book_text(book, walk->scratch.items, length);
        int32_t node = book_find(book, -1, edge, walk->word.module);
        if (node < 0 && book->settled)
            /* Made while the workload runs: an entry of sys.modules like any other. */
            node = book_node(book, table_of_modules(walk), walk->word.value, walk->word.module);
        else if (node < 0)
            node = book_node(book, -1, edge, walk->word.module);
        Kind *kind = kind_of(walk, Py_TYPE(module));
        count_root(walk, node, kind, module);
        enqueue(walk, node, kind, module);
    }
    drain(walk);
}

static void take_owners(Walk *walk, PyObject *owners)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(owners); i++) {
        PyObject *owner = PyList_GET_ITEM(owners, i);
        /* The driver holds it too, which does not make it ours. */
        Kind *kind = kind_of(walk, Py_TYPE(owner));
        int64_t objects = kind->objects, bytes = kind->bytes, large = kind->large;
        int counted = (marks_of(&walk->marks, owner) & MARK_COUNTED) != 0;
        uint64_t *place = mark_word(&walk->marks, (uintptr_t)owner);
        *place &= ~((uint64_t)MARK_SEEN << mark_shift((uintptr_t)owner));
        take_single(walk, -1, walk->word.recorded, owner);
        if (counted) {
            kind->objects = objects;
            kind->bytes = bytes;
            kind->large = large;
        }
    }
}

static void count_nameless(Walk *walk, uint32_t root, PyObject *object)
{
    Kind *kind = kind_of(walk, Py_TYPE(object));
    count_root(walk, book_node(walk->book, -1, root, kind->name), kind, object);
    if (!kind->incomplete)
        vec_push(&walk->arena, walk->incomplete, object);
    if (walk->capturing)
        vec_push(&walk->arena, walk->unreached, object);
}

static void visit_bulk(Walk *walk, PyObject *object)
{
    if (seen(walk, object) || !PyObject_GC_IsTracked(object))
        return;
    mark(&walk->marks, object, MARK_SEEN);
    if (PyModule_Check(object))
        return;
    vec_push(&walk->arena, walk->skipped, object);
}

/* Mark what is only reachable through code, class internals and the like. */
static void bulk(Walk *walk)
{
    size_t first = walk->skipped.count;
    for (size_t i = 0; i < walk->skipped.count; i++)
        each_referent(walk, walk->skipped.items[i], visit_bulk);
    for (size_t i = first; i < walk->skipped.count; i++)
        count_nameless(walk, walk->word.code, walk->skipped.items[i]);
}

/* Say whether a dict that nothing refers to is a class's table of its subclasses: addresses and weak references. */
static int lists_subclasses(Walk *walk, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    return PyDict_Next(dict, &at, &key, &value) && PyLong_CheckExact(key) &&
           Py_IS_TYPE(value, walk->types->weak_reference);
}

/* Count the tracked objects that nothing led to. */
static void leftover(Walk *walk)
{
    PyObject *value;
    for (size_t i = 0; i < walk->tracked.count; i++) {
        PyObject *object = walk->tracked.items[i];
        if (seen(walk, object) || !PyDict_CheckExact(object) || !lists_subclasses(walk, object))
            continue;
        mark(&walk->marks, object, MARK_SEEN);
        Py_ssize_t at = 0;
        while (PyDict_Next(object, &at, NULL, &value))
            mark(&walk->marks, value, MARK_SEEN);
    }
    for (size_t i = 0; i < walk->tracked.count; i++) {
        PyObject *object = walk->tracked.items[i];
        if (seen(walk, object) || PyFrame_Check(object) || kind_of(walk, Py_TYPE(object))->is_ours)
            continue;
        count_nameless(walk, walk->word.unreached, object);
    }
}

static void by_path(Walk *walk, const Request *request)
{
    book_begin(walk->book);
    const Py_ssize_t *groups = request->groups;
    PyObject *modules = request->modules, *table = walk->modules, *name;
    Py_ssize_t at = 0;
    int fresh;
    while (PyDict_Next(table, &at, &name, NULL)) {
        if (!PyUnicode_CheckExact(name))
            continue;
        size_t length = scratch_bytes(walk, 0, "module ", 7);
        length = scratch_text(walk, length, name, PyUnicode_GET_LENGTH(name));
        map_place(&walk->arena, &walk->module_texts, (uint64_t)book_text(walk->book, walk->scratch.items, length) + 1,
                  &fresh);
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(request->ours); i++) {
        mark(&walk->marks, PyList_GET_ITEM(request->ours, i), MARK_SEEN);
        vec_push(&walk->arena, walk->skipped, PyList_GET_ITEM(request->ours, i));
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(modules) / 2; i++) {
        PyObject *module = PyList_GET_ITEM(modules, 2 * i + 1), *namespace = module_namespace(module);
        mark(&walk->marks, module, MARK_SEEN);
        if (namespace)
            mark(&walk->marks, namespace, MARK_SEEN);
    }
    mark(&walk->marks, table, MARK_SEEN | MARK_COUNTED);
    count_object(walk, table_of_modules(walk), kind_of(walk, &PyDict_Type), table);
    vec_push(&walk->arena, walk->incomplete, table);
    walk_modules(walk, modules, 0, groups[0]);
    take_owners(walk, request->owners);
    drain(walk);
    walk_modules(walk, modules, groups[0], groups[1]);
    walk_modules(walk, modules, groups[0] + groups[1], groups[2]);
    while (walk->late_head < walk->late.count) {
        Late late = walk->late.items[walk->late_head++];
        take_late(walk, &late);
        drain(walk);
    }
    bulk(walk);
    leftover(walk);
}

/* -- the census ------------------------------------------------------------------------------------------- */

static void add_to_census(Kind *kind, PyObject *object)
{
    int64_t size = size_of(kind, object);
    kind->objects++;
    kind->bytes += size;
    if (size > SMALL_REQUEST)
        kind->large += size;
}

/* Count the objects that were met, but for those that are. */
static void census_flush(Walk *walk)
{
    Take *take = &walk->take;
    unsigned filled = take->filled;
    take->filled = 0;
    walk->references += filled;
    for (unsigned i = 0; i < filled; i++) {
        PyObject *object = take->ring[i].object;
        uint64_t *word = take->ring[i].marks;
        unsigned shift = mark_shift((uintptr_t)object);
        if (*word >> shift & MARK_COUNTED)
            continue;
        *word |= (uint64_t)MARK_COUNTED << shift;
        Kind *kind = kind_of(walk, Py_TYPE(object));
        add_to_census(kind, object);
        if (kind->leads_on)
            vec_push(&walk->arena, walk->incomplete, object);
    }
}

static inline __attribute__((always_inline)) void visit_census(Walk *walk, PyObject *object)
{
    Take *take = &walk->take;
    uint64_t *marks = mark_word(&walk->marks, (uintptr_t)object);
    __builtin_prefetch(object);
    __builtin_prefetch(marks);
    take->ring[take->filled++] = (Met){object, marks};
    if (take->filled == RING)
        census_flush(walk);
}

static int visit_census_told(PyObject *object, void *walk)
{
    visit_census(walk, object);
    return 0;
}

static void look_into(Walk *walk, Kind *kind, PyObject *object)
{
    each_edge(walk, kind, object, visit_census, visit_census_told, walk->frozen);
}

/* Look into what was found and is not tracked, while it is still in the processor's cache. */
static void look_into_incomplete(Walk *walk)
{
    do {
        while (walk->incomplete.count) {
            PyObject *object = walk->incomplete.items[--walk->incomplete.count];
            look_into(walk, kind_of(walk, Py_TYPE(object)), object);
        }
        census_flush(walk);
    } while (walk->incomplete.count);
}

/* Count a tracked object, and look into it, unless that was done. */
static inline void census_tracked(Walk *walk, PyObject *object, uint64_t *word)
{
    uint64_t counted = (uint64_t)MARK_COUNTED << mark_shift((uintptr_t)object);
    if (*word & counted)
        return;
    *word |= counted;
    Kind *kind = kind_of(walk, Py_TYPE(object));
    add_to_census(kind, object);
    look_into(walk, kind, object);
    if (walk->incomplete.count >= RING)
        look_into_incomplete(walk);
}

/* Where nothing was counted by path: without a list, so that the work on an object hides the wait for the next one. */
static void census_of_lists(Walk *walk)
{
    for (int number = 0; number < NUM_GENERATIONS; number++) {
        PyGC_Head *head = generation(number);
        for (PyGC_Head *each = _PyGCHead_NEXT(head); each != head; each = _PyGCHead_NEXT(each)) {
            __builtin_prefetch(_PyGCHead_NEXT(each));
            PyObject *object = (PyObject *)(each + 1);
            uint64_t *word = mark_word(&walk->marks, (uintptr_t)object);
            if (*word >> mark_shift((uintptr_t)object) & MARK_SEEN)
                continue; /* Ours: the census does not mark as seen. */
            walk->tracked_count++;
            census_tracked(walk, object, word);
        }
    }
}

/* Count per type what the paths have not counted: all that is tracked, and all that can be reached from it. */
static void census(Walk *walk, int by_path)
{
    walk->take.filled = 0;
    if (!by_path)
        census_of_lists(walk);
    for (size_t i = 0; i < walk->tracked.count; i++) {
        PyObject *object = walk->tracked.items[i];
        census_tracked(walk, object, mark_word(&walk->marks, (uintptr_t)object));
    }
    if (walk->frozen) {
        visit_census(walk, walk->modules);
        /* In no list, and perhaps only where a path has found them: functions that are only code. */
        for (size_t i = 0; i < walk->skipped.count; i++)
            visit_census(walk, walk->skipped.items[i]);
    }
    look_into_incomplete(walk);
}

void walk_run(Walk *walk, const Request *request)
{
    walk->frozen = request->frozen;
    marks_open(&walk->marks, &walk->arena);
    open_words(walk);
    mark_ours(walk, request);
    if (request->by_path || !request->deep)
        list_tracked(walk);
    if (!request->deep)
        count_tracked_types(walk);
    if (request->by_path)
        by_path(walk, request);
    if (request->deep)
        census(walk, request->by_path);
}
