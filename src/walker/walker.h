/* One walk over the heap: its state, and the functions that its files share. See agent/pathwalk.py for what it does. */
#ifndef WALKER_WALKER_H
#define WALKER_WALKER_H

#include "layouts.h"

#include "book.h"

/* How the objects of a type lead on: one function each in spread.c, as in agent/spread.py. */
typedef enum {
    PLAN_DICT, PLAN_SEQUENCE, PLAN_SET, PLAN_MODULE, PLAN_CLASS, PLAN_FUNCTION, PLAN_METHOD, PLAN_CELL,
    PLAN_CODE, PLAN_LABELLED, PLAN_FRAME, PLAN_CACHE, PLAN_CONTEXT, PLAN_SUSPENDED, PLAN_WEAK, PLAN_SUBCLASSED,
    PLAN_EXCEPTION, PLAN_INSTANCE
} Plan;

typedef enum { SIZE_FIXED, SIZE_ONCE, SIZE_ITEMS, SIZE_TEXT, SIZE_INT, SIZE_LIST, SIZE_SET, SIZE_METHOD } Sizing;
typedef enum { LENGTH_NONE, LENGTH_DICT, LENGTH_ITEMS, LENGTH_SET, LENGTH_CACHE, LENGTH_STREAM } Lengths;
typedef enum { EXTRA_NONE, EXTRA_KEYS, EXTRA_CODE, EXTRA_RANGE, EXTRA_ARRAY, EXTRA_DATE, EXTRA_TIME } Extra;

typedef VEC(PyObject *) Objects;

typedef struct {
    uint32_t edge;
    Py_ssize_t offset;
} Slot;

typedef struct {
    PyObject *name;      /* borrowed */
    uint32_t text;       /* the bare name */
    uint32_t edge;       /* "." and the name */
    PyObject *of_class;  /* what a class of the MRO has under this name, or NULL */
    Py_ssize_t position; /* in the shared names, -1 where it is not there */
} Name;

typedef struct {
    PyTypeObject *type;
    uint32_t name;
    Plan plan;
    Sizing sizing;
    Lengths lengths;
    Extra extra;
    int64_t size; /* of every instance, or what is added to the rest */
    PyCFunction measure;
    PyObject *measure_method;
    enum { UNKNOWN, SHOWN, HIDDEN } dict_is; /* whether traversal visits an instance's dict */
    uint8_t has_gc, may_wait, is_type, is_ours, dictable, dull, wrapper, has_get, looked_for_get, candidates_known;
    uint8_t incomplete; /* expanding it by path does not take all that it refers to */
    uint32_t epoch;     /* of the `take` in which `group` is this type's */
    uint32_t group;
    VEC(Slot) slots;
    VEC(Name) names;
    PyObject *checked_name; /* a name that is known to be no descriptor */
    int64_t objects, bytes, large; /* of the census; `large` are bytes of objects that pymalloc leaves to malloc */
    int64_t tracked;        /* objects of this type that the collector tracks */
} Kind;

typedef struct {
    Kind *kind;
    Objects objects;
} Group;

typedef struct {
    int32_t node;
    Kind *kind;
    Objects objects;
} Item;

typedef struct {
    int32_t node;
    uint32_t edge;
    Objects objects;
} Late;

#define RING 64

typedef struct {
    int32_t node;
    uint32_t edge;
    int patient;
    uint32_t epoch;
    VEC(Group) groups;
    size_t used;
    Objects waiting;
    PyObject *except; /* an object that is left out */
    PyObject *ring[RING];
    unsigned filled;
} Take;

/* Types that the walk tells apart and C has no name for; given by Python when the walker is made. */
typedef struct {
    PyTypeObject *deque, *cache, *weak_reference, *proxy, *callable_proxy, *text_stream;
    PyTypeObject *datetime, *time, *array; /* may be NULL */
    PyObject *object_sizeof, *stream_position;
    Map trusted; /* 1 + text of the modules whose `__sizeof__` may be called; empty for all */
} Types;

