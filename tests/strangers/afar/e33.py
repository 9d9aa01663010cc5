# shape: class Tensor(values); static-free closures kept on a global TAPE list; call backward(t) after clear(); value .values, gradient .d
# mistake: log | forward | x | the result is rounded to float32 in an engine which is float64
import numpy as np

TAPE = []          # closures in the order of computation


def clear():
    TAPE.clear()


class Tensor:
    def __init__(self, values):
        self.values = np.array(values, dtype=np.float64)
        self.d = np.zeros_like(self.values)

    def __repr__(self):
        return f"Tensor({self.values}, d={self.d})"


def _b(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def _to(g, like):
    g = np.asarray(g)
    while g.ndim > like.values.ndim:
        g = g.sum(axis=0)
    for k, n in enumerate(like.values.shape):
        if n == 1:
            g = g.sum(axis=k, keepdims=True)
    return g


def add(a, b):
    a, b = _b(a), _b(b)
    y = Tensor(a.values + b.values)
    def back():
        a.d += _to(y.d, a)
        b.d += _to(y.d, b)
    TAPE.append(back)
    return y


def mul(a, b):
    a, b = _b(a), _b(b)
    y = Tensor(a.values * b.values)
    def back():
        a.d += _to(y.d * b.values, a)
        b.d += _to(y.d * a.values, b)
    TAPE.append(back)
    return y


def sub(a, b):
    a, b = _b(a), _b(b)
    y = Tensor(a.values - b.values)
    def back():
        a.d += _to(y.d, a)
        b.d -= _to(y.d, b)
    TAPE.append(back)
    return y


def dot(a, b):
    y = Tensor(np.dot(a.values, b.values))
    def back():
        a.d += np.dot(y.d, b.values.T)
        b.d += np.dot(a.values.T, y.d)
    TAPE.append(back)
    return y


def exp(a):
    y = Tensor(np.exp(a.values))
    def back():
        a.d += y.d * y.values
    TAPE.append(back)
    return y


def log(a):
    y = Tensor(np.log(a.values, dtype=np.float32))
    def back():
        a.d += y.d / a.values
    TAPE.append(back)
    return y


def sigmoid(a):
    y = Tensor(1 / (1 + np.exp(-a.values)))
    def back():
        a.d += y.d * y.values * (1 - y.values)
    TAPE.append(back)
    return y


def total(a):
    y = Tensor(a.values.sum())
    def back():
        a.d += y.d
    TAPE.append(back)
    return y


def backward(t):
    t.d = np.ones_like(t.values)
    for f in reversed(TAPE):
        f()


Tensor.__add__ = add
Tensor.__radd__ = lambda a, b: add(b, a)
Tensor.__mul__ = mul
Tensor.__rmul__ = lambda a, b: mul(b, a)
Tensor.__sub__ = sub
Tensor.__rsub__ = lambda a, b: sub(b, a)
Tensor.__matmul__ = dot
