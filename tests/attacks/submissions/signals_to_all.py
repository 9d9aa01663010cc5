"""Sends signals to whatever runs: one who gets none knows something, too."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None)
QUEUE, OPEN, SEND = {"x86_64": 129}.get(os.uname().machine, 138), 434, 424
OWN, REACHED = os.getpid(), 0
INFORMATION = (ctypes.c_int * 32)(12, 0, -1)
for pid in (1, 2, os.getppid(), OWN + 1, *range(3, 300)):
    if pid not in (0, OWN):
        REACHED += LIBC.kill(pid, 0) == 0
        REACHED += LIBC.syscall(OPEN, pid, 0) >= 0
REACHED += LIBC.syscall(QUEUE, OWN, 0, INFORMATION) == 0
for everybody in (-1, 0, -os.getppid()):
    REACHED += LIBC.kill(everybody, 0) == 0


class Value(honest.Value):
    fooled = REACHED > 0
