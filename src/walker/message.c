#include "message.h"

#define MAGIC 0x736E6170646966ll

void put_bytes(Walk *walk, Bytes *out, const void *bytes, size_t length)
{
    if (!length)
        return;
    vec_reserve(&walk->arena, *out, length);
    if (length)
        memcpy(out->items + out->count, bytes, length);
    out->count += length;
}

void put_number(Walk *walk, Bytes *out, int64_t number)
{
    put_bytes(walk, out, &number, sizeof number);
}

const char *get_bytes(Reader *reader, size_t length)
{
    if (reader->broken || (size_t)(reader->end - reader->at) < length) {
        reader->broken = 1;
        return NULL;
    }
    const char *bytes = reader->at;
    reader->at += length;
    return bytes;
}

int64_t get_number(Reader *reader)
{
    int64_t number = 0;
    const char *bytes = get_bytes(reader, sizeof number);
    if (bytes)
        memcpy(&number, bytes, sizeof number);
    return number;
}

/* -- writing ---------------------------------------------------------------------------------------------- */

static void write_types(Walk *walk, Bytes *out)
{
    /* Types of one name are one row: a class that is made anew in each call is still the same class to a person. */
    Map rows = {0};
    VEC(Kind *) named = {0};
    int64_t large = 0;
    for (size_t i = 0; i < walk->all_kinds.count; i++) {
        Kind *kind = walk->all_kinds.items[i];
        if (!kind->objects && !kind->tracked)
            continue;
        large += kind->large;
        int fresh;
        uint64_t *place = map_place(&walk->arena, &rows, (uint64_t)kind->name + 1, &fresh);
        if (fresh) {
            *place = (uint64_t)(uintptr_t)kind;
            vec_push(&walk->arena, named, kind);
        } else {
            Kind *first = (Kind *)(uintptr_t)*place;
            first->objects += kind->objects;
            first->bytes += kind->bytes;
            first->tracked += kind->tracked;
        }
    }
    put_number(walk, out, large);
    put_number(walk, out, (int64_t)named.count);
    for (size_t i = 0; i < named.count; i++) {
        put_number(walk, out, named.items[i]->name);
        put_number(walk, out, named.items[i]->objects);
        put_number(walk, out, named.items[i]->bytes);
        put_number(walk, out, named.items[i]->tracked);
    }
}

static void write_texts(Walk *walk, Bytes *out, size_t from)
{
    const Book *book = walk->book;
    put_number(walk, out, (int64_t)(book->texts.count - from));
    for (size_t i = from; i < book->texts.count; i++) {
        put_number(walk, out, book->texts.items[i].length);
        put_bytes(walk, out, book->texts.items[i].bytes, book->texts.items[i].length);
    }
}

static void write_paths(Walk *walk, Bytes *out)
{
    const Book *book = walk->book;
    put_number(walk, out, (int64_t)book->reported);
    put_number(walk, out, (int64_t)book->parents.count);
    for (size_t node = book->reported; node < book->parents.count; node++) {
        put_number(walk, out, book->parents.items[node]);
        put_number(walk, out, book->edges.items[node]);
        put_number(walk, out, book->kinds.items[node]);
    }
    for (int which = 0; which < MEASURES; which++)
        put_bytes(walk, out, book->now[which].items, book->parents.count * sizeof(int64_t));
    put_bytes(walk, out, book->collections.items, book->parents.count);
    put_number(walk, out, (int64_t)book->new_keys.count);
    for (size_t i = 0; i < book->new_keys.count; i++) {
        put_number(walk, out, book->new_keys.items[i].node);
        put_number(walk, out, book->new_keys.items[i].text);
    }
    put_number(walk, out, (int64_t)book->new_fresh.count);
    for (size_t i = 0; i < book->new_fresh.count; i++)
        put_number(walk, out, book->new_fresh.items[i]);
    int64_t changed = 0;
    for (size_t i = 0; i < book->attributes.count; i++)
        changed += book->attributes.items[i].changed;
    put_number(walk, out, changed);
    for (size_t i = 0; i < book->attributes.count; i++) {
        const KnownNames *known = &book->attributes.items[i];
        if (!known->changed)
            continue;
        put_number(walk, out, known->kind);
        put_number(walk, out, (int64_t)known->names.count);
        for (size_t j = 0; j < known->names.count; j++)
            put_number(walk, out, known->names.items[j]);
    }
}

void message_write(Walk *walk, const Request *request, Bytes *out, size_t texts_before, int64_t nanoseconds)
{
    put_number(walk, out, MAGIC);
    put_number(walk, out, (int64_t)walk->tracked.count);
    put_number(walk, out, (int64_t)walk->references);
    put_number(walk, out, (int64_t)walk->arena.peak);
    put_number(walk, out, nanoseconds);
    write_texts(walk, out, texts_before);
    write_types(walk, out);
    put_number(walk, out, request->by_path);
    if (request->by_path)
        write_paths(walk, out);
    traces_write(walk, out, request);
    put_number(walk, out, MAGIC);
}

