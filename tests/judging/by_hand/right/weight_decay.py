import numpy as np

rng = np.random.RandomState(0)
X = rng.randn(5, 3)
y = rng.randn(5, 2)
W1 = rng.randn(3, 4)
W2 = rng.randn(4, 2)
lam = 0.1

# forward
z = X @ W1
h = np.maximum(0, z)
o = h @ W2
L = np.sum((o - y) ** 2) / 5
s = lam / 2 * (np.sum(W1**2) + np.sum(W2**2))
J = L + s

# backward
dJ_dL = 1.0
dJ_ds = 1.0
dJ_do = dJ_dL * 2 * (o - y) / 5
dJ_dW2 = h.T @ dJ_do
dJ_dW2 += dJ_ds * lam * W2
dJ_dh = dJ_do @ W2.T
dJ_dz = dJ_dh * (z > 0)
dJ_dW1 = X.T @ dJ_dz
dJ_dW1 += dJ_ds * lam * W1
