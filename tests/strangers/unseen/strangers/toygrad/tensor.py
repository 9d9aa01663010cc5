import numpy as np
from . import ops


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._node = None

    def __add__(self, o): return ops.Add.apply(self, o)
    def __radd__(self, o): return ops.Add.apply(o, self)
    def __sub__(self, o): return ops.Sub.apply(self, o)
    def __rsub__(self, o): return ops.Sub.apply(o, self)
    def __mul__(self, o): return ops.Mul.apply(self, o)
    def __rmul__(self, o): return ops.Mul.apply(o, self)
    def __truediv__(self, o): return ops.Div.apply(self, o)
    def __rtruediv__(self, o): return ops.Div.apply(o, self)
    def __neg__(self): return ops.Mul.apply(self, -1.0)
    def __pow__(self, n): return ops.Pow.apply(self, n)
    def __matmul__(self, o): return ops.MatMul.apply(self, o)

    def sum(self, axis=None, keepdims=False): return ops.Sum.apply(self, axis, keepdims)

    def mean(self, axis=None, keepdims=False):
        n = self.data.size if axis is None else self.data.shape[axis]
        return self.sum(axis, keepdims) / n

    def exp(self): return ops.Exp.apply(self)
    def log(self): return ops.Log.apply(self)
    @property
    def T(self): return ops.Transpose.apply(self)

    @property
    def shape(self):
        return self.data.shape

    def backward(self, grad=None):
        if not self.requires_grad:
            raise RuntimeError("tensor does not require grad")
        topo, seen = [], set()

        def dfs(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            if t._node is not None:
                for p in t._node[2]:
                    dfs(p)
            topo.append(t)
        dfs(self)
        grads = {id(self): np.ones_like(self.data) if grad is None else grad}
        for t in reversed(topo):
            g = grads.pop(id(t), None)
            if g is None:
                continue
            if t._node is None:
                if t.requires_grad:
                    t.grad = g if t.grad is None else t.grad + g
                continue
            fn, ctx, inputs = t._node
            gs = [gi for gi, is_t in zip(fn.backward(ctx, g), ctx.mask) if is_t]
            for p, gp in zip(inputs, gs):
                if p.requires_grad:
                    grads[id(p)] = gp if id(p) not in grads else grads[id(p)] + gp

    def zero_grad(self):
        self.grad = None

    def __repr__(self):
        return f"tensor({self.data})"


def tensor(x, requires_grad=False): return Tensor(x, requires_grad)
def zeros(*s, requires_grad=False): return Tensor(np.zeros(s), requires_grad)
def ones(*s, requires_grad=False): return Tensor(np.ones(s), requires_grad)
def randn(*s, requires_grad=False): return Tensor(np.random.randn(*s), requires_grad)
