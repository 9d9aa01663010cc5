"""A Wengert list whose variables are plain integers: t = Tape(); i = t.input(2.0); k = t.mul(i, j)."""
import math


class Tape:
    def __init__(self):
        self.vals = []
        self.ops = []

    def _emit(self, val, *partials):
        self.vals.append(val)
        self.ops.append(partials)
        return len(self.vals) - 1

    def input(self, x):
        return self._emit(x)

    def add(self, i, j):
        return self._emit(self.vals[i] + self.vals[j], (i, 1.0), (j, 1.0))

    def sub(self, i, j):
        return self._emit(self.vals[i] - self.vals[j], (i, 1.0), (j, -1.0))

    def mul(self, i, j):
        return self._emit(self.vals[i] * self.vals[j], (i, self.vals[j]), (j, self.vals[i]))

    def div(self, i, j):
        a, b = self.vals[i], self.vals[j]
        return self._emit(a / b, (i, 1 / b), (j, -a / b ** 2))

    def exp(self, i):
        y = math.exp(self.vals[i])
        return self._emit(y, (i, y))

    def log(self, i):
        return self._emit(math.log(self.vals[i]), (i, self.vals[i]))

    def tanh(self, i):
        y = math.tanh(self.vals[i])
        return self._emit(y, (i, 1 - y * y))

    def backward(self, out):
        bar = [0.0] * len(self.vals)
        bar[out] = 1.0
        for k in range(out, -1, -1):
            for i, partial in self.ops[k]:
                bar[i] += partial * bar[k]
        return bar
