import numpy as np

sigm = lambda v: 1.0 / (1.0 + np.exp(-v))


class LSTMCell:
    def __init__(self, n_in, n_hid):
        self.H = n_hid
        self.W = np.random.randn(n_in + n_hid, 4 * n_hid) * 0.5
        self.b = np.zeros(4 * n_hid)

    def forward(self, x, h_prev, c_prev):
        H = self.H
        xh = np.concatenate([x, h_prev], axis=1)
        a = xh @ self.W + self.b
        i = sigm(a[:, :H])
        f = sigm(a[:, H:2 * H])
        o = sigm(a[:, 2 * H:3 * H])
        g = np.tanh(a[:, 3 * H:])
        c = f * c_prev + i * g
        tc = np.tanh(c)
        h = o * tc
        self.cache = (xh, i, f, o, g, c, tc, c_prev)
        return h, c

    def backward(self, dh, dc_next):
        xh, i, f, o, g, c, tc, c_prev = self.cache
        do = dh * tc
        dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
        di = dc * g
        df = dc * c_prev
        dg = dc * i
        dc_prev = dc * f
        da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)])
        self.dW = xh.T @ da
        self.db = da.sum(axis=0)
        dxh = da @ self.W.T
        n_in = xh.shape[1] - self.H
        return dxh[:, :n_in], dxh[:, n_in:], dc_prev


np.random.seed(4)
x = np.random.randn(2, 3)
h0 = np.random.randn(2, 4)
c0 = np.random.randn(2, 4)
cell = LSTMCell(3, 4)
h1, c1 = cell.forward(x, h0, c0)
wh = np.random.randn(2, 4)
wc = np.random.randn(2, 4)
loss = np.sum(wh * h1) + np.sum(wc * c1)
dx, dh0, dc0 = cell.backward(wh, wc)
print("loss", loss)
print("dx", dx)
print("db", cell.db)
