/* The Python face of the walker: `_walker.Walker`, used by agent/snapshots.py. */
#include "message.h"
#include "sizes.h"
#include "tables.h"

#include "allocators.h"
#include "untraced.h"

#include <signal.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#include <time.h>
#include <unistd.h>

typedef struct {
    PyObject_HEAD
    Book book;
    Types types;
    Walk walk;
    Bytes out;
    jmp_buf failed; /* where a walk goes that gets no more memory */
    PyObject *held;    /* what `types` borrows */
    PyObject *package; /* name of the agent's package */
    int broken;        /* the book is not what it should be */
    int collecting;    /* whether the collector was on before the walk */
} Walker;

/* -- one walk --------------------------------------------------------------------------------------------- */

static int64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void prepare(Walker *walker, const Request *request)
{
    Walk *walk = &walker->walk;
    memset(walk, 0, sizeof *walk);
    /* On 3.11 any container that is made, an exception too, could start it: it would free what the walk has noted. */
    walker->collecting = PyGC_Disable();
    memset(&walker->out, 0, sizeof walker->out);
    walk->book = &walker->book;
    walk->types = &walker->types;
    walk->modules = PyImport_GetModuleDict();
    walk->package = PyUnicode_AsUTF8(walker->package);
    walk->arena.failed = &walker->failed;
    for (Py_ssize_t i = 0; request->captured && i < PyList_GET_SIZE(request->captured); i++) {
        int fresh;
        long long node = PyLong_AsLongLong(PyList_GET_ITEM(request->captured, i));
        uint64_t *place = map_place(&walk->arena, &walk->captured, (uint64_t)(node + 1), &fresh);
        if (fresh) {
            vec_push(&walk->arena, walk->captures, (Objects){0});
            *place = walk->captures.count;
        }
        walk->capturing = 1;
    }
}

/* Do what is asked for, and write what was found. */
static void walk_to_message(Walker *walker, const Request *request)
{
    Walk *walk = &walker->walk;
    if (request->lines) {
        alive_write(walk, request, &walker->out);
        return;
    }
    if (request->containers) {
        shares_write(walk, request, &walker->out);
        return;
    }
    size_t texts = walk->book->texts.count;
    int64_t started = nanoseconds();
    walk_run(walk, request);
    message_write(walk, request, &walker->out, texts, nanoseconds() - started);
}

static PyObject *list_of(const Objects *objects)
{
    PyObject *list = PyList_New((Py_ssize_t)objects->count);
    for (size_t i = 0; list && i < objects->count; i++) {
        Py_INCREF(objects->items[i]);
        PyList_SET_ITEM(list, (Py_ssize_t)i, objects->items[i]);
    }
    return list;
}

static PyObject *captured_objects(Walk *walk, const Request *request)
{
    PyObject *found = PyDict_New();
    for (Py_ssize_t i = 0; found && i < PyList_GET_SIZE(request->captured); i++) {
        PyObject *node = PyList_GET_ITEM(request->captured, i);
        uint64_t *place = map_find(&walk->captured, (uint64_t)(PyLong_AsLongLong(node) + 1));
        PyObject *list = list_of(&walk->captures.items[*place - 1]);
        if (!list || PyDict_SetItem(found, node, list) < 0)
            Py_CLEAR(found);
        Py_XDECREF(list);
    }
    return found;
}

/* -- requests --------------------------------------------------------------------------------------------- */

static int is_usable(Walker *walker)
{
    if (!walker->held)
        PyErr_SetString(PyExc_RuntimeError, "the walker was never initialised");
    else if (walker->broken)
        PyErr_SetString(PyExc_RuntimeError, "a walk failed before; the names of paths are not complete");
    return walker->held && !walker->broken;
}

/* Say whether a list has tuples of a file and a line, and nothing else. */
static int are_lines(PyObject *lines)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++) {
        PyObject *line = PyList_GET_ITEM(lines, i);
        if (!PyTuple_Check(line) || PyTuple_GET_SIZE(line) != 2 || !PyUnicode_Check(PyTuple_GET_ITEM(line, 0)) ||
            !PyLong_Check(PyTuple_GET_ITEM(line, 1)) ||
            (PyLong_AsUnsignedLong(PyTuple_GET_ITEM(line, 1)) == (unsigned long)-1 && PyErr_Occurred())) {
            PyErr_SetString(PyExc_ValueError, "a line is a tuple of a file and a number");
            return 0;
        }
    }
    return 1;
}

