/* Names for how objects are reached, and what is counted under each: agent/book.py in C, word for word. */
#ifndef WALKER_BOOK_H
#define WALKER_BOOK_H

#include "memory.h"

enum { OBJECTS, BYTES, ENTRIES, MEASURES };

#define MOST_NODES 400000
#define DEEPEST 100
#define MOST_NEW 8

typedef struct {
    const char *bytes; /* UTF-8, surrogates passed through; not ended by 0 */
    uint32_t length;
    uint32_t hash;
} Text;

typedef struct {
    int32_t node;
    uint32_t text;
} NodeText;

typedef struct {
    uint32_t kind;
    VEC(uint32_t) names;
    int changed;
} KnownNames;

typedef struct {
    Arena arena;
    VEC(Text) texts; /* number 0 stands for none */
    VEC(void *) strings; /* by text: the str that Python was given for it, NULL where it was given none */
    uint32_t *text_table;
    uint32_t text_mask;
    VEC(int32_t) parents;
    VEC(int32_t) roots;
    VEC(uint16_t) depths;
    VEC(uint32_t) edges;
    VEC(uint32_t) kinds;
    VEC(uint8_t) collections;
    VEC(int64_t) now[MEASURES];
    uint32_t *node_table;
    uint32_t node_mask;
    Map fresh_edges;  /* node + 1 → new names since the first calls */
    Map named_keys;   /* (node + 1) << 32 | text → 1 */
    Map known_names;  /* text of a type → 1 + index in `attributes` */
    VEC(NodeText) new_keys;
    VEC(int32_t) new_fresh;
    VEC(KnownNames) attributes;
    int opening, settled;
    uint32_t other; /* the text ".*" */
    size_t reported; /* nodes that Python knows */
} Book;

void book_open(Book *book);
void book_close(Book *book);
void book_begin(Book *book);
uint32_t book_text(Book *book, const char *bytes, size_t length);
int32_t book_find(const Book *book, int32_t parent, uint32_t edge, uint32_t kind);
int32_t book_node(Book *book, int32_t parent, uint32_t edge, uint32_t kind);
int32_t book_add_node(Book *book, int32_t parent, uint32_t edge, uint32_t kind);
KnownNames *book_names(Book *book, uint32_t kind);

static inline void book_count(Book *book, int32_t node, int64_t objects, int64_t bytes, int64_t entries)
{
    book->now[OBJECTS].items[node] += objects;
    book->now[BYTES].items[node] += bytes;
    book->now[ENTRIES].items[node] += entries;
}

#endif
