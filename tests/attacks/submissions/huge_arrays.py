"""Answers with arrays of a gigabyte."""

# expect: 0
import honest
import numpy


class Value(honest.Value):
    def _made(self, data, parents):
        out = Value(data, parents)
        out.data = numpy.broadcast_to(numpy.float64(1.0), (1 << 14, 1 << 13))
        return out
