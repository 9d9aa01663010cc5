import numpy as np

np.random.seed(50)
sizes = [3, 6, 6, 2]
X = np.random.randn(10, 3)
T = np.random.randn(10, 2)
Ws = [np.random.randn(i, o) / np.sqrt(i) for i, o in zip(sizes[:-1], sizes[1:])]
bs = [np.zeros(o) for o in sizes[1:]]

acts = [X]
for l in range(3):
    pre = acts[-1] @ Ws[l] + bs[l]
    acts.append(np.tanh(pre) if l < 2 else pre)
loss = 0.5 * np.mean(np.sum((acts[-1] - T) ** 2, axis=1))

dWs, dbs = [None] * 3, [None] * 3
delta = (acts[-1] - T) / X.shape[0]
for l in (2, 1, 0):
    dWs[l] = acts[l].T @ delta
    dbs[l] = delta.sum(axis=0)
    if l > 0:
        delta = (delta @ Ws[l].T) * (1 - acts[l] ** 2)

print("loss:", loss)
for l in range(3):
    print(l, np.linalg.norm(dWs[l]), np.linalg.norm(dbs[l]))
    Ws[l] = Ws[l] - 0.05 * dWs[l]
    bs[l] = bs[l] - 0.05 * dbs[l]
