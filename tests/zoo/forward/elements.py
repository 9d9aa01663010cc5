"""Arrays, a forward pass with a tangent for each element of each leaf: no rule but numpy's own."""

import numpy as np

STEP = 1e-150j


class Tensor:
    def __init__(self, data, function=None, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.function, self.parents = function, parents
        self.grad = None

    def _made(self, function, *operands):
        parents = [one if isinstance(one, Tensor) else Tensor(one) for one in operands]
        return Tensor(function(*(one.data for one in parents)), function, parents)

    def __add__(self, other):
        return self._made(np.add, self, other)

    def __radd__(self, other):
        return self._made(np.add, other, self)

    def __sub__(self, other):
        return self._made(np.subtract, self, other)

    def __rsub__(self, other):
        return self._made(np.subtract, other, self)

    def __mul__(self, other):
        return self._made(np.multiply, self, other)

    def __rmul__(self, other):
        return self._made(np.multiply, other, self)

    def __truediv__(self, other):
        return self._made(np.divide, self, other)

    def __rtruediv__(self, other):
        return self._made(np.divide, other, self)

    def __neg__(self):
        return self._made(np.negative, self)

    def __matmul__(self, other):
        return self._made(np.matmul, self, other)

    def exp(self):
        return self._made(np.exp, self)

    def log(self):
        return self._made(np.log, self)

    def tanh(self):
        return self._made(np.tanh, self)

    def sqrt(self):
        return self._made(np.sqrt, self)

    def sum(self, axis=None, keepdims=False):
        return self._made(lambda a: np.sum(a, axis=axis, keepdims=keepdims), self)

    def mean(self, axis=None, keepdims=False):
        return self._made(lambda a: np.mean(a, axis=axis, keepdims=keepdims), self)

    def reshape(self, *shape):
        return self._made(lambda a: np.reshape(a, *shape), self)

    @property
    def T(self):
        return self._made(np.transpose, self)

    def _order(self):
        found = {}
        waiting = [self]
        while waiting:
            node = waiting[-1]
            missing = [one for one in node.parents if one not in found]
            if missing:
                waiting += missing
            else:
                found[waiting.pop()] = None
        return list(found)

    def backward(self, seed=None):
        seed = np.ones_like(self.data) if seed is None else np.asarray(seed)
        order = self._order()
        for leaf in order:
            if leaf.function is not None:
                continue
            gradient = np.zeros_like(leaf.data)
            for place in np.ndindex(leaf.data.shape):
                values = {}
                for node in order:
                    if node.function is not None:
                        values[node] = node.function(*[values[one] for one in node.parents])
                    elif node is leaf:
                        values[node] = node.data.astype(complex)
                        values[node][place] += STEP
                    else:
                        values[node] = node.data
                gradient[place] = np.sum(np.imag(values[self]) * seed) / STEP.imag
            leaf.grad = gradient if leaf.grad is None else leaf.grad + gradient
