# teeny: inspired by geohot's streams. rewrote from memory to see if I got it
from functools import partialmethod
import numpy as np


class Context:
    def __init__(self, fn, *parents):
        self.fn = fn
        self.parents = parents
        self.saved = []

    def save_for_backward(self, *xs):
        self.saved.extend(xs)


class Tensor:
    def __init__(self, data, _ctx=None):
        if not isinstance(data, np.ndarray):
            data = np.array(data, dtype=np.float64)
        self.data = data
        self.grad = None
        self._ctx = _ctx

    def __repr__(self):
        return f"Tensor {self.data!r} with grad {self.grad!r}"

    @property
    def shape(self):
        return self.data.shape

    @staticmethod
    def zeros(*shape): return Tensor(np.zeros(shape))
    @staticmethod
    def randn(*shape): return Tensor(np.random.randn(*shape))

    def deepwalk(self):
        def _walk(node, seen, out):
            seen.add(node)
            if node._ctx:
                for p in node._ctx.parents:
                    if p not in seen:
                        _walk(p, seen, out)
                out.append(node)
            return out
        return _walk(self, set(), [])

    def backward(self):
        assert self.data.size == 1, "backward only from a single number"
        self.grad = np.ones_like(self.data)
        for t in reversed(self.deepwalk()):
            grads = t._ctx.fn.backward(t._ctx, t.grad)
            if len(t._ctx.parents) == 1:
                grads = [grads]
            for p, g in zip(t._ctx.parents, grads):
                if g is None:
                    continue
                assert g.shape == p.data.shape, f"{t._ctx.fn.__name__}: {g.shape} != {p.data.shape}"
                p.grad = g if p.grad is None else p.grad + g

    # composed
    def mean(self):
        return self.sum().mul(Tensor(np.array(1 / self.data.size)))

    def div(self, y):
        return self.mul(y.pow(k=-1.0))

    def sqrt(self):
        return self.pow(k=0.5)


class Function:
    @classmethod
    def apply(cls, *tensors, **kw):
        ctx = Context(cls, *tensors)
        return Tensor(cls.forward(ctx, *[t.data for t in tensors], **kw), _ctx=ctx)


def register(name, fxn):
    def dispatch(self, *x, **kw):
        x = [a if isinstance(a, Tensor) else Tensor(np.full(self.shape, a, dtype=np.float64)) for a in x]
        return fxn.apply(self, *x, **kw)
    setattr(Tensor, name, dispatch)
    if name in ('add', 'sub', 'mul'):
        setattr(Tensor, f"__{name}__", dispatch)
        setattr(Tensor, f"__r{name}__", lambda self, o: getattr(Tensor(np.full(self.shape, o, dtype=np.float64)), name)(self))
    if name == 'dot':
        setattr(Tensor, "__matmul__", dispatch)


class Add(Function):
    @staticmethod
    def forward(ctx, x, y):
        assert x.shape == y.shape, "no broadcasting here"
        return x + y

    @staticmethod
    def backward(ctx, g):
        return g, g
register('add', Add)


class Sub(Function):
    @staticmethod
    def forward(ctx, x, y):
        assert x.shape == y.shape, "no broadcasting here"
        return x - y

    @staticmethod
    def backward(ctx, g):
        return g, -g
register('sub', Sub)


class Mul(Function):
    @staticmethod
    def forward(ctx, x, y):
        assert x.shape == y.shape, "no broadcasting here"
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved
        return y * g, x * g
register('mul', Mul)


class Pow(Function):
    @staticmethod
    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(x, k)
        return x ** k

    @staticmethod
    def backward(ctx, g):
        x, k = ctx.saved
        return k * x ** (k - 1) * g
register('pow', Pow)


class Dot(Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x.dot(w)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved
        return g.dot(w.T), x.T.dot(g)
register('dot', Dot)


class Sum(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return np.array(x.sum())

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved
        return g * np.ones_like(x)
register('sum', Sum)


class ReLU(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return np.maximum(x, 0)

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved
        g = np.array(g)
        g[x < 0] = 0
        return g
register('relu', ReLU)


class Reshape(Function):
    @staticmethod
    def forward(ctx, x, shape=None):
        ctx.save_for_backward(x.shape)
        return x.reshape(shape)

    @staticmethod
    def backward(ctx, g):
        return g.reshape(ctx.saved[0])
register('reshape', Reshape)


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, x):
        c = x.max(axis=1, keepdims=True)
        lse = c + np.log(np.exp(x - c).sum(axis=1, keepdims=True))
        out = x - lse
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, g):
        out, = ctx.saved
        return g - np.exp(out) * g.sum(axis=1, keepdims=True)
register('logsoftmax', LogSoftmax)


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        r = np.exp(x)
        ctx.save_for_backward(r)
        return r

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved[0]
register('exp', Exp)


class Log(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return np.log(x)

    @staticmethod
    def backward(ctx, g):
        return g / ctx.saved[0]
register('log', Log)
