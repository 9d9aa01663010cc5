# shape: forward mode with vector seeds; class AD(val, der=None); jacobian(f, x) gives an (m, n) array for f: list of AD -> list (or one) of AD; value .val, derivative .der (length n)
# mistake: none
import numpy as np


class AD:
    def __init__(self, val, der=None):
        self.val = float(val)
        self.der = np.zeros(1) if der is None else np.asarray(der, dtype=float)

    def __repr__(self):
        return f"AD(val={self.val}, der={self.der})"

    def __add__(self, o):
        if isinstance(o, AD):
            return AD(self.val + o.val, self.der + o.der)
        return AD(self.val + o, self.der)

    def __neg__(self):
        return AD(-self.val, -self.der)

    def __sub__(self, o):
        return self + (-o)

    def __rsub__(self, o):
        return (-self) + o

    def __mul__(self, o):
        if isinstance(o, AD):
            return AD(self.val * o.val, self.val * o.der + o.val * self.der)
        return AD(self.val * o, self.der * o)

    def __truediv__(self, o):
        if isinstance(o, AD):
            return AD(self.val / o.val, (self.der - self.val / o.val * o.der) / o.val)
        return self * (1 / o)

    def __rtruediv__(self, o):
        return AD(o / self.val, -o / self.val ** 2 * self.der)

    def __pow__(self, o):
        if isinstance(o, AD):
            return exp(log(self) * o)
        if o == 0:
            return AD(1.0, 0.0 * self.der)
        return AD(self.val ** o, o * self.val ** (o - 1) * self.der)

    def __rpow__(self, base):
        v = base ** self.val
        return AD(v, v * np.log(base) * self.der)

    __radd__ = __add__
    __rmul__ = __mul__

    def __abs__(self):
        return AD(abs(self.val), np.sign(self.val) * self.der)

    def __lt__(self, o): return self.val < (o.val if isinstance(o, AD) else o)
    def __gt__(self, o): return self.val > (o.val if isinstance(o, AD) else o)


def lift(fun, dfun):
    def f(a):
        if isinstance(a, AD):
            return AD(fun(a.val), dfun(a.val) * a.der)
        return fun(a)
    f.__name__ = fun.__name__
    return f


exp = lift(np.exp, np.exp)
log = lift(np.log, lambda x: 1 / x)
sqrt = lift(np.sqrt, lambda x: 0.5 / np.sqrt(x))
sin = lift(np.sin, np.cos)
cos = lift(np.cos, lambda x: -np.sin(x))
tan = lift(np.tan, lambda x: 1 / np.cos(x) ** 2)
arcsin = lift(np.arcsin, lambda x: 1 / np.sqrt(1 - x * x))
arccos = lift(np.arccos, lambda x: -1 / np.sqrt(1 - x * x))
arctan = lift(np.arctan, lambda x: 1 / (1 + x * x))
sinh = lift(np.sinh, np.cosh)
cosh = lift(np.cosh, np.sinh)
tanh = lift(np.tanh, lambda x: 1 - np.tanh(x) ** 2)


def logistic(a):
    return 1 / (1 + exp(-a))


def logb(a, base):
    return log(a) / np.log(base)


def jacobian(f, x):
    n = len(x)
    out = f([AD(x[i], np.eye(n)[i]) for i in range(n)])
    if isinstance(out, AD):
        out = [out]
    return np.array([o.der if isinstance(o, AD) else np.zeros(n) for o in out])
