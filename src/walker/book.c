#include "book.h"

void book_open(Book *book)
{
    book_text(book, "", 0); /* number 0 */
    book->other = book_text(book, ".*", 2);
}

void book_close(Book *book)
{
    arena_release(&book->arena);
}

void book_begin(Book *book)
{
    for (int which = 0; book->parents.count && which < MEASURES; which++)
        memset(book->now[which].items, 0, book->now[which].count * sizeof(int64_t));
    book->new_keys.count = 0;
    book->new_fresh.count = 0;
    book->reported = book->parents.count;
    for (size_t i = 0; i < book->attributes.count; i++)
        book->attributes.items[i].changed = 0;
}

static uint32_t hash_bytes(const char *bytes, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325ull ^ length;
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = mix(hash ^ word);
        bytes += 8;
        length -= 8;
    }
    uint64_t rest = 0;
    if (length)
        memcpy(&rest, bytes, length);
    return (uint32_t)mix(hash ^ rest);
}

static void grow_text_table(Book *book)
{
    uint32_t size = book->text_table ? (book->text_mask + 1) * 2 : 1024;
    if (book->text_table)
        arena_give(&book->arena, book->text_table, ((size_t)book->text_mask + 1) * sizeof(uint32_t));
    book->text_table = arena_take_zeroed(&book->arena, size * sizeof(uint32_t));
    book->text_mask = size - 1;
    for (uint32_t number = 0; number < book->texts.count; number++) {
        uint32_t at = book->texts.items[number].hash & book->text_mask;
        while (book->text_table[at])
            at = (at + 1) & book->text_mask;
        book->text_table[at] = number + 1;
    }
}

/* Return the number of a text, the same for the same bytes. */
uint32_t book_text(Book *book, const char *bytes, size_t length)
{
    if (!book->text_table || book->texts.count * 2 >= book->text_mask)
        grow_text_table(book);
    uint32_t hash = hash_bytes(bytes, length);
    uint32_t at = hash & book->text_mask;
    while (book->text_table[at]) {
        uint32_t number = book->text_table[at] - 1;
        const Text *text = &book->texts.items[number];
        if (text->hash == hash && text->length == length && (!length || !memcmp(text->bytes, bytes, length)))
            return number;
        at = (at + 1) & book->text_mask;
    }
    char *copy = arena_take(&book->arena, length ? length : 1);
    if (length)
        memcpy(copy, bytes, length);
    uint32_t number = (uint32_t)book->texts.count;
    vec_push(&book->arena, book->texts, (Text){copy, (uint32_t)length, hash});
    book->text_table[at] = number + 1;
    return number;
}

static uint32_t hash_step(int32_t parent, uint32_t edge, uint32_t kind)
{
    return (uint32_t)mix(((uint64_t)(uint32_t)parent << 32 | edge) ^ (uint64_t)kind * 0xD6E8FEB86659FD93ull);
}

static void grow_node_table(Book *book)
{
    uint32_t size = book->node_table ? (book->node_mask + 1) * 2 : 4096;
    if (book->node_table)
        arena_give(&book->arena, book->node_table, ((size_t)book->node_mask + 1) * sizeof(uint32_t));
    book->node_table = arena_take_zeroed(&book->arena, size * sizeof(uint32_t));
    book->node_mask = size - 1;
    for (uint32_t node = 0; node < book->parents.count; node++) {
        uint32_t at = hash_step(book->parents.items[node], book->edges.items[node], book->kinds.items[node]);
        for (at &= book->node_mask; book->node_table[at];)
            at = (at + 1) & book->node_mask;
        book->node_table[at] = node + 1;
    }
}

/* Return the node of a step, -1 where there is none yet. */
int32_t book_find(const Book *book, int32_t parent, uint32_t edge, uint32_t kind)
{
    if (!book->node_table)
        return -1;
    uint32_t at = hash_step(parent, edge, kind) & book->node_mask;
    for (; book->node_table[at]; at = (at + 1) & book->node_mask) {
        uint32_t node = book->node_table[at] - 1;
        if (book->parents.items[node] == parent && book->edges.items[node] == edge && book->kinds.items[node] == kind)
            return (int32_t)node;
    }
    return -1;
}

static int is_made_up(Book *book, int32_t parent)
{
    int fresh;
    uint64_t *made = map_place(&book->arena, &book->fresh_edges, (uint64_t)(parent + 1), &fresh);
    vec_push(&book->arena, book->new_fresh, parent);
    return (*made)++ >= MOST_NEW;
}

/* Return the node of a step, made when it is new. */
int32_t book_node(Book *book, int32_t parent, uint32_t edge, uint32_t kind)
{
    int32_t found = book_find(book, parent, edge, kind);
    if (found >= 0)
        return found;
    const Text *text = &book->texts.items[edge];
    if (book->settled && text->length && text->bytes[0] == '.' && edge != book->other && is_made_up(book, parent))
        return book_node(book, parent, book->other, kind);
    return book_add_node(book, parent, edge, kind);
}

int32_t book_add_node(Book *book, int32_t parent, uint32_t edge, uint32_t kind)
{
    Arena *arena = &book->arena;
    unsigned depth = parent >= 0 ? book->depths.items[parent] + 1u : 0;
    if (parent >= 0 && (book->parents.count >= MOST_NODES || depth > DEEPEST))
        return parent;
    if (!book->node_table || book->parents.count * 2 >= book->node_mask)
        grow_node_table(book);
    int32_t node = (int32_t)book->parents.count;
    vec_push(arena, book->parents, parent);
    vec_push(arena, book->depths, (uint16_t)depth);
    vec_push(arena, book->roots, parent < 0 ? node : book->roots.items[parent]);
    vec_push(arena, book->edges, edge);
    vec_push(arena, book->kinds, kind);
    vec_push(arena, book->collections, 0);
    for (int which = 0; which < MEASURES; which++)
        vec_push(arena, book->now[which], 0);
    uint32_t at = hash_step(parent, edge, kind) & book->node_mask;
    while (book->node_table[at])
        at = (at + 1) & book->node_mask;
    book->node_table[at] = (uint32_t)node + 1;
    return node;
}

/* Return the attributes that instances of a type were seen to have. */
KnownNames *book_names(Book *book, uint32_t kind)
{
    int fresh;
    uint64_t *place = map_place(&book->arena, &book->known_names, (uint64_t)kind + 1, &fresh);
    if (fresh) {
        KnownNames none = {.kind = kind};
        vec_push(&book->arena, book->attributes, none);
        *place = book->attributes.count;
    }
    return &book->attributes.items[*place - 1];
}
