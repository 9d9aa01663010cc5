"""A correct engine of plain numbers: each operation leaves behind a closure that goes backward.

Its mistakes stand in ``scalars_mistakes.py``.
"""

import math


def _lift(x):
    return x if isinstance(x, Value) else Value(x)


def _power(x, y):
    if x == 0.0 and y < 0.0:
        return math.inf
    if x < 0.0 and not y.is_integer():
        return math.nan
    return x**y


def _logistic(x):
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


class Value:
    """A number that remembers the numbers it was computed from."""

    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self._parents = parents
        self._backward = lambda: None

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    # -- the two passes ------------------------------------------------------------------------

    def _sorted(self):
        """All nodes below this one, each after those it was computed from."""
        order, visited, pending = [], set(), [(self, False)]
        while pending:
            node, done = pending.pop()
            if done:
                order.append(node)
            elif node not in visited:
                visited.add(node)
                pending.append((node, True))
                for parent in node._parents:
                    pending.append((parent, False))
        return order

    def backward(self, seed=1.0):
        """Fills in ``grad`` of every node that this one was computed from."""
        order = self._sorted()
        for node in order:
            node.grad = 0.0
        self.grad = float(seed)
        for node in reversed(order):
            node._backward()

    # -- arithmetic ----------------------------------------------------------------------------

    def __add__(self, other):
        other = _lift(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __radd__(self, other):
        return _lift(other) + self

    def __sub__(self, other):
        other = _lift(other)
        out = Value(self.data - other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad -= out.grad

        out._backward = _backward
        return out

    def __rsub__(self, other):
        return _lift(other) - self

    def __mul__(self, other):
        other = _lift(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __rmul__(self, other):
        return _lift(other) * self

    def __truediv__(self, other):
        other = _lift(other)
        out = Value(self.data / other.data, (self, other))

        def _backward():
            self.grad += out.grad / other.data
            other.grad -= self.data / other.data**2 * out.grad

        out._backward = _backward
        return out

    def __rtruediv__(self, other):
        return _lift(other) / self

    def __pow__(self, other):
        other = _lift(other)
        out = Value(_power(self.data, other.data), (self, other))

        def _backward():
            if other.data != 0.0:
                self.grad += other.data * _power(self.data, other.data - 1.0) * out.grad
            if self.data > 0.0:
                other.grad += out.data * math.log(self.data) * out.grad
            elif self.data < 0.0:
                other.grad = math.nan
            elif other.data < 0.0:
                other.grad += -math.inf * out.grad

        out._backward = _backward
        return out

    def __rpow__(self, other):
        return _lift(other) ** self

    def __neg__(self):
        out = Value(-self.data, (self,))

        def _backward():
            self.grad -= out.grad

        out._backward = _backward
        return out

    # -- powers and logarithms -----------------------------------------------------------------

    def exp(self):
        out = Value(math.exp(self.data), (self,))

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def expm1(self):
        out = Value(math.expm1(self.data), (self,))

        def _backward():
            self.grad += (out.data + 1.0) * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,))

        def _backward():
            self.grad += 1.0 / self.data * out.grad

        out._backward = _backward
        return out

    def log1p(self):
        out = Value(math.log1p(self.data), (self,))

        def _backward():
            self.grad += out.grad / (1.0 + self.data)

        out._backward = _backward
        return out

    def sqrt(self):
        out = Value(math.sqrt(self.data), (self,))

        def _backward():
            self.grad += 0.5 / out.data * out.grad

        out._backward = _backward
        return out

    def square(self):
        out = Value(self.data * self.data, (self,))

        def _backward():
            self.grad += 2.0 * self.data * out.grad

        out._backward = _backward
        return out

    def reciprocal(self):
        out = Value(1.0 / self.data, (self,))

        def _backward():
            self.grad -= out.data**2 * out.grad

        out._backward = _backward
        return out

    # -- angles --------------------------------------------------------------------------------

    def sin(self):
        out = Value(math.sin(self.data), (self,))

        def _backward():
            self.grad += math.cos(self.data) * out.grad

        out._backward = _backward
        return out

    def cos(self):
        out = Value(math.cos(self.data), (self,))

        def _backward():
            self.grad += -math.sin(self.data) * out.grad

        out._backward = _backward
        return out

    def tan(self):
        out = Value(math.tan(self.data), (self,))

        def _backward():
            self.grad += (1.0 + out.data**2) * out.grad

        out._backward = _backward
        return out

    def asin(self):
        out = Value(math.asin(self.data), (self,))

        def _backward():
            self.grad += out.grad / math.sqrt(1.0 - self.data**2)

        out._backward = _backward
        return out

    def acos(self):
        out = Value(math.acos(self.data), (self,))

        def _backward():
            self.grad -= out.grad / math.sqrt(1.0 - self.data**2)

        out._backward = _backward
        return out

    def atan(self):
        out = Value(math.atan(self.data), (self,))

        def _backward():
            self.grad += out.grad / (1.0 + self.data**2)

        out._backward = _backward
        return out

    def sinh(self):
        out = Value(math.sinh(self.data), (self,))

        def _backward():
            self.grad += math.cosh(self.data) * out.grad

        out._backward = _backward
        return out

    def cosh(self):
        out = Value(math.cosh(self.data), (self,))

        def _backward():
            self.grad += math.sinh(self.data) * out.grad

        out._backward = _backward
        return out

    # -- activations ---------------------------------------------------------------------------

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))

        def _backward():
            self.grad += (1.0 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def sigmoid(self):
        out = Value(_logistic(self.data), (self,))

        def _backward():
            self.grad += out.data * (1.0 - out.data) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(0.0 if self.data <= 0.0 else self.data, (self,))

        def _backward():
            if not self.data <= 0.0:
                self.grad += out.grad

        out._backward = _backward
        return out

    def leaky_relu(self, negative_slope=0.01):
        slope = 1.0 if self.data > 0.0 else negative_slope
        out = Value(slope * self.data, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def elu(self, alpha=1.0):
        above = self.data > 0.0
        out = Value(self.data if above else alpha * math.expm1(self.data), (self,))

        def _backward():
            self.grad += (1.0 if above else out.data + alpha) * out.grad

        out._backward = _backward
        return out

    def gelu(self):
        share = 0.5 * (1.0 + math.erf(self.data / math.sqrt(2.0)))
        out = Value(self.data * share, (self,))

        def _backward():
            density = math.exp(-0.5 * self.data**2) / math.sqrt(2.0 * math.pi)
            self.grad += (share + self.data * density) * out.grad

        out._backward = _backward
        return out

    def silu(self):
        gate = _logistic(self.data)
        out = Value(self.data * gate, (self,))

        def _backward():
            self.grad += gate * (1.0 + self.data * (1.0 - gate)) * out.grad

        out._backward = _backward
        return out

    def softplus(self):
        soft = max(self.data, 0.0) + math.log1p(math.exp(-abs(self.data)))
        out = Value(soft, (self,))

        def _backward():
            self.grad += _logistic(self.data) * out.grad

        out._backward = _backward
        return out

    def erf(self):
        out = Value(math.erf(self.data), (self,))

        def _backward():
            self.grad += 2.0 / math.sqrt(math.pi) * math.exp(-(self.data**2)) * out.grad

        out._backward = _backward
        return out

    # -- corners -------------------------------------------------------------------------------

    def abs(self):
        out = Value(math.fabs(self.data), (self,))

        def _backward():
            if self.data > 0.0:
                self.grad += out.grad
            elif self.data < 0.0:
                self.grad -= out.grad

        out._backward = _backward
        return out

    def maximum(self, other):
        other = _lift(other)
        out = Value(max(self.data, other.data), (self, other))

        def _backward():
            if self.data == other.data:
                self.grad += out.grad / 2
                other.grad += out.grad / 2
            elif self.data > other.data:
                self.grad += out.grad
            else:
                other.grad += out.grad

        out._backward = _backward
        return out

    def minimum(self, other):
        other = _lift(other)
        out = Value(min(self.data, other.data), (self, other))

        def _backward():
            if self.data == other.data:
                self.grad += 0.5 * out.grad
                other.grad += 0.5 * out.grad
            else:
                smaller = self if self.data < other.data else other
                smaller.grad += out.grad

        out._backward = _backward
        return out

    def clamp(self, min=None, max=None):
        low = -math.inf if min is None else min
        high = math.inf if max is None else max
        inside = low <= self.data <= high
        out = Value(self.data if inside else low if self.data < low else high, (self,))

        def _backward():
            if inside:
                self.grad += out.grad

        out._backward = _backward
        return out


def where(condition, x, y):
    """The first of two values if the condition holds, else the second."""
    x, y = _lift(x), _lift(y)
    out = Value(x.data if condition else y.data, (x, y))

    def _backward():
        if condition:
            x.grad += out.grad
        else:
            y.grad += out.grad

    out._backward = _backward
    return out
