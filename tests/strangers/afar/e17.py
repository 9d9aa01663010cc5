# shape: registry of ops by decorator; class T(data); T.apply("name", ...) or methods; call t.backward(g=None); value .data, gradient .grad (accumulates over calls; zero_grad())
# mistake: none
import numpy as np

REGISTRY = {}


def register(name):
    def deco(cls):
        assert name not in REGISTRY, name
        REGISTRY[name] = cls
        return cls
    return deco


class T:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._node = None      # (op instance, inputs)

    @staticmethod
    def apply(name, *ts, **kw):
        ts = [t if isinstance(t, T) else T(t) for t in ts]
        op = REGISTRY[name](**kw)
        out = T(op.fwd(*[t.data for t in ts]), any(t.requires_grad for t in ts))
        if out.requires_grad:
            out._node = (op, ts)
        return out

    def __add__(self, o): return T.apply("add", self, o)
    def __mul__(self, o): return T.apply("mul", self, o)
    def __matmul__(self, o): return T.apply("matmul", self, o)
    def __sub__(self, o): return self + T.apply("neg", o)
    def __radd__(self, o): return self + o
    def __rmul__(self, o): return self * o
    def __rsub__(self, o): return T.apply("neg", self) + o
    def relu(self): return T.apply("relu", self)
    def tanh(self): return T.apply("tanh", self)
    def softmax(self, axis=-1): return T.apply("softmax", self, axis=axis)
    def sum(self, axis=None, keepdims=False): return T.apply("sum", self, axis=axis, keepdims=keepdims)
    def mean(self, axis=None): return T.apply("mean", self, axis=axis)
    def zero_grad(self): self.grad = None

    def backward(self, g=None):
        if not self.requires_grad:
            raise RuntimeError("nothing to differentiate")
        g = np.ones_like(self.data) if g is None else np.asarray(g, float)
        pend = {id(self): g}
        for t in self._topo():
            gt = pend.pop(id(t), None)
            if gt is None:
                continue
            t.grad = gt if t.grad is None else t.grad + gt
            if t._node is None:
                continue
            op, ins = t._node
            res = op.bwd(gt)
            for i, gi in zip(ins, res if isinstance(res, tuple) else (res,)):
                if i.requires_grad:
                    pend[id(i)] = pend[id(i)] + gi if id(i) in pend else gi

    def _topo(self):
        seen, res = set(), []

        def go(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            if t._node:
                for i in t._node[1]:
                    go(i)
            res.append(t)
        go(self)
        return res[::-1]


def fold(g, shape):
    k = g.ndim - len(shape)
    g = g.sum(axis=tuple(range(k)))if k > 0 else g
    for i, s in enumerate(shape):
        if s == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class Op:
    def __init__(self, **kw):
        self.__dict__.update(kw)


@register("add")
class _Add(Op):
    def fwd(self, a, b):
        self.s = a.shape, b.shape
        return a + b
    def bwd(self, g): return fold(g, self.s[0]), fold(g, self.s[1])


@register("neg")
class _Neg(Op):
    def fwd(self, a): return -a
    def bwd(self, g): return -g


@register("mul")
class _Mul(Op):
    def fwd(self, a, b):
        self.a, self.b = a, b
        return a * b
    def bwd(self, g): return fold(g * self.b, self.a.shape), fold(g * self.a, self.b.shape)


@register("matmul")
class _MatMul(Op):
    def fwd(self, a, b):
        self.a, self.b = a, b
        return a @ b
    def bwd(self, g):
        ga = g @ np.swapaxes(self.b, -1, -2)
        gb = np.swapaxes(self.a, -1, -2) @ g
        return fold(ga, self.a.shape), fold(gb, self.b.shape)


@register("relu")
class _Relu(Op):
    def fwd(self, a):
        self.m = a > 0
        return np.where(self.m, a, 0)
    def bwd(self, g): return g * self.m


@register("tanh")
class _Tanh(Op):
    def fwd(self, a):
        self.y = np.tanh(a)
        return self.y
    def bwd(self, g): return g * (1 - self.y ** 2)


@register("softmax")
class _Softmax(Op):
    def fwd(self, a):
        e = np.exp(a - a.max(axis=self.axis, keepdims=True))
        self.y = e / e.sum(axis=self.axis, keepdims=True)
        return self.y
    def bwd(self, g): return self.y * (g - (g * self.y).sum(axis=self.axis, keepdims=True))


@register("sum")
class _Sum(Op):
    def fwd(self, a):
        self.shape = a.shape
        return a.sum(axis=self.axis, keepdims=self.keepdims)
    def bwd(self, g):
        if self.axis is not None and not self.keepdims:
            g = np.expand_dims(g, self.axis)
        return np.broadcast_to(g, self.shape)


@register("mean")
class _Mean(Op):
    def fwd(self, a):
        self.shape = a.shape
        y = a.mean(axis=self.axis)
        self.n = a.size / y.size
        return y
    def bwd(self, g):
        if self.axis is not None:
            g = np.expand_dims(g, self.axis)
        return np.broadcast_to(g, self.shape) / self.n
