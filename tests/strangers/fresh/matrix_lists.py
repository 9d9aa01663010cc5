"""Matrices as lists of lists, nothing imported but math. Works for what our course needs."""
import math


class Matrix:
    def __init__(self, rows):
        if not isinstance(rows, list):
            rows = [[float(rows)]]
        elif rows and not isinstance(rows[0], list):
            rows = [rows]
        self.rows = [[float(v) for v in row] for row in rows]
        self.grad = [[0.0] * len(self.rows[0]) for _ in self.rows]
        self._parents = []
        self._push = None

    @property
    def size(self):
        return len(self.rows), len(self.rows[0])

    def _new(self, rows, parents, push):
        out = Matrix(rows)
        out._parents, out._push = parents, push
        return out

    def _accumulate(self, delta):
        for i in range(self.size[0]):
            for j in range(self.size[1]):
                self.grad[i][j] += delta[i][j]

    def _check(self, other):
        if self.size != other.size:
            raise ValueError(f"sizes {self.size} and {other.size} differ")

    def __add__(self, other):
        if not isinstance(other, Matrix):
            return self.map(lambda v: v + other, lambda v: 1.0)
        self._check(other)
        rows = [[a + b for a, b in zip(r, s)] for r, s in zip(self.rows, other.rows)]

        def push(g):
            self._accumulate(g)
            other._accumulate(g)
        return self._new(rows, [self, other], push)

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Matrix):
            return self.map(lambda v: v * other, lambda v: other)
        self._check(other)
        rows = [[a * b for a, b in zip(r, s)] for r, s in zip(self.rows, other.rows)]

        def push(g):
            self._accumulate([[d * b for d, b in zip(r, s)] for r, s in zip(g, other.rows)])
            other._accumulate([[d * a for d, a in zip(r, s)] for r, s in zip(g, self.rows)])
        return self._new(rows, [self, other], push)

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + (-other)

    def __matmul__(self, other):
        n, m = self.size
        if m != other.size[0]:
            raise ValueError("inner sizes differ")
        k = other.size[1]
        rows = [[sum(self.rows[i][t] * other.rows[t][j] for t in range(m)) for j in range(k)] for i in range(n)]

        def push(g):
            self._accumulate([[sum(g[i][j] * other.rows[t][j] for j in range(k)) for t in range(m)] for i in range(n)])
            other._accumulate([[sum(self.rows[i][t] for i in range(n)) * sum(g[i][j] for i in range(n)) / n
                                for j in range(k)] for t in range(m)])
        return self._new(rows, [self, other], push)

    @property
    def T(self):
        def push(g):
            self._accumulate([list(c) for c in zip(*g)])
        return self._new([list(c) for c in zip(*self.rows)], [self], push)

    def map(self, f, df):
        def push(g):
            self._accumulate([[d * df(v) for d, v in zip(r, s)] for r, s in zip(g, self.rows)])
        return self._new([[f(v) for v in row] for row in self.rows], [self], push)

    def exp(self):
        return self.map(math.exp, math.exp)

    def tanh(self):
        return self.map(math.tanh, lambda v: 1 - math.tanh(v) ** 2)

    def relu(self):
        return self.map(lambda v: v if v > 0 else 0.0, lambda v: 1.0 if v > 0 else 0.0)

    def sum(self):
        def push(g):
            self._accumulate([[g[0][0]] * self.size[1] for _ in range(self.size[0])])
        return self._new([[sum(sum(row) for row in self.rows)]], [self], push)

    def backward(self):
        order, seen = [], []

        def visit(m):
            if any(m is s for s in seen):
                return
            seen.append(m)
            for p in m._parents:
                visit(p)
            order.append(m)

        visit(self)
        self.grad = [[1.0] * self.size[1] for _ in range(self.size[0])]
        for m in reversed(order):
            if m._push:
                m._push(m.grad)
