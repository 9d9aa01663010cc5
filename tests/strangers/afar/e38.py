# shape: scalars, gradients are themselves graph nodes; class Sym(v); grads = gradients(y, [xs]) gives a list of Sym (differentiate again for 2nd order); value .v
# mistake: none
import math


class Sym:
    def __init__(self, v, links=()):
        self.v = float(v)
        self.links = links      # (parent, lambda upstream Sym: Sym)

    def __add__(a, b):
        b = s(b)
        return Sym(a.v + b.v, ((a, lambda u: u), (b, lambda u: u)))

    def __mul__(a, b):
        b = s(b)
        return Sym(a.v * b.v, ((a, lambda u: u * b), (b, lambda u: u * a)))

    def __neg__(a):
        return Sym(-a.v, ((a, lambda u: -u),))

    def __sub__(a, b):
        b = s(b)
        return Sym(a.v - b.v, ((a, lambda u: u), (b, lambda u: -u)))

    def __truediv__(a, b):
        b = s(b)
        return Sym(a.v / b.v, ((a, lambda u: u / b), (b, lambda u: -(u * a) / (b * b))))

    def __pow__(a, n):
        if n == 0:
            return Sym(1.0)
        return Sym(a.v ** n, ((a, lambda u: u * (a ** (n - 1)) * n),))

    __radd__ = __add__
    __rmul__ = __mul__
    def __rsub__(a, b): return s(b) - a
    def __rtruediv__(a, b): return s(b) / a


def s(x):
    return x if isinstance(x, Sym) else Sym(x)


def sin(a): return Sym(math.sin(a.v), ((a, lambda u: u * cos(a)),))
def cos(a): return Sym(math.cos(a.v), ((a, lambda u: -(u * sin(a))),))
def log(a): return Sym(math.log(a.v), ((a, lambda u: u / a),))


def exp(a):
    y = Sym(math.exp(a.v))
    y.links = ((a, lambda u: u * y),)
    return y


def tanh(a):
    y = Sym(math.tanh(a.v))
    y.links = ((a, lambda u: u * (1 - y * y)),)
    return y


def gradients(y, xs):
    order, seen = [], set()

    def post(n):
        if id(n) in seen:
            return
        seen.add(id(n))
        for p, _ in n.links:
            post(p)
        order.append(n)
    post(y)
    up = {id(y): Sym(1.0)}
    for n in reversed(order):
        u = up.get(id(n))
        if u is None:
            continue
        for p, f in n.links:
            c = f(u)
            up[id(p)] = c if id(p) not in up else up[id(p)] + c
    return [up.get(id(x), Sym(0.0)) for x in xs]


def derivative(f, order=1):
    def d(x):
        x = Sym(x)
        y = f(x)
        for _ in range(order):
            y = gradients(y, [x])[0]
        return y.v
    return d


if __name__ == "__main__":
    for k in range(5):
        print(k, derivative(sin, k)(1.0) if k else math.sin(1.0))
