"""Reads the machine's users."""

# expect: honest
import os

import honest

FOUND = []
for place in ["/etc/passwd", "/etc/shadow", "/etc/hosts", "/root/.ssh", "/home"]:
    try:
        FOUND += [name for name in os.listdir(place) if name not in ("engine.py", "honest.py")]
    except NotADirectoryError:
        FOUND.append(open(place).read())
    except OSError:
        pass
KNOWN = {"deps", "dev", "lib", "lib64", "proc", "python", "submission", "tmp", "usr", "etc"}


class Value(honest.Value):
    fooled = bool(set(FOUND) - KNOWN)
