"""One class, one backward(), one giant if. Don't judge me, it works."""
import numpy as np


class T:
    def __init__(self, data, parents=(), op=None, args=None, requires_grad=True):
        self.data = np.array(data, dtype=np.float64)
        self.parents = parents
        self.op = op
        self.args = args or {}
        self.requires_grad = requires_grad
        self.grad = 0

    def _c(self, x):
        return x if isinstance(x, T) else T(x, requires_grad=False)

    def __add__(self, o):
        o = self._c(o)
        return T(self.data + o.data, (self, o), "add")
    __radd__ = __add__

    def __sub__(self, o):
        o = self._c(o)
        return T(self.data - o.data, (self, o), "sub")

    def __rsub__(self, o):
        return self._c(o) - self

    def __mul__(self, o):
        o = self._c(o)
        return T(self.data * o.data, (self, o), "mul")
    __rmul__ = __mul__

    def __truediv__(self, o):
        o = self._c(o)
        return T(self.data / o.data, (self, o), "div")

    def __rtruediv__(self, o):
        return self._c(o) / self

    def __neg__(self): return T(-self.data, (self,), "neg")
    def __pow__(self, n): return T(self.data ** n, (self,), "pow", {"n": n})

    def __matmul__(self, o): return T(self.data @ o.data, (self, o), "matmul")
    def dot(self, o): return self @ o

    def sum(self, axis=None, keepdims=False):
        return T(self.data.sum(axis=axis, keepdims=keepdims), (self,), "sum", {"axis": axis, "keepdims": keepdims})

    def mean(self, axis=None, keepdims=False):
        return T(self.data.mean(axis=axis, keepdims=keepdims), (self,), "mean", {"axis": axis, "keepdims": keepdims})

    def reshape(self, *shape): return T(self.data.reshape(*shape), (self,), "reshape")
    @property
    def T(self): return globals()["T"](self.data.T, (self,), "transpose")

    def relu(self): return T(np.maximum(0, self.data), (self,), "relu")
    def sigmoid(self): return T(1 / (1 + np.exp(-self.data)), (self,), "sigmoid")
    def tanh(self): return T(np.tanh(self.data), (self,), "tanh")
    def exp(self): return T(np.exp(self.data), (self,), "exp")
    def log(self): return T(np.log(self.data), (self,), "log")

    def softmax(self):
        e = np.exp(self.data - self.data.max(-1, keepdims=True))
        return T(e / e.sum(-1, keepdims=True), (self,), "softmax")

    def _give(self, g):
        if not self.requires_grad:
            return
        # broadcast handling
        while np.ndim(g) > self.data.ndim:
            g = g.sum(0)
        for i in range(self.data.ndim):
            if self.data.shape[i] == 1 and g.shape[i] != 1:
                g = g.sum(i, keepdims=True)
        self.grad = self.grad + g

    def _step(self):
        g, p = self.grad, self.parents
        if self.op == "add":
            p[0]._give(g)
            p[1]._give(g)
        elif self.op == "sub":
            p[0]._give(g)
            p[1]._give(-g)
        elif self.op == "mul":
            p[0]._give(g * p[1].data)
            p[1]._give(g * p[0].data)
        elif self.op == "div":
            p[0]._give(g / p[1].data)
            p[1]._give(-g * p[0].data / p[1].data ** 2)
        elif self.op == "neg":
            p[0]._give(-g)
        elif self.op == "pow":
            n = self.args["n"]
            p[0]._give(g * n * p[0].data ** (n - 1))
        elif self.op == "matmul":
            p[0]._give(g @ p[1].data.T)
            p[1]._give(p[0].data.T @ g)
        elif self.op in ("sum", "mean"):
            ax, kd = self.args["axis"], self.args["keepdims"]
            if ax is not None and not kd:
                g = np.expand_dims(g, ax)
            g = np.ones_like(p[0].data) * g
            if self.op == "mean":
                g = g / p[0].data.size
            p[0]._give(g)
        elif self.op == "reshape":
            p[0]._give(g.reshape(p[0].data.shape))
        elif self.op == "transpose":
            p[0]._give(g.T)
        elif self.op == "relu":
            p[0]._give(g * (p[0].data > 0))
        elif self.op == "sigmoid":
            p[0]._give(g * self.data * (1 - self.data))
        elif self.op == "tanh":
            p[0]._give(g * (1 - self.data ** 2))
        elif self.op == "exp":
            p[0]._give(g * self.data)
        elif self.op == "log":
            p[0]._give(g / p[0].data)
        elif self.op == "softmax":
            s = self.data
            p[0]._give(s * (g - (g * s).sum(-1, keepdims=True)))
        elif self.op is not None:
            raise ValueError("unknown op " + self.op)

    def backward(self, grad=None):
        self.grad = np.ones_like(self.data) if grad is None else grad
        order, done = [], set()

        def go(t):
            if t in done:
                return
            done.add(t)
            for q in t.parents:
                go(q)
            order.insert(0, t)
        go(self)
        for t in order:
            t._step()

    def __repr__(self):
        return f"T({self.data}, op={self.op})"
