"""Answers a byte at a time, so that there is always something to wait for."""

# expect: 0
import os
import time

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        while True:
            os.write(11, b" ")
            time.sleep(0.05)