/* -- reading ---------------------------------------------------------------------------------------------- */

/* The str of a text. Each is made once: there are many more nodes than names, and those that last would lie scattered
 * among the program's own objects. */
static PyObject *as_str(Book *book, int64_t number, Reader *reader)
{
    if (number < 0 || (size_t)number >= book->texts.count) {
        reader->broken = 1;
        number = 0;
    }
    while (book->strings.count <= (size_t)number)
        vec_push(&book->arena, book->strings, NULL);
    PyObject *string = book->strings.items[number];
    if (!string) {
        const Text *text = &book->texts.items[number];
        string = PyUnicode_DecodeUTF8(text->bytes, text->length, "surrogatepass");
        if (!string && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
            PyErr_Clear(); /* The name of a type in C can be any bytes. */
            string = PyUnicode_DecodeUTF8(text->bytes, text->length, "replace");
        }
        book->strings.items[number] = string;
    }
    return Py_XNewRef(string);
}

/* Append a new item, which is taken over; NULL is an error that happened before. */
int append_new(PyObject *list, PyObject *item)
{
    int failed = !item || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

/* Put a type's row into a dict, unless it is NULL; the row is taken over. */
static int set_row(PyObject *types, PyObject *name, PyObject *row)
{
    int failed = !name || !row || PyDict_SetItem(types, name, row) < 0;
    Py_XDECREF(row);
    return failed ? -1 : 0;
}

/* Fill {type: [objects, bytes]} of all objects and {type: objects} of those that the collector tracks. */
static int read_types(Book *book, Reader *reader, PyObject *types, PyObject *tracked)
{
    int64_t count = get_number(reader);
    int failed = 0;
    for (int64_t i = 0; !failed && i < count && !reader->broken; i++) {
        PyObject *name = as_str(book, get_number(reader), reader);
        long long objects = get_number(reader), bytes = get_number(reader), listed = get_number(reader);
        if (objects)
            failed = set_row(types, name, Py_BuildValue("[LL]", objects, bytes));
        if (listed && !failed)
            failed = set_row(tracked, name, PyLong_FromLongLong(listed));
        Py_XDECREF(name);
    }
    return failed ? -1 : 0;
}

/* Return (parents, roots as 32-bit numbers, depths as 16-bit ones, edges, kinds) of the nodes that are new. */
static PyObject *read_nodes(Book *book, Reader *reader, int replay, int64_t from, int64_t to)
{
    PyObject *edges = PyList_New(to - from), *kinds = PyList_New(to - from);
    int failed = !edges || !kinds;
    for (int64_t node = from; !failed && node < to && !reader->broken; node++) {
        int64_t parent = get_number(reader), edge = get_number(reader), kind = get_number(reader);
        if (parent < -1 || parent >= node ||
            (replay && book_add_node(book, (int32_t)parent, (uint32_t)edge, (uint32_t)kind) != node))
            reader->broken = 1;
        PyObject *edge_text = as_str(book, edge, reader), *kind_text = as_str(book, kind, reader);
        PyList_SET_ITEM(edges, node - from, edge_text);
        PyList_SET_ITEM(kinds, node - from, kind_text);
        failed = !edge_text || !kind_text;
    }
    if ((size_t)to > book->parents.count)
        reader->broken = 1;
    if (failed || reader->broken) {
        Py_XDECREF(edges);
        Py_XDECREF(kinds);
        return failed ? NULL : Py_NewRef(Py_None);
    }
    Py_ssize_t count = (Py_ssize_t)(to - from);
    return Py_BuildValue("(y#y#y#NN)", book->parents.items + from, count * (Py_ssize_t)sizeof *book->parents.items,
                         book->roots.items + from, count * (Py_ssize_t)sizeof *book->roots.items,
                         book->depths.items + from, count * (Py_ssize_t)sizeof *book->depths.items, edges, kinds);
}

static PyObject *read_keys(Book *book, Reader *reader, int replay)
{
    PyObject *keys = PyList_New(0);
    int64_t count = get_number(reader);
    for (int64_t i = 0; keys && i < count && !reader->broken; i++) {
        int64_t node = get_number(reader), text = get_number(reader);
        int fresh;
        if (replay)
            map_place(&book->arena, &book->named_keys, (uint64_t)(node + 1) << 32 | (uint64_t)text, &fresh);
        if (append_new(keys, Py_BuildValue("LN", (long long)node, as_str(book, text, reader))) < 0)
            Py_CLEAR(keys);
    }
    return keys;
}

static PyObject *read_fresh(Book *book, Reader *reader, int replay)
{
    PyObject *nodes = PyList_New(0);
    int64_t count = get_number(reader);
    for (int64_t i = 0; nodes && i < count && !reader->broken; i++) {
        int64_t node = get_number(reader);
        int fresh;
        if (replay)
            ++*map_place(&book->arena, &book->fresh_edges, (uint64_t)(node + 1), &fresh);
        if (append_new(nodes, PyLong_FromLongLong(node)) < 0)
            Py_CLEAR(nodes);
    }
    return nodes;
}

static PyObject *read_attributes(Book *book, Reader *reader, int replay)
{
    PyObject *rows = PyList_New(0);
    int64_t count = get_number(reader);
    for (int64_t i = 0; rows && i < count && !reader->broken; i++) {
        int64_t kind = get_number(reader), names = get_number(reader);
        PyObject *list = PyList_New(0);
        for (int64_t j = 0; list && j < names && !reader->broken; j++) {
            int64_t text = get_number(reader);
            if (replay) {
                KnownNames *known = book_names(book, (uint32_t)kind);
                if ((size_t)j >= known->names.count)
                    vec_push(&book->arena, known->names, (uint32_t)text);
            }
            if (append_new(list, as_str(book, text, reader)) < 0)
                Py_CLEAR(list);
        }
        if (!list || append_new(rows, Py_BuildValue("NN", as_str(book, kind, reader), list)) < 0)
            Py_CLEAR(rows);
    }
    return rows;
}

static PyObject *read_paths(Book *book, Reader *reader, int replay)
{
    int64_t from = get_number(reader), to = get_number(reader);
    if (from < 0 || to < from || to > reader->end - reader->at || (replay && (size_t)from != book->parents.count)) {
        reader->broken = 1;
        Py_RETURN_NONE;
    }
    PyObject *nodes = read_nodes(book, reader, replay, from, to);
    PyObject *measures[MEASURES] = {NULL}, *collections = NULL, *keys = NULL, *fresh = NULL, *attributes = NULL;
    for (int which = 0; which < MEASURES; which++) {
        const char *bytes = get_bytes(reader, (size_t)to * sizeof(int64_t));
        measures[which] = PyBytes_FromStringAndSize(bytes, bytes ? to * (Py_ssize_t)sizeof(int64_t) : 0);
    }
    const char *flags = get_bytes(reader, (size_t)to);
    collections = PyBytes_FromStringAndSize(flags, flags ? to : 0);
    if (replay && flags && to && (size_t)to == book->collections.count)
        memcpy(book->collections.items, flags, (size_t)to);
    keys = read_keys(book, reader, replay);
    fresh = read_fresh(book, reader, replay);
    attributes = read_attributes(book, reader, replay);
    if (!nodes || !measures[0] || !measures[1] || !measures[2] || !collections || !keys || !fresh || !attributes) {
        PyObject *made[] = {nodes, measures[0], measures[1], measures[2], collections, keys, fresh, attributes};
        for (size_t i = 0; i < sizeof made / sizeof *made; i++)
            Py_XDECREF(made[i]);
        return NULL;
    }
    return Py_BuildValue("{sN s[NNN] sN sN sN sN}", "nodes", nodes, "measures", measures[0], measures[1],
                         measures[2], "collections", collections, "keys", keys, "fresh", fresh, "attributes",
                         attributes);
}

/* Return what a walk found as a dict. With `replay` the book learns what the child's copy of it learnt. */
PyObject *message_read(Book *book, const char *bytes, size_t length, int replay)
{
    Reader reader = {bytes, bytes + length, 0};
    if (get_number(&reader) != MAGIC)
        reader.broken = 1;
    long long tracked = get_number(&reader), references = get_number(&reader), peak = get_number(&reader);
    double seconds = (double)get_number(&reader) / 1e9;
    int64_t texts = get_number(&reader);
    for (int64_t i = 0; i < texts && !reader.broken; i++) {
        int64_t size = get_number(&reader);
        const char *text = get_bytes(&reader, (size_t)size);
        if (replay && text)
            book_text(book, text, (size_t)size);
    }
    long long large = get_number(&reader);
    PyObject *types = PyDict_New(), *listed = PyDict_New(), *paths = NULL;
    if (!types || !listed || read_types(book, &reader, types, listed) < 0) {
        reader.broken = 1;
    } else if (get_number(&reader)) {
        paths = read_paths(book, &reader, replay);
    } else {
        paths = Py_None;
        Py_INCREF(paths);
    }
    PyObject *traces = paths ? traces_read(&reader) : NULL;
    if (!traces || get_number(&reader) != MAGIC || reader.broken) {
        Py_XDECREF(traces);
        Py_XDECREF(types);
        Py_XDECREF(listed);
        Py_XDECREF(paths);
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "the walk's message is not complete");
        return NULL;
    }
    return Py_BuildValue("{sL sL sL sL sd sN sN sN sN}", "tracked", tracked, "large_bytes", large, "references",
                         references, "work_bytes", peak, "seconds", seconds, "types", types, "tracked_types", listed, "paths", paths,
                         "traces", traces);
}
