"""Operations come from mixins, the tensor only holds data; wrong: max gives the gradient to all."""
import numpy as np


class Arithmetic:
    def __add__(self, o):
        o = self.cast(o)
        return self.new(self.data + o.data, (self, o), lambda g: (g, g))

    def __mul__(self, o):
        o = self.cast(o)
        return self.new(self.data * o.data, (self, o), lambda g: (g * o.data, g * self.data))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, o):
        return self + -self.cast(o)

    def __truediv__(self, o):
        o = self.cast(o)
        return self.new(
            self.data / o.data, (self, o), lambda g: (g / o.data, -g * self.data / o.data**2)
        )

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, o):
        return self.cast(o) - self

    def __rtruediv__(self, o):
        return self.cast(o) / self


class Elementwise:
    def exp(self):
        e = np.exp(self.data)
        return self.new(e, (self,), lambda g: (g * e,))

    def sqrt(self):
        r = np.sqrt(self.data)
        return self.new(r, (self,), lambda g: (g * 0.5 / r,))

    def abs(self):
        return self.new(np.abs(self.data), (self,), lambda g: (g * np.sign(self.data),))


class Reductions:
    def sum(self, axis=None, keepdims=False):
        def back(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return (np.broadcast_to(g, self.data.shape),)

        return self.new(self.data.sum(axis=axis, keepdims=keepdims), (self,), back)

    def max(self, axis=None, keepdims=False):
        def back(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return (np.broadcast_to(g, self.data.shape),)

        return self.new(self.data.max(axis=axis, keepdims=keepdims), (self,), back)


class Tensor(Arithmetic, Elementwise, Reductions):
    def __init__(self, data):
        self.data = np.asarray(data, float)
        self.grad = None
        self._in, self._back = (), None

    @classmethod
    def cast(cls, x):
        return x if isinstance(x, cls) else cls(x)

    @classmethod
    def new(cls, data, inputs, back):
        out = cls(data)
        out._in, out._back = inputs, back
        return out

    def backward(self, gradient=None):
        topo, seen, stack = [], set(), [(self, False)]
        while stack:
            t, out = stack.pop()
            if out:
                topo.append(t)
            elif id(t) not in seen:
                seen.add(id(t))
                stack.append((t, True))
                stack.extend((i, False) for i in t._in)
        for t in topo:
            t.grad = np.zeros_like(t.data)
        self.grad = np.ones_like(self.data) if gradient is None else np.asarray(gradient, float)
        for t in reversed(topo):
            for i, g in zip(t._in, t._back(t.grad) if t._back else ()):
                while g.ndim > i.data.ndim:
                    g = g.sum(0)
                for k, n in enumerate(i.data.shape):
                    if n == 1:
                        g = g.sum(k, keepdims=True)
                i.grad = i.grad + g
