# shape: Function.apply(*vars) with ctx; class Var(data); call v.backward(); value .data, gradient .grad (zero_grad_all([..]))
# mistake: mul | backward | both | the context is made once per class, so a later call of mul overwrites the saved values of an earlier one
import numpy as np


class Context:
    def __init__(self):
        self.saved = None

    def save_for_backward(self, *xs):
        self.saved = xs


class Function:
    @classmethod
    def apply(cls, *args):
        args = [a if isinstance(a, Var) else Var(a) for a in args]
        ctx = cls.make_ctx()
        out = Var(cls.forward(ctx, *[a.data for a in args]))
        out.creator = (cls, ctx, args)
        return out

    @classmethod
    def make_ctx(cls):
        return Context()


class Var:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.creator = None

    def backward(self):
        order = []
        seen = []
        def visit(v):
            if any(v is s for s in seen):
                return
            seen.append(v)
            if v.creator:
                for a in v.creator[2]:
                    visit(a)
            order.append(v)
        visit(self)
        flow = {id(v): np.zeros_like(v.data) for v in order}
        flow[id(self)] = np.ones_like(self.data)
        for v in reversed(order):
            v.grad = v.grad + flow[id(v)]
            if v.creator:
                fn, ctx, args = v.creator
                gs = fn.backward(ctx, flow[id(v)])
                if not isinstance(gs, (tuple, list)):
                    gs = [gs]
                for a, g in zip(args, gs):
                    flow[id(a)] = flow[id(a)] + sum_to(g, a.data.shape)


def sum_to(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, s in enumerate(shape):
        if s == 1 and g.shape[i] != 1:
            g = g.sum(i, keepdims=True)
    return g


class Add(Function):
    @staticmethod
    def forward(ctx, a, b): return a + b
    @staticmethod
    def backward(ctx, g): return g, g


class Mul(Function):
    _ctx = Context()

    @classmethod
    def make_ctx(cls):
        return cls._ctx      # saves making an object each time

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved
        return g * b, g * a


class Tanh(Function):
    @staticmethod
    def forward(ctx, a):
        y = np.tanh(a)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        y, = ctx.saved
        return g * (1 - y * y)


class Sum(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a.shape)
        return a.sum()

    @staticmethod
    def backward(ctx, g):
        return np.broadcast_to(g, ctx.saved[0])


class Recip(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(1 / a)
        return 1 / a

    @staticmethod
    def backward(ctx, g):
        r, = ctx.saved
        return -g * r * r


def zero_grad_all(vs):
    for v in vs:
        v.grad = np.zeros_like(v.data)


Var.__add__ = lambda a, b: Add.apply(a, b)
Var.__radd__ = lambda a, b: Add.apply(b, a)
Var.__mul__ = lambda a, b: Mul.apply(a, b)
Var.__rmul__ = lambda a, b: Mul.apply(b, a)
Var.tanh = lambda a: Tanh.apply(a)
Var.sum = lambda a: Sum.apply(a)
Var.recip = lambda a: Recip.apply(a)
