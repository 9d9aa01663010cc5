"""Gives the worker its own answers to read, and the judge its own questions."""

# expect: less
import os

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        try:
            os.dup2(10, 11)
            os.dup2(11, 10)
        except OSError:
            pass
        super().backward(upstream)
