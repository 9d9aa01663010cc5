import numpy as np

np.random.seed(4)
T, nx, nh, ny = 5, 3, 4, 2
xs = [np.random.randn(nx, 1) for _ in range(T)]
targets = [np.random.randn(ny, 1) for _ in range(T)]
Wxh = np.random.randn(nh, nx) * 0.5
Whh = np.random.randn(nh, nh) * 0.5
Why = np.random.randn(ny, nh) * 0.5
bh = np.random.randn(nh, 1) * 0.1
by = np.zeros((ny, 1))

hs = {-1: np.zeros((nh, 1))}
ys = {}
loss = 0.0
for t in range(T):
    hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
    ys[t] = Why @ hs[t] + by
    loss += 0.5 * np.sum((ys[t] - targets[t]) ** 2)

dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
dbh, dby = np.zeros_like(bh), np.zeros_like(by)
dhnext = np.zeros((nh, 1))
for t in reversed(range(T)):
    dy = ys[t] - targets[t]
    dWhy += dy @ hs[t].T
    dby += dy
    dh = Why.T @ dy + dhnext
    dhraw = (1 - hs[t] ** 2) * dh
    dbh += dhraw
    dWxh += dhraw @ xs[t].T
    dWhh += dhraw @ hs[t - 1].T
    dhnext = Whh.T @ dhraw

print("loss:", loss)
for g in (dWxh, dWhh, dWhy, dbh, dby):
    print(np.linalg.norm(g))
