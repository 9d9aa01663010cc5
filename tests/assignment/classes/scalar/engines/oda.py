import math

STEP = 1e-6


class Value:
    """Gradients without any chain rule: move each number a little, and look what happens."""

    def __init__(self, data, formula=None, parts=()):
        self.start, self.formula, self.parts, self.grad = data, formula, parts, 0.0

    @property
    def data(self):
        return self.start if self.formula is None else self.formula(*[p.data for p in self.parts])

    def __add__(self, other):
        return make(lambda a, b: a + b, self, other)

    def __sub__(self, other):
        return make(lambda a, b: a - b, self, other)

    def __mul__(self, other):
        return make(lambda a, b: a * b, self, other)

    def __truediv__(self, other):
        return make(lambda a, b: a / b, self, other)

    def __pow__(self, other):
        return make(lambda a, b: a**b, self, other)

    def __radd__(self, other):
        return make(lambda a, b: a + b, other, self)

    def __rsub__(self, other):
        return make(lambda a, b: a - b, other, self)

    def __rmul__(self, other):
        return make(lambda a, b: a * b, other, self)

    def __rtruediv__(self, other):
        return make(lambda a, b: a / b, other, self)

    def __rpow__(self, other):
        return make(lambda a, b: a**b, other, self)

    def __neg__(self):
        return make(lambda a: -a, self)

    def exp(self):
        return make(math.exp, self)

    def log(self):
        return make(math.log, self)

    def tanh(self):
        return make(math.tanh, self)

    def relu(self):
        return make(lambda a: max(a, 0.0), self)

    def leaves(self):
        found = set() if self.parts else {self}
        for part in self.parts:
            found |= part.leaves()
        return found

    def backward(self):
        for leaf in self.leaves():
            before, old = self.data, leaf.start
            leaf.start += STEP
            leaf.grad = (self.data - before) / STEP
            leaf.start = old


def make(formula, *parts):
    return Value(None, formula, [p if isinstance(p, Value) else Value(p) for p in parts])
