# shape: class Tensor(data, requires_grad=False); call loss.backward(); value .data; gradient .grad for leaves only, retain_grad() for inner ones; zero_grad()
# mistake: leaf accumulation | backward | - | a leaf's gradient is assigned (=) where it must be added (+=): the leaf used more than once, or two backward calls, lose contributions
import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self.grad_fn = None
        self.retains_grad = False

    @property
    def is_leaf(self):
        return self.grad_fn is None

    def retain_grad(self):
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on a Tensor that does not require it")
        self.retains_grad = True

    def zero_grad(self):
        self.grad = None

    def detach(self):
        return Tensor(self.data)

    def item(self):
        return float(self.data)

    def backward(self, gradient=None):
        if gradient is None:
            if self.data.size != 1:
                raise RuntimeError("a seed is needed for outputs that aren't scalars")
            gradient = np.ones_like(self.data)
        if self.is_leaf:
            self._deposit(gradient)
            return
        waiting = {}
        st, seen = [self.grad_fn], {self.grad_fn}
        while st:
            for t in st.pop().inputs:
                if t.grad_fn is not None:
                    waiting[t.grad_fn] = waiting.get(t.grad_fn, 0) + 1
                    if t.grad_fn not in seen:
                        seen.add(t.grad_fn)
                        st.append(t.grad_fn)
        buf = {self.grad_fn: gradient}
        ready = [self.grad_fn]
        while ready:
            fn = ready.pop()
            g = buf.pop(fn)
            if fn.out.retains_grad:
                fn.out.grad = g if fn.out.grad is None else fn.out.grad + g
            for t, gt in zip(fn.inputs, fn.vjp(g)):
                if not t.requires_grad:
                    continue
                gt = _reduce(gt, t.data.shape)
                if t.is_leaf:
                    t._deposit(gt)
                else:
                    buf[t.grad_fn] = buf.get(t.grad_fn, 0) + gt
                    waiting[t.grad_fn] -= 1
                    if waiting[t.grad_fn] == 0:
                        ready.append(t.grad_fn)

    def _deposit(self, g):
        if self.requires_grad:
            self.grad = np.array(g)

    def __add__(self, o): return _make(np.add, lambda a, b, g: (g, g), self, o)
    def __sub__(self, o): return _make(np.subtract, lambda a, b, g: (g, -g), self, o)
    def __mul__(self, o): return _make(np.multiply, lambda a, b, g: (g * b, g * a), self, o)
    def __truediv__(self, o): return _make(np.divide, lambda a, b, g: (g / b, -g * a / b ** 2), self, o)
    def __matmul__(self, o): return _make(np.matmul, lambda a, b, g: (g @ b.T, a.T @ g), self, o)
    def __radd__(self, o): return _t(o) + self
    def __rsub__(self, o): return _t(o) - self
    def __rmul__(self, o): return _t(o) * self
    def __rtruediv__(self, o): return _t(o) / self
    def exp(self): return _make(np.exp, lambda a, g: (g * np.exp(a),), self)
    def log(self): return _make(np.log, lambda a, g: (g / a,), self)
    def sum(self): return _make(np.sum, lambda a, g: (np.full(a.shape, g),), self)
    def cos(self): return _make(np.cos, lambda a, g: (-g * np.sin(a),), self)


class Node:
    def __init__(self, out, inputs, vjp):
        self.out, self.inputs, self.vjp = out, inputs, vjp


def _t(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def _make(f, rule, *args):
    args = [_t(a) for a in args]
    raw = [a.data for a in args]
    out = Tensor(f(*raw))
    if any(a.requires_grad for a in args):
        out.requires_grad = True
        out.grad_fn = Node(out, args, lambda g: rule(*raw, g))
    return out


def _reduce(g, shape):
    g = np.asarray(g)
    if g.shape != shape:
        g = g.sum(axis=tuple(range(g.ndim - len(shape))))
        g = g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
    return g
