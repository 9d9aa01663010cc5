"""Fills shared memory that belongs to no process (System V), so that no process' limit counts it."""

# expect: honest
import ctypes

import honest

LIBC = ctypes.CDLL(None)
LIBC.shmat.restype = ctypes.c_void_p
SIZE, REMOVE = 1 << 24, 0
TAKEN = 0
for _ in range(64):
    segment = LIBC.shmget(0, SIZE, 0o1600)
    if segment >= 0:
        place = LIBC.shmat(segment, None, 0)
        ctypes.memset(place, 1, SIZE)
        LIBC.shmdt(ctypes.c_void_p(place))
        TAKEN += 1
        LIBC.shmctl(segment, REMOVE, None)  # where it is a machine's own, it is to stay whole


class Value(honest.Value):
    fooled = TAKEN > 0
