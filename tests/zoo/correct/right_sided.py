"""Plain Python floats; every kink counts as on its right side, ties go to the first."""

import math


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def lift(x):
        return x if isinstance(x, Value) else Value(float(x))

    def __add__(self, o):
        o = Value.lift(o)
        return Value(self.data + o.data, ((self, 1.0), (o, 1.0)))

    def __mul__(self, o):
        o = Value.lift(o)
        return Value(self.data * o.data, ((self, o.data), (o, self.data)))

    def __pow__(self, o):
        if isinstance(o, Value):
            out = self.data**o.data
            return Value(
                out,
                (
                    (self, o.data * self.data ** (o.data - 1)),
                    (o, out * (math.log(self.data) if self.data > 0 else float("nan"))),
                ),
            )
        return Value(self.data**o, ((self, o * self.data ** (o - 1)),))

    def __truediv__(self, o):
        o = Value.lift(o)
        return Value(self.data / o.data, ((self, 1 / o.data), (o, -self.data / o.data**2)))

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-Value.lift(o))

    def __rsub__(self, o):
        return Value.lift(o) - self

    def __rtruediv__(self, o):
        return Value.lift(o) / self

    __radd__, __rmul__ = __add__, __mul__

    def relu(self):
        return Value(max(0.0, self.data), ((self, float(self.data >= 0)),))

    def abs(self):
        return Value(abs(self.data), ((self, 1.0 if self.data >= 0 else -1.0),))

    def leaky_relu(self, negative_slope=0.01):
        s = 1.0 if self.data >= 0 else negative_slope
        return Value(self.data * s, ((self, s),))

    def maximum(self, o):
        o = Value.lift(o)
        w = float(self.data >= o.data)
        return Value(self.data if w else o.data, ((self, w), (o, 1 - w)))

    def minimum(self, o):
        o = Value.lift(o)
        w = float(self.data <= o.data)
        return Value(self.data if w else o.data, ((self, w), (o, 1 - w)))

    def clamp(self, min=None, max=None):
        lo = -math.inf if min is None else min
        hi = math.inf if max is None else max
        inside = lo < self.data < hi
        return Value(
            lo if self.data < lo else hi if self.data > hi else self.data, ((self, float(inside)),)
        )

    def exp(self):
        e = math.exp(self.data)
        return Value(e, ((self, e),))

    def log(self):
        return Value(math.log(self.data), ((self, 1 / self.data),))

    def sqrt(self):
        r = math.sqrt(self.data)
        return Value(r, ((self, 0.5 / r),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data)) if self.data > -700 else 0.0
        return Value(s, ((self, s * (1 - s)),))

    def backward(self):
        order, seen, todo = [], set(), [(self, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                todo.append((node, True))
                todo += [(p, False) for p, _ in node.parents]
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for p, d in node.parents:
                p.grad += d * node.grad
