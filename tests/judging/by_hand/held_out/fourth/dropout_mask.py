import numpy as np

np.random.seed(6)
keep = 0.75
x = np.random.randn(4, 3)
t = np.random.randn(4, 2)
W1 = np.random.randn(3, 8) * 0.5
W2 = np.random.randn(8, 2) * 0.5
mask = np.array([1, 1, 0, 1, 1, 0, 1, 1], dtype=float)

z1 = x @ W1
a1 = np.tanh(z1)
d1 = a1 * mask / keep          # train time only
y = d1 @ W2
L = np.sum(np.square(y - t)) / x.shape[0]

dy = 2 * (y - t) / x.shape[0]
dW2 = d1.T @ dy
dd1_drop = dy @ W2.T
dd1 = dd1_drop * mask / keep
dz1 = dd1 * (1 - a1 * a1)
dW1 = x.T @ dz1

lr = 0.1
print("L =", L)
print("new W1[0] =", (W1 - lr * dW1)[0])
