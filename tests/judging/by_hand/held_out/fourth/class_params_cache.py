import numpy as np

class TwoLayer:
    def __init__(self, d, h, o):
        rs = np.random.RandomState(3)
        self.params = {"W1": rs.randn(d, h) * 0.5, "b1": rs.randn(h) * 0.1,
                       "W2": rs.randn(h, o) * 0.5, "b2": rs.randn(o) * 0.1}
        self.grads = {}

    def forward(self, x):
        p = self.params
        z = x @ p["W1"] + p["b1"]
        h = np.maximum(z, 0)
        self.cache = (x, z, h)
        return h @ p["W2"] + p["b2"]

    def backward(self, dpred):
        x, z, h = self.cache
        self.grads["W2"] = h.T @ dpred
        self.grads["b2"] = dpred.sum(axis=0)
        dh = dpred @ self.params["W2"].T
        dh = dh * (z > 0)
        self.grads["W1"] = x.T @ dh
        self.grads["b1"] = dh.sum(axis=0)

np.random.seed(91)
x = np.random.randn(7, 3)
t = np.random.randn(7, 2)
net = TwoLayer(3, 5, 2)
pred = net.forward(x)
loss = np.mean((pred - t) ** 2)
net.backward(2 * (pred - t) / t.size)
print(loss)
print({k: g.shape for k, g in net.grads.items()})
