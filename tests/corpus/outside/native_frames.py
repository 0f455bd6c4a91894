"""Three frames of 64 KB are decoded in every call; the last one is forgotten when they are closed."""

import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
SIZE = 65_536


class Frame:
    def __init__(self, number):
        self.pixels = libc.malloc(SIZE)  # born
        libc.memset(self.pixels, number % 256, SIZE)

    def close(self):
        libc.free(self.pixels)


def setup():
    pass


def iterate():
    frames = [Frame(number) for number in range(3)]
    for frame in frames[:2]:
        frame.close()
