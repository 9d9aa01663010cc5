import numpy as np


class Tensor:
    """Closures, as for scalars, on arrays of float32."""

    def __init__(self, data, parents=()):
        self.data = np.array(data, dtype=np.float32)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self.push = lambda: None

    @staticmethod
    def of(x, like):
        return x if isinstance(x, Tensor) else Tensor(np.full_like(like.data, x))

    def __add__(self, other):
        other = Tensor.of(other, self)
        out = Tensor(self.data + other.data, (self, other))

        def push():
            self.grad += out.grad
            other.grad += out.grad

        out.push = push
        return out

    def __mul__(self, other):
        other = Tensor.of(other, self)
        out = Tensor(self.data * other.data, (self, other))

        def push():
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out.push = push
        return out

    def __truediv__(self, other):
        other = Tensor.of(other, self)
        out = Tensor(self.data / other.data, (self, other))

        def push():
            self.grad += out.grad / other.data
            other.grad -= out.grad * self.data / other.data**2

        out.push = push
        return out

    def __rtruediv__(self, other):
        return Tensor.of(other, self) / self

    def __neg__(self):
        out = Tensor(-self.data, (self,))

        def push():
            self.grad -= out.grad

        out.push = push
        return out

    def __pow__(self, n):
        out = Tensor(self.data ** np.float32(n), (self,))

        def push():
            self.grad += np.float32(n) * self.data ** np.float32(n - 1) * out.grad

        out.push = push
        return out

    __radd__, __rmul__ = __add__, __mul__

    def __matmul__(self, other):
        out = Tensor(self.data @ other.data, (self, other))

        def push():
            self.grad += out.grad @ other.data.T
            other.grad += self.data.T @ out.grad

        out.push = push
        return out

    def exp(self):
        out = Tensor(np.exp(self.data), (self,))

        def push():
            self.grad += out.data * out.grad

        out.push = push
        return out

    def log(self):
        out = Tensor(np.log(self.data), (self,))

        def push():
            self.grad += out.grad / self.data

        out.push = push
        return out

    def relu(self):
        out = Tensor(self.data * (self.data > 0), (self,))

        def push():
            self.grad += out.grad * (self.data > 0)

        out.push = push
        return out

    def summation(self, axes=None):
        out = Tensor(self.data.sum(axis=axes), (self,))

        def push():
            shape = self.data.sum(axis=axes, keepdims=True).shape
            self.grad += out.grad.reshape(shape) * np.ones_like(self.data)

        out.push = push
        return out

    def reshape(self, shape):
        out = Tensor(self.data.reshape(shape), (self,))

        def push():
            self.grad += out.grad.reshape(self.data.shape)

        out.push = push
        return out

    def transpose(self, axes=None):
        out = Tensor(self.data.transpose(axes), (self,))

        def push():
            back = axes if axes is None else np.argsort(axes)
            self.grad += out.grad.transpose(back)

        out.push = push
        return out

    def broadcast_to(self, shape):
        out = Tensor(np.broadcast_to(self.data, shape), (self,))

        def push():
            grad = out.grad
            while grad.ndim > self.data.ndim:
                grad = grad.sum(axis=0)
            for axis, size in enumerate(self.data.shape):
                if size == 1:
                    grad = grad.sum(axis=axis, keepdims=True)
            self.grad += grad

        out.push = push
        return out

    def backward(self, seed=None):
        order = []

        def visit(t):
            if t not in order:
                for p in t.parents:
                    visit(p)
                order.append(t)

        visit(self)
        self.grad = np.ones_like(self.data) if seed is None else np.float32(seed)
        for t in order[::-1]:
            t.push()
