"""Handles its own page faults, with which it can hold the kernel in the middle of a call."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None)
USERFAULTFD, ONLY_ITS_OWN = {"x86_64": 323}.get(os.uname().machine, 282), 1


class Value(honest.Value):
    fooled = max(LIBC.syscall(USERFAULTFD, flags) for flags in (0, ONLY_ITS_OWN)) >= 0
