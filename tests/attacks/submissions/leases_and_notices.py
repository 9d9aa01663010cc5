"""Has itself told when another submission reads a file: by a lease, a notice, a watch."""

# expect: honest
import ctypes
import fcntl
import os

import honest
import numpy

LIBC = ctypes.CDLL(None)
ACCESS, OF_ITS_OWN, SIGNAL = 1, 8, 10
TOLD = 0
folder = os.open(os.path.dirname(numpy.__file__), os.O_RDONLY)
for command, argument in (
    (fcntl.F_NOTIFY, ACCESS),
    (fcntl.F_SETLEASE, fcntl.F_RDLCK),
    (OF_ITS_OWN, os.getpid()),
    (SIGNAL, 12),
):
    try:
        fcntl.fcntl(folder, command, argument)
        TOLD += 1
    except OSError:
        pass
TOLD += LIBC.inotify_init1(0) >= 0
TOLD += LIBC.fanotify_init(0x200, 0) >= 0


class Value(honest.Value):
    fooled = TOLD > 0
