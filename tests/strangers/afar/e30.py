# shape: class Tensor(data, requires_grad=False) + layers Linear/ReLU/Sequential/MSELoss + SGD; call loss.backward(gradient=None); value .data, gradient .grad (accumulates in every tensor requiring it); zero_grad()
# mistake: none
import numpy as np


class GradFn:
    """knows its inputs and how to turn the output's gradient into theirs"""

    def __init__(self, *tensors, **extra):
        self.saved_tensors = tensors
        self.extra = extra

    def apply(self, g):
        raise NotImplementedError


class AddBackward(GradFn):
    def apply(self, g):
        return g, g


class SubBackward(GradFn):
    def apply(self, g):
        return g, -g


class MulBackward(GradFn):
    def apply(self, g):
        a, b = self.saved_tensors
        return g * b.data, g * a.data


class MatmulBackward(GradFn):
    def apply(self, g):
        a, b = self.saved_tensors
        if a.data.ndim == 1 and b.data.ndim == 1:
            return g * b.data, g * a.data
        if a.data.ndim == 1:
            return b.data @ g, np.outer(a.data, g)
        if b.data.ndim == 1:
            return np.outer(g, b.data), a.data.T @ g
        return g @ b.data.T, a.data.T @ g


class SumBackward(GradFn):
    def apply(self, g):
        (a,) = self.saved_tensors
        axis = self.extra["axis"]
        if axis is not None and not self.extra["keepdims"]:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, a.shape),)


class ReluBackward(GradFn):
    def apply(self, g):
        return (g * (self.saved_tensors[0].data > 0),)


class GeluBackward(GradFn):
    def apply(self, g):
        x = self.saved_tensors[0].data
        s = 1 / (1 + np.exp(-1.702 * x))
        return (g * (s + x * 1.702 * s * (1 - s)),)


class ReshapeBackward(GradFn):
    def apply(self, g):
        return (g.reshape(self.saved_tensors[0].shape),)


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._grad_fn = None

    @property
    def shape(self): return self.data.shape

    def _with(self, fn):
        if any(t.requires_grad for t in fn.saved_tensors):
            self.requires_grad = True
            self._grad_fn = fn
        return self

    def __add__(self, o):
        o = to_tensor(o)
        return Tensor(self.data + o.data)._with(AddBackward(self, o))

    def __sub__(self, o):
        o = to_tensor(o)
        return Tensor(self.data - o.data)._with(SubBackward(self, o))

    def __mul__(self, o):
        o = to_tensor(o)
        return Tensor(self.data * o.data)._with(MulBackward(self, o))

    def matmul(self, o): return Tensor(self.data @ o.data)._with(MatmulBackward(self, o))
    __matmul__ = matmul

    def sum(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))._with(SumBackward(self, axis=axis, keepdims=keepdims))

    def mean(self): return self.sum() * (1.0 / self.data.size)
    def relu(self): return Tensor(np.maximum(self.data, 0))._with(ReluBackward(self))
    def gelu(self): return Tensor(self.data / (1 + np.exp(-1.702 * self.data)))._with(GeluBackward(self))
    def reshape(self, *s): return Tensor(self.data.reshape(*s))._with(ReshapeBackward(self))
    def zero_grad(self): self.grad = None

    def backward(self, gradient=None):
        if not self.requires_grad:
            return
        if gradient is None:
            if self.data.size != 1:
                raise ValueError("gradient must be given for a tensor which isn't a scalar")
            gradient = np.ones_like(self.data)
        gradient = np.asarray(gradient, dtype=np.float64)
        extra = gradient.ndim - self.data.ndim
        if extra > 0:
            gradient = gradient.sum(axis=tuple(range(extra)))
        for i, n in enumerate(self.shape):
            if n == 1 and gradient.shape[i] > 1:
                gradient = gradient.sum(axis=i, keepdims=True)
        self.grad = gradient.copy() if self.grad is None else self.grad + gradient
        # recursion: only this call's share goes on, so shared nodes stay right
        if self._grad_fn is not None:
            for t, g in zip(self._grad_fn.saved_tensors, self._grad_fn.apply(gradient)):
                t.backward(g)


def to_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


class Linear:
    def __init__(self, i, o, rng):
        self.weight = Tensor(rng.normal(size=(i, o)) * (1 / i) ** 0.5, requires_grad=True)
        self.bias = Tensor(np.zeros(o), requires_grad=True)

    def __call__(self, x): return x @ self.weight + self.bias
    def parameters(self): return [self.weight, self.bias]


class ReLU:
    def __call__(self, x): return x.relu()
    def parameters(self): return []


class Sequential:
    def __init__(self, *ls): self.ls = ls

    def __call__(self, x):
        for l in self.ls:
            x = l(x)
        return x

    def parameters(self): return [p for l in self.ls for p in l.parameters()]


class MSELoss:
    def __call__(self, p, y):
        d = p - y
        return (d * d).mean()


class SGD:
    def __init__(self, ps, lr): self.ps, self.lr = ps, lr

    def step(self):
        for p in self.ps:
            if p.grad is not None:
                p.data = p.data - self.lr * p.grad

    def zero_grad(self):
        for p in self.ps:
            p.zero_grad()


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = Tensor(rng.normal(size=(32, 2)))
    Y = Tensor((X.data[:, :1] * X.data[:, 1:] > 0) * 1.0)
    net, lossf = Sequential(Linear(2, 8, rng), ReLU(), Linear(8, 1, rng)), MSELoss()
    opt = SGD(net.parameters(), 0.2)
    for _ in range(200):
        opt.zero_grad()
        L = lossf(net(X), Y)
        L.backward()
        opt.step()
    print(L.data)
