"""Leaves shared memory and a key for the next submission, and looks for what one before it left."""

# expect: honest
import ctypes

import honest

LIBC = ctypes.CDLL(None)
KEYCTL, ADD_KEY, SEARCH, OF_THE_USER = 250, 248, 10, -4
FOUND = LIBC.shmget(4242, 4096, 0) >= 0
FOUND = FOUND or LIBC.syscall(KEYCTL, SEARCH, OF_THE_USER, b"user", b"answers", 0) > 0
LIBC.shmget(4242, 4096, 0o1666)
LIBC.syscall(ADD_KEY, b"user", b"answers", b"42", 2, OF_THE_USER)


class Value(honest.Value):
    fooled = FOUND
