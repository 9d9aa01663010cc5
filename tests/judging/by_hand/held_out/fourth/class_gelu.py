import numpy as np

K = np.sqrt(2.0 / np.pi)

class GeluMLP:
    def __init__(self, d, h):
        self.W1 = np.random.randn(d, h) * 0.5
        self.b1 = np.random.randn(h) * 0.1
        self.W2 = np.random.randn(h, d) * 0.5

    def forward(self, x):
        self.x = x
        self.z = x @ self.W1 + self.b1
        self.th = np.tanh(K * (self.z + 0.044715 * self.z ** 3))
        self.act = 0.5 * self.z * (1 + self.th)
        return x + self.act @ self.W2

    def backward(self, dout):
        self.dW2 = self.act.T @ dout
        dact = dout @ self.W2.T
        dinner = K * (1 + 3 * 0.044715 * self.z ** 2)
        local = 0.5 * (1 + self.th) + 0.5 * self.z * (1 - self.th ** 2) * dinner
        dz = dact * local
        self.dW1 = self.x.T @ dz
        self.db1 = dz.sum(axis=0)
        dx = dz @ self.W1.T
        dx += dout            # residual path
        return dx

np.random.seed(27)
x = np.random.randn(3, 4)
mlp = GeluMLP(4, 6)
out = mlp.forward(x)
loss = np.sum(out ** 2) / 2
dx = mlp.backward(out)
print(loss, dx.shape)
