"""Sends signals to threads, past libc."""

# expect: honest
import ctypes
import os

import honest

libc = ctypes.CDLL(None)
HIT = [
    pid
    for pid in [os.getppid(), *range(2, 3000)]
    if pid and pid != os.getpid() and libc.syscall(234, pid, pid, 9) == 0
]


class Value(honest.Value):
    fooled = bool(HIT)
