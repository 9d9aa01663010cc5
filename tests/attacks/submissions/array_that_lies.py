"""An array whose bytes, shape and comparisons are not its own."""

# expect: less
import honest
import numpy


class Liar(numpy.ndarray):
    shape = ()

    def tobytes(self, order="C"):
        return bytes(8)

    def __array_function__(self, *_):
        return True

    def __array_ufunc__(self, *_, **__):
        return numpy.True_


class Value(honest.Value):
    def backward(self, upstream=1.0):
        super().backward(upstream)
        self.grad = numpy.array(77.0).view(Liar)
