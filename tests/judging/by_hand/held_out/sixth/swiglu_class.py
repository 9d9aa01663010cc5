import numpy as np


class SwiGLU:
    def __init__(self, dim, hidden, rng):
        self.Wg = rng.standard_normal((dim, hidden)) / np.sqrt(dim)
        self.Wu = rng.standard_normal((dim, hidden)) / np.sqrt(dim)
        self.Wd = rng.standard_normal((hidden, dim)) / np.sqrt(hidden)

    def forward(self, x):
        self.x = x
        self.a = x @ self.Wg
        self.u = x @ self.Wu
        self.s = 1 / (1 + np.exp(-self.a))
        self.silu = self.a * self.s
        self.p = self.silu * self.u
        return self.p @ self.Wd

    def backward(self, dy):
        self.dWd = self.p.T @ dy
        dp = dy @ self.Wd.T
        dsilu = dp * self.u
        du = dp * self.silu
        da = dsilu * (self.s + self.a * self.s * (1 - self.s))
        self.dWg = self.x.T @ da
        self.dWu = self.x.T @ du
        return da @ self.Wg.T + du @ self.Wu.T


rng = np.random.default_rng(7)
x = rng.standard_normal((6, 4))
t = rng.standard_normal((6, 4))
ffn = SwiGLU(4, 8, rng)
y = ffn.forward(x)
loss = 0.5 * ((y - t) ** 2).sum(axis=1).mean()
dx = ffn.backward((y - t) / len(x))

print("loss", loss)
for name in ("dWg", "dWu", "dWd"):
    print(name, np.abs(getattr(ffn, name)).max())
