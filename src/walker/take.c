/* Counting what some objects of one path refer to, by type, and queueing it: PathWalk.take of agent/pathwalk.py.
 *
 * Objects are met one by one (take_begin, take_one, take_end) and pass through a ring, so that the memory of each is
 * on its way from RAM while those before it are looked at: this is where a walk spends its time.
 */
#include "sizes.h"

void enqueue(Walk *walk, int32_t node, Kind *kind, PyObject *object)
{
    Item item = {.node = node, .kind = kind};
    vec_push(&walk->arena, item.objects, object);
    vec_push(&walk->arena, walk->queue, item);
}

/* Add an object to a sum, and to the census of its type. */
static inline __attribute__((always_inline)) void add_to_sum(Walk *walk, Kind *kind, PyObject *object, Sum *sum)
{
    int64_t size = size_of(kind, object);
    sum->objects++;
    sum->bytes += size;
    if (size > SMALL_REQUEST)
        sum->large += size;
    if (kind->lengths != LENGTH_NONE)
        sum->entries += entries_of(walk, kind, object);
}

/* Count on a node, and in the census, what objects of one type come to. */
static void count_sum(Walk *walk, int32_t node, Kind *kind, const Sum *sum)
{
    kind->objects += sum->objects;
    kind->bytes += sum->bytes;
    kind->large += sum->large;
    if (kind->lengths != LENGTH_NONE)
        walk->book->collections.items[node] = 1;
    book_count(walk->book, node, sum->objects, sum->bytes, sum->entries);
}

/* Remember objects of a node for what is done after the walk by path. */
static void note_objects(Walk *walk, int32_t node, Kind *kind, PyObject **objects, size_t count)
{
    size_t incomplete = kind->incomplete ? count : 0;
    if (walk->frozen && count && kind->leads_on && !kind->looked_into) {
        /* A class that is in no list of the collector: a path goes from an instance to all but its class. */
        kind->looked_into = 1;
        incomplete = incomplete ? incomplete : 1;
    }
    for (size_t i = 0; i < incomplete; i++)
        vec_push(&walk->arena, walk->incomplete, objects[i]);
    if (!walk->capturing)
        return;
    uint64_t *place = map_find(&walk->captured, (uint64_t)node + 1);
    for (size_t i = 0; place && i < count; i++)
        vec_push(&walk->arena, walk->captures.items[*place - 1], objects[i]);
}

void count_object(Walk *walk, int32_t node, Kind *kind, PyObject *object)
{
    Sum sum = {0};
    add_to_sum(walk, kind, object, &sum);
    count_sum(walk, node, kind, &sum);
    note_objects(walk, node, kind, &object, 1);
}

/* Return the node of a linked structure's earlier link, -1 where there is none: period one and two. */
static int32_t folded(const Book *book, int32_t parent, uint32_t edge, uint32_t kind)
{
    for (int i = 0; i < 2 && parent >= 0; i++, parent = book->parents.items[parent])
        if (book->edges.items[parent] == edge && book->kinds.items[parent] == kind)
            return parent;
    return -1;
}

/* Takes over the array of a group's objects. */
static void arrive(Walk *walk, int32_t parent, uint32_t edge, Group *group)
{
    Kind *kind = group->kind;
    int32_t node = folded(walk->book, parent, edge, kind->name);
    if (node < 0)
        node = book_node(walk->book, parent, edge, kind->name);
    count_sum(walk, node, kind, &group->sum);
    note_objects(walk, node, kind, group->objects.items, group->objects.count);
    if (kind->leads_on) {
        Item item = {node, kind, group->objects};
        vec_push(&walk->arena, walk->queue, item);
    } else {
        vec_free(&walk->arena, group->objects);
    }
}

/* Return the text of "module NAME" if that is a module's name, 0 otherwise. */
static uint32_t home_text(Walk *walk, PyObject *home)
{
    int fresh;
    uint64_t *place = map_place(&walk->arena, &walk->homes, (uint64_t)(uintptr_t)home, &fresh);
    if (fresh && value_at(walk->modules, home)) {
        size_t length = scratch_bytes(walk, 0, "module ", 7);
        length = scratch_text(walk, length, home, PyUnicode_GET_LENGTH(home));
        *place = book_text(walk->book, walk->scratch.items, length);
    }
    return (uint32_t)*place;
}

/* The same for a type that has its module only in C. */
static uint32_t static_home(Walk *walk, PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');
    const char *name = dot ? type->tp_name : "builtins";
    size_t length = scratch_bytes(walk, 0, "module ", 7);
    length = scratch_bytes(walk, length, name, dot ? (size_t)(dot - name) : strlen(name));
    uint32_t text = book_text(walk->book, walk->scratch.items, length);
    return map_find(&walk->module_texts, (uint64_t)text + 1) ? text : 0;
}

