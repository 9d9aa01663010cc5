"""Arrays without numpy: a flat list and a shape; .data and .grad are nested lists."""

import math


def _flat(data):
    if hasattr(data, "tolist"):
        data = data.tolist()
    if not isinstance(data, list):
        return [float(data)], ()
    if not data:
        return [], (0,)
    parts = [_flat(item) for item in data]
    return [x for part, _ in parts for x in part], (len(data), *parts[0][1])


def _nest(flat, shape):
    if not shape:
        return flat[0]
    size = len(flat) // shape[0] if shape[0] else 0
    return [_nest(flat[i * size : (i + 1) * size], shape[1:]) for i in range(shape[0])]


class Tensor:
    def __init__(self, data, shape=None, back=None):
        self.flat, self.shape = (list(data), shape) if shape is not None else _flat(data)
        self.back = back
        self.slots = None

    @property
    def data(self):
        return _nest(self.flat, self.shape)

    @property
    def grad(self):
        return None if self.slots is None else _nest(self.slots, self.shape)

    def _same(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        if other.shape == self.shape:
            return other
        if other.shape == ():
            return other.fill(self.shape)
        raise NotImplementedError("broadcasting")

    def fill(self, shape):
        size = math.prod(shape)
        return Tensor(self.flat * size, shape, [(self, lambda g: [sum(g)])])

    def _zip(self, other, value, left, right):
        other = self._same(other)
        me = self.fill(other.shape) if self.shape == () != other.shape else self
        pairs = list(zip(me.flat, other.flat, strict=True))
        return Tensor(
            [value(x, y) for x, y in pairs],
            me.shape,
            [
                (me, lambda g: [d * left(x, y) for d, (x, y) in zip(g, pairs, strict=True)]),
                (other, lambda g: [d * right(x, y) for d, (x, y) in zip(g, pairs, strict=True)]),
            ],
        )

    def __add__(self, other):
        return self._zip(other, lambda x, y: x + y, lambda x, y: 1.0, lambda x, y: 1.0)

    __radd__ = __add__

    def __mul__(self, other):
        return self._zip(other, lambda x, y: x * y, lambda x, y: y, lambda x, y: x)

    __rmul__ = __mul__

    def __sub__(self, other):
        return self._zip(other, lambda x, y: x - y, lambda x, y: 1.0, lambda x, y: -1.0)

    def __neg__(self):
        return self * -1.0

    def tanh(self):
        out = [math.tanh(x) for x in self.flat]
        pull = [(self, lambda g: [d * (1 - y * y) for d, y in zip(g, out, strict=True)])]
        return Tensor(out, self.shape, pull)

    def square(self):
        return self * self

    def sum(self):
        size = len(self.flat)
        return Tensor([math.fsum(self.flat)], (), [(self, lambda g: g * size)])

    def reshape(self, *shape):
        known = math.prod(size for size in shape if size >= 0)
        whole = tuple(size if size >= 0 else len(self.flat) // known for size in shape)
        return Tensor(self.flat, whole, [(self, lambda g: g)])

    def backward(self, seed=None):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.back or ()]
        for node in order:
            node.slots = [0.0] * len(node.flat)
        self.slots = [1.0] * len(self.flat) if seed is None else _flat(seed)[0]
        for node in reversed(order):
            for parent, pull in node.back or ():
                part = pull(node.slots)
                parent.slots = [a + b for a, b in zip(parent.slots, part, strict=True)]
