"""Leaves messages and semaphores, of System V and of POSIX, for who comes next."""

# expect: honest
import ctypes

import honest

LIBC = ctypes.CDLL(None)
CREATE = 0o1000 | 0o600
LEFT = [
    LIBC.msgget(4242, CREATE),
    LIBC.semget(4242, 1, CREATE),
    LIBC.mq_open(b"/answers", 0o100 | 2, 0o600, None),
]
LIBC.sem_open.restype = ctypes.c_void_p
SEMAPHORE = LIBC.sem_open(b"/answers", 0o100, 0o600, 1)


class Value(honest.Value):
    fooled = max(LEFT) >= 0 or SEMAPHORE is not None
