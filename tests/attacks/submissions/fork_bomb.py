"""Starts as many processes as it can."""

# expect: honest
import os

import honest

STARTED = 0
for _ in range(1000):
    try:
        if os.fork() == 0:
            while True:
                os.fork()
        STARTED += 1
    except OSError:
        break


class Value(honest.Value):
    fooled = STARTED > 0
