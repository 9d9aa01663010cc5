import numpy as np

np.random.seed(3)
W = np.random.randn(4, 3)
X = np.random.randn(5, 4)
y = np.array([0, 2, 1, 1, 0])
reg = 0.1

num_train = X.shape[0]
scores = X.dot(W)
correct = scores[np.arange(num_train), y][:, np.newaxis]
margins = np.maximum(0, scores - correct + 1)
margins[np.arange(num_train), y] = 0
loss = np.sum(margins) / num_train + reg * np.sum(W * W)

mask = np.zeros(margins.shape)
mask[margins > 0] = 1
mask[np.arange(num_train), y] = -np.sum(mask, axis=1)
dscores = mask / num_train
dW = X.T.dot(dscores)
dW += 2 * reg * W
dX = dscores.dot(W.T)
