/* Live memory blocks by allocation traceback and by domain: agent/traces.py in C, straight from tracemalloc's own tables.
 *
 * Whoever calls holds the tables, or is a child made while they were held: other threads change them without the
 * interpreter's lock.
 */
#include "message.h"

#include "tables.h"

typedef struct {
    const Traceback *traceback;
    int64_t blocks, bytes;
} Row;

typedef struct {
    size_t start; /* in `numbers` */
    uint64_t hash;
    int32_t length;
    int64_t blocks, bytes;
} Stack;

typedef struct {
    int64_t number, blocks, bytes;
} Domain;

typedef struct {
    Map by_traceback; /* address → 1 + row, of one domain */
    VEC(Row) rows;
    VEC(Domain) domains;
    Map files; /* address of the name → 1 + number, negative for ours */
    VEC(PyObject *) names;
    VEC(int32_t) numbers;
    VEC(Stack) stacks;
    Map by_content; /* hash → 1 + the first such stack */
    int torn;       /* a table was changed meanwhile */
} Traces;

static void add_table(Walk *walk, Traces *traces, const _Py_hashtable_t *table)
{
    size_t count = 0;
    for (size_t bucket = 0; bucket < table->nbuckets; bucket++) {
        const _Py_hashtable_entry_t *entry = (const _Py_hashtable_entry_t *)table->buckets[bucket].head;
        for (; entry; entry = (const _Py_hashtable_entry_t *)entry->_Py_slist_item.next) {
            const Trace *trace = entry->value;
            int fresh;
            count++;
            uint64_t *place =
                map_place(&walk->arena, &traces->by_traceback, (uint64_t)(uintptr_t)trace->traceback, &fresh);
            if (fresh) {
                Row row = {trace->traceback, 0, 0};
                vec_push(&walk->arena, traces->rows, row);
                *place = traces->rows.count;
            }
            traces->rows.items[*place - 1].blocks++;
            traces->rows.items[*place - 1].bytes += (int64_t)trace->size;
        }
    }
    traces->torn |= count != table->nentries;
}

/* Return the number of a file, -1 for one of ours. */
static int32_t file_number(Walk *walk, Traces *traces, PyObject *name, const char *folder)
{
    int fresh;
    uint64_t *place = map_place(&walk->arena, &traces->files, (uint64_t)(uintptr_t)name, &fresh);
    if (fresh) {
        size_t length = scratch_text(walk, 0, name, PyUnicode_GET_LENGTH(name)), ours = strlen(folder);
        if (length >= ours && !memcmp(walk->scratch.items, folder, ours)) {
            *place = 0;
        } else {
            vec_push(&walk->arena, traces->names, name);
            *place = traces->names.count;
        }
    }
    return (int32_t)*place - 1;
}

/* Add a row to the stack that it is without our own frames; stacks that are then equal are one. Return 0 if it is ours. */
static int add_stack(Walk *walk, Traces *traces, const Row *row, const char *folder)
{
    Stack stack = {traces->numbers.count, 0x9E3779B97F4A7C15ull, 0, row->blocks, row->bytes};
    for (int frame = 0; frame < row->traceback->nframe; frame++) {
        int32_t file = file_number(walk, traces, row->traceback->frames[frame].filename, folder);
        if (file < 0)
            break;
        int32_t line = (int32_t)row->traceback->frames[frame].lineno;
        vec_push(&walk->arena, traces->numbers, file);
        vec_push(&walk->arena, traces->numbers, line);
        stack.hash = mix(stack.hash ^ (uint32_t)file) + mix((uint64_t)(uint32_t)line + 1);
        stack.length += 2;
    }
    if (!stack.length)
        return 0;
    stack.hash |= 1;
    /* Another stack of the same hash takes the next odd number. */
    for (;; stack.hash += 2) {
        int fresh;
        uint64_t *place = map_place(&walk->arena, &traces->by_content, stack.hash, &fresh);
        if (fresh) {
            vec_push(&walk->arena, traces->stacks, stack);
            *place = traces->stacks.count;
            return 1;
        }
        Stack *other = &traces->stacks.items[*place - 1];
        if (other->length == stack.length && !memcmp(traces->numbers.items + other->start,
                                                     traces->numbers.items + stack.start,
                                                     (size_t)stack.length * sizeof(int32_t))) {
            other->blocks += stack.blocks;
            other->bytes += stack.bytes;
            traces->numbers.count = stack.start;
            return 1;
        }
    }
}

/* Add the blocks of one domain. */
static void add_domain(Walk *walk, Traces *traces, int64_t number, const _Py_hashtable_t *table, const char *folder)
{
    Domain domain = {number, 0, 0};
    add_table(walk, traces, table);
    for (size_t i = 0; i < traces->rows.count && !traces->torn; i++) {
        const Row *row = &traces->rows.items[i];
        if (add_stack(walk, traces, row, folder)) {
            domain.blocks += row->blocks;
            domain.bytes += row->bytes;
        }
    }
    /* Python's own is always told: then it is known that there is nothing else. */
    if (domain.blocks || !number)
        vec_push(&walk->arena, traces->domains, domain);
    map_free(&walk->arena, &traces->by_traceback);
    vec_free(&walk->arena, traces->rows);
}

