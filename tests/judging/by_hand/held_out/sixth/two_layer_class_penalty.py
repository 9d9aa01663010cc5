import numpy as np


class TwoLayerNet:
    def __init__(self, d_in, d_h, d_out, reg=0.1):
        rs = np.random.RandomState(0)
        self.params = {
            "W1": rs.randn(d_in, d_h) * 0.7,
            "b1": np.zeros(d_h),
            "W2": rs.randn(d_h, d_out) * 0.7,
            "b2": np.zeros(d_out),
        }
        self.reg = reg

    def forward(self, X):
        p = self.params
        self.X = X
        self.pre = X @ p["W1"] + p["b1"]
        self.h = np.where(self.pre > 0, self.pre, 0.01 * self.pre)
        return self.h @ p["W2"] + p["b2"]

    def loss(self, scores, y):
        n = len(y)
        z = scores - scores.max(1, keepdims=True)
        self.p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        self.y = y
        data = -np.log(self.p[np.arange(n), y]).sum() / n
        penalty = 0.5 * self.reg * sum((self.params[k] ** 2).sum() for k in ("W1", "W2"))
        return data + penalty

    def backward(self):
        grads = {}
        X, W1, W2 = self.X, self.params["W1"], self.params["W2"]
        n = X.shape[0]
        dscores = self.p.copy()
        dscores[np.arange(n), self.y] -= 1
        dscores /= n
        grads["W2"] = self.h.T @ dscores + self.reg * W2
        grads["b2"] = dscores.sum(0)
        dh = dscores @ W2.T
        dpre = dh * np.where(self.pre > 0, 1.0, 0.01)
        grads["W1"] = X.T @ dpre + self.reg * W1
        grads["b1"] = dpre.sum(0)
        return grads


np.random.seed(12)
X = np.random.randn(6, 4)
y = np.random.randint(0, 3, 6)
net = TwoLayerNet(4, 5, 3)
loss = net.loss(net.forward(X), y)
grads = net.backward()
print("loss before", loss)
for k in net.params:
    net.params[k] = net.params[k] - 0.1 * grads[k]
print("loss after ", net.loss(net.forward(X), y))
