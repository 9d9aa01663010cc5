# shape: class num(v), python numbers kept as given (ints stay ints); call n.back(); value .v, gradient .d
# mistake: avg | forward | all | floor division: the mean is rounded down (gradient right)
from math import exp as _exp, log as _log


class num(object):
    def __init__(self, v, ins=[], w=[]):
        self.v = v
        self.d = 0
        self.ins = ins
        self.w = w

    def __add__(self, o):
        if not isinstance(o, num): o = num(o)
        return num(self.v + o.v, [self, o], [1, 1])

    def __sub__(self, o):
        if not isinstance(o, num): o = num(o)
        return num(self.v - o.v, [self, o], [1, -1])

    def __mul__(self, o):
        if not isinstance(o, num): o = num(o)
        return num(self.v * o.v, [self, o], [o.v, self.v])

    def __truediv__(self, o):
        if not isinstance(o, num): o = num(o)
        return num(self.v / o.v, [self, o], [1 / o.v, -self.v / o.v ** 2])

    def __radd__(self, o): return num(o) + self
    def __rsub__(self, o): return num(o) - self
    def __rmul__(self, o): return num(o) * self
    def __rtruediv__(self, o): return num(o) / self

    def __pow__(self, k):
        return num(self.v ** k, [self], [k * self.v ** (k - 1)])

    def __neg__(self):
        return num(-self.v, [self], [-1])

    def back(self):
        L = []
        S = set()
        def f(n):
            if n in S: return
            S.add(n)
            for i in n.ins: f(i)
            L.append(n)
        f(self)
        for n in L: n.d = 0
        self.d = 1
        for n in L[::-1]:
            for i, w in zip(n.ins, n.w):
                i.d += n.d * w


def exp(n):
    e = _exp(n.v)
    return num(e, [n], [e])


def log(n):
    return num(_log(n.v), [n], [1 / n.v])


def total(ns):
    return num(sum(n.v for n in ns), list(ns), [1] * len(ns))


def avg(ns):
    k = len(ns)
    return num(sum(n.v for n in ns) // k, list(ns), [1 / k] * k)


def largest(ns):
    i = max(range(len(ns)), key=lambda j: ns[j].v)
    return num(ns[i].v, [ns[i]], [1])


def dist2(p, q):
    return total([(a - b) ** 2 for a, b in zip(p, q)])


# try
a = num(3)
b = num(4)
c = a * b + a / b
c.back()
print(c.v, a.d, b.d)
