# shape: layer objects with forward(x)/backward(dout) and a Tape that records (layer, inputs); Tape.backward(dloss) ; parameter gradients in layer.dW, layer.db, input gradient returned by Tape.backward()
# mistake: Sigmoid | backward | x | derivative uses the input A*(1-A) instead of the output
import numpy as np


class Tape:
    """keeps the sequence of operations; replayed backwards"""

    def __init__(self):
        self.ops = []

    def record(self, layer):
        self.ops.append(layer)

    def backward(self, d):
        for layer in reversed(self.ops):
            d = layer.backward(d)
        self.ops = []
        return d


class Linear:
    def __init__(self, n_in, n_out, tape, seed=0):
        rng = np.random.RandomState(seed)
        self.W = rng.randn(n_out, n_in) * 0.3
        self.b = np.zeros((n_out, 1))
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        self.tape = tape

    def forward(self, A):
        self.A = A
        self.N = A.shape[0]
        self.tape.record(self)
        return A @ self.W.T + np.ones((self.N, 1)) @ self.b.T

    def backward(self, dZ):
        self.dW += dZ.T @ self.A
        self.db += dZ.T @ np.ones((self.N, 1))
        return dZ @ self.W

    def zero(self):
        self.dW.fill(0)
        self.db.fill(0)


class Sigmoid:
    def __init__(self, tape):
        self.tape = tape

    def forward(self, Z):
        self.A = Z
        self.out = 1.0 / (1.0 + np.exp(-Z))
        self.tape.record(self)
        return self.out

    def backward(self, dA):
        return dA * self.A * (1 - self.A)


class Tanh:
    def __init__(self, tape):
        self.tape = tape

    def forward(self, Z):
        self.out = np.tanh(Z)
        self.tape.record(self)
        return self.out

    def backward(self, dA):
        return dA * (1 - self.out ** 2)


class ReLU:
    def __init__(self, tape):
        self.tape = tape

    def forward(self, Z):
        self.mask = Z > 0
        self.tape.record(self)
        return Z * self.mask

    def backward(self, dA):
        return dA * self.mask


class MSE:
    def forward(self, A, Y):
        self.A, self.Y = A, Y
        return np.mean((A - Y) ** 2)

    def backward(self):
        return 2 * (self.A - self.Y) / self.A.size


class CrossEntropy:
    def forward(self, A, Y):
        self.Y = Y
        e = np.exp(A - A.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return -np.sum(Y * np.log(self.p)) / len(Y)

    def backward(self):
        return (self.p - self.Y) / len(self.Y)


if __name__ == "__main__":
    tape = Tape()
    l1, act, l2, crit = Linear(2, 4, tape), Tanh(tape), Linear(4, 1, tape, 1), MSE()
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    Y = np.array([[0], [1], [1], [0.0]])
    for ep in range(500):
        loss = crit.forward(l2.forward(act.forward(l1.forward(X))), Y)
        l1.zero(); l2.zero()
        tape.backward(crit.backward())
        for l in (l1, l2):
            l.W -= 0.3 * l.dW
            l.b -= 0.3 * l.db
    print("loss", loss)
