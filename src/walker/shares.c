/* How much each growing container holds: agent/shares.py in C. */
#include "message.h"

/* What a container reaches that is nobody's. */
typedef struct {
    int64_t size;
    uint32_t last;   /* the group that reached it last, from 1 */
    uint32_t owners; /* groups that reach it */
    size_t links;    /* 1 + the last of its links */
} Reached;

typedef struct {
    uint32_t group; /* from 0 */
    size_t next;    /* 1 + the one before, 0 for none */
} Link;

struct Shares {
    Objects stack;
    Map numbers; /* object → 1 + index in `reached` */
    VEC(Reached) reached;
    VEC(Link) links;
    uint32_t group;
};

static void visit_nobodys(Walk *walk, PyObject *object)
{
    if (marks_of(&walk->marks, object))
        return;
    mark(&walk->marks, object, MARK_SEEN);
    vec_push(&walk->arena, walk->shares->stack, object);
}

static void visit_group(Walk *walk, PyObject *object)
{
    struct Shares *shares = walk->shares;
    if (seen(walk, object))
        return;
    int fresh;
    uint64_t *place = map_place(&walk->arena, &shares->numbers, (uint64_t)(uintptr_t)object, &fresh);
    if (fresh) {
        Reached found = {.size = size_of(kind_of(walk, Py_TYPE(object)), object)};
        vec_push(&walk->arena, shares->reached, found);
        *place = shares->reached.count;
    }
    Reached *reached = &shares->reached.items[*place - 1];
    if (reached->last == shares->group + 1)
        return;
    reached->last = shares->group + 1;
    reached->owners++;
    Link link = {shares->group, reached->links};
    vec_push(&walk->arena, shares->links, link);
    reached->links = shares->links.count;
    vec_push(&walk->arena, shares->stack, object);
}

/* Visit some objects, and all that they lead to. */
static void reach(Walk *walk, PyObject *objects, Visit visit)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects); i++)
        visit(walk, PyList_GET_ITEM(objects, i));
    Objects *stack = &walk->shares->stack;
    while (stack->count) {
        PyObject *object = stack->items[--stack->count];
        each_edge(walk, kind_of(walk, Py_TYPE(object)), object, visit);
    }
}

/* Mark the containers, or take the marks back: what is reached through them only must not be nobody's. */
static void mark_containers(Walk *walk, PyObject *groups, int stop)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(groups); i++) {
        PyObject *group = PyList_GET_ITEM(groups, i);
        for (Py_ssize_t j = 0; j < PyList_GET_SIZE(group); j++) {
            PyObject *object = PyList_GET_ITEM(group, j);
            uint64_t *word = mark_word(&walk->marks, (uintptr_t)object);
            *word &= ~((uint64_t)(MARK_SEEN | MARK_COUNTED) << mark_shift((uintptr_t)object));
            if (stop)
                mark(&walk->marks, object, MARK_COUNTED);
        }
    }
}

/* Write, as 64-bit numbers: for each group the bytes of what it reaches together with 0, 1, 2, … others; then for each
 * the objects that it reaches together with each other. */
void shares_write(Walk *walk, const Request *request, Bytes *out)
{
    struct Shares shares;
    memset(&shares, 0, sizeof shares);
    walk->shares = &shares;
    marks_open(&walk->marks, &walk->arena);
    mark_own(walk, request);
    mark_containers(walk, request->containers, 1);
    reach(walk, request->roots, visit_nobodys);
    mark_containers(walk, request->containers, 0);
    size_t groups = (size_t)PyList_GET_SIZE(request->containers);
    for (size_t group = 0; group < groups; group++) {
        shares.group = (uint32_t)group;
        reach(walk, PyList_GET_ITEM(request->containers, group), visit_group);
    }
    size_t matrix = groups * groups * sizeof(int64_t);
    int64_t *bytes = arena_take_zeroed(&walk->arena, 2 * matrix), *together = bytes + groups * groups;
    for (size_t i = 0; i < shares.reached.count; i++) {
        const Reached *reached = &shares.reached.items[i];
        for (size_t at = reached->links; at; at = shares.links.items[at - 1].next) {
            size_t group = shares.links.items[at - 1].group;
            bytes[group * groups + reached->owners - 1] += reached->size;
            for (size_t other = reached->links; other; other = shares.links.items[other - 1].next)
                together[group * groups + shares.links.items[other - 1].group] += other != at;
        }
    }
    put_bytes(walk, out, bytes, 2 * matrix);
}
