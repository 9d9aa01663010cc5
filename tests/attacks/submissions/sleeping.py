"""Sleeps, which costs no time of the processor."""

# expect: 0
import time

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        time.sleep(10_000)
