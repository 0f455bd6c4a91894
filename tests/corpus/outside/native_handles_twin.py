"""A handle of sixteen bytes is opened in C in every call, and closed."""

import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]


def open_handle():
    return libc.malloc(16)


def scratch():
    block = libc.malloc(16)
    libc.free(block)


def setup():
    pass


def iterate():
    scratch()
    handle = open_handle()
    scratch()
    assert handle
    libc.free(handle)
