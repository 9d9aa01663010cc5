# shape: Tensor(array, requires_grad=False); y.backward(g=None); value t.data; gradient t.grad; numpy tensors with closures; matmul of two or more dimensions only
# mistake: none
import numpy as np


def _fit(g, shape):
    extra = g.ndim - len(shape)
    if extra > 0:
        g = g.sum(axis=tuple(range(extra)))
    ones = tuple(i for i, s in enumerate(shape) if s == 1 and g.shape[i] != 1)
    return g.sum(axis=ones, keepdims=True) if ones else g


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data, requires_grad=False, _prev=(), _back=None):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad or any(p.requires_grad for p in _prev)
        self.grad = None
        self._prev = _prev if self.requires_grad else ()
        self._back = _back

    shape = property(lambda s: s.data.shape)

    def _acc(self, g):
        if self.requires_grad:
            g = _fit(np.asarray(g), self.data.shape)
            self.grad = g.copy() if self.grad is None else self.grad + g

    @staticmethod
    def lift(x):
        return x if isinstance(x, Tensor) else Tensor(x)

    def __add__(self, o):
        o = Tensor.lift(o)
        def back(g):
            self._acc(g); o._acc(g)
        return Tensor(self.data + o.data, _prev=(self, o), _back=back)

    def __sub__(self, o):
        o = Tensor.lift(o)
        def back(g):
            self._acc(g); o._acc(-g)
        return Tensor(self.data - o.data, _prev=(self, o), _back=back)

    def __mul__(self, o):
        o = Tensor.lift(o)
        def back(g):
            self._acc(g * o.data); o._acc(g * self.data)
        return Tensor(self.data * o.data, _prev=(self, o), _back=back)

    def __truediv__(self, o):
        o = Tensor.lift(o)
        def back(g):
            self._acc(g / o.data); o._acc(-g * self.data / o.data ** 2)
        return Tensor(self.data / o.data, _prev=(self, o), _back=back)

    def __pow__(self, n):
        def back(g):
            self._acc(g * n * self.data ** (n - 1))
        return Tensor(self.data ** n, _prev=(self,), _back=back)

    def __matmul__(self, o):
        o = Tensor.lift(o)
        def back(g):
            self._acc(g @ np.swapaxes(o.data, -1, -2))
            o._acc(np.swapaxes(self.data, -1, -2) @ g)
        return Tensor(self.data @ o.data, _prev=(self, o), _back=back)

    def __getitem__(self, idx):
        def back(g):
            z = np.zeros_like(self.data)
            np.add.at(z, idx, g)
            self._acc(z)
        return Tensor(self.data[idx], _prev=(self,), _back=back)

    def sum(self, axis=None, keepdims=False):
        def back(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            self._acc(np.broadcast_to(g, self.data.shape))
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims), _prev=(self,), _back=back)

    def mean(self, axis=None, keepdims=False):
        n = self.data.size if axis is None else np.prod([self.data.shape[a] for a in np.atleast_1d(axis)])
        return self.sum(axis, keepdims) / float(n)

    def max(self, axis=None, keepdims=False):
        top = self.data.max(axis=axis, keepdims=True)
        hit = self.data == top
        def back(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            self._acc(hit * g / hit.sum(axis=axis, keepdims=True))
        return Tensor(self.data.max(axis=axis, keepdims=keepdims), _prev=(self,), _back=back)

    def reshape(self, *s):
        def back(g):
            self._acc(g.reshape(self.data.shape))
        return Tensor(self.data.reshape(*s), _prev=(self,), _back=back)

    def transpose(self, *axes):
        axes = axes or tuple(range(self.data.ndim))[::-1]
        def back(g):
            self._acc(g.transpose(np.argsort(axes)))
        return Tensor(self.data.transpose(axes), _prev=(self,), _back=back)

    T = property(lambda s: s.transpose())

    def _elem(self, val, der):
        def back(g):
            self._acc(g * der)
        return Tensor(val, _prev=(self,), _back=back)

    def exp(self):
        e = np.exp(self.data)
        return self._elem(e, e)

    def log(self): return self._elem(np.log(self.data), 1 / self.data)
    def relu(self): return self._elem(np.maximum(self.data, 0), self.data > 0)
    def abs(self): return self._elem(np.abs(self.data), np.sign(self.data))

    def tanh(self):
        t = np.tanh(self.data)
        return self._elem(t, 1 - t * t)

    def softmax(self, axis=-1):
        e = np.exp(self.data - self.data.max(axis=axis, keepdims=True))
        p = e / e.sum(axis=axis, keepdims=True)
        def back(g):
            self._acc(p * (g - (g * p).sum(axis=axis, keepdims=True)))
        return Tensor(p, _prev=(self,), _back=back)

    def __neg__(self): return self * -1.0
    def __radd__(self, o): return self + o
    def __rmul__(self, o): return self * o
    def __rsub__(self, o): return Tensor.lift(o) - self
    def __rtruediv__(self, o): return Tensor.lift(o) / self

    def backward(self, g=None):
        order, seen = [], set()
        def walk(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            for p in t._prev:
                walk(p)
            order.append(t)
        walk(self)
        for t in order:
            if t._prev:
                t.grad = None
        self._acc(np.ones_like(self.data) if g is None else np.asarray(g, float))
        for t in reversed(order):
            if t._prev and t._back is not None and t.grad is not None:
                t._back(t.grad)
