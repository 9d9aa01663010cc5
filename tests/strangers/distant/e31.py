# shape: s = System(); x = s.input(v); y = s.mul(x, z) ...; s.gradient(y, [x, z]) -> array; value y.v; the adjoints are the solution of the linear system (I - L)^T a = e
# mistake: none
import numpy as np


class N:
    def __init__(self, s, i, v):
        self.s, self.i, self.v = s, i, v

    def __add__(self, o): return self.s.add(self, o)
    def __radd__(self, o): return self.s.add(o, self)
    def __sub__(self, o): return self.s.sub(self, o)
    def __rsub__(self, o): return self.s.sub(o, self)
    def __mul__(self, o): return self.s.mul(self, o)
    def __rmul__(self, o): return self.s.mul(o, self)
    def __truediv__(self, o): return self.s.div(self, o)
    def __rtruediv__(self, o): return self.s.div(o, self)
    def __pow__(self, o): return self.s.pow(self, o)


class System:
    """All the local partial derivatives as triplets of a strictly lower triangular matrix."""

    def __init__(self):
        self.size = 0
        self.rows, self.cols, self.vals = [], [], []

    def input(self, v):
        self.size += 1
        return N(self, self.size - 1, float(v))

    def _n(self, x):
        return x if isinstance(x, N) else self.input(x)

    def _new(self, v, *pairs):
        out = self.input(v)
        for p, d in pairs:
            self.rows.append(out.i)
            self.cols.append(p.i)
            self.vals.append(d)
        return out

    def add(self, a, b):
        a, b = self._n(a), self._n(b)
        return self._new(a.v + b.v, (a, 1.0), (b, 1.0))

    def sub(self, a, b):
        a, b = self._n(a), self._n(b)
        return self._new(a.v - b.v, (a, 1.0), (b, -1.0))

    def mul(self, a, b):
        a, b = self._n(a), self._n(b)
        return self._new(a.v * b.v, (a, b.v), (b, a.v))

    def div(self, a, b):
        a, b = self._n(a), self._n(b)
        return self._new(a.v / b.v, (a, 1 / b.v), (b, -a.v / b.v ** 2))

    def pow(self, a, n):
        assert not isinstance(n, N)
        return self._new(a.v ** n, (a, n * a.v ** (n - 1)))

    def exp(self, a): return self._new(np.exp(a.v), (a, np.exp(a.v)))
    def log(self, a): return self._new(np.log(a.v), (a, 1 / a.v))
    def sin(self, a): return self._new(np.sin(a.v), (a, np.cos(a.v)))
    def cos(self, a): return self._new(np.cos(a.v), (a, -np.sin(a.v)))
    def sinh(self, a): return self._new(np.sinh(a.v), (a, np.cosh(a.v)))
    def relu(self, a): return self._new(max(a.v, 0.0), (a, float(a.v > 0)))

    def dot(self, xs, ys):
        pairs = [(x, y.v) for x, y in zip(xs, ys)] + [(y, x.v) for x, y in zip(xs, ys)]
        return self._new(sum(x.v * y.v for x, y in zip(xs, ys)), *pairs)

    def matrix(self):
        L = np.zeros((self.size, self.size))
        np.add.at(L, (self.rows, self.cols), self.vals)
        return np.eye(self.size) - L

    def gradient(self, y, xs):
        e = np.zeros(self.size)
        e[y.i] = 1.0
        a = np.linalg.solve(self.matrix().T, e)
        return a[[x.i for x in xs]]

    def jacobian(self, ys, xs):
        M = np.linalg.inv(self.matrix())
        return M[np.ix_([y.i for y in ys], [x.i for x in xs])]
