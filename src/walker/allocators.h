/* Functions of the module that ask memory allocators; see allocators.c. Linux only. */
#ifndef SNAPDIFF_ALLOCATORS_H
#define SNAPDIFF_ALLOCATORS_H

#ifdef __linux__

/* malloc_state() → (bytes in use, bytes free, bytes in mapped chunks, mapped chunks), None where glibc cannot say. */
PyObject *allocators_malloc(PyObject *module, PyObject *unused);
/* trim() → whether malloc gave memory back, None where it cannot. */
PyObject *allocators_trim(PyObject *module, PyObject *unused);
/* pymalloc_text() → what pymalloc says of itself, None where it is not used. */
PyObject *allocators_pymalloc(PyObject *module, PyObject *unused);
/* mapped_chunks([start, end, …], chunks, bytes) → resident bytes of malloc's mapped chunks, which lie in some of these
 * ranges; None unless exactly so many of so many bytes are found. */
PyObject *allocators_mapped_chunks(PyObject *module, PyObject *arguments);
/* ask_library(name, function, argument) → what `long long function(int)` of a library that is loaded returns, else
 * None. A function without a parameter ignores the argument. */
PyObject *allocators_ask_library(PyObject *module, PyObject *arguments);

/* Bytes of a mapping that are resident. */
size_t allocators_resident(const void *start, size_t length);

#endif
#endif
