import numpy as np


def sig(a):
    return 1 / (1 + np.exp(-a))


class LSTM:
    def __init__(self, D, H):
        rs = np.random.RandomState(2)
        self.D, self.H = D, H
        self.W = rs.randn(4 * H, D + H) * 0.4
        self.b = rs.randn(4 * H) * 0.2

    def forward(self, xs):
        h, c = np.zeros(self.H), np.zeros(self.H)
        self.tape = []
        for x in xs:
            v = np.concatenate([x, h])
            i, f, o, g = np.split(self.W @ v + self.b, 4)
            i, f, o, g = sig(i), sig(f), sig(o), np.tanh(g)
            c_old = c
            c = f * c_old + i * g
            h = o * np.tanh(c)
            self.tape.append((v, i, f, o, g, c_old, c))
        return h

    def backward(self, dh):
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        dxs = []
        dc_next = np.zeros(self.H)
        for v, i, f, o, g, c_old, c in reversed(self.tape):
            th = np.tanh(c)
            do = dh * th
            dc = dc_next + dh * o * (1 - th * th)
            di, df, dg = dc * g, dc * c_old, dc * i
            dc_next = dc * f
            da = np.concatenate([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g * g)])
            self.dW += np.outer(da, v)
            self.db += da
            dv = self.W.T @ da
            dxs.insert(0, dv[:self.D])
            dh = dv[self.D:]
        return np.array(dxs)


np.random.seed(23)
xs = np.random.randn(5, 3)
want = np.array([0.5, -0.5, 0.2, 0.0])
cell = LSTM(3, 4)
h = cell.forward(xs)
loss = 0.5 * np.sum((h - want) ** 2)
dxs = cell.backward(h - want)
print("loss", loss)
print("db", cell.db)