/* Say whether an object is better reached later: a class or function from the module that defines it. */
static int waits(Walk *walk, Kind *kind, PyObject *object, int32_t node)
{
    uint32_t home = 0;
    if (kind->type == &PyFunction_Type) {
        PyObject *module = ((PyFunctionObject *)object)->func_module;
        if (module && PyUnicode_CheckExact(module))
            home = home_text(walk, module);
    } else if (kind->is_type) {
        if (IN_HEAP_TYPE((PyTypeObject *)object)) {
            PyObject *module = type_module((PyTypeObject *)object);
            if (module && PyUnicode_CheckExact(module))
                home = home_text(walk, module);
        } else {
            home = static_home(walk, (PyTypeObject *)object);
        }
    } else {
        return 1;
    }
    if (!home || node < 0)
        return 0;
    return walk->book->edges.items[walk->book->roots.items[node]] != home;
}

void take_begin(Walk *walk, int32_t node, uint32_t edge, PyObject *except)
{
    Take *take = &walk->take;
    take->node = node;
    take->edge = edge;
    take->except = except;
    take->patient = 1;
    take->epoch = ++walk->epoch;
    take->used = 0;
    take->filled = 0;
    take->waiting = (Objects){0};
}

void take_flush(Walk *walk)
{
    Take *take = &walk->take;
    unsigned filled = take->filled;
    take->filled = 0;
    walk->references += filled;
    for (unsigned i = 0; i < filled; i++) {
        PyObject *object = take->ring[i].object;
        uint64_t *word = take->ring[i].marks;
        unsigned shift = mark_shift((uintptr_t)object);
        if (*word >> shift & MARK_SEEN)
            continue;
        Kind *kind = kind_of(walk, Py_TYPE(object));
        if (kind->may_wait && take->patient && waits(walk, kind, object, take->node)) {
            vec_push(&walk->arena, take->waiting, object);
            continue;
        }
        *word |= (uint64_t)(MARK_SEEN | MARK_COUNTED) << shift;
        if (kind->epoch != take->epoch) {
            kind->epoch = take->epoch;
            kind->group = (uint32_t)take->used;
            if (take->used == take->groups.count)
                vec_push(&walk->arena, take->groups, (Group){0});
            take->groups.items[take->used++] = (Group){.kind = kind};
        }
        Group *group = &take->groups.items[kind->group];
        add_to_sum(walk, kind, object, &group->sum);
        if (kind->leads_on || walk->capturing)
            vec_push(&walk->arena, group->objects, object);
    }
}

void take_end(Walk *walk)
{
    Take *take = &walk->take;
    take_flush(walk);
    if (take->waiting.count) {
        Late late = {take->node, take->edge, take->waiting};
        vec_push(&walk->arena, walk->late, late);
    }
    for (size_t i = 0; i < take->used; i++)
        arrive(walk, take->node, take->edge, &take->groups.items[i]);
}

/* Take one object, without the ring. */
void take_single(Walk *walk, int32_t node, uint32_t edge, PyObject *object)
{
    walk->references++;
    if (seen(walk, object))
        return;
    Kind *kind = kind_of(walk, Py_TYPE(object));
    Objects objects = {0};
    vec_push(&walk->arena, objects, object);
    if (kind->may_wait && waits(walk, kind, object, node)) {
        Late late = {node, edge, objects};
        vec_push(&walk->arena, walk->late, late);
        return;
    }
    mark(&walk->marks, object, MARK_SEEN | MARK_COUNTED);
    Group group = {.kind = kind, .objects = objects};
    add_to_sum(walk, kind, object, &group.sum);
    arrive(walk, node, edge, &group);
}

void take_late(Walk *walk, Late *late)
{
    take_begin(walk, late->node, late->edge, NULL);
    walk->take.patient = 0;
    for (size_t i = 0; i < late->objects.count; i++)
        take_one(walk, late->objects.items[i]);
    take_end(walk);
    vec_free(&walk->arena, late->objects);
}

/* Count what belongs to an object (its `__dict__`, its cells) without a step of its own. */
void count_only(Walk *walk, int32_t node, uint32_t edge, PyObject *object)
{
    if (seen(walk, object))
        return;
    mark(&walk->marks, object, MARK_SEEN | MARK_COUNTED);
    Kind *kind = kind_of(walk, Py_TYPE(object));
    if (!kind->incomplete)
        vec_push(&walk->arena, walk->incomplete, object);
    count_object(walk, book_node(walk->book, node, edge, kind->name), kind, object);
}
