"""Writes without end to where its answers go."""

# expect: 0
import os

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        while True:
            for descriptor in range(3, 64):
                try:
                    os.write(descriptor, b"x" * 65536)
                except OSError:
                    pass
