# shape: x = S(1.5); gx, = grads(y, [x]) returns nodes (S) that can be differentiated again; value .val
# mistake: none
"""Scalar engine whose gradients are graphs themselves (higher derivatives)."""
import math


class S:
    __slots__ = ("val", "rule")

    def __init__(self, val, rule=None):
        self.val = float(val)
        self.rule = rule        # function: -> [(parent, local derivative as S)]

    def __add__(self, o):
        o = s(o)
        return S(self.val + o.val, lambda: [(self, ONE), (o, ONE)])

    def __mul__(self, o):
        o = s(o)
        return S(self.val * o.val, lambda: [(self, o), (o, self)])

    def __neg__(self):
        return S(-self.val, lambda: [(self, S(-1.0))])

    def __sub__(self, o): return self + (-s(o))
    def __rsub__(self, o): return s(o) + (-self)
    def __truediv__(self, o): return self * inv(s(o))
    def __rtruediv__(self, o): return s(o) * inv(self)

    def __pow__(self, n):
        if n == 0:
            return S(1.0)
        return S(self.val ** n, lambda: [(self, n * self ** (n - 1))])

    __radd__ = __add__
    __rmul__ = __mul__

    def __repr__(self):
        return f"S({self.val:.6g})"


ONE = S(1.0)


def s(x):
    return x if isinstance(x, S) else S(x)


def inv(a):
    y = S(1 / a.val)
    y.rule = lambda: [(a, -(y * y))]
    return y


def exp(a):
    y = S(math.exp(a.val))
    y.rule = lambda: [(a, y)]
    return y


def tanh(a):
    y = S(math.tanh(a.val))
    y.rule = lambda: [(a, 1 - y * y)]
    return y


def log(a): return S(math.log(a.val), lambda: [(a, inv(a))])
def sin(a): return S(math.sin(a.val), lambda: [(a, cos(a))])
def cos(a): return S(math.cos(a.val), lambda: [(a, -sin(a))])
def relu(a): return a if a.val > 0 else S(0.0, lambda: [(a, S(0.0))])


def grads(y, xs):
    order, seen, rules = [], set(), {}
    stack = [(y, 0)]
    while stack:
        n, state = stack.pop()
        if state:
            order.append(n)
            continue
        if id(n) in seen:
            continue
        seen.add(id(n))
        rules[id(n)] = n.rule() if n.rule else []
        stack.append((n, 1))
        stack.extend((p, 0) for p, _ in rules[id(n)])
    adj = {id(y): ONE}
    for n in reversed(order):
        if id(n) not in adj:
            continue
        for p, d in rules[id(n)]:
            part = adj[id(n)] * d
            adj[id(p)] = adj[id(p)] + part if id(p) in adj else part
    return [adj.get(id(x), S(0.0)) for x in xs]


def derivative(f, order=1):
    def d(x):
        x = S(x)
        y = f(x)
        for _ in range(order):
            (y,) = grads(y, [x])
        return y.val
    return d


if __name__ == "__main__":
    for k in range(1, 5):
        print(k, derivative(lambda x: sin(x) * x ** 3, k)(0.7))
