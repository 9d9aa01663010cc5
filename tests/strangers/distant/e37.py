# shape: Arr(array); backward(y) ; value y.a; gradient x.da; einsum and conv operations
# mistake: none
import numpy as np


class Arr:
    def __init__(self, a, back=None, ins=()):
        self.a = np.asarray(a, dtype=np.float64)
        self.da = None
        self.back, self.ins = back, ins

    @property
    def T(self):
        return Arr(self.a.T, lambda g: [g.T], (self,))

    @property
    def shape(self):
        return self.a.shape


def backward(y, seed=None):
    order, mark = [], set()

    def dfs(n):
        mark.add(id(n))
        for i in n.ins:
            if id(i) not in mark:
                dfs(i)
        order.append(n)
    dfs(y)
    for n in order:
        n.da = np.zeros(n.shape)
    y.da = np.ones(y.shape) if seed is None else np.asarray(seed)
    while order:
        n = order.pop()
        if n.back:
            for i, g in zip(n.ins, n.back(n.da)):
                assert g.shape == i.shape, (g.shape, i.shape)
                i.da = i.da + g


def einsum(spec, x, y):
    """two operands, every letter of an operand must be in the other one or in the output"""
    sx, rest = spec.split(",")
    sy, so = rest.split("->")
    return Arr(np.einsum(spec, x.a, y.a),
               lambda g: [np.einsum(f"{so},{sy}->{sx}", g, y.a), np.einsum(f"{sx},{so}->{sy}", x.a, g)],
               (x, y))


def add(x, y):
    def fit(g, s):
        g = g.sum(axis=tuple(range(g.ndim - len(s))))
        return g.sum(axis=tuple(i for i, n in enumerate(s) if n == 1), keepdims=True)
    return Arr(x.a + y.a, lambda g: [fit(g, x.shape), fit(g, y.shape)], (x, y))


def mul(x, y):
    assert x.shape == y.shape
    return Arr(x.a * y.a, lambda g: [g * y.a, g * x.a], (x, y))


def conv1d(x, k, stride=1):
    """x: (n, cin, length); k: (cout, cin, width); valid cross-correlation"""
    n, ci, L = x.shape
    co, _, w = k.shape
    m = (L - w) // stride + 1
    idx = stride * np.arange(m)[:, None] + np.arange(w)[None]
    cols = x.a[:, :, idx]                       # n ci m w

    def back(g):
        gk = np.einsum("nom,ncmw->ocw", g, cols)
        gcols = np.einsum("nom,ocw->ncmw", g, k.a)
        gx = np.zeros(x.shape)
        np.add.at(gx, (slice(None), slice(None), idx), gcols)
        return [gx, gk]
    return Arr(np.einsum("ncmw,ocw->nom", cols, k.a), back, (x, k))


def conv2d(x, k, pad=0):
    """x: (n, cin, h, w), k: (cout, cin, kh, kw)"""
    xp = np.pad(x.a, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    kh, kw = k.shape[2:]
    win = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))
    out = np.einsum("nchwij,ocij->nohw", win, k.a)

    def back(g):
        gk = np.einsum("nohw,nchwij->ocij", g, win)
        gx = np.zeros_like(xp)
        H, W = g.shape[2:]
        for i in range(kh):
            for j in range(kw):
                gx[:, :, i:i + H, j:j + W] += np.einsum("nohw,oc->nchw", g, k.a[:, :, i, j])
        if pad:
            gx = gx[:, :, pad:-pad, pad:-pad]
        return [gx, gk]
    return Arr(out, back, (x, k))


def maxpool2(x):
    n, c, h, w = x.shape
    r = x.a.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
    which = r.argmax(axis=-1)

    def back(g):
        z = np.zeros_like(r)
        np.put_along_axis(z, which[..., None], g[..., None], axis=-1)
        return [z.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)]
    return Arr(r.max(axis=-1), back, (x,))


def relu(x): return Arr(np.maximum(x.a, 0), lambda g: [g * (x.a > 0)], (x,))
def flatten(x): return Arr(x.a.reshape(x.shape[0], -1), lambda g: [g.reshape(x.shape)], (x,))
def total(x): return Arr(x.a.sum(), lambda g: [np.full(x.shape, float(g))], (x,))


def log_softmax(x):
    z = x.a - x.a.max(axis=1, keepdims=True)
    ls = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return Arr(ls, lambda g: [g - np.exp(ls) * g.sum(axis=1, keepdims=True)], (x,))


def nll(logp, labels):
    rows = np.arange(len(labels))

    def back(g):
        z = np.zeros(logp.shape)
        z[rows, labels] = -g / len(labels)
        return [z]
    return Arr(-logp.a[rows, labels].mean(), back, (logp,))
