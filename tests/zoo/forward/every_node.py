"""Dual numbers with a partial derivative by every node, so that none is without a gradient."""


class Value:
    def __init__(self, data, slopes=None):
        self.data = data
        self.grad = 0.0
        self.slopes = dict(slopes or {})
        self.slopes[self] = 1.0

    def _of(self, other):
        return other if isinstance(other, Value) else Value(other)

    def _combined(self, data, *terms):
        slopes = {}
        for node, local in terms:
            for below, slope in node.slopes.items():
                slopes[below] = slopes.get(below, 0.0) + local * slope
        return Value(data, slopes)

    def __add__(self, other):
        other = self._of(other)
        return self._combined(self.data + other.data, (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        other = self._of(other)
        return self._combined(self.data - other.data, (self, 1.0), (other, -1.0))

    def __mul__(self, other):
        other = self._of(other)
        return self._combined(self.data * other.data, (self, other.data), (other, self.data))

    def __truediv__(self, other):
        other = self._of(other)
        out = self.data / other.data
        return self._combined(out, (self, 1 / other.data), (other, -out / other.data))

    def __neg__(self):
        return self._combined(-self.data, (self, -1.0))

    def __radd__(self, other):
        return self._of(other) + self

    def __rsub__(self, other):
        return self._of(other) - self

    def __rmul__(self, other):
        return self._of(other) * self

    def __rtruediv__(self, other):
        return self._of(other) / self

    def backward(self):
        for node, slope in self.slopes.items():
            node.grad += slope
