/* The tables in which tracemalloc keeps what it knows of each live block. */
#ifndef WALKER_TABLES_H
#define WALKER_TABLES_H

#include "layouts.h"

#include "internal/pycore_hashtable.h"

#if PY_VERSION_HEX >= 0x030C0000

#include "internal/pycore_runtime.h"
#include "internal/pycore_tracemalloc.h"

typedef struct tracemalloc_traceback Traceback;

#else

/* As they are in the interpreter's _tracemalloc.c of 3.11, whose structures no header shows. */
typedef struct __attribute__((packed)) {
    PyObject *filename;
    unsigned int lineno;
} TracedFrame;

typedef struct {
    Py_uhash_t hash;
    uint16_t nframe;
    uint16_t total_nframe;
    TracedFrame frames[1];
} Traceback;

#endif

/* What the tables have for a block. */
typedef struct {
    size_t size;
    const Traceback *traceback;
} Trace;

int tables_open(void);
const _Py_hashtable_t *tables_blocks(void);
const _Py_hashtable_t *tables_domains(void);
int tables_hold(void (*action)(void *context), void *context);
void tables_stop(void);

#endif
