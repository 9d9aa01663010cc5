import numpy as np


class RMSNorm:
    def __init__(self, dim, eps=1e-8):
        self.g = np.ones(dim) + 0.1 * np.arange(dim)
        self.eps = eps

    def forward(self, x):
        self.x = x
        self.rms = np.sqrt((x ** 2).mean(-1, keepdims=True) + self.eps)
        self.xn = x / self.rms
        return self.g * self.xn

    def backward(self, dout):
        self.dg = (dout * self.xn).reshape(-1, self.g.size).sum(0)
        dxn = dout * self.g
        dot = (dxn * self.x).sum(-1, keepdims=True)
        return dxn / self.rms - self.x * dot / (self.g.size * self.rms ** 3)


np.random.seed(40)
x = np.random.randn(2, 3, 5)
W = np.random.randn(5, 2)
t = np.random.randn(2, 3, 2)
norm = RMSNorm(5)

h = norm.forward(x)
y = h @ W
loss = np.abs(y - t).sum()

dy = np.sign(y - t)
dW = np.einsum("bti,btj->ij", h, dy)
dh = dy @ W.T
dx = norm.backward(dh)

print("L1 loss", loss)
print("dg", norm.dg)
print("dx[0]\n", dx[0])
