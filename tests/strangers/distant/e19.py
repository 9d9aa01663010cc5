# shape: A(array); y.backprop(); value y.val; gradient x.bar; operations registered with @op(name) and @grad_of(name), called as call("name", ...) or methods; matrix products of 2-d arrays only
# mistake: none
import numpy as np

FWD, BWD = {}, {}


def op(name):
    def deco(f):
        FWD[name] = f

        def method(self, *a, **k):
            return call(name, self, *a, **k)
        setattr(A, name, method)
        return f
    return deco


def grad_of(name):
    def deco(f):
        BWD[name] = f
        return f
    return deco


class A:
    __array_ufunc__ = None

    def __init__(self, val):
        self.val = np.asarray(val, dtype=float)
        self.bar = None
        self.how = None          # (name, inputs, kwargs)

    def __add__(self, o): return call("add", self, o)
    def __radd__(self, o): return call("add", o, self)
    def __sub__(self, o): return call("sub", self, o)
    def __rsub__(self, o): return call("sub", o, self)
    def __mul__(self, o): return call("mul", self, o)
    def __rmul__(self, o): return call("mul", o, self)
    def __truediv__(self, o): return call("div", self, o)
    def __rtruediv__(self, o): return call("div", o, self)
    def __matmul__(self, o): return call("matmul", self, o)
    def __neg__(self): return call("neg", self)

    def backprop(self):
        topo, seen = [], set()

        def v(n):
            if id(n) not in seen:
                seen.add(id(n))
                if n.how:
                    for i in n.how[1]:
                        v(i)
                topo.append(n)
        v(self)
        for n in topo:
            n.bar = np.zeros_like(n.val)
        self.bar = np.ones_like(self.val)
        for n in reversed(topo):
            if n.how is None:
                continue
            name, ins, kw = n.how
            gs = BWD[name](n.bar, n.val, *[i.val for i in ins], **kw)
            for i, g in zip(ins, gs if isinstance(gs, (tuple, list)) else [gs]):
                i.bar = i.bar + collapse(g, i.val.shape)


def call(name, *args, **kw):
    args = [a if isinstance(a, A) else A(a) for a in args]
    out = A(FWD[name](*[a.val for a in args], **kw))
    out.how = (name, args, kw)
    return out


def collapse(g, shape):
    g = np.asarray(g)
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


@op("add")
def _(a, b): return a + b
@grad_of("add")
def _(g, y, a, b): return g, g

@op("sub")
def _(a, b): return a - b
@grad_of("sub")
def _(g, y, a, b): return g, -g

@op("mul")
def _(a, b): return a * b
@grad_of("mul")
def _(g, y, a, b): return g * b, g * a

@op("div")
def _(a, b): return a / b
@grad_of("div")
def _(g, y, a, b): return g / b, -g * y / b

@op("neg")
def _(a): return -a
@grad_of("neg")
def _(g, y, a): return -g

@op("matmul")
def _(a, b): return a @ b
@grad_of("matmul")
def _(g, y, a, b): return g @ b.T, a.T @ g

@op("exp")
def _(a): return np.exp(a)
@grad_of("exp")
def _(g, y, a): return g * y

@op("log2")
def _(a): return np.log2(a)
@grad_of("log2")
def _(g, y, a): return g / (a * np.log(2))

@op("sqrt")
def _(a): return a ** 0.5
@grad_of("sqrt")
def _(g, y, a): return g / (2 * y)

@op("elu")
def _(a, alpha=1.0): return np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0)))
@grad_of("elu")
def _(g, y, a, alpha=1.0): return g * np.where(a > 0, 1.0, y + alpha)

@op("sum")
def _(a, axis=None): return a.sum(axis=axis, keepdims=axis is not None)
@grad_of("sum")
def _(g, y, a, axis=None): return np.zeros_like(a) + g

@op("cumsum")
def _(a): return np.cumsum(a, axis=-1)
@grad_of("cumsum")
def _(g, y, a): return np.cumsum(g[..., ::-1], axis=-1)[..., ::-1]

@op("prod")
def _(a): return a.prod()
@grad_of("prod")
def _(g, y, a):
    out = np.empty_like(a)
    for i in np.ndindex(a.shape):
        b = a.copy()
        b[i] = 1
        out[i] = b.prod()
    return g * out

@op("flip")
def _(a): return a[::-1]
@grad_of("flip")
def _(g, y, a): return g[::-1]
