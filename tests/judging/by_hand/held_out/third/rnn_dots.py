import numpy as np

np.random.seed(7)
H, V, T = 5, 4, 6
inputs = [0, 2, 1, 3, 3, 1]
targets = [2, 1, 3, 3, 1, 0]
Wxh = np.random.randn(H, V) * 0.4
Whh = np.random.randn(H, H) * 0.4
Why = np.random.randn(V, H) * 0.4
bh = np.random.randn(H, 1) * 0.1
by = np.zeros((V, 1))

xs, hs, ps = {}, {}, {}
hs[-1] = np.random.randn(H, 1) * 0.2
loss = 0
for t in range(T):
    xs[t] = np.zeros((V, 1))
    xs[t][inputs[t]] = 1
    hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
    o = np.dot(Why, hs[t]) + by
    ps[t] = np.exp(o) / np.sum(np.exp(o))
    loss += -np.log(ps[t][targets[t], 0])
print("sequence loss:", loss)

dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
dbh, dby = np.zeros_like(bh), np.zeros_like(by)
dhnext = np.zeros((H, 1))
for t in reversed(range(T)):
    do = np.copy(ps[t])
    do[targets[t]] -= 1
    dWhy += np.dot(do, hs[t].T)
    dby += do
    dh = np.dot(Why.T, do) + dhnext
    draw = (1 - hs[t] * hs[t]) * dh
    dbh += draw
    dWxh += np.dot(draw, xs[t].T)
    dWhh += np.dot(draw, hs[t - 1].T)
    dhnext = np.dot(Whh.T, draw)

for name, g in [("Wxh", dWxh), ("Whh", dWhh), ("Why", dWhy)]:
    print(name, np.abs(g).max())
