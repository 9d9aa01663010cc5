import numpy as np

X = np.array([[0.5, -1.2], [1.5, 0.3], [-0.7, 0.8]])
W1 = np.array([[0.1, -0.4, 0.25, 0.6], [-0.3, 0.2, 0.55, -0.15]])
W2 = np.array([[0.35, -0.2], [-0.45, 0.5], [0.15, 0.7], [-0.6, 0.05]])
y = np.array([[1.0, 0.0], [-0.5, 0.25], [0.75, -1.0]])
lam = 0.1

z = X @ W1
h = np.tanh(z)
o = h @ W2
diff = o - y
L = np.mean(diff * diff)
s = lam / 2 * (np.sum(W1**2) + np.sum(W2**2))
J = L + s

dJ = 1.0
dL = dJ
ds = dJ
ddiff = 2 * diff / diff.size * dL
do = ddiff
dy = -ddiff
dW2 = h.T @ do + lam * W2 * ds
dh = do @ W2.T
dz = dh * (1 - h * h)
dW1 = X.T @ dz + lam * W1 * ds
dX = dz @ W1.T
