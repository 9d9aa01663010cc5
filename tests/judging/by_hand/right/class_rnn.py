"""An RNN cell as a class, with bptt as a method."""

import numpy as np


class RNN:
    def __init__(self, n, h, rng):
        self.Wx = rng.normal(size=(h, n)) * 0.4
        self.Wh = rng.normal(size=(h, h)) * 0.4
        self.b = rng.normal(size=h) * 0.1

    def step(self, x, h):
        return np.tanh(self.Wx @ x + self.Wh @ h + self.b)

    def forward(self, xs, h0):
        self.xs = xs
        self.hs = [h0]
        for x in xs:
            self.hs.append(self.step(x, self.hs[-1]))
        return self.hs[-1]

    def backward(self, dh):
        self.dWx = np.zeros_like(self.Wx)
        self.dWh = np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)
        for t in reversed(range(len(self.xs))):
            da = dh * (1 - self.hs[t + 1] ** 2)
            self.dWx += np.outer(da, self.xs[t])
            self.dWh += np.outer(da, self.hs[t])
            self.db += da
            dh = self.Wh.T @ da
        return dh


rng = np.random.default_rng(11)
xs = [rng.normal(size=3) for _ in range(4)]
target = rng.normal(size=5)
rnn = RNN(3, 5, rng)
h = rnn.forward(xs, np.zeros(5))
loss = 0.5 * np.sum((h - target) ** 2)
dh0 = rnn.backward(h - target)