static void write_traces(Walk *walk, Bytes *out, const char *folder)
{
    Traces traces;
    memset(&traces, 0, sizeof traces);
    add_domain(walk, &traces, 0, tables_blocks(), folder);
    const _Py_hashtable_t *domains = tables_domains();
    for (size_t bucket = 0; bucket < domains->nbuckets; bucket++) {
        const _Py_hashtable_entry_t *entry = (const _Py_hashtable_entry_t *)domains->buckets[bucket].head;
        for (; entry; entry = (const _Py_hashtable_entry_t *)entry->_Py_slist_item.next)
            add_domain(walk, &traces, (int64_t)(uintptr_t)entry->key, entry->value, folder);
    }
    if (traces.torn) {
        put_number(walk, out, 0);
        return;
    }
    put_number(walk, out, 1);
    put_number(walk, out, (int64_t)traces.names.count);
    for (size_t i = 0; i < traces.names.count; i++) {
        size_t length = scratch_text(walk, 0, traces.names.items[i], PyUnicode_GET_LENGTH(traces.names.items[i]));
        put_number(walk, out, (int64_t)length);
        put_bytes(walk, out, walk->scratch.items, length);
    }
    size_t count = traces.stacks.count;
    put_number(walk, out, (int64_t)count);
    put_number(walk, out, (int64_t)traces.numbers.count);
    for (size_t i = 0; i < count; i++)
        put_bytes(walk, out, &traces.stacks.items[i].length, sizeof(int32_t));
    put_bytes(walk, out, traces.numbers.items, traces.numbers.count * sizeof(int32_t));
    for (size_t i = 0; i < count; i++)
        put_number(walk, out, traces.stacks.items[i].blocks);
    for (size_t i = 0; i < count; i++)
        put_number(walk, out, traces.stacks.items[i].bytes);
    put_number(walk, out, (int64_t)traces.domains.count);
    put_bytes(walk, out, traces.domains.items, traces.domains.count * sizeof(Domain));
    vec_free(&walk->arena, traces.domains);
    vec_free(&walk->arena, traces.numbers);
    vec_free(&walk->arena, traces.stacks);
}

typedef struct {
    Walk *walk;
    Bytes *out;
    const char *folder;
    int failed;
} Writing;

/* Write them while the tables are held: what gets no memory comes back here, or they would be held for ever. */
static void write_held(void *context)
{
    Writing *writing = context;
    jmp_buf failed, *before = writing->walk->arena.failed;
    writing->walk->arena.failed = &failed;
    if (setjmp(failed))
        writing->failed = 1;
    else
        write_traces(writing->walk, writing->out, writing->folder);
    writing->walk->arena.failed = before;
}

/* Write the traces, or that there are none. */
void traces_write(Walk *walk, Bytes *out, const Request *request)
{
    Writing writing = {walk, out, request->folder, 0};
    if (request->folder && request->held)
        write_traces(walk, out, request->folder);
    else if (!request->folder || !tables_hold(write_held, &writing))
        put_number(walk, out, 0);
    else if (writing.failed)
        longjmp(*walk->arena.failed, 1);
}

/* -- reading ---------------------------------------------------------------------------------------------- */

/* Return {"files", "lengths", "frames", "blocks", "bytes", "domains"} as traces.aggregate does, or None.
 *
 * The numbers stay bytes: objects made of them would be ten for each stack, made while the program stands still, and
 * the collector would count them.
 */
PyObject *traces_read(Reader *reader)
{
    if (!get_number(reader))
        Py_RETURN_NONE;
    PyObject *files = PyList_New(0);
    int64_t count = get_number(reader);
    for (int64_t i = 0; files && i < count && !reader->broken; i++) {
        int64_t length = get_number(reader);
        const char *name = get_bytes(reader, (size_t)length);
        if (name && append_new(files, PyUnicode_DecodeUTF8(name, length, "surrogatepass")) < 0)
            Py_CLEAR(files);
    }
    int64_t stacks = get_number(reader), numbers = get_number(reader), most = reader->end - reader->at;
    if (stacks < 0 || stacks > most || numbers < 0 || numbers > most)
        reader->broken = 1;
    if (!files || reader->broken) {
        Py_XDECREF(files);
        return files ? Py_NewRef(Py_None) : NULL;
    }
    Py_ssize_t lengths = stacks * (Py_ssize_t)sizeof(int32_t), frames = numbers * (Py_ssize_t)sizeof(int32_t);
    Py_ssize_t sums = stacks * (Py_ssize_t)sizeof(int64_t);
    const char *at = get_bytes(reader, (size_t)(lengths + frames + 2 * sums));
    if (!at) {
        Py_DECREF(files);
        Py_RETURN_NONE;
    }
    int64_t domains = get_number(reader);
    if (domains < 0 || domains > most)
        domains = reader->broken = 1;
    Py_ssize_t told = domains * (Py_ssize_t)sizeof(Domain);
    const char *by_domain = get_bytes(reader, (size_t)told);
    if (!by_domain) {
        Py_DECREF(files);
        Py_RETURN_NONE;
    }
    return Py_BuildValue("{sN sy# sy# sy# sy# sy#}", "files", files, "lengths", at, lengths, "frames", at + lengths, frames,
                         "blocks", at + lengths + frames, sums, "bytes", at + lengths + frames + sums, sums,
                         "domains", by_domain, told);
}
