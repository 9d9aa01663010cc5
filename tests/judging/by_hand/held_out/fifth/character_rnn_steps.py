import numpy as np

text = "hello help"
chars = sorted(set(text))
ix = {ch: i for i, ch in enumerate(chars)}
inputs = [ix[ch] for ch in text[:-1]]
targets = [ix[ch] for ch in text[1:]]
V, H = len(chars), 5
np.random.seed(99)
Wx = np.random.randn(H, V) * 0.5
Wh = np.random.randn(H, H) * 0.5
Wy = np.random.randn(V, H) * 0.5
bh = np.random.randn(H) * 0.1
by = np.random.randn(V) * 0.1

# 前向:逐个字符
hs, ps = [np.zeros(H)], []
loss = 0
for t, i in enumerate(inputs):
    h = np.tanh(Wx[:, i] + Wh @ hs[-1] + bh)
    y = Wy @ h + by
    p = np.exp(y - y.max())
    p /= p.sum()
    hs.append(h)
    ps.append(p)
    loss += -np.log(p[targets[t]])

# 反向:时间倒序
dWx, dWh, dWy = [np.zeros_like(M) for M in (Wx, Wh, Wy)]
dbh, dby = np.zeros(H), np.zeros(V)
dh_next = np.zeros(H)
for t in range(len(inputs) - 1, -1, -1):
    dy = ps[t].copy()
    dy[targets[t]] -= 1
    dWy += np.outer(dy, hs[t + 1])
    dby += dy
    dh = Wy.T @ dy + dh_next
    da = dh * (1 - hs[t + 1] ** 2)
    dWx[:, inputs[t]] += da
    dWh += np.outer(da, hs[t])
    dbh += da
    dh_next = Wh.T @ da

print("loss", loss / len(inputs))
for M, dM in zip((Wx, Wh, Wy, bh, by), (dWx, dWh, dWy, dbh, dby)):
    M -= 0.1 * dM
