import numpy as np


def mixed_loss(w, b, X, y, alpha=0.3):
    r = X @ w + b - y
    n = len(y)
    l1 = np.abs(r).sum() / n
    l2 = (r ** 2).sum() / (2 * n)
    reg = 0.01 * np.abs(w).sum()
    loss = alpha * l1 + (1 - alpha) * l2 + reg

    grads = {}
    dr = (1 - alpha) * r / n
    dr += alpha * np.sign(r) / n
    grads["w"] = X.T @ dr + 0.01 * np.sign(w)
    grads["b"] = dr.sum()
    return loss, grads


np.random.seed(30)
X = np.random.randn(15, 3)
y = np.random.randn(15)
w = np.array([0.7, -1.1, 0.25])
b0 = 0.1
loss, grads = mixed_loss(w, b0, X, y)
print("loss", loss)
print("grad w", grads["w"])
print("grad b", grads["b"])
