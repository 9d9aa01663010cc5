"""Attaches to other processes as a debugger."""

# expect: honest
import ctypes
import os

import honest

libc = ctypes.CDLL(None)
HIT = [p for p in range(2, 2000) if p != os.getpid() and libc.ptrace(16, p, 0, 0) == 0]


class Value(honest.Value):
    fooled = bool(HIT)
