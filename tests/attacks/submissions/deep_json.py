"""Answers with JSON that is nested a hundred thousand deep."""

# expect: 0
import os

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b"[" * 100_000 + b"\n")
            except OSError:
                pass
