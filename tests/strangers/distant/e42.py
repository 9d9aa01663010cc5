# shape: Matrix(rows); y.pull(); value y.m (list of lists); gradient x.gm (list of lists); no numpy, pure python lists; binary operations want equal shapes (no broadcasting), matrix products of 2-d arrays only
# mistake: matmul | backward | second operand | g times a transposed is formed in the wrong order: (g^T a) is used instead of a^T g (shows for square matrices)
import math


def zeros(r, c):
    return [[0.0] * c for _ in range(r)]


def tr(a):
    return [list(r) for r in zip(*a)]


def mm(a, b):
    bt = tr(b)
    return [[sum(x * y for x, y in zip(row, col)) for col in bt] for row in a]


def zipm(f, a, b):
    assert len(a) == len(b) and len(a[0]) == len(b[0])
    return [[f(x, y) for x, y in zip(r, s)] for r, s in zip(a, b)]


def mapm(f, a):
    return [[f(x) for x in r] for r in a]


class Matrix:
    __slots__ = ("m", "gm", "ins", "bk")

    def __init__(self, m, ins=(), bk=None):
        self.m = [[float(x) for x in r] for r in m]
        self.gm = zeros(len(self.m), len(self.m[0]))
        self.ins, self.bk = ins, bk

    def take(self, g):
        for i, r in enumerate(g):
            for j, x in enumerate(r):
                self.gm[i][j] += x

    def __add__(self, o):
        def bk(g):
            self.take(g)
            o.take(g)
        return Matrix(zipm(lambda x, y: x + y, self.m, o.m), (self, o), bk)

    def __sub__(self, o):
        def bk(g):
            self.take(g)
            o.take(mapm(lambda x: -x, g))
        return Matrix(zipm(lambda x, y: x - y, self.m, o.m), (self, o), bk)

    def __mul__(self, o):
        def bk(g):
            self.take(zipm(lambda x, y: x * y, g, o.m))
            o.take(zipm(lambda x, y: x * y, g, self.m))
        return Matrix(zipm(lambda x, y: x * y, self.m, o.m), (self, o), bk)

    def __matmul__(self, o):
        def bk(g):
            self.take(mm(g, tr(o.m)))
            o.take(mm(tr(g), self.m))
        return Matrix(mm(self.m, o.m), (self, o), bk)

    @property
    def T(self):
        return Matrix(tr(self.m), (self,), lambda g: self.take(tr(g)))

    def tanh(self):
        y = mapm(math.tanh, self.m)
        return Matrix(y, (self,), lambda g: self.take(zipm(lambda a, t: a * (1 - t * t), g, y)))

    def exp(self):
        y = mapm(math.exp, self.m)
        return Matrix(y, (self,), lambda g: self.take(zipm(lambda a, t: a * t, g, y)))

    def total(self):
        r, c = len(self.m), len(self.m[0])
        return Matrix([[sum(map(sum, self.m))]], (self,), lambda g: self.take([[g[0][0]] * c for _ in range(r)]))

    def trace(self):
        n = len(self.m)
        return Matrix([[sum(self.m[i][i] for i in range(n))]], (self,),
                      lambda g: self.take([[g[0][0] * (i == j) for j in range(n)] for i in range(n)]))

    def pull(self):
        order, seen = [], set()

        def v(n):
            if id(n) not in seen:
                seen.add(id(n))
                for i in n.ins:
                    v(i)
                order.append(n)
        v(self)
        for n in order:
            n.gm = zeros(len(n.m), len(n.m[0]))
        self.gm = mapm(lambda x: 1.0, self.m)
        for n in reversed(order):
            if n.bk:
                n.bk(n.gm)
