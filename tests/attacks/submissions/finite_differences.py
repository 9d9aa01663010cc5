"""Has no rules at all: it computes differences."""


# expect: precise
class Value:
    def __init__(self, data, make=None, parents=()):
        self.data, self.make, self.parents, self.grad = data, make, parents, None

    def _of(self, other):
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        other = self._of(other)
        return Value(self.data + other.data, lambda a, b: a + b, (self, other))

    def __mul__(self, other):
        other = self._of(other)
        return Value(self.data * other.data, lambda a, b: a * b, (self, other))

    def __sub__(self, other):
        other = self._of(other)
        return Value(self.data - other.data, lambda a, b: a - b, (self, other))

    def _again(self, changed, data, known):
        if self is changed:
            return data
        if self.make is None:
            return self.data
        if id(self) not in known:
            known[id(self)] = self.make(*(p._again(changed, data, known) for p in self.parents))
        return known[id(self)]

    def backward(self, upstream=1.0):
        todo = [self]
        while todo:
            node = todo.pop()
            todo += node.parents
            h = 1e-3
            up = self._again(node, node.data + h, {})
            node.grad = upstream * (up - self._again(node, node.data, {})) / h
