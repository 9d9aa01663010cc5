import numpy as _np
from .tracer import primitive, Box, getval
from .core import defvjp

add, subtract, multiply, divide = map(primitive, (_np.add, _np.subtract, _np.multiply, _np.true_divide))
negative, exp, log, sin, cos, tanh = map(primitive, (_np.negative, _np.exp, _np.log, _np.sin, _np.cos, _np.tanh))
power, dot, transpose, reshape = map(primitive, (_np.power, _np.dot, _np.transpose, _np.reshape))
maximum = primitive(_np.maximum)
sum = primitive(_np.sum)
array = _np.array
linspace = _np.linspace


def ones_like(x): return _np.ones_like(getval(x), dtype=float)
def where_mask(m, g): return g * m


@primitive
def broadcast_like(g, shape):
    return _np.broadcast_to(g, shape)


@primitive
def unbroadcast(g, shape):
    g = _np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(i, keepdims=True)
    return g


def _to(x, g): return unbroadcast(g, _np.shape(getval(x)))


class ArrayBox(Box):
    __array_priority__ = 100.0
    __array_ufunc__ = None
    shape = property(lambda self: self._value.shape)
    ndim = property(lambda self: self._value.ndim)
    T = property(lambda self: transpose(self))

    def __neg__(self): return negative(self)
    def __add__(self, o): return add(self, o)
    def __radd__(self, o): return add(o, self)
    def __sub__(self, o): return subtract(self, o)
    def __rsub__(self, o): return subtract(o, self)
    def __mul__(self, o): return multiply(self, o)
    def __rmul__(self, o): return multiply(o, self)
    def __truediv__(self, o): return divide(self, o)
    def __rtruediv__(self, o): return divide(o, self)
    def __pow__(self, o): return power(self, o)
    def __rpow__(self, o): return power(o, self)
    def __gt__(self, o): return getval(self) > getval(o)
    def __lt__(self, o): return getval(self) < getval(o)
    def __hash__(self): return id(self)


for t in (float, int, _np.float64, _np.ndarray):
    ArrayBox.register(t)

defvjp(add, lambda g, ans, x, y: _to(x, g), lambda g, ans, x, y: _to(y, g))
defvjp(subtract, lambda g, ans, x, y: _to(x, g), lambda g, ans, x, y: _to(y, -g))
defvjp(multiply, lambda g, ans, x, y: _to(x, y * g), lambda g, ans, x, y: _to(y, x * g))
defvjp(divide, lambda g, ans, x, y: _to(x, g / y), lambda g, ans, x, y: _to(y, -g * x / y ** 2))
defvjp(power, lambda g, ans, x, y: _to(x, g * y * x ** (y - 1)),
       lambda g, ans, x, y: _to(y, g * log(x) * ans))
defvjp(maximum, lambda g, ans, x, y: _to(x, g * (getval(x) >= getval(y))),
       lambda g, ans, x, y: _to(y, g * (getval(x) < getval(y))))
defvjp(negative, lambda g, ans, x: -g)
defvjp(exp, lambda g, ans, x: ans * g)
defvjp(log, lambda g, ans, x: g / x)
defvjp(sin, lambda g, ans, x: g * cos(x))
defvjp(cos, lambda g, ans, x: -g * sin(x))
defvjp(tanh, lambda g, ans, x: g * (1 - ans ** 2))
defvjp(transpose, lambda g, ans, x: transpose(g))
defvjp(reshape, lambda g, ans, x, shape: reshape(g, _np.shape(getval(x))))
defvjp(dot, lambda g, ans, x, y: dot(g, transpose(y)), lambda g, ans, x, y: dot(transpose(x), g))


def _sum_vjp(g, ans, x, axis=None, keepdims=False):
    shape = _np.shape(getval(x))
    if axis is not None and not keepdims:
        kept = list(shape)
        kept[axis] = 1
        g = reshape(g, tuple(kept))
    return broadcast_like(g, shape)


defvjp(sum, _sum_vjp)
defvjp(broadcast_like, lambda g, ans, x, shape: _to(x, g))
defvjp(unbroadcast, lambda g, ans, x, shape: broadcast_like(g, _np.shape(getval(x))))
