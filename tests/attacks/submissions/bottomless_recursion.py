"""Recurses until the stack of C is full."""

# expect: 0
import sys

import honest

sys.setrecursionlimit(1 << 30)


class Value(honest.Value):
    def backward(self, upstream=1.0):
        getattr(self, "x")

    def __getattr__(self, name):
        return getattr(self, name + "y")
