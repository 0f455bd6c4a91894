/* What an object refers to, as its type tells it, and what types keep from the collector. */
#include "referents.h"

/* For its structures only. */
#pragma GCC diagnostic ignored "-Wunused-variable"
#include <datetime.h>

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
void each_extra(Walk *walk, const Kind *kind, PyObject *object, Visit visit)
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
