import numpy as np

np.random.seed(1)
n_in, n_hidden, n_out = 4, 5, 3
x = np.random.randn(6, n_in)
t = np.random.randn(6, n_out)
w1 = np.random.randn(n_in, n_hidden) * 0.5
b1 = np.random.randn(n_hidden)
w2 = np.random.randn(n_hidden, n_out) * 0.5
b2 = np.random.randn(n_out)

# Forward
a1 = np.dot(x, w1) + b1
h1 = 1 / (1 + np.exp(-a1))
y = np.dot(h1, w2) + b2
diff = y - t
loss = np.mean(diff**2)
print("loss", round(loss, 4), f"{loss:.3f}")

# Backward
ddiff = 2 * diff / diff.size
dy = ddiff
dw2 = np.dot(h1.T, dy)
db2 = np.sum(dy, axis=0)
dh1 = np.dot(dy, w2.T)
da1 = dh1 * h1 * (1 - h1)
dw1 = np.dot(x.T, da1)
db1 = da1.sum(axis=0)
