"""Reads the cases."""

# expect: honest
import os

import honest

FOUND = []
for place in ["/work", "/home", "/root", "/tmp", "/srv", "/opt", "cases", "..", "../cases"]:
    try:
        FOUND += [name for name in os.listdir(place) if name not in ("engine.py", "honest.py")]
    except NotADirectoryError:
        FOUND.append(open(place).read())
    except OSError:
        pass
KNOWN = {"deps", "dev", "lib", "lib64", "proc", "python", "submission", "tmp", "usr", "etc"}


class Value(honest.Value):
    fooled = bool(set(FOUND) - KNOWN)
