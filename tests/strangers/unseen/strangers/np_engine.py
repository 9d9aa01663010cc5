import numpy as np


def _sum_to(g, shape):
    """undo numpy broadcasting"""
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class Tensor:
    __array_ufunc__ = None   # so that ndarray + Tensor calls our __radd__

    def __init__(self, data, requires_grad=False, _prev=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad or any(p.requires_grad for p in _prev)
        self.grad = np.zeros_like(self.data) if self.requires_grad else None
        self._prev = [p for p in _prev if p.requires_grad]
        self._backward = lambda: None

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)

    @property
    def T(self):
        return self.transpose()

    def _acc(self, g):
        if self.requires_grad:
            self.grad = self.grad + _sum_to(g, self.data.shape)

    @classmethod
    def ensure(cls, x):
        return x if isinstance(x, Tensor) else cls(x)

    def __add__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data + other.data, _prev=(self, other))
        def _backward():
            self._acc(out.grad)
            other._acc(out.grad)
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data * other.data, _prev=(self, other))
        def _backward():
            self._acc(out.grad * other.data)
            other._acc(out.grad * self.data)
        out._backward = _backward
        return out

    def __pow__(self, p):
        assert np.isscalar(p)
        out = Tensor(self.data ** p, _prev=(self,))
        def _backward():
            self._acc(out.grad * p * self.data ** (p - 1))
        out._backward = _backward
        return out

    def __matmul__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data @ other.data, _prev=(self, other))
        def _backward():
            # 2d or batched, no vectors
            self._acc(out.grad @ np.swapaxes(other.data, -1, -2))
            other._acc(np.swapaxes(self.data, -1, -2) @ out.grad)
        out._backward = _backward
        return out

    def __neg__(self): return self * -1.0
    def __sub__(self, other): return self + (-Tensor.ensure(other))
    def __rsub__(self, other): return Tensor.ensure(other) - self
    def __truediv__(self, other): return self * Tensor.ensure(other) ** -1.0
    def __rtruediv__(self, other): return Tensor.ensure(other) / self
    def __rmatmul__(self, other): return Tensor.ensure(other) @ self
    __radd__ = __add__
    __rmul__ = __mul__

    def _unary(self, value, dvalue):
        out = Tensor(value, _prev=(self,))
        def _backward():
            self._acc(out.grad * dvalue)
        out._backward = _backward
        return out

    def exp(self):
        e = np.exp(self.data)
        return self._unary(e, e)

    def log(self): return self._unary(np.log(self.data), 1 / self.data)

    def tanh(self):
        t = np.tanh(self.data)
        return self._unary(t, 1 - t ** 2)

    def sigmoid(self):
        s = 1 / (1 + np.exp(-self.data))
        return self._unary(s, s * (1 - s))

    def relu(self):
        m = self.data > 0
        return self._unary(self.data * m, m)

    def sqrt(self): return self ** 0.5
    def abs(self): return self._unary(np.abs(self.data), np.sign(self.data))

    def sum(self, axis=None, keepdims=False):
        out = Tensor(self.data.sum(axis=axis, keepdims=keepdims), _prev=(self,))
        def _backward():
            g = out.grad
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            self._acc(np.broadcast_to(g, self.data.shape))
        out._backward = _backward
        return out

    def mean(self, axis=None, keepdims=False):
        s = self.sum(axis=axis, keepdims=keepdims)
        return s * (s.data.size / self.data.size)

    def max(self, axis=None, keepdims=False):
        m = self.data.max(axis=axis, keepdims=True)
        out = Tensor(self.data.max(axis=axis, keepdims=keepdims), _prev=(self,))
        def _backward():
            mask = (self.data == m).astype(float)
            mask /= mask.sum(axis=axis, keepdims=True)     # share between ties
            self._acc(mask * out.grad.reshape(m.shape))
        out._backward = _backward
        return out

    def reshape(self, *shape):
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = tuple(shape[0])
        out = Tensor(self.data.reshape(shape), _prev=(self,))
        def _backward():
            self._acc(out.grad.reshape(self.data.shape))
        out._backward = _backward
        return out

    def transpose(self, *axes):
        axes = axes or tuple(reversed(range(self.ndim)))
        out = Tensor(self.data.transpose(axes), _prev=(self,))
        def _backward():
            self._acc(out.grad.transpose(np.argsort(axes)))
        out._backward = _backward
        return out

    def __getitem__(self, idx):
        out = Tensor(self.data[idx], _prev=(self,))
        def _backward():
            g = np.zeros_like(self.data)
            np.add.at(g, idx, out.grad)
            self._acc(g)
        out._backward = _backward
        return out

    def softmax(self, axis=-1):
        z = self - self.data.max(axis=axis, keepdims=True)
        e = z.exp()
        return e / e.sum(axis=axis, keepdims=True)

    def cross_entropy(self, y):
        """self: logits (N, C), y: int labels (N,)"""
        n = len(y)
        z = self - self.data.max(axis=1, keepdims=True)
        logp = z - z.exp().sum(axis=1, keepdims=True).log()
        return -logp[np.arange(n), np.asarray(y)].sum() / n

    def backward(self, grad=None):
        topo, visited = [], set()
        def build(v):
            if id(v) not in visited:
                visited.add(id(v))
                for p in v._prev:
                    build(p)
                topo.append(v)
        build(self)
        self.grad = np.ones_like(self.data) if grad is None else np.asarray(grad, float)
        for v in reversed(topo):
            v._backward()

    def item(self): return self.data.item()
    def __len__(self): return len(self.data)
    def __repr__(self): return f"Tensor({self.data}, requires_grad={self.requires_grad})"
