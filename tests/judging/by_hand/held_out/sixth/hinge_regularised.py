import numpy as np

np.random.seed(11)
num_train, dim, num_classes = 5, 6, 4
X = np.random.randn(num_train, dim)
y = np.array([1, 3, 0, 2, 1])
W = np.random.randn(dim, num_classes)
reg = 0.05
delta = 1.0

S = X.dot(W)
correct = S[np.arange(num_train), y].reshape(-1, 1)
margins = S - correct + delta
margins[np.arange(num_train), y] = 0
hinge = np.maximum(0, margins)
data_loss = hinge.sum() / num_train
reg_loss = reg * np.sum(W * W)
loss = data_loss + reg_loss

# backward: 1 for every class that violates, minus the count for the true one
grad_S = (margins > 0).astype(float)
row_count = grad_S.sum(axis=1)
grad_S[np.arange(num_train), y] -= row_count
grad_S /= num_train
grad_W = X.T.dot(grad_S)
grad_W += 2 * reg * W
grad_X = grad_S.dot(W.T)

print(loss, grad_W.shape, grad_X.shape)
