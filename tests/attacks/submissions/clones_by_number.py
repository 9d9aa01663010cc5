"""Starts processes without the C library: by the kernel's own numbers."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None)
CLONE, FORK, CLONE3 = {"x86_64": (56, 57, 435)}.get(os.uname().machine, (220, 220, 435))
BORN = 0
for number, arguments in (
    (CLONE, (17, 0, 0, 0, 0)),  # SIGCHLD
    (CLONE, (0x10000000 | 0x20000000 | 17, 0, 0, 0, 0)),  # CLONE_NEWUSER, CLONE_NEWPID
    (FORK, (17, 0, 0, 0, 0)),
    (CLONE3, (ctypes.byref((ctypes.c_uint64 * 8)(0, 0, 0, 0, 17)), 64)),
):
    pid = LIBC.syscall(number, *arguments)
    if pid == 0:
        os._exit(0)
    BORN += pid > 0


class Value(honest.Value):
    fooled = BORN > 0
