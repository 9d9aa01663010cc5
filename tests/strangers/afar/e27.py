# shape: layers Conv2d, MaxPool2, Flatten, Dense, ReLU with .forward(x) and .backward(g) -> gradient of the input; parameter gradients in .gw and .gb, set anew at each backward
# mistake: Conv2d | backward | x | the kernel is flipped in the gradient of the input
import numpy as np


class Conv2d:
    """valid convolution (cross-correlation), stride 1; x is (N, C, H, W)"""

    def __init__(self, cin, cout, k, rng=None):
        rng = rng or np.random.default_rng(0)
        self.w = rng.normal(size=(cout, cin, k, k)) / np.sqrt(cin * k * k)
        self.b = np.zeros(cout)
        self.k = k

    def forward(self, x):
        self.x = x
        n, c, h, w = x.shape
        k = self.k
        ho, wo = h - k + 1, w - k + 1
        y = np.zeros((n, self.w.shape[0], ho, wo))
        for i in range(k):
            for j in range(k):
                y += np.einsum("nchw,oc->nohw", x[:, :, i:i + ho, j:j + wo], self.w[:, :, i, j])
        return y + self.b[None, :, None, None]

    def backward(self, g):
        k = self.k
        ho, wo = g.shape[2:]
        self.gw = np.zeros_like(self.w)
        self.gb = g.sum(axis=(0, 2, 3))
        gx = np.zeros_like(self.x)
        for i in range(k):
            for j in range(k):
                self.gw[:, :, i, j] = np.einsum("nohw,nchw->oc", g, self.x[:, :, i:i + ho, j:j + wo])
                gx[:, :, i:i + ho, j:j + wo] += np.einsum("nohw,oc->nchw", g, self.w[:, :, k - 1 - i, k - 1 - j])
        return gx


class MaxPool2:
    def forward(self, x):
        n, c, h, w = x.shape
        assert h % 2 == 0 and w % 2 == 0
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
        self.win = blocks.argmax(axis=-1)
        self.shape = x.shape
        return blocks.max(axis=-1)

    def backward(self, g):
        n, c, h, w = self.shape
        b = np.zeros(g.shape + (4,))
        np.put_along_axis(b, self.win[..., None], g[..., None], axis=-1)
        return b.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(self.shape)


class ReLU:
    def forward(self, x):
        self.on = x > 0
        return np.where(self.on, x, 0.0)

    def backward(self, g):
        return np.where(self.on, g, 0.0)


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, g):
        return g.reshape(self.shape)


class Dense:
    def __init__(self, nin, nout, rng=None):
        rng = rng or np.random.default_rng(1)
        self.w = rng.normal(size=(nin, nout)) / np.sqrt(nin)
        self.b = np.zeros(nout)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, g):
        self.gw = self.x.T @ g
        self.gb = g.sum(axis=0)
        return g @ self.w.T


class Net:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for l in self.layers:
            x = l.forward(x)
        return x

    def backward(self, g):
        for l in self.layers[::-1]:
            g = l.backward(g)
        return g


if __name__ == "__main__":
    net = Net(Conv2d(1, 2, 3), ReLU(), MaxPool2(), Flatten(), Dense(8, 1))
    x = np.random.default_rng(3).normal(size=(5, 1, 6, 6))
    y = net.forward(x)
    print(y.shape, net.backward(np.ones_like(y)).shape)
