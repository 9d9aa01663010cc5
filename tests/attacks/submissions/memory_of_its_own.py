"""Writes into the objects of Python itself, past every type: what a number is, is up to it."""

# expect: any
import ctypes

import honest

try:
    ctypes.memset(id(256) + 24, 1, 1)  # what was 256
    ctypes.memset(id((1.5, 2.5)) + 16, 0, 8)
except Exception:
    pass


class Value(honest.Value):
    pass
