/* What a walk found, as bytes: how a forked child tells its parent. */
#ifndef WALKER_MESSAGE_H
#define WALKER_MESSAGE_H

#include "walker.h"

typedef struct {
    const char *at, *end;
    int broken;
} Reader;

void put_bytes(Walk *walk, Bytes *out, const void *bytes, size_t length);
void put_number(Walk *walk, Bytes *out, int64_t number);
int64_t get_number(Reader *reader);
const char *get_bytes(Reader *reader, size_t length);

int append_new(PyObject *list, PyObject *item);

void message_write(Walk *walk, const Request *request, Bytes *out, size_t texts_before, int64_t nanoseconds);
PyObject *message_read(Book *book, const char *bytes, size_t length, int replay);

/* traces.c */
void traces_write(Walk *walk, Bytes *out, const Request *request);
PyObject *traces_read(Reader *reader);

#endif
