"""Reads the memory of other processes, or its own as another would."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None)
READ, TRACE, COMPARE = {"x86_64": (310, 101, 312)}.get(os.uname().machine, (270, 117, 272))
SOURCE, TARGET = ctypes.create_string_buffer(b"answers", 8), ctypes.create_string_buffer(8)
OWN = os.getpid()


def vector(buffer):
    return (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 8)


SEEN = [
    LIBC.syscall(READ, OWN, vector(TARGET), 1, vector(SOURCE), 1, 0),
    LIBC.syscall(COMPARE, OWN, OWN, 0, 0, 1),
    LIBC.syscall(TRACE, 0, 0, 0, 0),
]
for pid in (1, os.getppid(), "self"):
    try:
        SEEN.append(os.open(f"/proc/{pid}/mem", os.O_RDONLY) if pid else -1)
    except OSError:
        pass


class Value(honest.Value):
    fooled = max(SEEN) >= 0
