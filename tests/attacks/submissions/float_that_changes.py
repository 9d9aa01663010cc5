"""A number that is another one each time it is asked for."""

# expect: less
import itertools

import honest

COUNT = itertools.count()


class Fickle:
    def __float__(self):
        return 1000.0 + next(COUNT)

    def __array__(self, dtype=None, copy=None):
        import numpy

        return numpy.array(1000.0 + next(COUNT))


class Value(honest.Value):
    def _made(self, data, parents):
        out = Value(data, parents)
        out.data = Fickle()
        return out
