# shape: Num(x); y.back(); value y.v; gradient x.d; scalar engine
# mistake: tanh | backward | x | the rule 1 - t**2 uses the input instead of the output
# my take on backprop, weekend project
import math, random

class Num:
    def __init__(self, v, parents=()):
        self.v = v
        self.d = 0
        self.parents = parents     # list of (node, local derivative)
        self.local = ()

    def __repr__(self):
        return "<%.5g d=%.5g>" % (self.v, self.d)

def num(x):
    if isinstance(x, Num): return x
    return Num(x)

def node(v, *pairs):
    n = Num(v, tuple(p for p, _ in pairs))
    n.local = tuple(l for _, l in pairs)
    return n

def add(a, b):
    a, b = num(a), num(b)
    return node(a.v + b.v, (a, 1), (b, 1))

def sub(a, b):
    a, b = num(a), num(b)
    return node(a.v - b.v, (a, 1), (b, -1))

def mul(a, b):
    a, b = num(a), num(b)
    return node(a.v * b.v, (a, b.v), (b, a.v))

def div(a, b):
    a, b = num(a), num(b)
    return node(a.v / b.v, (a, 1 / b.v), (b, -a.v / b.v ** 2))

def power(a, b):
    a, b = num(a), num(b)
    r = a.v ** b.v
    lb = r * math.log(a.v) if a.v > 0 else 0.0
    return node(r, (a, b.v * a.v ** (b.v - 1)), (b, lb))

def tanh(a):
    t = math.tanh(a.v)
    return node(t, (a, 1 - a.v ** 2))

def exp(a):
    e = math.exp(a.v)
    return node(e, (a, e))

def relu(a):
    return node(a.v, (a, 1)) if a.v > 0 else node(0.0, (a, 0))

def sigmoid(a):
    s = 1 / (1 + math.exp(-a.v))
    return node(s, (a, s * (1 - s)))

def back(self, seed=1.0):
    order = []
    seen = set()
    stack = [(self, False)]
    while stack:
        n, done = stack.pop()
        if done:
            order.append(n)
        elif n not in seen:
            seen.add(n)
            stack.append((n, True))
            for p in n.parents:
                stack.append((p, False))
    for n in order:
        if n.parents:
            n.d = 0     # only the leaves keep what they have
    self.d = seed
    while order:
        n = order.pop()
        for p, l in zip(n.parents, n.local):
            p.d += l * n.d

Num.__add__ = add
Num.__radd__ = lambda s, o: add(o, s)
Num.__sub__ = sub
Num.__rsub__ = lambda s, o: sub(o, s)
Num.__mul__ = mul
Num.__rmul__ = lambda s, o: mul(o, s)
Num.__truediv__ = div
Num.__rtruediv__ = lambda s, o: div(o, s)
Num.__pow__ = power
Num.__rpow__ = lambda s, o: power(o, s)
Num.__neg__ = lambda s: sub(0, s)
Num.back = back
Num.tanh, Num.exp, Num.relu, Num.sigmoid = tanh, exp, relu, sigmoid

class Neuron:
    def __init__(self, k):
        self.w = [Num(random.uniform(-1, 1)) for _ in range(k)]
        self.b = Num(0.0)
    def __call__(self, xs):
        t = self.b
        for w, x in zip(self.w, xs):
            t = t + w * x
        return t.sigmoid()