/* Take in what is asked for, unless a walk failed before. */
static int begin(Walker *walker, PyObject *arguments, PyObject *keywords, Request *request, int *descriptor)
{
    static char *names[] = {"own",     "singletons", "modules", "groups", "owners",   "ours",       "deep", "by_path",
                            "opening", "settled",    "frozen",  "folder", "captured", "descriptor", "lines", NULL};
    PyObject *captured = Py_None, *lines = NULL;
    memset(request, 0, sizeof *request);
    if (!is_usable(walker))
        return -1;
    *descriptor = -1;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!O!O!(nnn)O!O!pppppz|OiO!", names, &PySet_Type, &request->own,
                                     &PyList_Type, &request->singletons, &PyList_Type, &request->modules,
                                     &request->groups[0], &request->groups[1], &request->groups[2], &PyList_Type,
                                     &request->owners, &PyList_Type, &request->ours, &request->deep, &request->by_path,
                                     &walker->book.opening, &walker->book.settled, &request->frozen, &request->folder,
                                     &captured, descriptor, &PyList_Type, &lines))
        return -1;
    if (request->folder && !tables_open())
        request->folder = NULL;
    if (lines && !are_lines(lines))
        return -1;
    request->lines = lines;
    if (!keywords) {
        PyErr_SetString(PyExc_TypeError, "a walk is asked for by keywords");
        return -1;
    }
    request->arguments = arguments;
    request->keywords = keywords;
    request->captured = captured == Py_None ? NULL : captured;
    Py_ssize_t modules = request->groups[0] + request->groups[1] + request->groups[2];
    if (PyList_GET_SIZE(request->modules) != 2 * modules || (request->captured && !PyList_Check(captured))) {
        PyErr_SetString(PyExc_ValueError, "modules do not fit their groups, or captured is no list");
        return -1;
    }
    for (Py_ssize_t i = 0; request->captured && i < PyList_GET_SIZE(captured); i++)
        if (PyLong_AsLongLong(PyList_GET_ITEM(captured, i)) < 0) {
            PyErr_SetString(PyExc_ValueError, "a captured node is no number of a node");
            return -1;
        }
    return 0;
}

PyDoc_STRVAR(measure_doc, "Walk the heap here and now; return what was found (see agent/snapshots.py).");

static PyObject *walker_measure(Walker *walker, PyObject *arguments, PyObject *keywords)
{
    Request request;
    int descriptor;
    if (begin(walker, arguments, keywords, &request, &descriptor) < 0)
        return NULL;
    walker->walk.arena.pieces = NULL;
    if (setjmp(walker->failed)) {
        walker->broken = 1;
        arena_release(&walker->walk.arena);
        if (walker->collecting)
            PyGC_Enable();
        return PyErr_NoMemory();
    }
    prepare(walker, &request);
    walk_to_message(walker, &request);
    PyObject *found = message_read(&walker->book, walker->out.items, walker->out.count, 0);
    if (found && request.captured) {
        PyObject *captured = captured_objects(&walker->walk, &request);
        PyObject *unreached = list_of(&walker->walk.unreached);
        if (!captured || !unreached || PyDict_SetItemString(found, "captured", captured) < 0 ||
            PyDict_SetItemString(found, "unreached", unreached) < 0)
            Py_CLEAR(found);
        Py_XDECREF(captured);
        Py_XDECREF(unreached);
    }
    arena_release(&walker->walk.arena);
    if (walker->collecting)
        PyGC_Enable();
    return found;
}

/* -- in a child ------------------------------------------------------------------------------------------- */

#ifdef __linux__

static void write_all(int descriptor, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(descriptor, bytes, length);
        if (written <= 0)
            _exit(4);
        bytes += written;
        length -= (size_t)written;
    }
}

static void run_in_child(Walker *walker, const Request *request, int descriptor)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    child_allocators();
    tables_stop();
    if (setjmp(walker->failed))
        _exit(5);
    prepare(walker, request);
    walk_to_message(walker, request);
    /* Its length first: another child of the program may hold the pipe open, so that it never ends. */
    uint64_t length = walker->out.count;
    write_all(descriptor, (const char *)&length, sizeof length);
    write_all(descriptor, walker->out.items, walker->out.count);
    _exit(0);
}

typedef struct {
    Walker *walker;
    Request *request;
    int descriptor;
    long pid;
    int error;
} Birth;

static void make_child(void *context)
{
    Birth *birth = context;
    birth->pid = syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
    if (birth->pid == 0)
        run_in_child(birth->walker, birth->request, birth->descriptor);
    birth->error = errno;
}

