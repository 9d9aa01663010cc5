import numpy as np

class Conv:
    def __init__(self, cin, cout, k):
        self.k = k
        self.W = np.random.randn(cin * k * k, cout) * 0.3
        self.b = np.zeros(cout)

    def forward(self, x):
        N, C, H, Wd = x.shape
        k = self.k
        self.xshape = x.shape
        self.Ho, self.Wo = H - k + 1, Wd - k + 1
        col = np.zeros((N, self.Ho, self.Wo, C, k, k))
        for i in range(k):
            for j in range(k):
                col[:, :, :, :, i, j] = x[:, :, i:i + self.Ho, j:j + self.Wo].transpose(0, 2, 3, 1)
        self.col = col.reshape(N * self.Ho * self.Wo, -1)
        out = self.col @ self.W + self.b
        return out.reshape(N, self.Ho, self.Wo, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        N, C, H, Wd = self.xshape
        k = self.k
        d = dout.transpose(0, 2, 3, 1).reshape(-1, dout.shape[1])
        self.dW = self.col.T @ d
        self.db = d.sum(0)
        dcol = (d @ self.W.T).reshape(N, self.Ho, self.Wo, C, k, k)
        dx = np.zeros(self.xshape)
        for i in range(k):
            for j in range(k):
                dx[:, :, i:i + self.Ho, j:j + self.Wo] += dcol[:, :, :, :, i, j].transpose(0, 3, 1, 2)
        return dx

np.random.seed(60)
x = np.random.randn(2, 2, 5, 4)
layer = Conv(2, 3, 3)
out = layer.forward(x)
w = np.random.randn(*out.shape)
loss = np.sum(w * np.maximum(out, 0))
dout = w * (out > 0)
dx = layer.backward(dout)
print(loss, dx.shape, layer.dW.shape)
