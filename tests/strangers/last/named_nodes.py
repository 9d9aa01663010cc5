"""A graph that knows its nodes by name: g.input("x", 2.0); g.mul("z", "x", "y"); g.backward("z")["x"]."""
import math


class Graph:
    def __init__(self):
        self.values = {}
        self.recipes = {}

    def input(self, name, value):
        self.values[name] = value
        return name

    def _put(self, name, value, *edges):
        self.values[name] = value
        self.recipes[name] = edges
        return name

    def add(self, name, a, b):
        return self._put(name, self.values[a] + self.values[b], (a, 1.0), (b, 1.0))

    def mul(self, name, a, b):
        return self._put(name, self.values[a] * self.values[b], (a, self.values[b]), (b, self.values[a]))

    def exp(self, name, a):
        e = math.exp(self.values[a])
        return self._put(name, e, (a, e))

    def backward(self, output):
        grads = dict.fromkeys(self.values, 0.0)
        grads[output] = 1.0
        for name in reversed(list(self.values)):
            for below, local in self.recipes.get(name, ()):
                grads[below] += grads[name] * local
        return grads
