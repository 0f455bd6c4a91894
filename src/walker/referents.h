/* What an object refers to. Where that is known it is read from the structure: most objects are instances, dicts, lists
 * and tuples, and two calls for each reference are the larger part of a walk.
 */
#ifndef WALKER_REFERENTS_H
#define WALKER_REFERENTS_H

#include "walker.h"

typedef void (*Visit)(Walk *walk, PyObject *object);

/* How a type tells the collector what an object refers to; NULL for an object that is not the collector's. */
static inline traverseproc traversal(PyObject *object)
{
    return PyObject_IS_GC(object) ? Py_TYPE(object)->tp_traverse : NULL;
}

void each_referent(Walk *walk, PyObject *object, Visit visit);
void each_extra(Walk *walk, const Kind *kind, PyObject *object, Visit visit);
PyObject *module_namespace(PyObject *module);

/* What the collector is told of an instance that has no dict, its type apart. Return false for one that is not read so. */
static inline __attribute__((always_inline)) int each_attribute(Walk *walk, const Kind *kind, PyObject *object,
                                                                Visit visit)
{
    PyObject **values = NULL;
    if (kind->dictable && !(values = plain_values(object, kind->type)))
        return 0;
    for (size_t i = 0; i < kind->members.count; i++) {
        PyObject *held = *(PyObject **)((char *)object + kind->members.items[i]);
        if (held)
            visit(walk, held);
    }
    Py_ssize_t count = values ? shared_names(kind->type) : 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (values[i])
            visit(walk, values[i]);
    return 1;
}

/* As each_referent, but for two things: a type is not visited for its instances, and a dict's keys are.
 *
 * `told` is `visit` as the types' own traversals want it.
 */
static inline __attribute__((always_inline)) void each_held(Walk *walk, const Kind *kind, PyObject *object, Visit visit,
                                                            visitproc told)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    switch (kind->reading) {
    case READ_NOTHING:
        break;
    case READ_LIST: /* From the end, as lists and tuples tell it: who comes first names what others share. */
        for (at = PyList_GET_SIZE(object); --at >= 0;)
            if (PyList_GET_ITEM(object, at))
                visit(walk, PyList_GET_ITEM(object, at));
        break;
    case READ_TUPLE:
        for (at = PyTuple_GET_SIZE(object); --at >= 0;)
            if (PyTuple_GET_ITEM(object, at))
                visit(walk, PyTuple_GET_ITEM(object, at));
        break;
    case READ_DICT:
        while (next_entry(object, &at, &key, &value)) {
            visit(walk, key);
            visit(walk, value);
        }
        break;
    case READ_INSTANCE:
        if (each_attribute(walk, kind, object, visit))
            break;
        /* fallthrough */
    case READ_TOLD: {
        traverseproc traverse = traversal(object);
        if (traverse)
            traverse(object, told, walk);
    }
    }
}

/* All that an object refers to, told to the collector or not; with `classes` the class of each instance too. */
static inline __attribute__((always_inline)) void each_edge(Walk *walk, const Kind *kind, PyObject *object, Visit visit,
                                                            visitproc told, int classes)
{
    PyObject *namespace = NULL;
    if (kind->plan == PLAN_MODULE)
        namespace = module_namespace(object);
    else
        each_held(walk, kind, object, visit, told);
    if (classes && kind->reading == READ_INSTANCE)
        visit(walk, (PyObject *)kind->type);
    if (walk->frozen && kind->is_type) /* A static type does not tell the collector of its namespace. */
        namespace = type_namespace((PyTypeObject *)object);
    if (namespace)
        visit(walk, namespace);
    if (kind->extra != EXTRA_NONE && kind->reading != READ_DICT)
        each_extra(walk, kind, object, visit);
}

#endif
