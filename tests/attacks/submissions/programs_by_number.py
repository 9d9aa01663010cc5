"""Becomes another program, of a file or of memory: one that no limit of Python's holds."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None, use_errno=True)
EXECVE, EXECVEAT = {"x86_64": (59, 322)}.get(os.uname().machine, (221, 281))
NOWHERE = 1
LIBC.syscall(EXECVE, b"/usr/bin/env", NOWHERE, NOWHERE)
RAN = ctypes.get_errno() == 14  # EFAULT: it has got as far as the arguments
LIBC.syscall(EXECVEAT, -100, b"/usr/bin/env", NOWHERE, NOWHERE, 0)


class Value(honest.Value):
    fooled = RAN or ctypes.get_errno() == 14