/* Start a child that does what is asked for; return its pid. */
static PyObject *start_child(Walker *walker, Request *request, int descriptor)
{
    Birth birth = {walker, request, descriptor, -1, 0};
    sigset_t all, before;
    sigfillset(&all);
    /* The program's handlers must not run in the child: they would write to pipes that it shares with the parent. */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    request->held = request->folder != NULL;
    int made = request->held && tables_hold(make_child, &birth);
    if (!made && !request->lines) {
        request->folder = NULL;
        make_child(&birth);
        made = 1;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!made) {
        PyErr_SetString(PyExc_LookupError, "the traces cannot be read");
        return NULL;
    }
    errno = birth.error;
    if (birth.pid < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    return PyLong_FromLong(birth.pid);
}

PyDoc_STRVAR(fork_doc,
             "Start a child that walks its copy of the heap and writes what it found to `descriptor`; return its pid.\n\n"
             "The child is made by the system call itself: no at-fork handler runs, no signal tells of its end, and\n"
             "only a wait with __WALL sees it. With `lines` it writes how many live objects each was the birth of, as\n"
             "64-bit numbers; then `folder` must be given, and it raises LookupError where the traces cannot be read.");

static PyObject *walker_fork(Walker *walker, PyObject *arguments, PyObject *keywords)
{
    Request request;
    int descriptor;
    if (begin(walker, arguments, keywords, &request, &descriptor) < 0)
        return NULL;
    return start_child(walker, &request, descriptor);
}

PyDoc_STRVAR(shares_doc,
             "Start a child that finds what growing containers hold; return its pid.\n\n"
             "It writes 64-bit numbers (see agent/shares.py), as many as twice the square of the groups.");

static PyObject *walker_shares(Walker *walker, PyObject *arguments)
{
    Request request = {0};
    int descriptor;
    if (!is_usable(walker) ||
        !PyArg_ParseTuple(arguments, "O!O!O!i", &PyList_Type, &request.roots, &PyList_Type, &request.containers,
                          &PySet_Type, &request.own, &descriptor))
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(request.containers); i++)
        if (!PyList_Check(PyList_GET_ITEM(request.containers, i))) {
            PyErr_SetString(PyExc_TypeError, "a group of containers is a list");
            return NULL;
        }
    return start_child(walker, &request, descriptor);
}

#endif

PyDoc_STRVAR(read_doc, "Take in what a child wrote; return what `measure` would have returned.");

static PyObject *walker_read(Walker *walker, PyObject *message)
{
    if (!is_usable(walker))
        return NULL;
    if (!PyBytes_Check(message)) {
        PyErr_SetString(PyExc_TypeError, "bytes are read");
        return NULL;
    }
    if (setjmp(walker->failed)) {
        walker->broken = 1;
        return PyErr_NoMemory();
    }
    PyObject *found = message_read(&walker->book, PyBytes_AS_STRING(message), (size_t)PyBytes_GET_SIZE(message), 1);
    if (!found)
        walker->broken = 1;
    return found;
}

#ifdef __linux__

PyDoc_STRVAR(held_doc, "Return how many bytes of memory the names of paths take, which no allocator knows of.");

static PyObject *walker_held(Walker *walker, PyObject *unused)
{
    (void)unused;
    size_t bytes = 0;
    for (const Piece *piece = walker->book.arena.pieces; piece; piece = piece->next)
        bytes += allocators_resident(piece, piece->size);
    return PyLong_FromSize_t(bytes);
}

#endif

/* -- the type --------------------------------------------------------------------------------------------- */

static PyTypeObject *given_type(PyObject *types, const char *name)
{
    PyObject *found = PyDict_GetItemString(types, name);
    return found && PyType_Check(found) ? (PyTypeObject *)found : NULL;
}

