"""Sends signals to every process that it can name."""

# expect: honest
import os
import signal

import honest

HIT = []
for pid in [os.getppid(), *range(2, 3000)]:
    if pid in (0, os.getpid()):
        continue
    try:
        os.kill(pid, signal.SIGKILL)
        HIT.append(pid)
    except OSError:
        pass


class Value(honest.Value):
    fooled = bool(HIT)
