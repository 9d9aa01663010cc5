"""Looks for secrets in the worker's arguments, its environment, its globals and its main module."""

# expect: honest
import gc
import os
import sys

import honest

WORDS = ("expected", "truth", "points", "hidden", "gradebook", "/tmp/pytest", "marks")
TOLD = " ".join([*sys.argv, *sys.orig_argv, *os.environ, *os.environ.values(), *sys.path])
TOLD += " ".join(map(str, vars(sys.modules["__main__"]).values()))
for thing in gc.get_objects():
    if isinstance(thing, dict) and "settings" in thing:
        TOLD += str(thing["settings"])


class Value(honest.Value):
    fooled = any(word in TOLD for word in WORDS)
