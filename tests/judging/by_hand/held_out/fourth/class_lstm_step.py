import numpy as np

def sigmoid(v):
    return 1 / (1 + np.exp(-v))

class LSTMCell:
    def __init__(self, d, h):
        self.H = h
        self.W = np.random.randn(d + h, 4 * h) * 0.3
        self.b = np.random.randn(4 * h) * 0.1

    def forward(self, x, h_prev, c_prev):
        H = self.H
        z = np.concatenate([x, h_prev], axis=1)
        a = z @ self.W + self.b
        i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), sigmoid(a[:, 2 * H:3 * H])
        g = np.tanh(a[:, 3 * H:])
        c = f * c_prev + i * g
        tc = np.tanh(c)
        h = o * tc
        self.cache = (z, i, f, o, g, c, tc, c_prev)
        return h, c

    def backward(self, dh, dc_next):
        z, i, f, o, g, c, tc, c_prev = self.cache
        do = dh * tc
        dc = dc_next + dh * o * (1 - tc ** 2)
        di = dc * g
        df = dc * c_prev
        dg = dc * i
        dc_prev = dc * f
        da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)])
        self.dW = z.T @ da
        self.db = da.sum(0)
        dz = da @ self.W.T
        D = z.shape[1] - self.H
        return dz[:, :D], dz[:, D:], dc_prev

np.random.seed(8)
cell = LSTMCell(3, 4)
x, h0, c0 = np.random.randn(2, 3), np.random.randn(2, 4), np.random.randn(2, 4)
u, v = np.random.randn(2, 4), np.random.randn(2, 4)
h, c = cell.forward(x, h0, c0)
loss = np.sum(u * h) + np.sum(v * c)
dx, dh0, dc0 = cell.backward(u, v)
print(loss, dx, dc0)
