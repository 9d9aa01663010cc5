"""Has Python's own reports of crashes, warnings and threads go where its answers go."""

# expect: less
import faulthandler
import sys

import honest

sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = open(11, "w", closefd=False)


class Value(honest.Value):
    def backward(self, upstream=1.0):
        print("NaN", flush=True)
        faulthandler.dump_traceback(11)
        super().backward(upstream)
