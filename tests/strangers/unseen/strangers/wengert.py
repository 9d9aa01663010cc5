"""Wengert list with integer indices (ported from my Rust version)."""
import math


class Tape:
    def __init__(self):
        self.nodes = []      # (w0, dep0, w1, dep1)

    def __len__(self):
        return len(self.nodes)

    def var(self, value):
        return Var(self, self.push0(), value)

    def push0(self):
        i = len(self.nodes)
        self.nodes.append((0.0, i, 0.0, i))
        return i

    def push1(self, dep, w):
        i = len(self.nodes)
        self.nodes.append((w, dep, 0.0, i))
        return i

    def push2(self, d0, w0, d1, w1):
        i = len(self.nodes)
        self.nodes.append((w0, d0, w1, d1))
        return i


class Var:
    def __init__(self, tape, index, value):
        self.tape, self.index, self.value = tape, index, value

    def grad(self):
        adj = [0.0] * len(self.tape)
        adj[self.index] = 1.0
        for i in range(self.index, -1, -1):
            w0, d0, w1, d1 = self.tape.nodes[i]
            a = adj[i]
            if d0 != i:
                adj[d0] += w0 * a
            if d1 != i:
                adj[d1] += w1 * a
        return Grad(adj)

    def _u(self, v, w):
        return Var(self.tape, self.tape.push1(self.index, w), v)

    def _b(self, other, v, w0, w1):
        assert other.tape is self.tape, "variables of two tapes"
        return Var(self.tape, self.tape.push2(self.index, w0, other.index, w1), v)

    def __add__(self, o):
        if isinstance(o, Var):
            return self._b(o, self.value + o.value, 1.0, 1.0)
        return self._u(self.value + o, 1.0)

    def __mul__(self, o):
        if isinstance(o, Var):
            return self._b(o, self.value * o.value, o.value, self.value)
        return self._u(self.value * o, o)

    def __sub__(self, o):
        if isinstance(o, Var):
            return self._b(o, self.value - o.value, 1.0, -1.0)
        return self._u(self.value - o, 1.0)

    def __truediv__(self, o):
        if isinstance(o, Var):
            return self._b(o, self.value / o.value, 1 / o.value, -self.value / (o.value * o.value))
        return self._u(self.value / o, 1 / o)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o):
        return self._u(o - self.value, -1.0)

    def __rtruediv__(self, o):
        return self._u(o / self.value, -o / self.value ** 2)

    def __neg__(self):
        return self._u(-self.value, -1.0)

    def powi(self, n):
        return self._u(self.value ** n, n * self.value ** (n - 1))

    def sin(self): return self._u(math.sin(self.value), math.cos(self.value))
    def cos(self): return self._u(math.cos(self.value), -math.sin(self.value))
    def ln(self): return self._u(math.log(self.value), 1 / self.value)

    def exp(self):
        e = math.exp(self.value)
        return self._u(e, e)

    def sqrt(self):
        s = math.sqrt(self.value)
        return self._u(s, 1 / (2 * s))

    def tanh(self):
        t = math.tanh(self.value)
        return self._u(t, 1 - t * t)


class Grad:
    def __init__(self, derivs):
        self.derivs = derivs

    def wrt(self, var):
        return self.derivs[var.index]


if __name__ == "__main__":
    t = Tape()
    x, y = t.var(0.5), t.var(4.2)
    z = x * y + x.sin()
    g = z.grad()
    assert abs(z.value - 2.579425538604203) <= 1e-15
    assert abs(g.wrt(x) - (y.value + math.cos(x.value))) <= 1e-15
    print("ok")
