# shape: Tensor(data, requires_grad=True); y.backward(); value y.data; gradient x.grad on leaves only unless t.retain_grad(); float64 engine; matrix products of 2-d arrays only
# mistake: log | forward | x | the value is computed in float32 (rounded to about 1e-7), backward is right
import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self.is_leaf = True
        self._retain = False
        self._fn = None

    def retain_grad(self):
        self._retain = True
        return self

    def zero_grad(self):
        self.grad = None

    def __repr__(self):
        return "Tensor(%s%s)" % (self.data, ", requires_grad=True" if self.requires_grad else "")

    def backward(self, gradient=None):
        if not self.requires_grad:
            raise RuntimeError("does not require grad")
        if gradient is None:
            if self.data.size != 1:
                raise RuntimeError("gradient needed for a non-scalar output")
            gradient = np.ones_like(self.data)
        order, seen = [], set()

        def topo(t):
            if t in seen or not t.requires_grad:
                return
            seen.add(t)
            if t._fn:
                for p in t._fn.parents:
                    topo(p)
            order.append(t)
        topo(self)
        flow = {self: gradient}
        for t in reversed(order):
            g = flow.pop(t, None)
            if g is None:
                continue
            if t.is_leaf or t._retain:
                t.grad = g if t.grad is None else t.grad + g
            if t._fn:
                for p, pg in zip(t._fn.parents, t._fn.backward(g)):
                    if p.requires_grad:
                        pg = reduce_to(pg, p.data.shape)
                        flow[p] = pg if p not in flow else flow[p] + pg

    def sum(self): return Sum.apply(self)
    def exp(self): return Exp.apply(self)
    def log(self): return Log.apply(self)
    def relu(self): return ReLU.apply(self)
    def detach(self): return Tensor(self.data)


def reduce_to(g, shape):
    g = np.asarray(g)
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


class Fn:
    @classmethod
    def apply(cls, *args):
        parents = [a if isinstance(a, Tensor) else Tensor(a) for a in args]
        f = cls()
        f.parents = parents
        out = Tensor(f.forward(*[p.data for p in parents]))
        out.requires_grad = any(p.requires_grad for p in parents)
        if out.requires_grad:
            out.is_leaf = False
            out._fn = f
        return out

    def save(self, *a):
        self.saved = a


class Add(Fn):
    def forward(self, a, b): return a + b
    def backward(self, g): return g, g


class Sub(Fn):
    def forward(self, a, b): return a - b
    def backward(self, g): return g, -g


class Mul(Fn):
    def forward(self, a, b):
        self.save(a, b)
        return a * b

    def backward(self, g):
        a, b = self.saved
        return g * b, g * a


class Div(Mul):
    def forward(self, a, b):
        self.save(a, b)
        return a / b

    def backward(self, g):
        a, b = self.saved
        return g / b, -g * a / b ** 2


class MatMul(Mul):
    def forward(self, a, b):
        self.save(a, b)
        return a @ b

    def backward(self, g):
        a, b = self.saved
        return g @ b.T, a.T @ g


class Exp(Fn):
    def forward(self, a):
        y = np.exp(a)
        self.save(y)
        return y

    def backward(self, g): return (g * self.saved[0],)


class Log(Fn):
    def forward(self, a):
        self.save(a)
        return np.log(a.astype(np.float32))

    def backward(self, g): return (g / self.saved[0],)


class ReLU(Fn):
    def forward(self, a):
        self.save(a > 0)
        return np.where(a > 0, a, 0.0)

    def backward(self, g): return (g * self.saved[0],)


class Sum(Fn):
    def forward(self, a):
        self.save(a.shape)
        return a.sum()

    def backward(self, g): return (np.broadcast_to(g, self.saved[0]),)


for _n, _c in (("add", Add), ("sub", Sub), ("mul", Mul), ("truediv", Div), ("matmul", MatMul)):
    setattr(Tensor, "__%s__" % _n, lambda a, b, c=_c: c.apply(a, b))
    setattr(Tensor, "__r%s__" % _n, lambda a, b, c=_c: c.apply(b, a))
