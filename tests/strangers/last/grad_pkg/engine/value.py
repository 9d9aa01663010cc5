from __future__ import annotations

import numpy as np

from grad_pkg.engine.context import Context


class Value:
    __slots__ = ("_data", "_grad", "_ctx")

    def __init__(self, data, ctx: Context | None = None):
        self._data = np.float64(data)
        self._grad = np.float64(0)
        self._ctx = ctx

    @property
    def data(self):
        return float(self._data)

    @property
    def grad(self):
        return float(self._grad)

    def __add__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self._data + o._data, Context((self, o), lambda g: (g, g)))

    def __mul__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self._data * o._data, Context((self, o), lambda g: (g * o._data, g * self._data)))

    def __pow__(self, k):
        return Value(self._data**k, Context((self,), lambda g: (g * k * self._data ** (k - 1),)))

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-o if isinstance(o, Value) else Value(-o))

    def __truediv__(self, o):
        return self * (o if isinstance(o, Value) else Value(o)) ** -1

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def __rsub__(self, o):
        return Value(o) - self

    def __rtruediv__(self, o):
        return Value(o) / self

    def softplus(self):
        return Value(
            np.log1p(np.exp(self._data)), Context((self,), lambda g: (g / (1 + np.exp(-self._data)),))
        )

    def tanh(self):
        t = np.tanh(self._data)
        return Value(t, Context((self,), lambda g: (g * (1 - t * t),)))

    def backward(self):
        order = self._order()
        for v in order:
            v._grad = np.float64(0)
        self._grad = np.float64(1)
        for v in order:
            if v._ctx is not None:
                for i, g in zip(v._ctx.inputs, v._ctx.pull(v._grad)):
                    i._grad = i._grad + g

    def _order(self):
        seen, out, stack = set(), [], [(self, False)]
        while stack:
            v, ready = stack.pop()
            if ready:
                out.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack.append((v, True))
                for i in v._ctx.inputs if v._ctx else ():
                    stack.append((i, False))
        return out[::-1]
