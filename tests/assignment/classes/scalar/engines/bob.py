import math


def lift(x):
    return x if isinstance(x, Value) else Value(x)


class Value:
    """Every number knows its parents, each with the local derivative."""

    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __sub__(self, other):
        other = lift(other)
        return Value(self.data - other.data, [(self, 1.0), (other, -1.0)])

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __truediv__(self, other):
        other = lift(other)
        down = -self.data / (other.data * other.data)
        return Value(self.data / other.data, [(self, 1.0 / other.data), (other, down)])

    def __pow__(self, n):
        if isinstance(n, Value):
            out = self.data**n.data
            slope = n.data * self.data ** (n.data - 1)
            return Value(out, [(self, slope), (n, out * math.log(self.data))])
        return Value(self.data**n, [(self, n * self.data ** (n - 1))])

    def __rpow__(self, base):
        out = base**self.data
        return Value(out, [(self, out * math.log(base))])

    def __neg__(self):
        return Value(-self.data, [(self, -1.0)])

    def __radd__(self, other):
        return lift(other) + self

    def __rsub__(self, other):
        return lift(other) - self

    def __rmul__(self, other):
        return lift(other) * self

    def __rtruediv__(self, other):
        return lift(other) / self

    def exp(self):
        e = math.exp(self.data)
        return Value(e, [(self, e)])

    def log(self):
        return Value(math.log(self.data), [(self, 1.0 / self.data)])

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, [(self, 1.0 - t * t)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

    def backward(self):
        waiting = {}
        stack, seen = [self], {id(self)}
        while stack:
            for parent, _ in stack.pop().parents:
                waiting[id(parent)] = waiting.get(id(parent), 0) + 1
                if id(parent) not in seen:
                    seen.add(id(parent))
                    stack.append(parent)
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, local in node.parents:
                parent.grad += local * node.grad
                waiting[id(parent)] -= 1
                if not waiting[id(parent)]:
                    ready.append(parent)
