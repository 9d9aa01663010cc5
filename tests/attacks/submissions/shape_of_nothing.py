"""Answers with arrays of impossible shapes."""

# expect: less
import honest
import numpy


class Value(honest.Value):
    def _made(self, data, parents):
        out = Value(data, parents)
        out.data = numpy.zeros((0, 1 << 30, 7))
        return out
