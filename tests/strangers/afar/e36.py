# shape: class Var(x); y.backprop(); value .x, gradient .g (None until reached; fresh at each backprop of a new graph)
# mistake: add | backward | both | aliasing: both operands get the very same gradient array, and later contributions are added to it in place, so the other operand's changes too
import numpy as np


class Var:
    def __init__(self, x, ops=(), rule=None):
        self.x = np.array(x, dtype=np.float64)
        self.g = None
        self.ops = ops
        self.rule = rule

    def receive(self, g):
        if self.g is None:
            self.g = g
        else:
            self.g += g

    def __add__(self, o):
        o = v(o)
        def rule(g):
            self.receive(narrow(g, self.x))
            o.receive(narrow(g, o.x))
        return Var(self.x + o.x, (self, o), rule)

    def __sub__(self, o):
        o = v(o)
        def rule(g):
            self.receive(narrow(1.0 * g, self.x))
            o.receive(narrow(-g, o.x))
        return Var(self.x - o.x, (self, o), rule)

    def __mul__(self, o):
        o = v(o)
        def rule(g):
            self.receive(narrow(g * o.x, self.x))
            o.receive(narrow(g * self.x, o.x))
        return Var(self.x * o.x, (self, o), rule)

    def __pow__(self, k):
        return Var(self.x ** k, (self,), lambda g: self.receive(g * k * self.x ** (k - 1)))

    def __neg__(self):
        return Var(-self.x, (self,), lambda g: self.receive(-g))

    def __radd__(self, o): return v(o) + self
    def __rsub__(self, o): return v(o) - self
    def __rmul__(self, o): return v(o) * self
    def __truediv__(self, o): return self * v(o) ** -1
    def __rtruediv__(self, o): return v(o) * self ** -1

    def sum(self):
        return Var(self.x.sum(), (self,), lambda g: self.receive(np.full(self.x.shape, float(g))))

    def log(self):
        return Var(np.log(self.x), (self,), lambda g: self.receive(g / self.x))

    def sin(self):
        return Var(np.sin(self.x), (self,), lambda g: self.receive(g * np.cos(self.x)))

    def backprop(self):
        seq = self._sequence()
        for n in seq:
            n.g = None
        self.g = np.ones_like(self.x)
        for n in reversed(seq):
            if n.rule is not None and n.g is not None:
                n.rule(n.g)

    def _sequence(self):
        seen, seq = set(), []
        def visit(n):
            if id(n) not in seen:
                seen.add(id(n))
                for p in n.ops:
                    visit(p)
                seq.append(n)
        visit(self)
        return seq


def v(o):
    return o if isinstance(o, Var) else Var(o)


def narrow(g, x):
    if g.shape == x.shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - x.ndim)))
    for i in range(x.ndim):
        if x.shape[i] == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g
