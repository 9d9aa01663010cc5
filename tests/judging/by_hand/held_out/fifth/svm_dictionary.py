import numpy as np


def svm(W, b, X, y, reg):
    """Loss and a dict of gradients for the linear multiclass SVM."""
    grads = {}
    N = len(X)
    scores = X.dot(W) + b
    idx = np.arange(N)
    m = scores - scores[idx, y].reshape(-1, 1) + 1
    m[idx, y] = 0
    active = m > 0
    loss = m[active].sum() / N + reg * (W * W).sum()

    coeff = np.where(active, 1.0, 0.0)
    coeff[idx, y] = -coeff.sum(axis=1)
    coeff /= N
    grads["W"] = X.T.dot(coeff) + 2 * reg * W
    grads["b"] = coeff.sum(axis=0)
    return loss, grads


np.random.seed(8)
X = np.random.randn(12, 5)
y = np.random.randint(0, 4, size=12)
W = np.random.randn(5, 4)
b = np.random.randn(4)
loss, grads = svm(W, b, X, y, reg=0.05)
print("loss %.5f" % loss)
for k in sorted(grads):
    print(k, grads[k].shape, np.abs(grads[k]).mean())
