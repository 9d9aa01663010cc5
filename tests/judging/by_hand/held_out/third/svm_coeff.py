import numpy as np

np.random.seed(231)
num_train, dim, num_classes = 10, 6, 5
X = np.random.randn(num_train, dim)
y = np.random.randint(0, num_classes, num_train)
W = np.random.randn(dim, num_classes) * 0.2
reg = 0.01
delta = 1.0

# ---------- forward ----------
scores = X @ W
correct = scores[np.arange(num_train), y].reshape(-1, 1)
margins = np.maximum(0, scores - correct + delta)
margins[np.arange(num_train), y] = 0
loss = margins.sum() / num_train + reg * np.sum(W ** 2)
print("svm loss:", loss)

# ---------- backward ----------
coeff = (margins > 0).astype(float)
row_count = coeff.sum(axis=1)
coeff[np.arange(num_train), y] = -row_count
coeff /= num_train
dW = X.T @ coeff
dW += 2 * reg * W
dX = coeff @ W.T

print("|dW| =", np.linalg.norm(dW))
W += -1e-1 * dW
