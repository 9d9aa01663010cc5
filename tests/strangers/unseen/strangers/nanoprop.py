"""
nanoprop - my take on backprop from scratch (scalars only).

wrote this over a weekend to finally understand what loss.backward() does.
"""
import math
import random


class Val:
    """one number in the graph"""

    def __init__(self, v, parents=(), op='', name=None):
        self.v = float(v)
        self.g = 0.0
        self._parents = set(parents)
        self._op = op            # just for drawing
        self._back = lambda: None
        self.name = name

    def __repr__(self):
        n = self.name or 'Val'
        return f"{n}(v={self.v:.4f}, g={self.g:.4f})"

    # ---- arithmetic -------------------------------------------------
    def __add__(self, o):
        o = o if isinstance(o, Val) else Val(o)
        out = Val(self.v + o.v, (self, o), '+')

        def _back():
            self.g += out.g
            o.g += out.g
        out._back = _back
        return out

    def __mul__(self, o):
        o = o if isinstance(o, Val) else Val(o)
        out = Val(self.v * o.v, (self, o), '*')

        def _back():
            self.g += o.v * out.g
            o.g += self.v * out.g
        out._back = _back
        return out

    def __pow__(self, k):
        if isinstance(k, Val):
            # x ** y with both in the graph. needs x > 0
            out = Val(self.v ** k.v, (self, k), '**')

            def _back():
                self.g += k.v * self.v ** (k.v - 1) * out.g
                k.g += math.log(self.v) * out.v * out.g
            out._back = _back
            return out
        out = Val(self.v ** k, (self,), f'**{k}')

        def _back():
            self.g += k * self.v ** (k - 1) * out.g
        out._back = _back
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-o)

    def __truediv__(self, o):
        return self * o ** -1

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def __rsub__(self, o):
        return (-self) + o

    def __rtruediv__(self, o):
        return o * self ** -1

    # comparisons only look at the number
    def __lt__(self, o):
        return self.v < (o.v if isinstance(o, Val) else o)

    def __gt__(self, o):
        return self.v > (o.v if isinstance(o, Val) else o)

    # ---- nonlinearities ---------------------------------------------
    def exp(self):
        out = Val(math.exp(self.v), (self,), 'exp')

        def _back():
            self.g += out.v * out.g
        out._back = _back
        return out

    def log(self):
        out = Val(math.log(self.v), (self,), 'log')

        def _back():
            self.g += out.g / self.v
        out._back = _back
        return out

    def tanh(self):
        e2 = math.exp(2 * self.v)
        t = (e2 - 1) / (e2 + 1)
        out = Val(t, (self,), 'tanh')

        def _back():
            self.g += (1 - t * t) * out.g
        out._back = _back
        return out

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.v))
        out = Val(s, (self,), 'sigm')

        def _back():
            self.g += s * (1 - s) * out.g
        out._back = _back
        return out

    def relu(self):
        out = Val(max(0.0, self.v), (self,), 'relu')

        def _back():
            if self.v > 0:
                self.g += out.g
        out._back = _back
        return out

    def softplus(self):
        return (self.exp() + 1).log()

    # ---- the magic ---------------------------------------------------
    def backprop(self):
        order, seen = [], set()

        def walk(n):
            if n in seen:
                return
            seen.add(n)
            for p in n._parents:
                walk(p)
            order.append(n)
        walk(self)
        self.g = 1.0
        for n in reversed(order):
            n._back()


class Perceptron:
    def __init__(self, nin, act='tanh'):
        self.w = [Val(random.uniform(-1, 1), name=f'w{i}') for i in range(nin)]
        self.b = Val(0, name='b')
        self.act = act

    def __call__(self, xs):
        z = sum((wi * xi for wi, xi in zip(self.w, xs)), self.b)
        return getattr(z, self.act)() if self.act else z

    def params(self):
        return self.w + [self.b]


if __name__ == '__main__':
    p = Perceptron(2)
    data = [([0, 0], -1), ([0, 1], 1), ([1, 0], 1), ([1, 1], 1)]
    for it in range(100):
        loss = sum((p(x) - y) ** 2 for x, y in data)
        for q in p.params():
            q.g = 0.0
        loss.backprop()
        for q in p.params():
            q.v -= 0.1 * q.g
    print('loss', loss)
