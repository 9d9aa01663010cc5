"""Leaves a process behind that outlives it."""

# expect: honest
import os
import time

import honest

LEFT = False
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(1)
        os._exit(0)
    LEFT = True
except OSError:
    pass


class Value(honest.Value):
    fooled = LEFT
