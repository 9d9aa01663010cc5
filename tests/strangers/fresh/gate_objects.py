"""Gates as on the slides: forward stores what backward needs."""
import math


class AddGate:
    def forward(self, x, y):
        return x + y

    def backward(self, dz):
        return [dz, dz]


class SubtractGate:
    def forward(self, x, y):
        return x - y

    def backward(self, dz):
        return [dz, -dz]


class MultiplyGate:
    def forward(self, x, y):
        self.x = x
        self.y = y
        return x * y

    def backward(self, dz):
        dx = self.y * dz
        dy = self.x * dz
        return [dx, dy]


class DivideGate:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x / y

    def backward(self, dz):
        return [dz / self.y, -dz * self.x / self.y ** 2]


class MaxGate:
    def forward(self, x, y):
        self.first = x >= y
        return max(x, y)

    def backward(self, dz):
        return [dz, 0.0] if self.first else [0.0, dz]


class ExpGate:
    def forward(self, x):
        self.out = math.exp(x)
        return self.out

    def backward(self, dz):
        return self.out * dz


class SigmoidGate:
    def forward(self, x):
        self.out = 1.0 / (1.0 + math.exp(-x))
        return self.out

    def backward(self, dz):
        return (1 - self.out) * self.out


class TanhGate:
    def forward(self, x):
        self.out = math.tanh(x)
        return self.out

    def backward(self, dz):
        return (1 - self.out ** 2) * dz


class Circuit:
    """f(x, y, z) = (x + y) * z"""

    def __init__(self):
        self.plus, self.times = AddGate(), MultiplyGate()

    def forward(self, x, y, z):
        return self.times.forward(self.plus.forward(x, y), z)

    def backward(self):
        dq, dz = self.times.backward(1.0)
        dx, dy = self.plus.backward(dq)
        return dx, dy, dz
