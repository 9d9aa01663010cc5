"""Plain numbers; every result carries a closure that hands its gradient down."""

import math


class Value:
    def __init__(self, data, children=(), label=""):
        self.data = data
        self.grad = 0.0
        self.label = label
        self._children = children
        self._backward = lambda: None

    def __repr__(self):
        return f"Value({self.label or self.data}, grad={self.grad})"

    def __add__(self, other):
        other = wrap(other)
        out = Value(self.data + other.data, (self, other))  #: add value

        def _backward():
            self.grad += out.grad  #: add x
            other.grad += out.grad  #: add y

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = wrap(other)
        out = Value(self.data * other.data, (self, other))  #: mul value

        def _backward():
            self.grad += other.data * out.grad  #: mul x
            other.grad += self.data * out.grad  #: mul y

        out._backward = _backward
        return out

    def __sub__(self, other):
        other = wrap(other)
        out = Value(self.data - other.data, (self, other))  #: sub value

        def _backward():
            self.grad += out.grad  #: sub x
            other.grad += -out.grad  #: sub y

        out._backward = _backward
        return out

    def __truediv__(self, other):
        other = wrap(other)
        out = Value(self.data / other.data, (self, other))  #: div value

        def _backward():
            self.grad += out.grad / other.data  #: div x
            other.grad += -self.data / other.data**2 * out.grad  #: div y

        out._backward = _backward
        return out

    def __neg__(self):
        out = Value(-self.data, (self,))  #: neg value

        def _backward():
            self.grad += -out.grad  #: neg x

        out._backward = _backward
        return out

    def __pow__(self, k):
        if not isinstance(k, (int, float)):
            raise NotImplementedError("only powers that are numbers")
        out = Value(self.data**k, (self,))  #: pow value

        def _backward():
            if k != 0:
                self.grad += k * self.data ** (k - 1) * out.grad  #: pow x

        out._backward = _backward
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return wrap(other) - self

    def __rtruediv__(self, other):
        return wrap(other) / self

    def exp(self):
        out = Value(math.exp(self.data), (self,))  #: exp value

        def _backward():
            self.grad += out.data * out.grad  #: exp x

        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,))  #: log value

        def _backward():
            self.grad += out.grad / self.data  #: log x

        out._backward = _backward
        return out

    def sqrt(self):
        out = Value(math.sqrt(self.data), (self,))  #: sqrt value

        def _backward():
            self.grad += out.grad / (2 * out.data)  #: sqrt x

        out._backward = _backward
        return out

    def sin(self):
        out = Value(math.sin(self.data), (self,))  #: sin value

        def _backward():
            self.grad += math.cos(self.data) * out.grad  #: sin x

        out._backward = _backward
        return out

    def cos(self):
        out = Value(math.cos(self.data), (self,))  #: cos value

        def _backward():
            self.grad -= math.sin(self.data) * out.grad  #: cos x

        out._backward = _backward
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))  #: tanh value

        def _backward():
            self.grad += (1 - out.data**2) * out.grad  #: tanh x

        out._backward = _backward
        return out

    def sigmoid(self):
        out = Value((1 + math.tanh(self.data / 2)) / 2, (self,))  #: sigmoid value

        def _backward():
            self.grad += out.data * (1 - out.data) * out.grad  #: sigmoid x

        out._backward = _backward
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,))  #: relu value

        def _backward():
            self.grad += (self.data > 0) * out.grad  #: relu x

        out._backward = _backward
        return out

    def abs(self):
        out = Value(abs(self.data), (self,))  #: abs value

        def _backward():
            if self.data > 0:
                self.grad += out.grad  #: abs x
            elif self.data < 0:
                self.grad -= out.grad  #: abs x

        out._backward = _backward
        return out

    def backward(self, seed=1.0):
        order, visited = [], set()
        stack = [(self, False)]
        while stack:
            node, expanded = stack.pop()
            if expanded:
                order.append(node)
            elif node not in visited:  #: engine order
                visited.add(node)
                stack.append((node, True))
                stack.extend((child, False) for child in node._children)
        for node in order:
            node.grad = 0.0  #: engine reset
        self.grad = seed  #: engine seed
        for node in reversed(order):  #: engine order
            node._backward()


def wrap(x):
    return x if isinstance(x, Value) else Value(x)
