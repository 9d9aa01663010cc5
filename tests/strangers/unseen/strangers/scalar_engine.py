# Scalar autograd -- assignment 2, part A
# (group 14)
import math


class Scalar(object):
    __slots__ = ("data", "grad", "_children", "_backward")

    def __init__(self, data, _children=()):
        self.data = data
        self.grad = 0
        self._children = _children
        self._backward = None

    @staticmethod
    def _wrap(x):
        if isinstance(x, Scalar):
            return x
        if isinstance(x, (int, float)):
            return Scalar(x)
        raise TypeError("cannot make a Scalar from %r" % (x,))

    def __add__(self, other):
        other = Scalar._wrap(other)
        out = Scalar(self.data + other.data, (self, other))

        def backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = backward
        return out
    __radd__ = __add__

    def __sub__(self, other):
        other = Scalar._wrap(other)
        out = Scalar(self.data - other.data, (self, other))

        def backward():
            self.grad += out.grad
            other.grad -= out.grad
        out._backward = backward
        return out

    def __rsub__(self, other):
        return Scalar._wrap(other) - self

    def __mul__(self, other):
        other = Scalar._wrap(other)
        out = Scalar(self.data * other.data, (self, other))

        def backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = backward
        return out
    __rmul__ = __mul__

    def __truediv__(self, other):
        other = Scalar._wrap(other)
        out = Scalar(self.data / other.data, (self, other))

        def backward():
            self.grad += out.grad / other.data
            other.grad += -self.data / other.data ** 2 * out.grad
        out._backward = backward
        return out

    def __rtruediv__(self, other):
        return Scalar._wrap(other) / self

    def __neg__(self):
        return 0 - self

    def __pow__(self, power):
        assert isinstance(power, (int, float)), "only constant powers please"
        out = Scalar(self.data ** power, (self,))

        def backward():
            self.grad += power * self.data ** (power - 1) * out.grad
        out._backward = backward
        return out

    def tanh(self):
        out = Scalar(math.tanh(self.data), (self,))

        def backward():
            self.grad += (1 - out.data ** 2) * out.grad
        out._backward = backward
        return out

    def relu(self):
        out = Scalar(self.data if self.data > 0 else 0.0, (self,))

        def backward():
            self.grad = (out.data > 0) * out.grad
        out._backward = backward
        return out

    def leaky_relu(self, slope=0.01):
        k = 1.0 if self.data > 0 else slope
        out = Scalar(self.data * k, (self,))

        def backward():
            self.grad += k * out.grad
        out._backward = backward
        return out

    def exp(self):
        out = Scalar(math.exp(self.data), (self,))

        def backward():
            self.grad += out.data * out.grad
        out._backward = backward
        return out

    def log(self):
        out = Scalar(math.log(self.data), (self,))

        def backward():
            self.grad += (1 / self.data) * out.grad
        out._backward = backward
        return out

    def backward(self):
        # iterative because python dies at depth 1000
        order = []
        visited = set()
        stack = [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
                continue
            if id(node) in visited:
                continue
            visited.add(id(node))
            stack.append((node, True))
            for c in node._children:
                stack.append((c, False))
        self.grad = 1
        while order:
            n = order.pop()
            if n._backward is not None:
                n._backward()

    def zero_grad(self):
        self.grad = 0

    def __repr__(self):
        return "Scalar(%g, grad=%g)" % (self.data, self.grad)