typedef struct {
    Book *book;
    Types *types;
    Arena arena;
    Marks marks;
    Map kinds; /* type → Kind */
    VEC(Kind *) all_kinds;
    Kind *last_kind;
    Take take;
    uint32_t epoch;
    VEC(Item) queue;
    size_t head;
    VEC(Late) late;
    size_t late_head;
    Objects skipped, incomplete, tracked, unreached;
    Map attribute_edges; /* name (address) → text of "." and the name */
    Map homes;           /* name of a module (address) → text of "module " and the name, 0 for none */
    Map module_texts;    /* 1 + text of "module " and the name of each module that there is */
    Map captured;        /* node + 1 → 1 + index in captures */
    VEC(Objects) captures;
    int capturing;
    int frozen;        /* objects are in no list of the collector, so that only references lead to them */
    PyObject *modules; /* sys.modules */
    const char *package;
    VEC(char) scratch;
    uint64_t references;
    struct Shares *shares; /* shares.c */
    struct { /* texts that the walk writes itself */
        uint32_t any, member, key, value, empty, cells, closure, dict, cache, cached, bound, function, variable,
            callback, traceback, context, args, module, code, unreached, recorded, modules_edge;
    } word;
} Walk;

/* kinds.c */
int kinds_open(void);
Kind *kind_of(Walk *walk, PyTypeObject *type);
void kind_candidates(Walk *walk, Kind *kind);
int is_class_attribute(Walk *walk, PyTypeObject *type, PyObject *name);
/* What pymalloc takes on (SMALL_REQUEST_THRESHOLD). */
#define SMALL_REQUEST 512

int64_t size_of(Kind *kind, PyObject *object);
int64_t entries_of(Walk *walk, Kind *kind, PyObject *object);
Py_ssize_t cached_entries(PyObject *cache);
void set_cache_offset(Py_ssize_t offset);
uint32_t type_text(Walk *walk, PyTypeObject *type);
PyObject *type_module(PyTypeObject *type);
size_t scratch_text(Walk *walk, size_t at, PyObject *text, Py_ssize_t most);
size_t scratch_bytes(Walk *walk, size_t at, const char *bytes, size_t length);
uint32_t edge_around(Walk *walk, const char *before, PyObject *name, const char *after);

/* take.c */
void take_begin(Walk *walk, int32_t node, uint32_t edge, PyObject *except);
void take_flush(Walk *walk);
void take_end(Walk *walk);
void take_single(Walk *walk, int32_t node, uint32_t edge, PyObject *object);
void take_late(Walk *walk, Late *late);
void count_only(Walk *walk, int32_t node, uint32_t edge, PyObject *object);
void count_objects(Walk *walk, int32_t node, Kind *kind, PyObject **objects, size_t count);
void enqueue(Walk *walk, int32_t node, Kind *kind, PyObject *object);

static inline void take_one(Walk *walk, PyObject *object)
{
    Take *take = &walk->take;
    if (object == take->except)
        return;
    __builtin_prefetch(object);
    __builtin_prefetch(mark_word(&walk->marks, (uintptr_t)object));
    take->ring[take->filled++] = object;
    if (take->filled == RING)
        take_flush(walk);
}

static inline int seen(Walk *walk, PyObject *object)
{
    return (int)(marks_of(&walk->marks, object) & MARK_SEEN);
}

/* spread.c */
void expand(Walk *walk, Item *item);
typedef void (*Visit)(Walk *walk, PyObject *object);
void each_referent(Walk *walk, PyObject *object, Visit visit);
void each_extra(Walk *walk, Kind *kind, PyObject *object, Visit visit);
void each_edge(Walk *walk, Kind *kind, PyObject *object, Visit visit);
PyObject *module_namespace(PyObject *module);

typedef VEC(char) Bytes;

/* walk.c */
typedef struct {
    PyObject *own;        /* set of addresses */
    PyObject *singletons; /* list */
    PyObject *modules;    /* list: names and modules in turn */
    Py_ssize_t groups[3]; /* how many modules each group has */
    PyObject *owners;     /* list */
    PyObject *ours;       /* list of namespaces */
    PyObject *captured;   /* list of nodes, or NULL */
    PyObject *arguments, *keywords; /* what holds all of these */
    const char *folder; /* of our own code, when traces are asked for */
    int deep;           /* also what the collector does not track */
    int by_path, frozen;
    int held; /* the tables of traces are held already */
    PyObject *lines; /* list of (file, line) of which is asked what is alive, or NULL */
    PyObject *roots, *containers; /* lists of objects and of lists of them, of which is asked what they hold, or NULL */
} Request;

void mark_own(Walk *walk, const Request *request);
void walk_run(Walk *walk, const Request *request);

/* alive.c and shares.c */
void alive_write(Walk *walk, const Request *request, Bytes *out);
void shares_write(Walk *walk, const Request *request, Bytes *out);

/* malloc.c */
PyObject *malloc_held(PyObject *module, PyObject *nothing);

/* child.c */
void child_allocators(void);

#endif
