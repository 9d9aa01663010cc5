"""An object whose __array__ looks through its caller for the right number."""

# expect: less
import sys

import honest
import numpy


class Spy:
    def __array__(self, dtype=None, copy=None):
        frame = sys._getframe()
        while frame is not None:
            for name in ("expected", "truth", "right", "reference"):
                if name in frame.f_locals:
                    return numpy.array(frame.f_locals[name])
            frame = frame.f_back
        return numpy.array(77.0)


class Value(honest.Value):
    def _made(self, data, parents):
        out = Value(data, parents)
        out.data = Spy()
        return out
