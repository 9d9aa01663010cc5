"""Gradients behind properties; asking for one before backward() is an error."""

import math


class GradientError(RuntimeError):
    pass


class Quantity:
    def __init__(self, magnitude, sources=()):
        self._magnitude = float(magnitude)
        self._sources = tuple(sources)
        self._adjoint = None

    @property
    def magnitude(self):
        return self._magnitude

    @property
    def adjoint(self):
        if self._adjoint is None:
            raise GradientError("call propagate() on the result first")
        return self._adjoint

    @classmethod
    def of(cls, thing):
        return thing if isinstance(thing, cls) else cls(thing)

    def __add__(self, other):
        other = Quantity.of(other)
        return Quantity(self.magnitude + other.magnitude, [(self, 1.0), (other, 1.0)])

    __radd__ = __add__

    def __sub__(self, other):
        other = Quantity.of(other)
        return Quantity(self.magnitude - other.magnitude, [(self, 1.0), (other, 1.0)])

    def __rsub__(self, other):
        return Quantity.of(other) - self

    def __mul__(self, other):
        other = Quantity.of(other)
        return Quantity(
            self.magnitude * other.magnitude, [(self, other.magnitude), (other, self.magnitude)]
        )

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = Quantity.of(other)
        return Quantity(
            self.magnitude / other.magnitude,
            [(self, 1 / other.magnitude), (other, -self.magnitude / other.magnitude**2)],
        )

    def __rtruediv__(self, other):
        return Quantity.of(other) / self

    def __neg__(self):
        return Quantity(-self.magnitude, [(self, -1.0)])

    def exp(self):
        e = math.exp(self.magnitude)
        return Quantity(e, [(self, e)])

    def log(self):
        return Quantity(math.log(self.magnitude), [(self, 1 / self.magnitude)])

    def sin(self):
        return Quantity(math.sin(self.magnitude), [(self, math.cos(self.magnitude))])

    def sqrt(self):
        r = math.sqrt(self.magnitude)
        return Quantity(r, [(self, 0.5 / r)])

    def propagate(self, adjoint=1.0):
        order, seen, stack = [], set(), [(self, iter(self._sources))]
        seen.add(id(self))
        while stack:
            node, rest = stack[-1]
            for below, _ in rest:
                if id(below) not in seen:
                    seen.add(id(below))
                    stack.append((below, iter(below._sources)))
                    break
            else:
                order.append(node)
                stack.pop()
        for node in order:
            node._adjoint = 0.0
        self._adjoint = adjoint
        for node in reversed(order):
            for below, local in node._sources:
                below._adjoint += node._adjoint * local
