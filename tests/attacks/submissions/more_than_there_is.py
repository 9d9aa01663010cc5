"""Asks for a hundred terabytes that it will not touch, by every call that gives memory."""

# expect: honest
import ctypes
import mmap

import honest

LIBC = ctypes.CDLL(None)
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
FAILED = ctypes.c_void_p(-1).value
GIVEN = []
for flags in (0x22, 0x4022, 0x8022, 0x122):  # private, not reserved, populated, grows down
    for size in (1 << 46, 1 << 36, 1 << 32):
        GIVEN.append(LIBC.mmap(None, size, 3, flags, -1, 0) != FAILED)
try:
    mmap.mmap(-1, 1 << 33)
    GIVEN.append(True)
except (OSError, ValueError):
    pass
for ask in (lambda: bytearray(1 << 40), lambda: [None] * (1 << 40), lambda: b"x" * (1 << 40)):
    try:
        ask()
        GIVEN.append(True)
    except MemoryError:
        pass


class Value(honest.Value):
    fooled = any(GIVEN)
