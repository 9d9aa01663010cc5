"""The Tensor of pico; operations are in functions.py."""
from contextlib import contextmanager
import numpy as np

_recording = True


@contextmanager
def no_grad():
    global _recording
    before, _recording = _recording, False
    yield
    _recording = before


class Tensor:
    def __init__(self, data, requires_grad=False, parents=None, creation_op=None):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.parents = parents or []
        self.creation_op = creation_op
        self.grad = None

    @property
    def shape(self):
        return self.data.shape

    def __add__(self, o): return F.add(self, o)
    def __radd__(self, o): return F.add(o, self)
    def __mul__(self, o): return F.mul(self, o)
    def __rmul__(self, o): return F.mul(o, self)
    def __sub__(self, o): return F.add(self, F.neg(o))
    def __rsub__(self, o): return F.add(o, F.neg(self))
    def __truediv__(self, o): return F.mul(self, F.power(F.tensor(o), -1.0))
    def __rtruediv__(self, o): return F.mul(o, F.power(self, -1.0))
    def __pow__(self, n): return F.power(self, n)
    def __neg__(self): return F.neg(self)
    def __matmul__(self, o): return F.matmul(self, o)
    def sum(self, dim=None, keepdim=False): return F.sum(self, dim, keepdim)
    def mean(self, dim=None, keepdim=False): return F.mean(self, dim, keepdim)
    def view(self, *shape): return F.view(self, shape)

    def backward(self, grad=None):
        if not self.requires_grad:
            raise RuntimeError("this tensor does not require grad")
        if grad is None:
            if self.data.size > 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            grad = np.ones_like(self.data)
        elif isinstance(grad, Tensor):
            grad = grad.data
        pending = {id(self): grad}
        for node in reversed(self._sorted()):
            g = pending.pop(id(node), None)
            if g is None:
                continue
            node.grad = Tensor(g if node.grad is None else node.grad.data + g)
            if node.creation_op:
                for parent, part in zip(node.parents, node.creation_op(g)):
                    if parent.requires_grad:
                        part = _reduce(part, parent.shape)
                        pending[id(parent)] = pending.get(id(parent), 0) + part

    def _sorted(self):
        seen, order = set(), []

        def go(t):
            if id(t) not in seen:
                seen.add(id(t))
                for p in t.parents:
                    go(p)
                order.append(t)
        go(self)
        return order


def _reduce(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(i, keepdims=True)
    return g


def recording():
    return _recording


from . import functions as F  # noqa: E402
