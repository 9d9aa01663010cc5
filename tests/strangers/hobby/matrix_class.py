"""Matrices only: everything has two dimensions, even a number."""

import numpy as np


class Matrix:
    def __init__(self, array, requires_gradient=True):
        array = np.array(array, dtype=np.float64)
        if array.ndim > 2:
            raise ValueError("a Matrix has at most two dimensions")
        self.array = array
        self.requires_gradient = requires_gradient
        self.gradient = None
        self._how = ()

    @staticmethod
    def _from(array, *how):
        out = Matrix(array)
        out._how = how
        return out

    def __add__(self, other):
        other = other if isinstance(other, Matrix) else Matrix(other, False)
        assert self.array.shape == other.array.shape or other.array.ndim == 0, "shapes differ"
        return Matrix._from(
            self.array + other.array,
            (self, lambda g: g),
            (other, lambda g: g if other.array.ndim else g.sum()),
        )

    def __sub__(self, other):
        return self + other * -1.0

    def __mul__(self, number):
        if isinstance(number, Matrix):
            return self.hadamard(number)
        return Matrix._from(self.array * number, (self, lambda g: g * number))

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1.0

    def hadamard(self, other):
        assert self.array.shape == other.array.shape, "shapes differ"
        return Matrix._from(
            self.array * other.array,
            (self, lambda g: g * other.array),
            (other, lambda g: g * self.array),
        )

    def matmul(self, other):
        assert self.array.ndim == other.array.ndim == 2, "two matrices, please"
        return Matrix._from(
            self.array @ other.array,
            (self, lambda g: g @ other.array.T),
            (other, lambda g: self.array.T @ g),
        )

    __matmul__ = matmul

    def transpose(self):
        return Matrix._from(self.array.T, (self, lambda g: g.T))

    T = property(transpose)

    def sigmoid(self):
        s = 1 / (1 + np.exp(-self.array))
        return Matrix._from(s, (self, lambda g: g * s * (1 - s)))

    def tanh(self):
        t = np.tanh(self.array)
        return Matrix._from(t, (self, lambda g: g * (1 - t**2)))

    def sum(self):
        return Matrix._from(self.array.sum(), (self, lambda g: np.full(self.array.shape, g)))

    def mean(self):
        return Matrix._from(self.array.mean(), (self, lambda g: np.full(self.array.shape, g)))

    def backprop(self, gradient=1.0):
        order, seen = [], set()

        def visit(m):
            if id(m) not in seen:
                seen.add(id(m))
                for below, _ in m._how:
                    visit(below)
                order.append(m)

        visit(self)
        for m in order:
            m.gradient = np.zeros(m.array.shape)
        self.gradient = self.gradient + gradient
        for m in reversed(order):
            for below, back in m._how:
                below.gradient = below.gradient + back(m.gradient)
