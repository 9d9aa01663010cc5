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
grad_diff = 2 * diff / diff.size
grad_y = grad_diff
grad_w2 = np.dot(h1.T, grad_y)
grad_b2 = np.sum(grad_y, axis=0)
grad_h1 = np.dot(grad_y, w2.T)
grad_a1 = grad_h1 * h1 * (1 - h1)
grad_w1 = np.dot(x.T, grad_a1)
grad_b1 = grad_a1.sum(axis=0)
