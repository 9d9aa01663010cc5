"""A hacker's guide, in Python: units on wires, gates with forward and backward that take no arguments back."""
import math


class Unit:
    def __init__(self, value, grad=0.0):
        self.value = value
        self.grad = grad


class multiplyGate:
    def forward(self, u0, u1):
        self.u0, self.u1 = u0, u1
        self.utop = Unit(u0.value * u1.value, 0.0)
        return self.utop

    def backward(self):
        self.u0.grad += self.u1.value * self.utop.grad
        self.u1.grad += self.u0.value * self.utop.grad


class addGate:
    def forward(self, u0, u1):
        self.u0, self.u1 = u0, u1
        self.utop = Unit(u0.value + u1.value, 0.0)
        return self.utop

    def backward(self):
        self.u0.grad += 1 * self.utop.grad
        self.u1.grad += 1 * self.utop.grad


class sigmoidGate:
    def forward(self, u0):
        self.u0 = u0
        self.utop = Unit(self.sig(u0.value), 0.0)
        return self.utop

    def sig(self, x):
        return 1 / (1 + math.exp(-x))

    def backward(self):
        s = self.sig(self.u0.value)
        self.u0.grad += (s * (1 - s)) * self.utop.grad


class tanhGate:
    def forward(self, u0):
        self.u0 = u0
        self.utop = Unit(math.tanh(u0.value), 0.0)
        return self.utop

    def backward(self):
        self.u0.grad += (1 - self.utop.value ** 2) * self.utop.grad
