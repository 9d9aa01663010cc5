"""numpy arrays with closures; every rule undoes its own broadcasting."""

import numpy as np


def unbroadcast(grad, shape):
    if grad.shape == shape:
        return grad
    extra = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(extra)))  #: engine unbroadcast
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return grad.sum(axis=stretched, keepdims=True)  #: engine unbroadcast


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data, _prev=(), _op=""):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self._prev = _prev
        self._op = _op
        self._backward = lambda: None

    @property
    def shape(self):
        return self.data.shape

    @staticmethod
    def ensure(x):
        return x if isinstance(x, Tensor) else Tensor(x)

    # arithmetic

    def __add__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data + other.data, (self, other), "+")  #: add value

        def _backward():
            self.grad += unbroadcast(out.grad, self.shape)  #: add x
            other.grad += unbroadcast(out.grad, other.shape)  #: add y

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data * other.data, (self, other), "*")  #: mul value

        def _backward():
            self.grad += unbroadcast(other.data * out.grad, self.shape)  #: mul x
            other.grad += unbroadcast(self.data * out.grad, other.shape)  #: mul y

        out._backward = _backward
        return out

    def __sub__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data - other.data, (self, other), "-")  #: sub value

        def _backward():
            self.grad += unbroadcast(out.grad, self.shape)  #: sub x
            other.grad -= unbroadcast(out.grad, other.shape)  #: sub y

        out._backward = _backward
        return out

    def __truediv__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data / other.data, (self, other), "/")  #: div value

        def _backward():
            self.grad += unbroadcast(out.grad / other.data, self.shape)  #: div x
            other.grad -= unbroadcast(out.grad * out.data / other.data, other.shape)  #: div y

        out._backward = _backward
        return out

    def __neg__(self):
        out = Tensor(-self.data, (self,), "neg")  #: neg value

        def _backward():
            self.grad -= out.grad  #: neg x

        out._backward = _backward
        return out

    def __radd__(self, other):
        return Tensor.ensure(other) + self

    def __rmul__(self, other):
        return Tensor.ensure(other) * self

    def __rsub__(self, other):
        return Tensor.ensure(other) - self

    def __rtruediv__(self, other):
        return Tensor.ensure(other) / self

    def __matmul__(self, other):
        if self.data.ndim != 2 or other.data.ndim != 2:
            raise NotImplementedError("matrices only")
        out = Tensor(self.data @ other.data, (self, other), "@")  #: matmul value

        def _backward():
            self.grad += out.grad @ other.data.T  #: matmul x
            other.grad += self.data.T @ out.grad  #: matmul y

        out._backward = _backward
        return out

    # element by element

    def exp(self):
        out = Tensor(np.exp(self.data), (self,), "exp")  #: exp value

        def _backward():
            self.grad += out.data * out.grad  #: exp x

        out._backward = _backward
        return out

    def log(self):
        out = Tensor(np.log(self.data), (self,), "log")  #: log value

        def _backward():
            self.grad += out.grad / self.data  #: log x

        out._backward = _backward
        return out

    def square(self):
        out = Tensor(self.data**2, (self,), "square")  #: square value

        def _backward():
            self.grad += 2 * self.data * out.grad  #: square x

        out._backward = _backward
        return out

    def tanh(self):
        t = np.tanh(self.data)  #: tanh value
        out = Tensor(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad  #: tanh x

        out._backward = _backward
        return out

    def sigmoid(self):
        with np.errstate(over="ignore"):
            s = 1 / (1 + np.exp(-self.data))  #: sigmoid value
        out = Tensor(s, (self,), "sigmoid")

        def _backward():
            self.grad += s * (1 - s) * out.grad  #: sigmoid x

        out._backward = _backward
        return out

    def relu(self):
        out = Tensor(np.maximum(0, self.data), (self,), "relu")  #: relu value

        def _backward():
            self.grad += (self.data > 0) * out.grad  #: relu x

        out._backward = _backward
        return out

    def sin(self):
        out = Tensor(np.sin(self.data), (self,), "sin")  #: sin value

        def _backward():
            self.grad += np.cos(self.data) * out.grad  #: sin x

        out._backward = _backward
        return out

    def cos(self):
        out = Tensor(np.cos(self.data), (self,), "cos")  #: cos value

        def _backward():
            self.grad += -np.sin(self.data) * out.grad  #: cos x

        out._backward = _backward
        return out

    def clip(self, min=None, max=None):
        lo = -np.inf if min is None else min
        hi = np.inf if max is None else max
        out = Tensor(np.clip(self.data, lo, hi), (self,), "clip")  #: clamp value

        def _backward():
            inside = (self.data >= lo) & (self.data <= hi)  #: clamp x
            self.grad += inside * out.grad  #: clamp x

        out._backward = _backward
        return out

    def softplus(self):
        out = Tensor(np.logaddexp(0, self.data), (self,), "softplus")  #: softplus value

        def _backward():
            with np.errstate(over="ignore"):
                self.grad += out.grad / (1 + np.exp(-self.data))  #: softplus x

        out._backward = _backward
        return out

    # reductions

    def _expand(self, array, axis, keepdims):
        if axis is None or keepdims:
            return array
        return np.expand_dims(array, axis)

    def sum(self, axis=None, keepdims=False):
        out = Tensor(self.data.sum(axis=axis, keepdims=keepdims), (self,), "sum")  #: sum value

        def _backward():
            self.grad += self._expand(out.grad, axis, keepdims)  #: sum x

        out._backward = _backward
        return out

    def mean(self, axis=None, keepdims=False):
        out = Tensor(self.data.mean(axis=axis, keepdims=keepdims), (self,), "mean")  #: mean value

        def _backward():
            n = self.data.size / max(out.data.size, 1)
            self.grad += self._expand(out.grad, axis, keepdims) / n  #: mean x

        out._backward = _backward
        return out

    def max(self, axis=None, keepdims=False):
        out = Tensor(self.data.max(axis=axis, keepdims=keepdims), (self,), "max")  #: max value

        def _backward():
            mask = self.data == self._expand(out.data, axis, keepdims)  #: max x
            share = mask / mask.sum(axis=axis, keepdims=True)  #: max x
            self.grad += share * self._expand(out.grad, axis, keepdims)  #: max x

        out._backward = _backward
        return out

    def var(self, axis=None, keepdims=False, ddof=1):
        out = Tensor(self.data.var(axis=axis, keepdims=keepdims, ddof=ddof), (self,))  #: var value

        def _backward():
            n = self.data.size / max(out.data.size, 1)
            centred = self.data - self.data.mean(axis=axis, keepdims=True)  #: var x
            grad = self._expand(out.grad, axis, keepdims)
            self.grad += 2 * centred / (n - ddof) * grad  #: var x

        out._backward = _backward
        return out

    # shapes

    def reshape(self, *shape):
        out = Tensor(self.data.reshape(*shape), (self,), "reshape")  #: reshape value

        def _backward():
            self.grad += out.grad.reshape(self.shape)  #: reshape x

        out._backward = _backward
        return out

    def transpose(self, *axes):
        out = Tensor(np.transpose(self.data, axes), (self,), "transpose")  #: permute value

        def _backward():
            inverse = np.argsort([axis % self.data.ndim for axis in axes])
            self.grad += np.transpose(out.grad, inverse)  #: permute x

        out._backward = _backward
        return out

    @property
    def T(self):
        out = Tensor(self.data.T, (self,), "T")  #: transpose value

        def _backward():
            self.grad += out.grad.T  #: transpose x

        out._backward = _backward
        return out

    def broadcast_to(self, shape):
        out = Tensor(np.broadcast_to(self.data, shape), (self,), "broadcast")  #: broadcast_to value

        def _backward():
            self.grad += unbroadcast(out.grad, self.shape)  #: broadcast_to x

        out._backward = _backward
        return out

    def __getitem__(self, index):
        out = Tensor(self.data[index], (self,), "index")  #: index value

        def _backward():
            np.add.at(self.grad, index, out.grad)  #: index x

        out._backward = _backward
        return out

    def softmax(self, axis=-1):
        e = np.exp(self.data - self.data.max(axis=axis, keepdims=True))  #: softmax value
        p = e / e.sum(axis=axis, keepdims=True)  #: softmax value
        out = Tensor(p, (self,), "softmax")

        def _backward():
            weighted = (out.grad * p).sum(axis=axis, keepdims=True)  #: softmax x
            self.grad += p * (out.grad - weighted)  #: softmax x

        out._backward = _backward
        return out

    # the backward pass

    def backward(self, grad=None):
        topo, visited, todo = [], set(), [(self, iter(self._prev))]
        visited.add(id(self))
        while todo:
            node, parents = todo[-1]
            for parent in parents:
                if id(parent) not in visited:  #: engine order
                    visited.add(id(parent))
                    todo.append((parent, iter(parent._prev)))
                    break
            else:
                topo.append(node)
                todo.pop()
        for node in topo:
            node.grad = np.zeros_like(node.data)  #: engine reset
        self.grad = (
            np.ones_like(self.data) if grad is None else np.array(grad, dtype=float)
        )  #: engine seed
        for node in topo[::-1]:  #: engine order
            node._backward()


def concat(tensors, axis=0):
    out = Tensor(np.concatenate([t.data for t in tensors], axis), tuple(tensors))  #: concat value

    def _backward():
        cuts = np.cumsum([t.shape[axis] for t in tensors])[:-1]  #: concat x
        for t, part in zip(tensors, np.split(out.grad, cuts, axis)):  #: concat x
            t.grad += part  #: concat x

    out._backward = _backward
    return out


def stack(tensors, axis=0):
    out = Tensor(np.stack([t.data for t in tensors], axis), tuple(tensors), "stack")  #: stack value

    def _backward():
        for i, t in enumerate(tensors):
            t.grad += np.take(out.grad, i, axis)  #: stack x

    out._backward = _backward
    return out


def where(condition, a, b):
    a, b = Tensor.ensure(a), Tensor.ensure(b)
    out = Tensor(np.where(condition, a.data, b.data), (a, b), "where")  #: where value

    def _backward():
        a.grad += unbroadcast(np.where(condition, out.grad, 0), a.shape)  #: where x
        b.grad += unbroadcast(np.where(condition, 0, out.grad), b.shape)  #: where y

    out._backward = _backward
    return out


def outer(a, b):
    out = Tensor(np.outer(a.data, b.data), (a, b), "outer")  #: outer value

    def _backward():
        a.grad += out.grad @ b.data  #: outer x
        b.grad += a.data @ out.grad  #: outer y

    out._backward = _backward
    return out
