import numpy as np

np.random.seed(23)
X = np.random.randn(8, 3)
Y = np.random.randn(8, 2) * 2
W = np.random.randn(3, 2)
b = np.random.randn(2)
delta, l1 = 1.0, 0.02

# forward
out = X @ W + b
e = out - Y
small = np.abs(e) <= delta
hub = np.where(small, 0.5 * e ** 2, delta * (np.abs(e) - 0.5 * delta))
J = hub.mean() + l1 * np.abs(W).sum()

# backward
gout = np.where(small, e, delta * np.sign(e)) / e.size
gb = gout.sum(axis=0)
gW = X.T @ gout
gW += l1 * np.sign(W)

print("J = %.6f" % J)
print("gW =", gW.tolist())
print("gb =", gb.tolist())
