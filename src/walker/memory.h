/* Memory of the walker's own.
 *
 * Nothing here uses malloc: in a forked child another thread of the parent may have held its lock for ever. Memory
 * comes from mmap in large pieces and is given back as a whole.
 */
#ifndef WALKER_MEMORY_H
#define WALKER_MEMORY_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARENA_CLASSES 48

typedef struct Piece {
    struct Piece *next, *before;
    size_t size;
} Piece;

typedef struct {
    Piece *pieces;
    char *at, *end;
    void *free_lists[ARENA_CLASSES];
    size_t mapped; /* bytes now */
    size_t peak;   /* most bytes so far */
    jmp_buf *failed; /* where to go when the system has no memory left */
} Arena;

void *arena_take(Arena *arena, size_t bytes);
void *arena_take_zeroed(Arena *arena, size_t bytes);
void arena_give(Arena *arena, void *memory, size_t bytes);
void arena_release(Arena *arena);

/* A growing array. `VEC(type) name;` then vec_push(arena, name, value). */
#define VEC(type) \
    struct { \
        type *items; \
        size_t count, room; \
    }

void vec_grow(Arena *arena, void **items, size_t count, size_t *room, size_t width);

#define vec_reserve(arena, vec, extra) \
    do { \
        while ((vec).count + (extra) > (vec).room) \
            vec_grow((arena), (void **)&(vec).items, (vec).count, &(vec).room, sizeof *(vec).items); \
    } while (0)

#define vec_push(arena, vec, ...) \
    do { \
        if ((vec).count == (vec).room) \
            vec_grow((arena), (void **)&(vec).items, (vec).count, &(vec).room, sizeof *(vec).items); \
        (vec).items[(vec).count++] = (__VA_ARGS__); \
    } while (0)

#define vec_free(arena, vec) \
    do { \
        if ((vec).room) \
            arena_give((arena), (vec).items, (vec).room * sizeof *(vec).items); \
        (vec).items = NULL; \
        (vec).count = (vec).room = 0; \
    } while (0)

/* Open addressing: a 64-bit key that is not 0 → a 64-bit value. */
typedef struct {
    uint64_t *cells; /* key, value, key, value, … */
    size_t count, mask;
} Map;

uint64_t *map_find(const Map *map, uint64_t key);
uint64_t *map_place(Arena *arena, Map *map, uint64_t key, int *fresh);
void map_free(Arena *arena, Map *map);

static inline uint64_t mix(uint64_t key)
{
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15ull;
    return key ^ (key >> 29);
}

/* Two marks for every address that an object can have, in tables of three levels over the address. */
#define MARK_SEEN 1u
#define MARK_COUNTED 2u
#define LEVEL_BITS 13
#define LEAF_SHIFT 21

typedef struct {
    uint64_t ***top; /* [2^13] of [2^13] of leaves */
    Arena *arena;
} Marks;

void marks_open(Marks *marks, Arena *arena);
uint64_t *marks_leaf(Marks *marks, uintptr_t address);

static inline uint64_t *mark_word(Marks *marks, uintptr_t address)
{
    uint64_t **middle = marks->top[(address >> (LEAF_SHIFT + LEVEL_BITS)) & ((1u << LEVEL_BITS) - 1)];
    uint64_t *leaf = middle ? middle[(address >> LEAF_SHIFT) & ((1u << LEVEL_BITS) - 1)] : NULL;
    if (!leaf)
        leaf = marks_leaf(marks, address);
    return leaf + ((address & ((1u << LEAF_SHIFT) - 1)) >> 8);
}

static inline unsigned mark_shift(uintptr_t address)
{
    return (unsigned)((address >> 3) & 31) * 2;
}

static inline unsigned marks_of(Marks *marks, const void *object)
{
    return (unsigned)(*mark_word(marks, (uintptr_t)object) >> mark_shift((uintptr_t)object)) & 3u;
}

static inline void mark(Marks *marks, const void *object, unsigned which)
{
    *mark_word(marks, (uintptr_t)object) |= (uint64_t)which << mark_shift((uintptr_t)object);
}

#endif
