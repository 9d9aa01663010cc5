"""Reads the recorded numbers."""

# expect: honest
import os

import honest

FOUND = []
for place in ["cases/scalars/multiply/backward.yml", "../cases/scalars/multiply/backward.yml"]:
    try:
        FOUND += [name for name in os.listdir(place) if name not in ("engine.py", "honest.py")]
    except NotADirectoryError:
        FOUND.append(open(place).read())
    except OSError:
        pass
KNOWN = {"deps", "dev", "lib", "lib64", "proc", "python", "submission", "tmp", "usr", "etc"}


class Value(honest.Value):
    fooled = bool(set(FOUND) - KNOWN)
