import numpy as np


class LayerNorm:
    """Normalises each row."""

    def __init__(self, d, eps=1e-6):
        self.gamma = np.linspace(0.5, 1.5, d)
        self.beta = np.zeros(d)
        self.eps = eps

    def forward(self, x):
        self.mean = x.mean(axis=-1, keepdims=True)
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        self.x_hat = (x - self.mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma = (dout * self.x_hat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        dx_hat = dout * self.gamma
        m1 = dx_hat.mean(axis=-1, keepdims=True)
        m2 = (dx_hat * self.x_hat).mean(axis=-1, keepdims=True)
        return (dx_hat - m1 - self.x_hat * m2) / self.std


np.random.seed(11)
x = np.random.randn(5, 5)
target = np.random.randn(5, 5)
ln = LayerNorm(5)
out = ln.forward(x)
diff = out - target
loss = 0.5 * (diff ** 2).sum()
dx = ln.backward(diff)
print("loss", loss)
print("dx row sums (about zero):", dx.sum(axis=1))
