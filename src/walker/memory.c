#define _GNU_SOURCE
#include "memory.h"

#include <sys/mman.h>

#define LEAST_PIECE ((size_t)1 << 20)
#define SMALLEST 5 /* 32 bytes */
#define PAGE 4096

/* `make sanitize`: the sanitizer is told what of our mappings is in use. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define FORBID(memory, bytes) __asan_poison_memory_region((memory), (bytes))
#define ALLOW(memory, bytes) __asan_unpoison_memory_region((memory), (bytes))
#else
#define FORBID(memory, bytes) ((void)(memory), (void)(bytes))
#define ALLOW(memory, bytes) ((void)(memory), (void)(bytes))
#endif

static int class_of(size_t bytes)
{
    int class = SMALLEST;
    while (((size_t)1 << class) < bytes)
        class++;
    return class;
}

static Piece *map_piece(Arena *arena, size_t bytes)
{
    Piece *piece = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece == MAP_FAILED)
        longjmp(*arena->failed, 1);
    piece->next = arena->pieces;
    piece->before = NULL;
    piece->size = bytes;
    if (arena->pieces)
        arena->pieces->before = piece;
    arena->pieces = piece;
    arena->mapped += bytes;
    if (arena->mapped > arena->peak)
        arena->peak = arena->mapped;
    return piece;
}

static void unmap_piece(Arena *arena, Piece *piece)
{
    if (piece->before)
        piece->before->next = piece->next;
    else
        arena->pieces = piece->next;
    if (piece->next)
        piece->next->before = piece->before;
    arena->mapped -= piece->size;
    ALLOW(piece, piece->size);
    munmap(piece, piece->size);
}

/* Sizes are rounded up to powers of two. Large ones are mappings of their own and go back to the system at once. */
static void *take_block(Arena *arena, int class)
{
    size_t size = (size_t)1 << class;
    if (size >= LEAST_PIECE)
        return (char *)map_piece(arena, size + PAGE) + PAGE;
    void *free = arena->free_lists[class];
    if (free) {
        ALLOW(free, sizeof(void *));
        arena->free_lists[class] = *(void **)free;
        return free;
    }
    if ((size_t)(arena->end - arena->at) < size) {
        Piece *piece = map_piece(arena, LEAST_PIECE);
        arena->at = (char *)piece + 64;
        arena->end = (char *)piece + LEAST_PIECE;
    }
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

void *arena_take(Arena *arena, size_t bytes)
{
    int class = class_of(bytes);
    char *memory = take_block(arena, class);
    ALLOW(memory, bytes);
    FORBID(memory + bytes, ((size_t)1 << class) - bytes);
    return memory;
}

void *arena_take_zeroed(Arena *arena, size_t bytes)
{
    return memset(arena_take(arena, bytes), 0, bytes);
}

void arena_give(Arena *arena, void *memory, size_t bytes)
{
    int class = class_of(bytes);
    size_t size = (size_t)1 << class;
    if (size >= LEAST_PIECE) {
        unmap_piece(arena, (Piece *)((char *)memory - PAGE));
        return;
    }
    ALLOW(memory, sizeof(void *));
    *(void **)memory = arena->free_lists[class];
    arena->free_lists[class] = memory;
    FORBID(memory, size);
}

void arena_release(Arena *arena)
{
    while (arena->pieces)
        unmap_piece(arena, arena->pieces);
    arena->at = arena->end = NULL;
    memset(arena->free_lists, 0, sizeof arena->free_lists);
}

void vec_grow(Arena *arena, void **items, size_t count, size_t *room, size_t width)
{
    size_t wanted = *room ? *room * 2 : (32 + width - 1) / width;
    void *larger = arena_take(arena, wanted * width);
    if (*room) {
        memcpy(larger, *items, count * width);
        arena_give(arena, *items, *room * width);
    }
    *items = larger;
    *room = wanted;
}

uint64_t *map_find(const Map *map, uint64_t key)
{
    if (!map->cells)
        return NULL;
    for (size_t at = mix(key) & map->mask;; at = (at + 1) & map->mask) {
        uint64_t *cell = map->cells + 2 * at;
        if (cell[0] == key)
            return cell + 1;
        if (!cell[0])
            return NULL;
    }
}

static void map_resize(Arena *arena, Map *map, size_t size)
{
    uint64_t *old = map->cells;
    size_t cells = old ? map->mask + 1 : 0;
    map->cells = arena_take_zeroed(arena, size * 16);
    map->mask = size - 1;
    for (size_t i = 0; i < cells; i++) {
        if (!old[2 * i])
            continue;
        size_t at = mix(old[2 * i]) & map->mask;
        while (map->cells[2 * at])
            at = (at + 1) & map->mask;
        map->cells[2 * at] = old[2 * i];
        map->cells[2 * at + 1] = old[2 * i + 1];
    }
    if (old)
        arena_give(arena, old, cells * 16);
}

uint64_t *map_place(Arena *arena, Map *map, uint64_t key, int *fresh)
{
    if (!map->cells || map->count * 2 >= map->mask)
        map_resize(arena, map, map->cells ? (map->mask + 1) * 2 : 64);
    for (size_t at = mix(key) & map->mask;; at = (at + 1) & map->mask) {
        uint64_t *cell = map->cells + 2 * at;
        if (cell[0] == key) {
            *fresh = 0;
            return cell + 1;
        }
        if (!cell[0]) {
            cell[0] = key;
            cell[1] = 0;
            map->count++;
            *fresh = 1;
            return cell + 1;
        }
    }
}

void map_free(Arena *arena, Map *map)
{
    if (map->cells)
        arena_give(arena, map->cells, (map->mask + 1) * 2 * sizeof(uint64_t));
    *map = (Map){0};
}

void marks_open(Marks *marks, Arena *arena)
{
    marks->arena = arena;
    marks->top = arena_take_zeroed(arena, sizeof(void *) << LEVEL_BITS);
}

uint64_t *marks_leaf(Marks *marks, uintptr_t address)
{
    uint64_t ***middle = &marks->top[(address >> (LEAF_SHIFT + LEVEL_BITS)) & ((1u << LEVEL_BITS) - 1)];
    if (!*middle)
        *middle = arena_take_zeroed(marks->arena, sizeof(void *) << LEVEL_BITS);
    uint64_t **leaf = &(*middle)[(address >> LEAF_SHIFT) & ((1u << LEVEL_BITS) - 1)];
    if (!*leaf)
        *leaf = arena_take_zeroed(marks->arena, ((size_t)1 << LEAF_SHIFT) / 32);
    return *leaf;
}
