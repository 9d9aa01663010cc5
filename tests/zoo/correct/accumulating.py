"""Gradients add up over calls until zero_grad(); backward needs its seed, by position."""

import math


class Var:
    def __init__(self, data):
        self.data, self.grad, self._pulls = data, 0.0, ()

    def zero_grad(self):
        self.grad = 0.0

    def _made(self, data, *pulls):
        out = Var(data)
        out._pulls = pulls
        return out

    def _var(self, other):
        return other if isinstance(other, Var) else Var(float(other))

    def __add__(self, other):
        other = self._var(other)
        return self._made(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    __radd__ = __add__

    def __neg__(self):
        return self._made(-self.data, (self, lambda g: -g))

    def __sub__(self, other):
        return self + -self._var(other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        other = self._var(other)
        return self._made(
            self.data * other.data,
            (self, lambda g: g * other.data),
            (other, lambda g: g * self.data),
        )

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self * self._var(other).reciprocal()

    def __rtruediv__(self, other):
        return self.reciprocal() * other

    def reciprocal(self):
        out = 1.0 / self.data
        return self._made(out, (self, lambda g: -g * out * out))

    def exp(self):
        out = math.exp(self.data)
        return self._made(out, (self, lambda g: g * out))

    def ln(self):
        return self._made(math.log(self.data), (self, lambda g: g / self.data))

    def tanh(self):
        out = math.tanh(self.data)
        return self._made(out, (self, lambda g: g * (1 - out * out)))

    def backward(self, upstream):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node._pulls]
        flow = {id(self): upstream}
        for node in reversed(order):
            g = flow.get(id(node), 0.0)
            node.grad += g
            for parent, pull in node._pulls:
                flow[id(parent)] = flow.get(id(parent), 0.0) + pull(g)
