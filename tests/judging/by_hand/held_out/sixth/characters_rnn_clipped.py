"""char-level RNN on one word, whole sequence at once"""
import numpy as np

text = "hello world"
chars = sorted(set(text))
ix = {ch: i for i, ch in enumerate(chars)}
inputs = [ix[ch] for ch in text[:-1]]
targets = [ix[ch] for ch in text[1:]]
V, H = len(chars), 6

np.random.seed(0)
Wxh = np.random.randn(H, V) * 0.3
Whh = np.random.randn(H, H) * 0.3
Why = np.random.randn(V, H) * 0.3
bh = np.zeros((H, 1))
by = np.zeros((V, 1))
h_start = np.random.randn(H, 1) * 0.1

onehot, hs, ps = {}, {-1: h_start}, {}
loss = 0
for t in range(len(inputs)):
    onehot[t] = np.zeros((V, 1))
    onehot[t][inputs[t]] = 1
    hs[t] = np.tanh(Wxh @ onehot[t] + Whh @ hs[t - 1] + bh)
    ys = Why @ hs[t] + by
    ps[t] = np.exp(ys) / np.sum(np.exp(ys))
    loss += -np.log(ps[t][targets[t], 0])
print("loss per char", loss / len(inputs))

dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
dbh, dby = np.zeros_like(bh), np.zeros_like(by)
dhnext = np.zeros_like(h_start)
for t in reversed(range(len(inputs))):
    dy = np.copy(ps[t])
    dy[targets[t]] -= 1
    dWhy += dy @ hs[t].T
    dby += dy
    dh = Why.T @ dy + dhnext
    dhraw = (1 - hs[t] * hs[t]) * dh
    dbh += dhraw
    dWxh += dhraw @ onehot[t].T
    dWhh += dhraw @ hs[t - 1].T
    dhnext = Whh.T @ dhraw
dh_start = dhnext

# clip and update
for param, dparam in zip([Wxh, Whh, Why, bh, by], [dWxh, dWhh, dWhy, dbh, dby]):
    np.clip(dparam, -5, 5, out=dparam)
    param -= 0.05 * dparam
print("|Whh|", np.linalg.norm(Whh))
