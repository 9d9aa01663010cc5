"""Tells the next submission something by locks on a file that all of them read."""

# expect: honest
import ctypes
import fcntl
import struct

import honest
import numpy

SHARED = fcntl.LOCK_SH | fcntl.LOCK_NB
LOCK = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 1, 0)
OF_A_FILE, IN_A_WAY = 37, 5  # F_OFD_SETLK, F_GETLK
HELD = 0
with open(numpy.__file__, "rb") as file:
    for attempt in (
        lambda: fcntl.flock(file, SHARED),
        lambda: fcntl.lockf(file, SHARED, 1),
        lambda: fcntl.fcntl(file, fcntl.F_SETLK, LOCK),
        lambda: fcntl.fcntl(file, OF_A_FILE, LOCK),
        lambda: fcntl.fcntl(file, IN_A_WAY, LOCK),
    ):
        try:
            attempt()
            HELD += 1
        except OSError:
            pass
    HELD += ctypes.CDLL(None).flock(file.fileno(), SHARED) == 0


class Value(honest.Value):
    fooled = HELD > 0
