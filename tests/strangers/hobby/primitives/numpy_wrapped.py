import numpy as onp

from .tracing import Box, primitive, value_of  # noqa: F401

add = primitive(onp.add)
subtract = primitive(onp.subtract)
multiply = primitive(onp.multiply)
divide = primitive(onp.divide)
power = primitive(onp.power)
negative = primitive(onp.negative)
exp = primitive(onp.exp)
log = primitive(onp.log)
sin = primitive(onp.sin)
cos = primitive(onp.cos)
tanh = primitive(onp.tanh)
sqrt = primitive(onp.sqrt)
maximum = primitive(onp.maximum)
dot = primitive(onp.dot)
sum = primitive(onp.sum)
reshape = primitive(onp.reshape)
transpose = primitive(onp.transpose)
where = primitive(onp.where)


@primitive
def _getitem(A, idx):
    return A[idx]


@primitive
def _untake(g, idx, shape):
    out = onp.zeros(shape)
    onp.add.at(out, idx, g)
    return out


class ArrayBox(Box):
    __array_ufunc__ = None
    shape = property(lambda self: onp.shape(value_of(self)))
    ndim = property(lambda self: onp.ndim(value_of(self)))
    T = property(lambda self: transpose(self))

    def __getitem__(A, idx):
        return _getitem(A, idx)

    def __neg__(self):
        return negative(self)

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return subtract(self, other)

    def __rsub__(self, other):
        return subtract(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __truediv__(self, other):
        return divide(self, other)

    def __rtruediv__(self, other):
        return divide(other, self)

    def __pow__(self, other):
        return power(self, other)

    def __rpow__(self, other):
        return power(other, self)

    def __matmul__(self, other):
        return dot(self, other)

    def __gt__(self, other):
        return value_of(self) > value_of(other)

    def __lt__(self, other):
        return value_of(self) < value_of(other)

    def __ge__(self, other):
        return value_of(self) >= value_of(other)

    def __le__(self, other):
        return value_of(self) <= value_of(other)
