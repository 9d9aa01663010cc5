"""Every operation is a generator: it yields its value, is sent its gradient, and yields those of its operands."""
import functools
import math


class Quantity:
    def __init__(self, number):
        self.number = float(number)
        self.sensitivity = 0.0
        self._waiting = None
        self._sources = ()

    def __add__(self, o): return plus(self, o)
    def __radd__(self, o): return plus(o, self)
    def __mul__(self, o): return times(self, o)
    def __rmul__(self, o): return times(o, self)
    def __sub__(self, o): return minus(self, o)
    def __rsub__(self, o): return minus(o, self)
    def __truediv__(self, o): return over(self, o)
    def __rtruediv__(self, o): return over(o, self)
    def __pow__(self, o): return raised(self, o)
    def __neg__(self): return times(self, -1.0)


def operation(body):
    @functools.wraps(body)
    def run(*operands):
        operands = [o if isinstance(o, Quantity) else Quantity(o) for o in operands]
        steps = body(*(o.number for o in operands))
        out = Quantity(next(steps))
        out._waiting, out._sources = steps, operands
        return out
    return run


@operation
def plus(a, b):
    g = yield a + b
    yield g, g


@operation
def minus(a, b):
    g = yield a - b
    yield g, -g


@operation
def times(a, b):
    g = yield a * b
    yield g * b, g * a


@operation
def over(a, b):
    g = yield a / b
    yield g / b, -g * a / b ** 2


@operation
def raised(a, n):
    y = a ** n
    g = yield y
    yield g * n * a ** (n - 1), g * y * math.log(a) if a > 0 else 0.0


@operation
def exp(a):
    y = math.exp(a)
    g = yield y
    yield (g * y,)


@operation
def log(a):
    g = yield math.log(a)
    yield (g / a,)


@operation
def tanh(a):
    y = math.tanh(a)
    g = yield y
    yield (g * (1 - y * y),)


@operation
def sin(a):
    g = yield math.sin(a)
    yield (g * math.cos(a),)


def propagate(result, sensitivity=1.0):
    order, seen = [], set()
    stack = [(result, iter(result._sources))]
    seen.add(id(result))
    while stack:
        node, rest = stack[-1]
        for source in rest:
            if id(source) not in seen:
                seen.add(id(source))
                stack.append((source, iter(source._sources)))
                break
        else:
            order.append(node)
            stack.pop()
    result.sensitivity += sensitivity
    for node in reversed(order):
        if node._waiting is not None:
            for source, part in zip(node._sources, node._waiting.send(node.sensitivity)):
                source.sensitivity += part
            node._waiting = None
