import numpy as np


class GRU:
    def __init__(self, nin, nh, rng):
        self.nh = nh
        self.Wg = rng.randn(nin + nh, 2 * nh) * 0.5
        self.bg = rng.randn(2 * nh) * 0.1
        self.Wc = rng.randn(nin + nh, nh) * 0.5

    def forward(self, xs):
        h = np.zeros((xs.shape[1], self.nh))
        self.saved = []
        self.hs = []
        for x in xs:
            xh = np.concatenate([x, h], axis=1)
            gates = 1 / (1 + np.exp(-(xh @ self.Wg + self.bg)))
            r, z = gates[:, :self.nh], gates[:, self.nh:]
            xrh = np.concatenate([x, r * h], axis=1)
            c = np.tanh(xrh @ self.Wc)
            self.saved.append((xh, r, z, xrh, c, h))
            h = z * h + (1 - z) * c
            self.hs.append(h)
        return np.array(self.hs)

    def backward(self, dhs):
        self.dWg = np.zeros_like(self.Wg)
        self.dbg = np.zeros_like(self.bg)
        self.dWc = np.zeros_like(self.Wc)
        dxs = np.zeros((len(dhs), dhs.shape[1], self.Wg.shape[0] - self.nh))
        carry = np.zeros_like(dhs[0])
        for t in range(len(dhs) - 1, -1, -1):
            xh, r, z, xrh, c, h = self.saved[t]
            nin = xh.shape[1] - self.nh
            dh = dhs[t] + carry
            dz = dh * (h - c)
            dc = dh * (1 - z)
            carry = dh * z
            dpre = dc * (1 - c ** 2)
            self.dWc += xrh.T @ dpre
            dxrh = dpre @ self.Wc.T
            dxs[t] = dxrh[:, :nin]
            drh = dxrh[:, nin:]
            carry += drh * r
            dr = drh * h
            dgates = np.concatenate([dr * r * (1 - r), dz * z * (1 - z)], axis=1)
            self.dWg += xh.T @ dgates
            self.dbg += dgates.sum(0)
            dxh = dgates @ self.Wg.T
            dxs[t] += dxh[:, :nin]
            carry += dxh[:, nin:]
        return dxs


rng = np.random.RandomState(20)
xs = rng.randn(4, 2, 3)
gru = GRU(3, 4, rng)
ys = rng.randn(4, 2, 4)
hs = gru.forward(xs)
loss = 0.5 * np.sum((hs - ys) ** 2)
dxs = gru.backward(hs - ys)
print("loss", loss, "dxs", np.abs(dxs).sum())
