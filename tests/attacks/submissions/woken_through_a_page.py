"""Wakes those who wait at the same word of a library's file: the kernel knows them by the page."""

# expect: honest
import ctypes
import mmap
import os

import honest
import numpy

LIBC = ctypes.CDLL(None)
FUTEX, WAKE, EVERYBODY = {"x86_64": 202}.get(os.uname().machine, 98), 1, 1 << 30
with open(numpy.__file__, "rb") as file:
    page = mmap.mmap(file.fileno(), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
word = ctypes.byref(ctypes.c_char.from_buffer(page))


class Value(honest.Value):
    fooled = LIBC.syscall(FUTEX, word, WAKE, EVERYBODY, None, None, 0) >= 0
