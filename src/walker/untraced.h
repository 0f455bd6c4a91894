/* Functions of the module that put tracemalloc aside for one thread; see untraced.c. */
#ifndef WALKER_UNTRACED_H
#define WALKER_UNTRACED_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* untraced_note(): the allocators are those without tracing. To be called before it starts. */
PyObject *untraced_note(PyObject *module, PyObject *unused);
/* untraced_enter() → whether what this thread does is no longer traced. */
PyObject *untraced_enter(PyObject *module, PyObject *unused);
/* untraced_leave(): it is traced again. */
PyObject *untraced_leave(PyObject *module, PyObject *unused);

/* Put the allocators from before tracing back for everybody, for a moment in which no Python code runs, if tracing is
 * put aside; `untraced_again` is given what this returned. */
int untraced_bare(void);
void untraced_again(int bare);

#endif
