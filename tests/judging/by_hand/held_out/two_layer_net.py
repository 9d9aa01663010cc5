import numpy as np

rng = np.random.RandomState(0)
N, D, H, C = 5, 4, 10, 3
X = 2 * rng.randn(N, D)
y = np.array([0, 1, 2, 2, 1])
params = {
    "W1": 0.3 * rng.randn(D, H),
    "b1": 0.1 * rng.randn(H),
    "W2": 0.3 * rng.randn(H, C),
    "b2": 0.1 * rng.randn(C),
}
reg = 0.05

W1, b1 = params["W1"], params["b1"]
W2, b2 = params["W2"], params["b2"]

# forward pass
hidden = np.maximum(0, X.dot(W1) + b1)
scores = hidden.dot(W2) + b2

# loss
exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))
probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
correct_logprobs = -np.log(probs[range(N), y])
loss = correct_logprobs.sum() / N
loss += reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)

# backward pass
grads = {}
dscores = probs
dscores[range(N), y] -= 1
dscores /= N
grads["W2"] = hidden.T.dot(dscores)
grads["b2"] = np.sum(dscores, axis=0)
dhidden = dscores.dot(W2.T)
dhidden[hidden <= 0] = 0
grads["W1"] = X.T.dot(dhidden)
grads["b1"] = np.sum(dhidden, axis=0)
grads["W2"] += 2 * reg * W2
grads["W1"] += 2 * reg * W1
