import numpy as np


def sig(a):
    return 1 / (1 + np.exp(-a))


np.random.seed(10)
T, nx, nh = 5, 2, 3
X = np.random.randn(T, nx)
target = np.random.randn(T)
p = {
    "W": np.random.randn(4, nh, nx) * 0.6,
    "U": np.random.randn(4, nh, nh) * 0.6,
    "b": np.zeros((4, nh)),
    "v": np.random.randn(nh),
}

steps = []
h, c = np.zeros(nh), np.zeros(nh)
loss = 0.0
for t in range(T):
    a = p["W"] @ X[t] + p["U"] @ h + p["b"]       # (4, nh)
    i, f, o = sig(a[0]), sig(a[1] + 1.0), sig(a[2])
    g = np.tanh(a[3])
    c_new = f * c + i * g
    tc = np.tanh(c_new)
    h_new = o * tc
    y = p["v"] @ h_new
    loss += 0.5 * (y - target[t]) ** 2
    steps.append(dict(i=i, f=f, o=o, g=g, c_prev=c, h_prev=h, tc=tc, h=h_new, y=y))
    h, c = h_new, c_new

d = {name: np.zeros_like(val) for name, val in p.items()}
dhs, dcs = np.zeros(nh), np.zeros(nh)
for t in reversed(range(T)):
    s = steps[t]
    dy = s["y"] - target[t]
    d["v"] += dy * s["h"]
    dh = dy * p["v"] + dhs
    dct = dh * s["o"] * (1 - s["tc"] ** 2) + dcs
    da = np.zeros((4, nh))
    da[0] = dct * s["g"] * s["i"] * (1 - s["i"])
    da[1] = dct * s["c_prev"] * s["f"] * (1 - s["f"])
    da[2] = dh * s["tc"] * s["o"] * (1 - s["o"])
    da[3] = dct * s["i"] * (1 - s["g"] ** 2)
    d["W"] += da[:, :, None] * X[t]
    d["U"] += da[:, :, None] * s["h_prev"]
    d["b"] += da
    dhs = np.einsum("ghk,gh->k", p["U"], da)
    dcs = dct * s["f"]

print("loss", loss)
for name in d:
    print(name, np.linalg.norm(d[name]))
