# shape: with Reverse() as r: x = r.param(v); y = r.mul(x, x)...; r.output(y)  -- after the with block: x.grad; value y.val; backward callbacks run by ExitStack when the block is left; matrix products of 2-d arrays only
# mistake: relu | forward | x | works in place: the input's own value (and the caller's array) is overwritten, so other uses of the input are wrong
from contextlib import ExitStack
import numpy as np


class Box:
    def __init__(self, val):
        self.val = np.asarray(val, dtype=float)
        self.grad = np.zeros_like(self.val)

    def feel(self, g):
        g = np.asarray(g)
        while g.ndim > self.val.ndim:
            g = g.sum(0)
        for i, n in enumerate(self.val.shape):
            if n == 1:
                g = g.sum(i, keepdims=True)
        self.grad = self.grad + g


class Reverse(ExitStack):
    """The exit stack is last in, first out: just what the reverse pass wants."""

    def param(self, v):
        return Box(v)

    def _b(self, x):
        return x if isinstance(x, Box) else Box(x)

    def output(self, y):
        self.callback(lambda: y.feel(np.ones_like(y.val)))
        return y

    def add(self, a, b):
        a, b = self._b(a), self._b(b)
        y = Box(a.val + b.val)
        @self.callback
        def _():
            a.feel(y.grad)
            b.feel(y.grad)
        return y

    def sub(self, a, b):
        a, b = self._b(a), self._b(b)
        y = Box(a.val - b.val)
        @self.callback
        def _():
            a.feel(y.grad)
            b.feel(-y.grad)
        return y

    def mul(self, a, b):
        a, b = self._b(a), self._b(b)
        y = Box(a.val * b.val)
        @self.callback
        def _():
            a.feel(y.grad * b.val)
            b.feel(y.grad * a.val)
        return y

    def div(self, a, b):
        a, b = self._b(a), self._b(b)
        y = Box(a.val / b.val)
        @self.callback
        def _():
            a.feel(y.grad / b.val)
            b.feel(-y.grad * a.val / b.val ** 2)
        return y

    def matmul(self, a, b):
        a, b = self._b(a), self._b(b)
        y = Box(a.val @ b.val)
        @self.callback
        def _():
            a.feel(y.grad @ b.val.T)
            b.feel(a.val.T @ y.grad)
        return y

    def _map(self, a, val, slope):
        y = Box(val)
        self.callback(lambda: a.feel(y.grad * slope))
        return y

    def sin(self, a): return self._map(a, np.sin(a.val), np.cos(a.val))
    def cos(self, a): return self._map(a, np.cos(a.val), -np.sin(a.val))
    def exp(self, a): return self._map(a, np.exp(a.val), np.exp(a.val))
    def log(self, a): return self._map(a, np.log(a.val), 1 / a.val)
    def tanh(self, a): return self._map(a, np.tanh(a.val), 1 / np.cosh(a.val) ** 2)
    def square(self, a): return self._map(a, a.val ** 2, 2 * a.val)
    def relu(self, a): return self._map(a, np.maximum(a.val, 0, out=a.val), np.heaviside(a.val, 0.0))

    def sum(self, a):
        y = Box(a.val.sum())
        self.callback(lambda: a.feel(np.broadcast_to(y.grad, a.val.shape)))
        return y


if __name__ == "__main__":
    with Reverse() as r:
        x = r.param([1.0, 2.0])
        y = r.output(r.sum(r.mul(x, r.sin(x))))
    print(y.val, x.grad)
