"""Expressions are built first; compute(feed) gives values, and gradients(feed) walks back from the root."""
import numpy as np


class Operand:
    def __init__(self, *children):
        self.children = children
        self.result = None

    def __add__(self, o): return Sum(self, as_operand(o))
    def __radd__(self, o): return Sum(as_operand(o), self)
    def __mul__(self, o): return Product(self, as_operand(o))
    def __rmul__(self, o): return Product(as_operand(o), self)
    def __sub__(self, o): return Difference(self, as_operand(o))
    def __rsub__(self, o): return Difference(as_operand(o), self)
    def __truediv__(self, o): return Quotient(self, as_operand(o))
    def __rtruediv__(self, o): return Quotient(as_operand(o), self)

    def compute(self, feed):
        order = self._order()
        for node in order:
            node.result = node._evaluate(feed)
        return self.result

    def gradients(self, feed, seed=1.0):
        self.compute(feed)
        order = self._order()
        table = {node: 0.0 for node in order}
        table[self] = seed
        for node in reversed(order):
            for child, part in zip(node.children, node._partials()):
                table[child] = table[child] + table[node] * part
        return table

    def _order(self):
        out = []

        def visit(n):
            if n not in out:
                for c in n.children:
                    visit(c)
                out.append(n)
        visit(self)
        return out


class Placeholder(Operand):
    def _evaluate(self, feed):
        return feed[self]

    def _partials(self):
        return ()


class Fixed(Operand):
    def __init__(self, value):
        super().__init__()
        self.value = value

    def _evaluate(self, feed):
        return self.value

    def _partials(self):
        return ()


def as_operand(x):
    return x if isinstance(x, Operand) else Fixed(x)


class Sum(Operand):
    def _evaluate(self, feed):
        return self.children[0].result + self.children[1].result

    def _partials(self):
        return 1.0, 1.0


class Difference(Operand):
    def _evaluate(self, feed):
        return self.children[0].result - self.children[1].result

    def _partials(self):
        return 1.0, 1.0


class Product(Operand):
    def _evaluate(self, feed):
        return self.children[0].result * self.children[1].result

    def _partials(self):
        return self.children[1].result, self.children[0].result


class Quotient(Operand):
    def _evaluate(self, feed):
        return self.children[0].result / self.children[1].result

    def _partials(self):
        b = self.children[1].result
        return 1 / b, -self.result / b


class Exp(Operand):
    def _evaluate(self, feed):
        return np.exp(self.children[0].result)

    def _partials(self):
        return (self.result,)


class Tanh(Operand):
    def _evaluate(self, feed):
        return np.tanh(self.children[0].result)

    def _partials(self):
        return (1 - self.result ** 2,)
