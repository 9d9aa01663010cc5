"""Takes care that nobody's death ends it, and leaves a burner behind."""

# expect: honest
import ctypes
import os
import signal

import honest

LIBC = ctypes.CDLL(None)
NO_DEATH_SIGNAL = LIBC.prctl(1, 0, 0, 0, 0) == 0
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
BURNING = False
try:
    if os.fork() == 0:
        os.setsid()
        for _ in range(1 << 28):
            pass
        os._exit(0)
    BURNING = True
except OSError:
    pass


class Value(honest.Value):
    fooled = NO_DEATH_SIGNAL or BURNING
