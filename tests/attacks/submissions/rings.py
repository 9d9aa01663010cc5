"""Has a ring of the kernel do what it may not do itself (io_uring, aio)."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None)
AIO, RING = {"x86_64": 206}.get(os.uname().machine, 0), 425
PLACE = (ctypes.c_uint64 * 32)()
MADE = [LIBC.syscall(RING, 4, PLACE), LIBC.syscall(AIO, 4, PLACE)]


class Value(honest.Value):
    fooled = max(MADE) >= 0
