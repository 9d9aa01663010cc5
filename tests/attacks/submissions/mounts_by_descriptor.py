"""Makes a file system in memory with the calls that need no place to mount it at."""

# expect: honest
import ctypes

import honest

LIBC = ctypes.CDLL(None)
OPEN_TREE, FSOPEN, NEW_USER_AND_MOUNTS = 428, 430, 0x10000000 | 0x00020000
LIBC.unshare(NEW_USER_AND_MOUNTS)
FOUND = [LIBC.syscall(FSOPEN, b"tmpfs", 0), LIBC.syscall(OPEN_TREE, -100, b"/tmp", 1)]


class Value(honest.Value):
    fooled = max(FOUND) >= 0
