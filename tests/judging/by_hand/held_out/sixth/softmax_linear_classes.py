import numpy as np

np.random.seed(3)
N, D, C = 6, 4, 3
X = np.random.randn(N, D)
y = np.array([0, 2, 1, 1, 0, 2])
W = 0.5 * np.random.randn(D, C)
b = np.zeros(C)

# scores and softmax
scores = X @ W + b
scores_shift = scores - scores.max(axis=1, keepdims=True)
e = np.exp(scores_shift)
probs = e / e.sum(axis=1, keepdims=True)
loss = -np.log(probs[np.arange(N), y]).mean()
print("loss: %.5f" % loss)

# gradient on the scores: p - 1{y}
dscores = probs.copy()
dscores[np.arange(N), y] -= 1
dscores /= N

dW = X.T @ dscores
db = dscores.sum(axis=0)
dX = dscores @ W.T

lr = 0.1
W_new = W - lr * dW
b_new = b - lr * db
print("|dW| =", np.linalg.norm(dW), "|db| =", np.linalg.norm(db))
