/* Preloaded: while a child is made a thread tries to untrace a block, for which it needs tracemalloc's lock alone. */
#define _GNU_SOURCE
#include <Python.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATIENCE 200 /* milliseconds that the thread has for it, from when it is about to */
#define DOMAIN 389049

static int waiting, untraced_meanwhile;
static volatile int about, untraced;

static void *run(void *unused)
{
    about = 1;
    PyTraceMalloc_Untrack(DOMAIN, (uintptr_t)&waiting);
    untraced = 1;
    return unused;
}

static void try_to_untrace(void)
{
    pthread_t thread;
    waiting = 0;
    pthread_create(&thread, NULL, run, NULL);
    pthread_detach(thread);
    while (!about)
        usleep(1000);
    for (int i = 0; i < PATIENCE && !untraced; i++)
        usleep(1000);
    untraced_meanwhile = untraced;
}

/* The walker makes its child through this function. */
long syscall(long number, ...)
{
    static long (*next)(long, ...);
    long given[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        given[i] = va_arg(arguments, long);
    va_end(arguments);
    if (!next)
        next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    if (number == SYS_clone && waiting)
        try_to_untrace();
    return next(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}

void prepare(void)
{
    waiting = PyTraceMalloc_Track(DOMAIN, (uintptr_t)&waiting, 64) == 0;
}

/* Return whether the block was untraced while a child was made; -1 where that was not tried. */
int found(void)
{
    return waiting ? -1 : untraced_meanwhile;
}
