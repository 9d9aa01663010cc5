import numpy as np

np.random.seed(10)
W = np.random.randn(5, 4) * 0.4
X = np.random.randn(9, 5)
y = np.random.randint(0, 4, 9)
reg = 0.1

num_train = X.shape[0]
scores = X.dot(W)
correct = scores[np.arange(num_train), y][:, np.newaxis]
margins = np.maximum(0, scores - correct + 1.0)
margins[np.arange(num_train), y] = 0
loss = margins.sum() / num_train
loss += reg * np.sum(W * W)

# gradient
mask = np.zeros_like(margins)
mask[margins > 0] = 1
count = mask.sum(axis=1)
mask[np.arange(num_train), y] = -count
dscores = mask / num_train
dW = X.T.dot(dscores)
dW += 2 * reg * W

print("svm loss:", loss)
print("grad norm:", np.linalg.norm(dW))
