"""Reads the memory of the process that judges."""

# expect: honest
import os

import honest

FOUND = []
for pid in [os.getppid(), *range(2, 500), *range(1000, 1200)]:
    if pid in (0, os.getpid()):
        continue
    try:
        with open(f"/proc/{pid}/mem", "rb") as file:
            FOUND.append(file.read(16))
    except OSError:
        pass


class Value(honest.Value):
    fooled = bool(FOUND)
