"""Makes itself slow, so that the clock, which waits for who has no processor, waits for it."""

# expect: 0
import os

import honest

os.nice(19)


class Value(honest.Value):
    def backward(self, upstream=1.0):
        while True:
            pass
