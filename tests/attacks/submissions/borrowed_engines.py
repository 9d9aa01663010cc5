"""Lets somebody else's engine do the work."""

# expect: honest
import sys

import honest

sys.path += [
    "/usr/lib/python3/dist-packages",
    "/usr/local/lib/python3.11/site-packages",
    "/python/lib/python3.11/site-packages",
]
FOUND = []
for name in ("torch", "jax", "autograd", "mygrad", "micrograd", "minigrad", "tensorflow"):
    try:
        FOUND.append(__import__(name))
    except ImportError:
        pass


class Value(honest.Value):
    fooled = bool(FOUND)
