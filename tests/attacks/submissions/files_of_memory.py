"""Fills files that lie in memory alone and have no name (memfd)."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None)
MADE = []
for flags in (0, 4, 8):  # MFD_HUGETLB, MFD_NOEXEC_SEAL
    file = LIBC.memfd_create(b"memory", flags)
    if file >= 0:
        MADE.append(file)
        try:
            os.truncate(file, 1 << 30)
            os.posix_fallocate(file, 0, 1 << 26)
        except OSError:
            pass
SECRET = LIBC.syscall(447, 0)  # memfd_secret
MADE += [SECRET] if SECRET >= 0 else []


class Value(honest.Value):
    fooled = bool(MADE)
