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
dloss_ddiff = 2 * diff / diff.size
dloss_dy = dloss_ddiff
dloss_dw2 = np.dot(h1.T, dloss_dy)
dloss_db2 = np.sum(dloss_dy, axis=0)
dloss_dh1 = np.dot(dloss_dy, w2.T)
dloss_da1 = dloss_dh1 * h1 * (1 - h1)
dloss_dw1 = np.dot(x.T, dloss_da1)
dloss_db1 = dloss_da1.sum(axis=0)