static int walker_init(Walker *walker, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"package", "types", "trusted", NULL};
    PyObject *package, *types, *trusted;
    if (walker->held) {
        PyErr_SetString(PyExc_RuntimeError, "a walker is made once");
        return -1;
    }
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "UO!O!", names, &package, &PyDict_Type, &types, &PyList_Type,
                                     &trusted))
        return -1;
    Types *known = &walker->types;
    known->deque = given_type(types, "deque");
    known->cache = given_type(types, "cache");
    known->weak_reference = given_type(types, "weak_reference");
    known->proxy = given_type(types, "proxy");
    known->callable_proxy = given_type(types, "callable_proxy");
    known->text_stream = given_type(types, "text_stream");
    PyTypeObject *plain = given_type(types, "plain");
    known->instance_traverse = plain ? plain->tp_traverse : NULL;
    known->object_sizeof = PyDict_GetItemString(types, "object_sizeof");
    known->stream_position = PyDict_GetItemString(types, "stream_position");
    if (!known->deque || !known->cache || !known->weak_reference || !known->proxy || !known->callable_proxy ||
        !known->text_stream || !known->instance_traverse || !known->object_sizeof || !known->stream_position) {
        PyErr_SetString(PyExc_ValueError, "a type is missing");
        return -1;
    }
    walker->held = Py_NewRef(types);
    walker->package = Py_NewRef(package);
    if (setjmp(walker->failed)) {
        walker->broken = 1;
        PyErr_NoMemory();
        return -1;
    }
    walker->book.arena.failed = &walker->failed;
    book_open(&walker->book);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(trusted); i++) {
        Py_ssize_t length;
        int fresh;
        const char *name = PyUnicode_AsUTF8AndSize(PyList_GET_ITEM(trusted, i), &length);
        if (!name)
            return -1;
        map_place(&walker->book.arena, &known->trusted, (uint64_t)book_text(&walker->book, name, (size_t)length) + 1,
                  &fresh);
    }
    return 0;
}

PyDoc_STRVAR(loaded_doc, "Name the types of libraries that are loaded now, or None: array, datetime, time.");

static PyObject *walker_loaded(Walker *walker, PyObject *arguments)
{
    PyObject *array, *datetime, *time;
    if (!PyArg_ParseTuple(arguments, "OOO", &array, &datetime, &time))
        return NULL;
    /* Borrowed: they are used while their modules are loaded, and looked up anew for each walk. */
    walker->types.array = PyType_Check(array) ? (PyTypeObject *)array : NULL;
    walker->types.datetime = PyType_Check(datetime) ? (PyTypeObject *)datetime : NULL;
    walker->types.time = PyType_Check(time) ? (PyTypeObject *)time : NULL;
    Py_RETURN_NONE;
}

static void walker_dealloc(Walker *walker)
{
    PyTypeObject *type = Py_TYPE(walker);
    for (size_t i = 0; i < walker->book.strings.count; i++)
        Py_XDECREF((PyObject *)walker->book.strings.items[i]);
    book_close(&walker->book);
    Py_XDECREF(walker->held);
    Py_XDECREF(walker->package);
    type->tp_free(walker);
    Py_DECREF(type);
}

