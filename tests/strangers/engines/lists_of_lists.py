"""Matrices without numpy: a Matrix is a list of rows, and so is its gradient.

Class Matrix (name it after a colon), made of a list of lists (a number or a flat list becomes one row).
Operations: + and - of equal sizes, * (elementwise, or by a number), @, unary minus, methods relu(),
tanh(), exp(), sum(), transpose().
To be said: right; two dimensions always, so .data of a sum is [[s]]. backward(seed=None) takes lists.
"""

import math


def zeros(rows, columns):
    return [[0.0] * columns for _ in range(rows)]


def map2(f, a, b):
    return [[f(x, y) for x, y in zip(p, q)] for p, q in zip(a, b)]


def map1(f, a):
    return [[f(x) for x in row] for row in a]


def product(a, b):
    columns = list(zip(*b))
    return [[math.fsum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def turned(a):
    return [list(column) for column in zip(*a)]


class Matrix:
    def __init__(self, data):
        if not isinstance(data, list):
            data = [[float(data)]]
        elif not isinstance(data[0], list):
            data = [data]
        if len({len(row) for row in data}) != 1:
            raise ValueError("rows of different lengths")
        self.data = [[float(x) for x in row] for row in data]
        self.grad = zeros(*self.size)
        self.came_from = []

    @property
    def size(self):
        return len(self.data), len(self.data[0])

    def _same_size(self, other):
        if not isinstance(other, Matrix):
            raise TypeError("a Matrix is needed here")
        if self.size != other.size:
            raise ValueError(f"sizes differ: {self.size} and {other.size}")

    def _new(self, data, *came_from):
        result = Matrix(data)
        result.came_from = list(came_from)
        return result

    def __add__(self, other):
        self._same_size(other)
        total = map2(lambda x, y: x + y, self.data, other.data)
        return self._new(total, (self, lambda g: g), (other, lambda g: g))

    def __sub__(self, other):
        return self + -other

    def __neg__(self):
        return self * -1.0

    def __mul__(self, other):
        if isinstance(other, (int, float)):
            scaled = map1(lambda x: x * other, self.data)
            return self._new(scaled, (self, lambda g: map1(lambda x: x * other, g)))
        self._same_size(other)

        def times(a):
            return lambda g: map2(lambda x, y: x * y, g, a)

        return self._new(
            times(self.data)(other.data), (self, times(other.data)), (other, times(self.data))
        )

    __rmul__ = __mul__

    def __matmul__(self, other):
        if self.size[1] != other.size[0]:
            raise ValueError("inner sizes differ")
        return self._new(
            product(self.data, other.data),
            (self, lambda g: product(g, turned(other.data))),
            (other, lambda g: product(turned(self.data), g)),
        )

    def transpose(self):
        return self._new(turned(self.data), (self, turned))

    def sum(self):
        rows, columns = self.size
        total = math.fsum(x for row in self.data for x in row)
        return self._new([[total]], (self, lambda g: [[g[0][0]] * columns for _ in range(rows)]))

    def _each(self, f, slope):
        slopes = map1(slope, self.data)
        return self._new(map1(f, self.data), (self, lambda g: map2(lambda x, y: x * y, g, slopes)))

    def relu(self):
        return self._each(lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0)

    def tanh(self):
        return self._each(math.tanh, lambda x: 1 - math.tanh(x) ** 2)

    def exp(self):
        return self._each(math.exp, math.exp)

    def backward(self, seed=None):
        order, seen = [], set()
        stack = [(self, False)]
        while stack:
            matrix, done = stack.pop()
            if done:
                order.append(matrix)
            elif matrix not in seen:
                seen.add(matrix)
                stack.append((matrix, True))
                stack.extend((m, False) for m, _ in matrix.came_from)
        for matrix in order:
            matrix.grad = zeros(*matrix.size)
        self.grad = seed if seed is not None else [[1.0] * self.size[1] for _ in self.data]
        for matrix in order[::-1]:
            for source, back in matrix.came_from:
                source.grad = map2(lambda x, y: x + y, source.grad, back(matrix.grad))
