"""Numbers whose parents are in a set, with the local derivatives beside them in a dictionary."""

import math
from collections import defaultdict


class Scalar:
    def __init__(self, v, slopes=None):
        self.v = float(v)
        self.derivative = 0.0
        self.slopes = slopes or {}
        self.parents = set(self.slopes)

    def __hash__(self):
        return id(self)

    # A name that is read twice has one entry, with the sum of both slopes.

    @classmethod
    def make(cls, v, *terms):
        slopes = defaultdict(float)
        for parent, slope in terms:
            slopes[parent] += slope  #: engine accumulate
        return cls(v, dict(slopes))

    def __add__(self, o):
        o = number(o)
        return Scalar.make(
            self.v + o.v,  #: add value
            (self, 1.0),  #: add x
            (o, 1.0),  #: add y
        )

    def __sub__(self, o):
        o = number(o)
        return Scalar.make(
            self.v - o.v,  #: sub value
            (self, 1.0),  #: sub x
            (o, -1.0),  #: sub y
        )

    def __mul__(self, o):
        o = number(o)
        return Scalar.make(
            self.v * o.v,  #: mul value
            (self, o.v),  #: mul x
            (o, self.v),  #: mul y
        )

    def __truediv__(self, o):
        o = number(o)
        return Scalar.make(
            self.v / o.v,  #: div value
            (self, 1 / o.v),  #: div x
            (o, -self.v / o.v**2),  #: div y
        )

    def __neg__(self):
        return Scalar.make(
            -self.v,  #: neg value
            (self, -1.0),  #: neg x
        )

    def __pow__(self, n):
        if isinstance(n, Scalar):
            raise NotImplementedError("the exponent is a number")
        return Scalar.make(
            self.v**n,  #: pow value
            (self, n * self.v ** (n - 1) if n else 0.0),  #: pow x
        )

    def __radd__(self, o):
        return number(o) + self

    def __rsub__(self, o):
        return number(o) - self

    def __rmul__(self, o):
        return number(o) * self

    def __rtruediv__(self, o):
        return number(o) / self

    def exp(self):
        e = math.exp(self.v)  #: exp value
        return Scalar.make(e, (self, e))  #: exp x

    def log(self):
        return Scalar.make(
            math.log(self.v),  #: log value
            (self, 1 / self.v),  #: log x
        )

    def sin(self):
        return Scalar.make(
            math.sin(self.v),  #: sin value
            (self, math.cos(self.v)),  #: sin x
        )

    def cos(self):
        return Scalar.make(
            math.cos(self.v),  #: cos value
            (self, -math.sin(self.v)),  #: cos x
        )

    def tanh(self):
        t = math.tanh(self.v)  #: tanh value
        return Scalar.make(t, (self, 1 - t * t))  #: tanh x

    def relu(self):
        if self.v > 0:
            return Scalar.make(
                self.v,  #: relu value
                (self, 1.0),  #: relu x
            )
        return Scalar.make(0.0 * self.v, (self, 0.0))

    def asin(self):
        return Scalar.make(
            math.asin(self.v),  #: asin value
            (self, 1 / math.sqrt(1 - self.v**2) if abs(self.v) != 1 else math.inf),  #: asin x
        )

    def acos(self):
        return Scalar.make(
            math.acos(self.v),  #: acos value
            (self, -1 / math.sqrt(1 - self.v**2) if abs(self.v) != 1 else -math.inf),  #: acos x
        )

    def leaky_relu(self, negative_slope=0.01):
        slope = 1.0 if self.v > 0 else negative_slope  #: leaky_relu x
        return Scalar.make(
            self.v if self.v > 0 else negative_slope * self.v,  #: leaky_relu value
            (self, slope),
        )

    def minimum(self, o):
        o = number(o)
        first = 0.5 if self.v == o.v else float(self.v < o.v)  #: minimum x
        return Scalar.make(
            min(self.v, o.v),  #: minimum value
            (self, first),
            (o, 1 - first),  #: minimum y
        )

    def backprop(self, upstream=1.0):
        users = defaultdict(int)
        reached, todo = {self}, [self]
        while todo:
            for parent in todo.pop().parents:
                users[parent] += 1  #: engine order
                if parent not in reached:
                    reached.add(parent)
                    todo.append(parent)
        for node in reached:
            node.derivative = 0.0  #: engine reset
        self.derivative = upstream  #: engine seed
        ready = {self}
        while ready:
            node = ready.pop()
            for parent in node.parents:
                parent.derivative += node.slopes[parent] * node.derivative  #: engine accumulate
                users[parent] -= 1
                if users[parent] == 0:  #: engine order
                    ready.add(parent)


def number(x):
    return x if isinstance(x, Scalar) else Scalar(x)
