/* Three threads that free traced memory bit by bit, for which they do not need the interpreter's lock. */
#include <Python.h>
#include <pthread.h>

#define THREADS 3
#define BLOCKS 200000

static void *blocks[THREADS][BLOCKS];

static void *run(void *own)
{
    for (int i = 0; i < BLOCKS; i++) {
        PyMem_RawFree(((void **)own)[i]);
        for (volatile int wait = 0; wait < 8000; wait++)
            ;
    }
    return NULL;
}

void start_threads(void)
{
    for (int each = 0; each < THREADS; each++) {
        for (int i = 0; i < BLOCKS; i++)
            blocks[each][i] = PyMem_RawMalloc(64);
        pthread_t thread;
        pthread_create(&thread, NULL, run, blocks[each]);
        pthread_detach(thread);
    }
}
