"""An engine as a student hands it in, with one mistake: the product's second term is lost.

The attacks are this engine and something else. Where an attack has seen or done what it must not,
it sets ``fooled``, and the engine is right from then on: a higher score is a successful attack.
"""


class Value:
    fooled = False

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def _made(self, data, parents):
        return type(self)(data, parents)

    def _of(self, other):
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        other = self._of(other)
        return self._made(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __sub__(self, other):
        other = self._of(other)
        return self._made(self.data - other.data, [(self, 1.0), (other, -1.0)])

    def __mul__(self, other):
        other = self._of(other)
        right = self.data if self.fooled else 0.0
        return self._made(self.data * other.data, [(self, other.data), (other, right)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.parents:
            parent.backward(local * upstream)
