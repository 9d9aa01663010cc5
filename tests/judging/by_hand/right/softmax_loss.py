import numpy as np

np.random.seed(0)
m, D, C = 5, 4, 3
X = np.random.randn(m, D)
Y = np.array([0, 2, 1, 1, 0])
W = np.random.randn(D, C) * 0.1
b = np.zeros(C)
reg = 1e-3

scores = X.dot(W) + b
exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))
probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
correct = -np.log(probs[np.arange(m), Y])
data_loss = np.sum(correct) / m
reg_loss = 0.5 * reg * np.sum(W * W)
loss = data_loss + reg_loss

dscores = probs
dscores[range(m), Y] -= 1
dscores /= m
dW = np.dot(X.T, dscores)
db = np.sum(dscores, axis=0, keepdims=False)
dW += reg * W
