# shape: scalar class Num(x); ops build the graph; call out.backprop(); value in .x, gradient in .dx (all nodes)
# mistake: none
"""Scalar reverse mode, written after watching a lecture. Each Num remembers who made it."""
import math
import random


class Num:
    def __init__(self, x, parents=(), op=""):
        self.x = float(x)
        self.dx = 0.0
        self.parents = parents
        self.op = op
        self._push = None

    @staticmethod
    def lift(v):
        return v if isinstance(v, Num) else Num(v)

    def __repr__(self):
        return f"Num({self.x:.4f} | d={self.dx:.4f})"

    def __add__(self, o):
        o = Num.lift(o)
        r = Num(self.x + o.x, (self, o), "+")

        def push():
            self.dx += r.dx
            o.dx += r.dx
        r._push = push
        return r

    def __mul__(self, o):
        o = Num.lift(o)
        r = Num(self.x * o.x, (self, o), "*")

        def push():
            self.dx += o.x * r.dx
            o.dx += self.x * r.dx
        r._push = push
        return r

    def __pow__(self, k):
        assert isinstance(k, (int, float)), "constant exponents only, sorry"
        r = Num(self.x ** k, (self,), f"^{k}")

        def push():
            self.dx += k * self.x ** (k - 1) * r.dx
        r._push = push
        return r

    def exp(self):
        r = Num(math.exp(self.x), (self,), "exp")

        def push():
            self.dx += r.x * r.dx
        r._push = push
        return r

    def log(self):
        r = Num(math.log(self.x), (self,), "log")

        def push():
            self.dx += r.dx / self.x
        r._push = push
        return r

    def tanh(self):
        t = math.tanh(self.x)
        r = Num(t, (self,), "tanh")

        def push():
            self.dx += (1 - t * t) * r.dx
        r._push = push
        return r

    def relu(self):
        r = Num(self.x if self.x > 0 else 0.0, (self,), "relu")

        def push():
            if self.x > 0:
                self.dx += r.dx
        r._push = push
        return r

    def __neg__(self): return self * -1
    def __sub__(self, o): return self + (-Num.lift(o))
    def __rsub__(self, o): return Num.lift(o) - self
    def __truediv__(self, o): return self * Num.lift(o) ** -1
    def __rtruediv__(self, o): return Num.lift(o) / self
    __radd__ = __add__
    __rmul__ = __mul__

    def backprop(self):
        order, seen = [], set()
        stack = [(self, False)]
        while stack:
            n, done = stack.pop()
            if done:
                order.append(n)
                continue
            if id(n) in seen:
                continue
            seen.add(id(n))
            stack.append((n, True))
            for p in n.parents:
                stack.append((p, False))
        self.dx = 1.0
        for n in reversed(order):
            if n._push:
                n._push()


class Neuron:
    def __init__(self, n):
        self.w = [Num(random.uniform(-1, 1)) for _ in range(n)]
        self.b = Num(0)

    def __call__(self, xs):
        s = self.b
        for w, x in zip(self.w, xs):
            s = s + w * x
        return s.tanh()

    def params(self):
        return self.w + [self.b]


if __name__ == "__main__":
    random.seed(1)
    n = Neuron(2)
    for it in range(50):
        loss = Num(0)
        for xs, y in [((0, 0), -1), ((0, 1), 1), ((1, 0), 1), ((1, 1), 1)]:
            loss = loss + (n(xs) - y) ** 2
        for p in n.params():
            p.dx = 0.0
        loss.backprop()
        for p in n.params():
            p.x -= 0.1 * p.dx
    print("final", loss.x)