static PyMethodDef walker_methods[] = {
    {"loaded", (PyCFunction)walker_loaded, METH_VARARGS, loaded_doc},
    {"measure", (PyCFunction)(void (*)(void))walker_measure, METH_VARARGS | METH_KEYWORDS, measure_doc},
#ifdef __linux__
    {"fork", (PyCFunction)(void (*)(void))walker_fork, METH_VARARGS | METH_KEYWORDS, fork_doc},
    {"shares", (PyCFunction)walker_shares, METH_VARARGS, shares_doc},
    {"held", (PyCFunction)walker_held, METH_NOARGS, held_doc},
#endif
    {"read", (PyCFunction)walker_read, METH_O, read_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot walker_slots[] = {
    {Py_tp_init, walker_init},
    {Py_tp_dealloc, walker_dealloc},
    {Py_tp_methods, walker_methods},
    {Py_tp_doc, "Counts the objects of the heap by type and by path. Keeps the names of paths between walks."},
    {0, NULL},
};

static PyType_Spec walker_spec = {
    .name = "snapdiff.agent._walker.Walker",
    .basicsize = sizeof(Walker),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = walker_slots,
};

/* -- the module ------------------------------------------------------------------------------------------- */

PyDoc_STRVAR(count_doc, "Return how many objects the collector tracks, the frozen ones apart.");

static PyObject *count_tracked(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    Py_ssize_t count = 0;
    for (int number = 0; number < NUM_GENERATIONS; number++) {
        PyGC_Head *head = generation(number);
        for (PyGC_Head *each = _PyGCHead_NEXT(head); each != head; each = _PyGCHead_NEXT(each))
            count++;
    }
    return PyLong_FromSsize_t(count);
}

PyDoc_STRVAR(tracked_of_doc, "Return the objects that the collector tracks, the frozen ones apart, whose type is one of a list.");

static PyObject *tracked_of(PyObject *module, PyObject *types)
{
    (void)module;
    if (!PyList_Check(types)) {
        PyErr_SetString(PyExc_TypeError, "types come in a list");
        return NULL;
    }
    /* Most types are none of them, which one bit of their addresses mostly tells. */
    uint64_t bits = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(types); i++)
        bits |= 1ull << (mix((uintptr_t)PyList_GET_ITEM(types, i)) & 63);
    PyObject *found = PyList_New(0);
    for (int number = 0; found && number < NUM_GENERATIONS; number++) {
        PyGC_Head *head = generation(number);
        for (PyGC_Head *each = _PyGCHead_NEXT(head); found && each != head; each = _PyGCHead_NEXT(each)) {
            PyObject *object = (PyObject *)(each + 1), *type = (PyObject *)Py_TYPE(object);
            if (!(bits >> (mix((uintptr_t)type) & 63) & 1))
                continue;
            for (Py_ssize_t i = 0; i < PyList_GET_SIZE(types); i++)
                if (PyList_GET_ITEM(types, i) == type && PyList_Append(found, object) < 0) {
                    Py_CLEAR(found);
                    break;
                }
        }
    }
    return found;
}

PyDoc_STRVAR(attributes_doc, "Return an instance's attributes as the walker reads them, {name: value}: for its check.");

static PyObject *read_attributes_of(PyObject *module, PyObject *object)
{
    (void)module;
    PyTypeObject *type = Py_TYPE(object);
    Attributes found = attributes_of(object, type);
    if (found.dict)
        return PyDict_Copy(found.dict);
    PyObject *copy = PyDict_New();
    for (Py_ssize_t i = 0; copy && found.values && i < shared_names(type); i++)
        if (found.values->values[i] && PyDict_SetItem(copy, shared_name(type, i), found.values->values[i]) < 0)
            Py_CLEAR(copy);
    return copy;
}

PyDoc_STRVAR(find_cache_doc, "Find where an lru_cache keeps the dict that is given with it; say whether it was found.");

static PyObject *find_cache_dict(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *cache, *dict;
    if (!PyArg_ParseTuple(arguments, "OO", &cache, &dict))
        return NULL;
    for (Py_ssize_t at = sizeof(PyObject); at + (Py_ssize_t)sizeof(PyObject *) <= Py_TYPE(cache)->tp_basicsize; at += 8) {
        if (*(PyObject **)((char *)cache + at) == dict) {
            set_cache_offset(at);
            Py_RETURN_TRUE;
        }
    }
    Py_RETURN_FALSE;
}

PyDoc_STRVAR(malloc_held_doc, "Return the bytes that malloc's callers hold, and those that it has of the system; or None.");

static PyMethodDef module_methods[] = {
    {"count_tracked", count_tracked, METH_NOARGS, count_doc},
    {"tracked_of", tracked_of, METH_O, tracked_of_doc},
    {"attributes", read_attributes_of, METH_O, attributes_doc},
    {"find_cache_dict", find_cache_dict, METH_VARARGS, find_cache_doc},
    {"malloc_held", malloc_held, METH_NOARGS, malloc_held_doc},
    {"untraced_note", untraced_note, METH_NOARGS, NULL},
    {"untraced_enter", untraced_enter, METH_NOARGS, NULL},
    {"untraced_leave", untraced_leave, METH_NOARGS, NULL},
#ifdef __linux__
    {"malloc_state", allocators_malloc, METH_NOARGS, NULL},
    {"trim", allocators_trim, METH_NOARGS, NULL},
    {"pymalloc_text", allocators_pymalloc, METH_NOARGS, NULL},
    {"mapped_chunks", allocators_mapped_chunks, METH_VARARGS, NULL},
    {"ask_library", allocators_ask_library, METH_VARARGS, NULL},
#endif
    {NULL, NULL, 0, NULL},
};

static int module_exec(PyObject *module)
{
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "the native walker works in the main interpreter only");
        return -1;
    }
    if (Py_Version < OLDEST_VERSION) {
        PyErr_SetString(PyExc_ImportError, "the native walker was compiled for a later Python of this version");
        return -1;
    }
    PyObject *type = PyType_FromSpec(&walker_spec);
    int failed = !type || kinds_open() < 0 || PyModule_AddObjectRef(module, "Walker", type) < 0;
    Py_XDECREF(type);
    if (failed)
        return -1;
    return PyModule_AddIntConstant(module, "VERSION", 1);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_walker",
    .m_doc = "Walks over the heap natively. Without it agent/pathwalk.py and agent/walk.py do the same, slower.",
    .m_size = 0,
    .m_methods = module_methods,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__walker(void)
{
    return PyModuleDef_Init(&module_definition);
}
