import numpy as np

np.random.seed(17)
sizes = [4, 7, 6, 3]
batch = 8
W = [np.random.randn(a, c) * np.sqrt(1.0 / a) for a, c in zip(sizes[:-1], sizes[1:])]
b = [np.random.randn(c) * 0.05 for c in sizes[1:]]
x = np.random.randn(batch, sizes[0])
label = np.random.randint(0, sizes[-1], batch)

# forward, keep every activation
acts = [x]
pre = []
for l in range(3):
    u = acts[-1] @ W[l] + b[l]
    pre.append(u)
    if l < 2:
        acts.append(np.where(u > 0, u, 0.01 * u))     # leaky relu
    else:
        shifted = np.exp(u - np.max(u, axis=1, keepdims=True))
        acts.append(shifted / np.sum(shifted, axis=1, keepdims=True))
prob = acts[-1]
loss = -np.mean(np.log(prob[range(batch), label]))
print("loss = %.6f" % loss)

# backward
dW = [None] * 3
db = [None] * 3
delta = prob.copy()
delta[range(batch), label] -= 1.0
delta /= batch
for l in range(2, -1, -1):
    dW[l] = acts[l].T @ delta
    db[l] = delta.sum(axis=0)
    if l > 0:
        delta = delta @ W[l].T
        delta = delta * np.where(pre[l - 1] > 0, 1.0, 0.01)

for l in range(3):
    print("layer", l, "dW", dW[l].shape, "norm", np.linalg.norm(dW[l]))
