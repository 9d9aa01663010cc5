"""Calls the kernel by the numbers of x32, which a list of x86_64 does not know."""

# expect: honest
import ctypes

import honest

X32 = 0x40000000
SOCKET, OWN_NUMBER = 41, 39
LIBC = ctypes.CDLL(None)


class Value(honest.Value):
    fooled = LIBC.syscall(X32 | SOCKET, 1, 1, 0) >= 0 or LIBC.syscall(X32 | OWN_NUMBER) >= 0
