import numpy as np

# Softmax classifier, gradient derived on paper first
np.random.seed(1)
N, D, C = 9, 5, 4
X = np.random.randn(N, D)
y = np.random.randint(C, size=N)
W = 0.3 * np.random.randn(D, C)
b = 0.1 * np.random.randn(C)
reg = 0.05

scores = X.dot(W) + b
scores_shift = scores - scores.max(axis=1, keepdims=True)   # stability
exps = np.exp(scores_shift)
probs = exps / exps.sum(axis=1, keepdims=True)
data_loss = -np.log(probs[np.arange(N), y]).sum() / N
reg_loss = reg * np.sum(W * W)
loss = data_loss + reg_loss
print('loss', loss)

# backprop
grad_scores = probs.copy()
grad_scores[np.arange(N), y] -= 1
grad_scores /= N
grad_W = X.T.dot(grad_scores)
grad_W += 2 * reg * W
grad_b = grad_scores.sum(axis=0)

print('grad_W', grad_W.shape, 'grad_b', grad_b.shape)
W -= 0.5 * grad_W
b -= 0.5 * grad_b
