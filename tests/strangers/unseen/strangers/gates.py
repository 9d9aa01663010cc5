"""Real-valued circuits. After reading an old JavaScript guide to neural nets I
redid it in Python: wires (Unit) and gates with forward() / backward()."""
import math


class Unit:
    def __init__(self, value, grad=0.0):
        self.value = value
        self.grad = grad

    def __repr__(self):
        return f"Unit({self.value:.3f}, {self.grad:.3f})"


class AddGate:
    def forward(self, *us):
        self.us = us
        self.utop = Unit(sum(u.value for u in us))
        return self.utop

    def backward(self):
        for u in self.us:
            u.grad += self.utop.grad


class SubtractGate:
    def forward(self, u0, u1):
        self.u0, self.u1 = u0, u1
        self.utop = Unit(u0.value - u1.value)
        return self.utop

    def backward(self):
        self.u0.grad += self.utop.grad
        self.u1.grad += -1.0 * self.utop.grad


class MultiplyGate:
    def forward(self, u0, u1):
        self.u0, self.u1 = u0, u1
        self.utop = Unit(u0.value * u1.value)
        return self.utop

    def backward(self):
        self.u0.grad += self.u1.value * self.utop.grad
        self.u1.grad += self.u0.value * self.utop.grad


class DivideGate:
    def forward(self, u0, u1):
        self.u0, self.u1 = u0, u1
        self.utop = Unit(u0.value / u1.value)
        return self.utop

    def backward(self):
        self.u0.grad += self.utop.grad / self.u1.value
        self.u1.grad += -self.utop.value / self.u1.value * self.utop.grad


class SigmoidGate:
    def sig(self, x):
        return 1 / (1 + math.exp(-x))

    def forward(self, u0):
        self.u0 = u0
        self.utop = Unit(self.sig(u0.value))
        return self.utop

    def backward(self):
        s = self.sig(self.u0.value)
        self.u0.grad += s * (1 - s) * self.utop.grad


class ReluGate:
    def forward(self, u0):
        self.u0 = u0
        self.utop = Unit(max(0.0, u0.value))
        return self.utop

    def backward(self):
        self.u0.grad += self.utop.grad if self.u0.value > 0 else 0.0


class ExpGate:
    def forward(self, u0):
        self.u0 = u0
        self.utop = Unit(math.exp(u0.value))
        return self.utop

    def backward(self):
        self.u0.grad += self.utop.value * self.utop.grad


class MaxGate:
    def forward(self, u0, u1):
        self.win = u0 if u0.value >= u1.value else u1
        self.utop = Unit(self.win.value)
        return self.utop

    def backward(self):
        self.win.grad += self.utop.grad


class Circuit:
    """remembers the gates in the order they fired"""

    def __init__(self):
        self.fired = []

    def _fire(self, gate, *us):
        self.fired.append(gate)
        return gate.forward(*us)

    def add(self, *us): return self._fire(AddGate(), *us)
    def sub(self, a, b): return self._fire(SubtractGate(), a, b)
    def mul(self, a, b): return self._fire(MultiplyGate(), a, b)
    def div(self, a, b): return self._fire(DivideGate(), a, b)
    def sigmoid(self, a): return self._fire(SigmoidGate(), a)
    def relu(self, a): return self._fire(ReluGate(), a)
    def exp(self, a): return self._fire(ExpGate(), a)
    def max(self, a, b): return self._fire(MaxGate(), a, b)

    def backward(self, top, tug=1.0):
        top.grad = tug
        for gate in reversed(self.fired):
            gate.backward()


if __name__ == "__main__":
    a, b, c, x, y = Unit(1.0), Unit(2.0), Unit(-3.0), Unit(-1.0), Unit(3.0)
    net = Circuit()
    s = net.sigmoid(net.add(net.mul(a, x), net.mul(b, y), c))
    net.backward(s)
    for u in (a, b, c, x, y):
        u.value += 0.01 * u.grad
    print(s, "->", 1 / (1 + math.exp(-(a.value * x.value + b.value * y.value + c.value))))
