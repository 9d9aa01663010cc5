import numpy as np


class TiedAutoencoder:
    # 编码器和解码器共享同一个权重矩阵
    def __init__(self, d, h):
        rng = np.random.RandomState(100)
        self.W = rng.randn(d, h) * 0.6
        self.b = rng.randn(h) * 0.1
        self.c = rng.randn(d) * 0.1

    def forward(self, X):
        code = np.tanh(X @ self.W + self.b)
        recon = code @ self.W.T + self.c
        self.cache = (X, code, recon)
        return recon

    def loss(self):
        X, code, recon = self.cache
        return ((recon - X) ** 2).sum() / X.shape[0]

    def backward(self):
        X, code, recon = self.cache
        n = X.shape[0]
        d_recon = 2.0 * (recon - X) / n
        self.dc = d_recon.sum(axis=0)
        self.dW = d_recon.T @ code
        d_code = d_recon @ self.W
        d_pre = d_code * (1 - code ** 2)
        self.dW += X.T @ d_pre
        self.db = d_pre.sum(axis=0)
        # X is also the target
        return d_pre @ self.W.T - d_recon


np.random.seed(55)
X = np.random.randn(6, 5)
ae = TiedAutoencoder(5, 3)
ae.forward(X)
loss = ae.loss()
dX = ae.backward()
print("重构误差", loss)
print("dW", ae.dW)
print("dX[0]", dX[0])
