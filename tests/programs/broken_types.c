/* Types whose tp_traverse is missing, forgets members, or meets members that are not there. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <structmember.h>

typedef struct {
    PyObject_HEAD
    PyObject *first, *second, *dict, *weak;
} Broken;

static int no_traverse(PyObject *object, visitproc visit, void *arg)
{
    return 0;
}

static int traverse_all(PyObject *object, visitproc visit, void *arg)
{
    Broken *broken = (Broken *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(broken->first);
    Py_VISIT(broken->second);
    Py_VISIT(broken->dict);
    return 0;
}

/* Goes on when the visitor says stop, and visits twice. */
static int traverse_deaf(PyObject *object, visitproc visit, void *arg)
{
    Broken *broken = (Broken *)object;
    for (int i = 0; i < 2; i++) {
        if (broken->first)
            visit(broken->first, arg);
        if (broken->dict)
            visit(broken->dict, arg);
    }
    return 0;
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Broken *broken = (Broken *)object;
    if (type->tp_flags & Py_TPFLAGS_HAVE_GC)
        PyObject_GC_UnTrack(object);
    Py_XDECREF(broken->first);
    Py_XDECREF(broken->second);
    Py_XDECREF(broken->dict);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"first", 6 /* T_OBJECT */, offsetof(Broken, first), 0, NULL},
    {"second", 16 /* T_OBJECT_EX */, offsetof(Broken, second), 0, NULL},
    {"number", 1 /* T_INT */, offsetof(Broken, weak), 0, NULL},
    {"__dictoffset__", 19 /* T_PYSSIZET */, offsetof(Broken, dict), 1 /* READONLY */, NULL},
    {NULL},
};

#define SLOTS(name, traverse) \
    static PyType_Slot name[] = { \
        {Py_tp_dealloc, dealloc}, {Py_tp_members, members}, {Py_tp_new, PyType_GenericNew}, traverse {0, NULL}, \
    };
#define NOTHING
#define TRAVERSE(function) {Py_tp_traverse, function},
SLOTS(plain_slots, NOTHING)
SLOTS(forgetful_slots, TRAVERSE(no_traverse))
SLOTS(complete_slots, TRAVERSE(traverse_all))
SLOTS(deaf_slots, TRAVERSE(traverse_deaf))

static PyTypeObject never_ready = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "broken_types.NeverReady",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = dealloc,
};

static PyTypeObject static_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "broken_types.Static",
    .tp_basicsize = sizeof(Broken),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_traverse = no_traverse,
    .tp_members = members,
    .tp_new = PyType_GenericNew,
    .tp_dictoffset = offsetof(Broken, dict),
};

static int add(PyObject *module, const char *name, const char *attribute, PyType_Slot *slots, unsigned long flags)
{
    PyType_Spec spec = {name, sizeof(Broken), 0, (unsigned)(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | flags), slots};
    PyObject *type = PyType_FromSpec(&spec);
    return type ? PyModule_AddObject(module, attribute, type) : -1;
}

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "broken_types", NULL, -1, NULL};

PyMODINIT_FUNC PyInit_broken_types(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (!module || PyType_Ready(&static_type) < 0 ||
        PyModule_AddObjectRef(module, "NeverReady", (PyObject *)&never_ready) < 0 ||
        PyModule_AddObjectRef(module, "Static", (PyObject *)&static_type) < 0 ||
        add(module, "broken_types.Plain", "Plain", plain_slots, 0) < 0 ||
        add(module, "broken_types.Forgetful", "Forgetful", forgetful_slots, Py_TPFLAGS_HAVE_GC) < 0 ||
        add(module, "broken_types.Complete", "Complete", complete_slots, Py_TPFLAGS_HAVE_GC) < 0 ||
        add(module, "broken_types.Deaf", "Deaf", deaf_slots, Py_TPFLAGS_HAVE_GC) < 0 ||
        add(module, "WithoutModule", "WithoutModule", complete_slots, Py_TPFLAGS_HAVE_GC) < 0)
        return NULL;
    return module;
}
