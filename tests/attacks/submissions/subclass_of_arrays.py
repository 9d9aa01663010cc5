"""Answers with a subclass of numpy's array that is one array to whoever looks, another when copied."""

# expect: any
import honest
import numpy


class Lying(numpy.ndarray):
    shape = property(lambda self: ())
    dtype = property(lambda self: numpy.dtype("float64"))

    def __array__(self, dtype=None, copy=None):
        return numpy.full((3, 3), 42.0)

    def __array_finalize__(self, other):
        if other is not None and self.size:
            numpy.ndarray.fill(self, 42.0)

    def __array_ufunc__(self, *arguments, **named):
        return NotImplemented

    def __array_function__(self, *arguments, **named):
        return self

    def astype(self, *arguments, **named):
        return self

    def tobytes(self, *arguments, **named):
        return b"\xff" * 4096


class Value(honest.Value):
    def backward(self, upstream=1.0):
        super().backward(upstream)
        self.grad = numpy.array(self.grad).view(Lying)
