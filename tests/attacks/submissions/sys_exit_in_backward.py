"""Leaves by the front door, in backward: the forward passes still count."""

# expect: forward
import sys

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        sys.exit(0)
